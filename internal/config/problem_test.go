package config

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestAllProblemsAtOnceInTheFilesOrder(t *testing.T) {
	_, err := Parse(".github/postferry.yml", []byte(`version: 1
routes:
  main:
    x: {refresh_token: "not a name"}
    text:
      long: thred
      max_length: "280"
      colour: red
    only: [image, gif, vidio]
  Second: {}
incidents:
  red: true
stat_branch: x
`))
	var ps Problems
	if !errors.As(err, &ps) {
		t.Fatalf("got %T, want Problems", err)
	}
	want := []string{
		`.github/postferry.yml:4:24: routes.main.x.refresh_token: the value is not valid, and is not shown because it may be a secret; it should be ` + variableName.want + `; did you mean X_REFRESH_TOKEN?`,
		`.github/postferry.yml:6:13: routes.main.text.long: "thred" is not valid; it should be cut or thread; did you mean thread?`,
		`.github/postferry.yml:7:19: routes.main.text.max_length: the number is in quotes; it should be a whole number from 1 to 25000, without quotes; did you mean 280?`,
		`.github/postferry.yml:8:7: routes.main.text: the key "colour" is unknown; it should be one of template, long, link, urls, mentions, max_length and number`,
		`.github/postferry.yml:9:19: routes.main.only[1]: "gif" is not valid; it should be image, video or carousel`,
		`.github/postferry.yml:9:24: routes.main.only[2]: "vidio" is not valid; it should be image, video or carousel; did you mean video?`,
		`.github/postferry.yml:10:3: routes: "Second" is not valid; it should be a name of at most 60 small letters, digits and -, such as main; did you mean second?`,
		`.github/postferry.yml:12:8: incidents.red: the value is true or false; it should be once, always or never; did you mean always?`,
		`.github/postferry.yml:13:1: the key "stat_branch" is unknown; it should be one of version, state_branch, language, timezone, secrets_environment, routes and incidents; did you mean state_branch?`,
	}
	if got := ps.Error(); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

// What is far down is sorted to its line even where a problem is found late, as shared variables are.
func TestProblemsOfSharedVariablesComeTogether(t *testing.T) {
	in := "routes:\n  a: {}\n  b: {}\n  c: {x: {refresh_token: X_C, access_token: X_ACCESS_TOKEN}}\n"
	got := problemsOf(in)
	if n := strings.Count(got, "\n"); n != 1 || !strings.HasPrefix(got, "f.yml:3:3: ") || !strings.Contains(got, "\nf.yml:4:45: routes.c.x.access_token") {
		t.Errorf("got\n%s", got)
	}
}

// A file that is wrong throughout is not read to its end, which would take seconds.
func TestProblemsEndAtAHundred(t *testing.T) {
	for _, tt := range []struct {
		mistakes, want int
		more           bool
	}{{99, 99, false}, {100, 100, false}, {101, 101, true}, {20_000, 101, true}} {
		for name, format := range map[string]string{"keys": "k%d: 1\n", "routes": "  K%d: 1\n"} {
			var b strings.Builder
			b.WriteString(map[string]string{"routes": "routes:\n"}[name])
			for i := range tt.mistakes {
				fmt.Fprintf(&b, format, i)
			}
			_, err := Parse("f.yml", []byte(b.String()))
			ps, _ := err.(Problems)
			if len(ps) != tt.want {
				t.Fatalf("%d %s: got %d problems, want %d", tt.mistakes, name, len(ps), tt.want)
			}
			if got := ps[len(ps)-1].Message; strings.Contains(got, "there may be more") != tt.more {
				t.Errorf("%d %s: the last says %q", tt.mistakes, name, got)
			}
		}
	}
}

func TestNearest(t *testing.T) {
	words := []string{"if-cut", "never", "always", "max_length"}
	for _, tt := range []struct{ in, want string }{
		{"ifcut", "if-cut"}, {"IF_CUT", "if-cut"}, {"nevr", "never"}, {"nevre", "never"}, {"alway", "always"}, {"maxLength", "max_length"},
		{"max-lenght", "max_length"}, {"", ""}, {"sometimes", ""}, {strings.Repeat("never", 20), ""},
	} {
		if got := Nearest(tt.in, words); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
}
