package config

import (
	stdflag "flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

var update = stdflag.Bool("update", false, "write docs/postferry.schema.json")

// Editors read the file, so it must say what this package does. -update writes it.
func TestSchemaFileIsUpToDate(t *testing.T) {
	const name = "../../docs/postferry.schema.json"
	if *update {
		if err := os.WriteFile(name, jsonSchema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(jsonSchema()), string(want)); diff != "" {
		t.Errorf("run it with -update; got, want:\n%s", diff)
	}
}

func TestSchemaIsPlainASCII(t *testing.T) {
	odd := func(r rune) bool { return r > unicode.MaxASCII || r < ' ' && r != '\n' }
	if i := strings.IndexFunc(string(jsonSchema()), odd); i >= 0 {
		t.Errorf("%q", jsonSchema()[i:i+10])
	}
	if got, want := string(ascii("a京😀\n")), `a\u4eac\ud83d\ude00`+"\n"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Every key is there with its sentence and its default, under the path that a file has it at.
func TestSchemaHasEveryKey(t *testing.T) {
	schema := schemaValue(t)
	for _, s := range Default().Effective() {
		node := schema
		path := strings.Replace(s.Path, "routes.main.", "$defs.route.", 1)
		for _, name := range strings.Split(path, ".") {
			definition := path != s.Path && (name == "$defs" || name == "route")
			if inner, ok := node[name].(map[string]any); ok && definition {
				node = inner
				continue
			}
			properties, _ := node["properties"].(map[string]any)
			node, _ = properties[name].(map[string]any)
		}
		want, err := yamlValue(s.Value)
		if err != nil {
			t.Fatal(err)
		}
		if n, ok := want.(int); ok {
			want = float64(n)
		}
		if diff := cmp.Diff(node["default"], want); diff != "" || node["description"] != s.Doc {
			t.Errorf("%s: described as %q, default (got, want):\n%s", s.Path, node["description"],
				diff)
		}
	}
}

func TestSchemaAcceptsWhatParseAccepts(t *testing.T) {
	schema := schemaValue(t)
	files := map[string]string{
		"contract": contract, "other": other, "nothing": "",
		"routes without values": "routes: {main: }",
		"date and time":         "routes: {main: {start: 2026-11-01T09:30:00.5+09:00}}",
	}
	for _, s := range Default().Effective() {
		files[s.Path+" without a value"] = nested(s.Path, "")
	}
	for name, in := range files {
		c := mustParse(t, in)
		for _, text := range []string{in, c.YAML()} {
			v, err := yamlValue(text)
			if err != nil {
				t.Fatal(err)
			}
			if got := validate(schema, schema, v, ""); len(got) > 0 {
				t.Errorf("%s:\n%s", name, strings.Join(got, "\n"))
			}
		}
	}
}

func TestSchemaRefusesMistakes(t *testing.T) {
	schema := schemaValue(t)
	for _, tt := range mistakes(t) {
		v, err := yamlValue(tt.in)
		switch refused := err == nil && len(validate(schema, schema, v, "")) > 0; {
		case err != nil && !tt.beyond:
			t.Errorf("%s: %v", tt.name, err)
		case refused == tt.beyond:
			t.Errorf("%s: refused %v, beyond the schema %v", tt.name, refused, tt.beyond)
		}
	}
}

// The examples are what people copy.
func TestExamples(t *testing.T) {
	const dir = "../../examples"
	schema := schemaValue(t)
	for _, tt := range []struct {
		name   string
		routes []string
	}{
		{"minimal.yml", []string{"main"}},
		{"all-options.yml", []string{"main"}},
		{"many-accounts-config.yml", []string{"bakery", "cafe", "night-market"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(dir, tt.name))
			if err != nil {
				t.Fatal(err)
			}
			first, _, _ := strings.Cut(string(data), "\n")
			if first != "# yaml-language-server: $schema="+schemaURL {
				t.Errorf("the first line is %q", first)
			}
			c, err := Parse(tt.name, data)
			if err != nil {
				t.Fatal(err)
			}
			var routes []string
			for _, r := range c.Routes {
				routes = append(routes, r.Name)
			}
			if diff := cmp.Diff(routes, tt.routes); diff != "" {
				t.Errorf("got, want:\n%s", diff)
			}
			v, err := yamlValue(string(data))
			if err != nil {
				t.Fatal(err)
			}
			if got := validate(schema, schema, v, ""); len(got) > 0 {
				t.Errorf("the schema refuses it:\n%s", strings.Join(got, "\n"))
			}
		})
	}
}

// An example of all options that lacks one is none, and one that says another default misleads.
func TestAllOptionsAreInTheirExample(t *testing.T) {
	c, err := Load("../../examples/all-options.yml", true)
	if err != nil {
		t.Fatal(err)
	}
	examples := []string{"incidents.assignees", "incidents.slack_mention"}
	for i, s := range c.Effective() {
		if s.Source == "default" {
			t.Errorf("%s is not there", s.Path)
		}
		want := Default().Effective()[i].Value
		if s.Value != want && !slices.Contains(examples, s.Path) {
			t.Errorf("%s is %s, and %s by default", s.Path, s.Value, want)
		}
	}
}
