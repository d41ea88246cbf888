package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestEffectiveTellsWhereAValueComesFrom(t *testing.T) {
	c, err := Parse(".github/postferry.yml", []byte(`incidents:
  red: always
routes:
  a: &a
    text: {long: thread}
    limits: {per_run: 3}
  b:
    <<: *a
    x: {refresh_token: X_B}
    text:
`))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.File(), ".github/postferry.yml"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	var got []string
	for _, s := range c.Effective() {
		if s.Doc == "" {
			t.Errorf("%s is not documented", s.Path)
		}
		if s.Source != "default" || strings.HasSuffix(s.Path, "b.text.long") {
			got = append(got, s.Path+" = "+s.Value+" from "+s.Source)
		}
	}
	want := []string{
		"routes.a.text.long = thread from .github/postferry.yml:5",
		"routes.a.limits.per_run = 3 from .github/postferry.yml:6",
		"routes.b.x.refresh_token = X_B from .github/postferry.yml:9",
		"routes.b.text.long = cut from default", // the empty text of b stands before what is merged
		"routes.b.limits.per_run = 3 from .github/postferry.yml:6",
		"incidents.red = always from .github/postferry.yml:2",
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got, want:\n%s", diff)
	}
}

func TestYAMLShowsEveryValueWithItsSource(t *testing.T) {
	got := mustParse(t, "state_branch: b\n"+
		`routes: {main: {start: all, text: {template: "{date}\n# \u2028'\""}}}`).YAML()
	for _, want := range []string{
		"version: 1                                     # default\n" +
			"state_branch: b                                # f.yml:1\n",
		"routes:\n  main:\n    instagram:\n      login: instagram                         #" +
			" default\n",
		"    start: all                                 # f.yml:2\n",
		`      template: "{date}\n# \u2028'\""          # f.yml:2` + "\n",
		"    exclude_hashtags: [\"#igonly\"]              # default\n    text:\n",
		"incidents:\n  transient_after: 3 ",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	groups := []string{"routes", "main", "instagram", "x", "text", "limits", "incidents"}
	if n, want := strings.Count(got, "\n"), len(Default().Effective())+len(groups); n != want {
		t.Errorf("got %d lines, want %d", n, want)
	}
}

// roundTrip fails if c, printed and read again, is another.
func roundTrip(t *testing.T, c *Config) {
	t.Helper()
	again, err := Parse("again.yml", []byte(c.YAML()))
	if err != nil {
		t.Fatalf("%v\n%s", err, c.YAML())
	}
	if diff := cmp.Diff(again, c, sameValues, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("again, once:\n%s\n%s", diff, c.YAML())
	}
}

// plain are values that a printer could get wrong.
var plain = map[string][]string{
	"state_branch": {
		"null", "true", "No", "on", "y", "1e5", "0x1f", "123", "2026-11-01", "a/b.c-d", "1.5",
	},
	"secrets_environment": {"a: b", "a #b", "- a", "'", `"`, `\`, "*a",
		"&a", "!a", "%a", "@a", "`", "{}", "[", "|",
		">", "?", ":", "~", "<<", "é", "\u00a0x", "\u2028x", "😀", "\u0085x"},
	"routes.main.text.template": {
		" {caption}", "{caption}\n", "\t{caption}\r\n", "\a\b{caption}\x7f",
		"\ufeff{caption}", "\ufffe", "---", "# {caption}",
	},
	"routes.main.require_hashtags": {"#null", "null", "1", "１", "ＡＢ", "#＃"},
	"incidents.slack_mention":      {"<!here>", "<@U012>", "null", ".inf", "-", "=", "1_000"},
	"incidents.assignees":          {"true", "1", "0o7", "no"},
}

func TestPrintedFileIsReadBackTheSame(t *testing.T) {
	for _, in := range []string{"", contract, other} {
		roundTrip(t, mustParse(t, in))
	}
	for path, values := range plain {
		for _, v := range values {
			in := nested(path, quoted(v))
			if strings.HasSuffix(path, "s") {
				in = nested(path, "["+quoted(v)+"]")
			}
			if _, err := Parse("f.yml", []byte(in)); err == nil {
				roundTrip(t, mustParse(t, in))
			} else if v != "#＃" && v != "\ufffe" {
				t.Errorf("%s\n%v", in, err)
			}
		}
	}
	for _, name := range []string{
		"null", "true", "1", "1e3", "0x1", "2026-11-01", "y", "no", "a--", strings.Repeat("g", 60),
	} {
		roundTrip(t, mustParse(t, "routes: {'"+name+"': {}}"))
	}
	for _, usd := range []string{
		"0", "0.1", "1e21", "1e-7", "-0.0", "0.30000000000000004", "1e300", "5.",
	} {
		roundTrip(t, mustParse(t, nested("routes.main.limits.usd_per_month", usd)))
	}
}

func quoted(s string) string { return text{at: &s}.String() }

// The name of a file ends no comment.
func TestFileNameStaysInItsComment(t *testing.T) {
	c, err := Parse("a\nversion: 2\u2028#.yml", []byte("version: 1"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "# a?version: 2?#.yml:1\n"; !strings.Contains(c.YAML(), want) {
		t.Errorf("%q is not in\n%s", want, c.YAML())
	}
	roundTrip(t, c)
}

// FuzzParse shows that nothing makes Parse panic, that problems stay within their bounds, and that
// an accepted file can be printed and read again.
func FuzzParse(f *testing.F) {
	for _, in := range []string{"", contract, other} {
		f.Add([]byte(in))
	}
	for _, m := range mistakes(f) {
		f.Add([]byte(m.in))
	}
	for path, values := range plain {
		for _, v := range values {
			f.Add([]byte(nested(path, quoted(v))))
		}
	}
	examples, err := filepath.Glob("../../examples/*.yml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range examples {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	schema := schemaValue(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse("f.yml", data)
		if err != nil {
			checkProblems(t, data, err)
			return
		}
		roundTrip(t, c)
		v, err := yamlValue(c.YAML())
		if err != nil {
			t.Fatal(err)
		}
		if got := validate(schema, schema, v, ""); len(got) > 0 {
			t.Fatalf("the schema refuses\n%s\n%s", c.YAML(), strings.Join(got, "\n"))
		}
	})
}

func checkProblems(t *testing.T, data []byte, err error) {
	ps, ok := err.(Problems)
	if !ok || len(ps) == 0 || len(ps) > maxProblems+1 {
		t.Fatalf("%d problems, %T", len(ps), err)
	}
	lines := 1 + strings.Count(string(data), "\n") + strings.Count(string(data), "\r")
	for _, other := range []string{"\u0085", "\u2028", "\u2029"} { // lines end there too in YAML
		lines += strings.Count(string(data), other)
	}
	for _, p := range ps {
		if p.Line < 1 || p.Column < 1 || p.Line > lines+1 ||
			strings.ContainsAny(p.Error(), "\n\r") {
			t.Fatalf("%q of %d lines", p.Error(), lines)
		}
	}
	if !slices.IsSortedFunc(ps, func(a, b Problem) int { return a.Line - b.Line }) {
		t.Fatalf("not in order:\n%v", ps)
	}
}
