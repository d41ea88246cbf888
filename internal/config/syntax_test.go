package config

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// More broken files stand in testdata/mistakes.txtar; these can't stand in a text file.
func TestBrokenYAMLIsExplainedWhereItBreaks(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"a quote that is not closed",
			"version: 1\nstate_branch: \"b\n" + strings.Repeat("routes: {}\n", 30),
			"2:1: a quote is not closed; it should be closed"},
		{"a control character", "version: 1\na: \x01\n",
			"2:1: the line contains a control character; it should be without it"},
		{"two documents with old Mac line ends", "version: 1\r---\rversion: 1\r",
			"1:1: a second document begins here; it should be one document, with no other ---"},
		{"Latin-1", "version: 1\nstate_branch: caf\xe9\n",
			"2:18: the file is not UTF-8; it should be saved as UTF-8"},
		{"UTF-16", "\xff\xfev\x00", "1:1: the file is not UTF-8; it should be saved as UTF-8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, want := problemsOf(tt.in), "f.yml:"+tt.want; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// Columns count characters, as editors do.
func TestColumnsCountCharacters(t *testing.T) {
	got := problemsOf("routes: {main: {require_hashtags: ['#京都', 'a b']}}\n")
	want := `f.yml:1:43: routes.main.require_hashtags[1]: "a b" is not valid; `
	if !strings.HasPrefix(got, want) {
		t.Errorf("got %s, want %s…", got, want)
	}
}

// Windows line ends and a final line without one are no mistakes.
func TestLineEnds(t *testing.T) {
	for _, in := range []string{
		"version: 1\r\nstate_branch: b\r\n", "version: 1\nstate_branch: b",
		"version: 1\rstate_branch: b\r",
	} {
		if got := mustParse(t, in).StateBranch; got != "b" {
			t.Errorf("%q: got %q", in, got)
		}
	}
}

// A small file can stand for a very large one: reading it must end soon, and with a word about it.
func TestAliasesThatMultiplyAreStopped(t *testing.T) {
	var lists strings.Builder
	lists.WriteString("routes:\n  a: &a0 {start: now}\n")
	for i := range 7 {
		merged := strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 40), ", ")
		fmt.Fprintf(&lists, "  b%d: &a%d\n    <<: [%s]\n", i+1, i+1, merged)
	}
	got := problemsOf(lists.String())
	if !strings.Contains(got, "the file has too many values once its aliases are expanded; "+
		"it should be a file of fewer than 262144 values") {
		t.Errorf("got %.300s", got)
	}
}

// A library that stops in the midst of a file must not stop a run.
func TestDeepNestingIsAProblem(t *testing.T) {
	for _, start := range []string{"[", "{a: ", "- "} {
		in := strings.Repeat(start, 20000)
		_, err := Parse("f.yml", []byte(in))
		if ps := (Problems)(nil); !errors.As(err, &ps) || len(ps) != 1 {
			t.Errorf("%.10s: got %.200v", in, err)
		}
	}
}
