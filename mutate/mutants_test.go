package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// changesOf lists the changes of a function's body or a declaration, without file and name.
func changesOf(t *testing.T, src string) (out []string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.go")
	if err := os.WriteFile(path, []byte("package x\n\n"+src), 0o600); err != nil {
		t.Fatal(err)
	}
	found, err := mutantsOf(path, "x.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range found {
		_, what, _ := strings.Cut(m.id, ": ")
		out = append(out, what)
	}
	return out
}

func TestMutantsOf(t *testing.T) {
	for _, tt := range []struct {
		name, src string
		want      []string
	}{
		{"an operand is dropped and negated", "func f(a, b bool) bool { return a && !b }", []string{
			"a && !b → a", "a && !b → !b", "a → !a", "!b → b"}},
		{"a bound", "func f(n int) bool { return n < 3 }", []string{
			"n < 3 → n >= 3", "n < 3 → n <= 3", "3 → 4", "3 → 2"}},
		{"an equality has no bound", `func f(s string) bool { return s == "x" }`, []string{
			`s == "x" → s != "x"`}},
		{"a condition and its statement", "func f(a bool) { if a { g() } }", []string{
			"a → !a", "if a { g() } → nothing", "g() → nothing"}},
		{"a condition with an else is not removed", "func f(a bool) { if a { g() } else { h() } }",
			[]string{"a → !a", "g() → nothing", "h() → nothing"}},
		{"cases", "func f(a, b bool) { switch { case a, b: g() } }", []string{
			"case a, b: g() → nothing", "a → !a", "a → nothing", "b → !b", "b → nothing",
			"g() → nothing"}},
		{"rows of a table", `var t = map[string]int{"a": x, "b": y}`, []string{
			`"a": x → nothing`, `"b": y → nothing`}},
		{"assignments", "func f() { a := b; a, b = b, a; a += b; a++ }", []string{
			"a, b = b, a → nothing", "a, b = b, a → b = a", "a, b = b, a → a = b",
			"a += b → a -= b", "a += b → nothing", "a++ → a--", "a++ → nothing"}},
		{"two like changes have two names", "func f() { g(); g() }", []string{
			"g() → nothing", "g() → nothing (2)"}},
		{"units of time", "const d, e = time.Hour, 2 * time.Hour", []string{
			"time.Hour → (time.Hour + 1)", "time.Hour → (time.Hour - 1)",
			"2 * time.Hour → 2 / time.Hour", "2 → 3", "2 → 1"}},
		{"min and max", "func f() int { return min(a, max(b, -1)) }", []string{
			"min(a, max(b, -1)) → !min(a, max(b, -1))", "min → max", "max → min",
			"-1 → 1", "1 → 2", "1 → 0"}},
		{"sums, but not of strings", `var a, b = c + d, "x" + d`, []string{"c + d → c - d"}},
		{"booleans", "func f() bool { return true }", []string{"true → false"}},
		{"a method has its type's name", "func (r *R) f() {}", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := changesOf(t, tt.src); !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// TestApply makes changes whose bytes are not simply those of a node.
func TestApply(t *testing.T) {
	const src = "package x\n\nvar t = []int{a, b, c}\n"
	path := filepath.Join(t.TempDir(), "x.go")
	if err := os.WriteFile(path, []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	found, err := mutantsOf(path, "x.go")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range found {
		got = append(got, strings.Split(string(m.apply([]byte(src))), "\n")[2])
	}
	want := []string{"var t = []int{b, c}", "var t = []int{a, c}", "var t = []int{a, b}"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestReadList(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var s session
	write("# comment\n\np/x.go f: a → b # it is so\n")
	if err := s.readList(path); err != nil || s.equivalent["p/x.go f: a → b"] != "it is so" {
		t.Errorf("got %v, %v", s.equivalent, err)
	}
	write("p/x.go f: a → b\n")
	if err := s.readList(path); err == nil || !strings.Contains(err.Error(), ":1: ") {
		t.Errorf("a line without a reason: %v", err)
	}
}

// TestRun tries a package whose tests notice one change of three.
func TestRun(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":        "module m\n\ngo 1.26.0\n",
		"p/p.go":        "package p\n\nfunc Less(a, b int) bool { return a < b }\n",
		"p/p_test.go":   "package p\n\nimport \"testing\"\n\nfunc TestLess(t *testing.T) {\n\tif !Less(1, 2) {\n\t\tt.Fatal()\n\t}\n}\n",
		"list":          "p/p.go Less: a < b → a <= b # for the test\np/q.go Gone: a → b # stale\n",
		"q/other.go":    "package q\n",
		"q/q_test.go":   "package q\n",
		"unrelated.txt": "",
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := session{root: root, workers: 1, limit: 60e9}
	if err := s.readList(filepath.Join(root, "list")); err != nil {
		t.Fatal(err)
	}
	if err := s.try(t.Context(), "p"); err != nil {
		t.Fatal(err)
	}
	if s.counts[killed] != 1 || s.counts[equivalent] != 1 || s.counts[survived] != 0 {
		t.Errorf("got %v", s.counts)
	}
	if code := s.report([]string{"./p"}); code != 1 {
		t.Errorf("a stale line: exit status %d", code)
	}
	if err := s.try(t.Context(), "q"); err == nil {
		t.Error("a package with nothing to change is no error")
	}
}
