package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// TestTables compares the tables of the package with those that its catalogue gives.
func TestTables(t *testing.T) {
	files, err := Compile(os.DirFS("../catalogue"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("..", name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not up to date: run go generate ./internal/message", name)
		}
	}
	have, err := filepath.Glob("../table*.go")
	if err != nil || len(have) != len(files) {
		t.Errorf("%d tables for %d: run go generate ./internal/message", len(have), len(files))
	}
}

func TestRefuses(t *testing.T) {
	const good = `"description": "d", "other"`
	for _, tt := range []struct{ name, en, ja, want string }{
		{"nothing", `{"a.b": {` + good + `: "x {{.Name}}"}}`,
			`{"a.b": {"other": "{{.Name}} y"}}`, ""},
		{"a key that Japanese lacks", `{"a.b": {` + good + `: "x"}}`, `{}`, "no Japanese text"},
		{"a key that English lacks", `{}`, `{"a.b": {"other": "x"}}`, "no English text"},
		{"a placeholder that differs", `{"a.b": {` + good + `: "x {{.Name}}"}}`,
			`{"a.b": {"other": "{{.Nam}} y"}}`, "[Name] in English, [Nam] in Japanese"},
		{"a missing plural", `{"a.b": {` + good + `: "{{.Count}} x"}}`,
			`{"a.b": {"other": "{{.Count}} y"}}`, "an English form for one thing"},
		{"a plural without its number", `{"a.b": {"one": "x", ` + good + `: "xs"}}`,
			`{"a.b": {"other": "y"}}`, "an English form for one thing"},
		{"a placeholder that one form lacks",
			`{"a.b": {"one": "x", ` + good + `: "{{.Count}} {{.Name}}"}}`,
			`{"a.b": {"other": "{{.Count}} {{.Name}}"}}`, "[] for one thing"},
		{"the number in a word", `{"a.b": {"one": "a single {{.Name}}", ` + good +
			`: "{{.Count}} {{.Name}}"}}`, `{"a.b": {"other": "{{.Count}} {{.Name}}"}}`, ""},
		{"a Japanese plural", `{"a.b": {"one": "x", ` + good + `: "{{.Count}} xs"}}`,
			`{"a.b": {"one": "y", "other": "{{.Count}} y"}}`, "Japanese has no form"},
		{"no description", `{"a.b": {"other": "x"}}`, `{"a.b": {"other": "y"}}`, "no description"},
		{"a second description", `{"a.b": {` + good + `: "x"}}`, `{"a.b": {` + good + `: "y"}}`,
			"stands in English"},
		{"another's key", `{"b.c": {` + good + `: "x"}}`, `{"b.c": {"other": "y"}}`,
			"no a.some-words"},
		{"a bad key", `{"a.B": {` + good + `: "x"}}`, `{"a.B": {"other": "y"}}`, "no a.some-words"},
		{"a key that stands twice", `{"a.b": {` + good + `: "x"}, "a.b": {` + good + `: "x"}}`,
			`{"a.b": {"other": "y"}}`, "a.b stands there twice"},
		{"another field", `{"a.b": {` + good + `: "x", "few": "xs"}}`, `{}`, "few"},
		{"a function of a template", `{"a.b": {` + good + `: "{{len .Name}}"}}`,
			`{"a.b": {"other": "y"}}`, "no {{.Name}}"},
		{"no JSON", `{"a.b": {`, `{}`, "a.en.json"},
		{"an empty file", ``, `{}`, "EOF"},
		{"a stored message of nothing but a value",
			`{"a.stored.b": {` + good + `: "{{.Name}}: no"}}`,
			`{"a.stored.b": {"other": "{{.Name}}"}}`, "too little"},
		{"a stored message whose values touch",
			`{"a.stored.b": {` + good + `: "it is held {{.A}}{{.B}}"}}`,
			`{"a.stored.b": {"other": "{{.A}}{{.B}}"}}`, "touch"},
		{"a stored message with a value twice",
			`{"a.stored.b": {` + good + `: "it is {{.A}} or {{.A}}"}}`,
			`{"a.stored.b": {"other": "{{.A}}"}}`, "twice"},
	} {
		_, err := Compile(fstest.MapFS{
			"a.en.json": {Data: []byte(tt.en)}, "a.ja.json": {Data: []byte(tt.ja)},
		})
		got := ""
		if err != nil {
			got = err.Error()
		}
		if tt.want == "" && err != nil || !strings.Contains(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestRefusesOtherFiles(t *testing.T) {
	for _, name := range []string{"a.json", "a.fr.json", "a.en.yaml", "README"} {
		if _, err := Compile(fstest.MapFS{name: {Data: []byte("{}")}}); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

// TestRun writes tables, and removes that of a package that speaks no more.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "catalogue"), os.DirFS("../catalogue")); err != nil {
		t.Fatal(err)
	}
	stale := filepath.Join(dir, "table_gone.go")
	if err := os.WriteFile(stale, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(stale); err == nil {
		t.Error("the table of no package is still there")
	}
	if _, err := os.Stat(filepath.Join(dir, "table_message.go")); err != nil {
		t.Error(err)
	}
}

// TestLiteral cuts a long text between characters.
func TestLiteral(t *testing.T) {
	got := literal(strings.Repeat("あ", 60))
	for line := range strings.Lines(got) {
		if len(line) > maxLiteral+8 || strings.Contains(line, "\ufffd") {
			t.Errorf("a bad line: %s", line)
		}
	}
	if strings.Count(got, "あ") != 60 {
		t.Errorf("characters are lost: %s", got)
	}
}
