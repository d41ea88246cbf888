package cli_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
)

// played are the worlds that the tests of this package have played in, for TestMain to read their
// issues: a contradiction in any of them is a failure.
var played struct {
	sync.Mutex
	worlds []*sim.World
}

// reads has the issues of a world read when all tests are over.
func reads(w *sim.World) {
	played.Lock()
	defer played.Unlock()
	if !slices.Contains(played.worlds, w) {
		played.worlds = append(played.worlds, w)
	}
}

func TestMain(m *testing.M) {
	code := m.Run()
	issues, wrong := 0, map[string]bool{}
	for _, w := range played.worlds {
		for _, i := range w.GitHub().Issues() {
			issues++
			for _, c := range faults(i, documentOf(w, i), nil) {
				wrong[c] = true
			}
		}
	}
	for c := range wrong {
		fmt.Fprintln(os.Stderr, "an issue contradicts itself:", c)
		code = 1
	}
	if testing.Verbose() {
		fmt.Printf("%d issues of %d worlds were read\n", issues, len(played.worlds))
	}
	os.Exit(code)
}

// documentOf reads the document of an issue's route, nil if there is none that can be read.
func documentOf(w *sim.World, i sim.Issue) *state.Document {
	route, _, _, ok := report.Body(i.Body).Marker()
	body, there := w.GitHub().File("postferry-state", "state/"+route+".yaml")
	if !ok || !there {
		return nil
	}
	d, err := state.Decode("state/"+route+".yaml", []byte(body))
	if err != nil {
		return nil
	}
	return d
}

var (
	nextTry  = regexp.MustCompile(`Next try:[* ]+(\d{4}-\d{2}-\d{2} \d{2}:\d{2}) UTC`)
	ruledOut = regexp.MustCompile(`(?m)^Ruled out: (.*)$`)
	probe    = regexp.MustCompile("(?m)^- `([^`]+)`: `([^`]*)`$")
	fenced   = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")
	braces   = regexp.MustCompile(`\{(?:[A-Z_]{5,}|repo|branch|file|route)\}`)
	space    = regexp.MustCompile(`\s+`)
)

// faults lists what an issue says and can't be true, and how it differs from the shape of all.
func faults(i sim.Issue, d *state.Document, c *config.Config) []string {
	out := contradictions(i, d, c)
	_, component, _, ok := report.Body(i.Body).Marker()
	wrong := misshapen(i, component)
	others := !ok || strings.HasPrefix(i.Author, "someone") // a person's
	if others || strings.Contains(i.Body, "fingerprint=job ") || wrong == "" {
		return out // or the workflow's own
	}
	return append(out, fmt.Sprintf("%q (%s): %s", i.Title, component, wrong))
}

// contradictions lists what an issue says and can't be true. The document may be nil, and the
// configuration too, which is then that of a route with the default names.
func contradictions(i sim.Issue, d *state.Document, c *config.Config) (out []string) {
	route, component, _, ok := report.Body(i.Body).Marker()
	if !ok || strings.HasPrefix(i.Author, "someone") {
		return nil // a person's
	}
	complain := func(format string, args ...any) {
		out = append(out, fmt.Sprintf("%q (%s): ", i.Title, component)+fmt.Sprintf(format, args...))
	}
	if left := braces.FindString(i.Title + fenced.ReplaceAllString(i.Body, "")); left != "" {
		complain("%s is no name of the route", left)
	}
	if next := nextTry.FindStringSubmatch(i.Body); next != nil && i.State == "open" && d != nil {
		// Where GitHub refused the last edit the document is ahead of the issue.
		held := func(at time.Time) bool { return at.UTC().Format("2006-01-02 15:04") >= next[1] }
		if !held(d.Breakers[string(component)].NextTry) && !held(d.RetryAfter[string(component)]) {
			complain("the next try is at %s, and nothing holds it back until then: %v, %v", next[1],
				d.Breakers, d.RetryAfter)
		}
	}
	for _, text := range append([]string{i.Body}, i.Comments...) {
		if twice := saidTwice(text); twice != "" {
			complain("%q is said twice", twice)
		}
	}
	for _, c := range ruledAndSeen(i.Body) {
		complain("%s", c)
	}
	for _, name := range foreign(i, route, c) {
		complain("%s is no secret of route %s", name, route)
	}
	return out
}

// firstScreen is how many characters stand before the evidence at most. A phone's first two screens
// have room for that.
const firstScreen = 1450

var (
	linkTarget  = regexp.MustCompile(`\]\([^)]*\)|<!--.*-->`)
	stillFormed = []string{
		"**What to do**\n\n1. ", "- **Kept safe:** ", "- **Next ", "Run workflow",
		"- **Closing this issue:** ",
	}
)

// misshapen says how an issue differs from the one shape that all have, "" if it does not. The
// checklist of the set-up and the workflow's own fallback have a shape of their own.
func misshapen(i sim.Issue, c diagnosis.Component) string {
	before, evidence, found := strings.Cut(i.Body, "<!-- postferry:evidence -->")
	switch {
	case c == diagnosis.Setup || i.State != "open":
		return ""
	case !found:
		return "the evidence has no place of its own"
	case strings.Contains(i.Body, "\n|"):
		return "there is a table, which is wider than a phone"
	case strings.Contains(evidence, "```") && !strings.Contains(evidence, "<details>"):
		return "the evidence is not folded away"
	}
	for _, part := range stillFormed {
		if !strings.Contains(before, part) {
			return fmt.Sprintf("%q is missing", part)
		}
	}
	if n := len(linkTarget.ReplaceAllString(before, "")); n > firstScreen {
		return fmt.Sprintf("%d characters stand before the evidence", n)
	}
	return ""
}

// saidTwice returns a sentence that stands twice in a text, "" if none does. What a service said is
// quoted as code, and may well be the same at several probes.
func saidTwice(text string) string {
	seen := map[string]bool{}
	text = fenced.ReplaceAllString(text, "…")
	for line := range strings.SplitSeq(text, "\n") {
		for s := range strings.SplitSeq(line, ". ") {
			s = strings.Trim(space.ReplaceAllString(s, " "), " .-*>0123456789")
			if len(s) >= 30 && seen[s] && !strings.Contains(s, "own words") {
				return s
			}
			seen[s] = true
		}
	}
	return ""
}

// ruledAndSeen compares what an issue rules out with what its own causes and probes say.
func ruledAndSeen(body string) (out []string) {
	ruled := ""
	if m := ruledOut.FindStringSubmatch(body); m != nil {
		ruled = m[1]
	}
	if ruled == "" {
		return nil
	}
	before, _, _ := strings.Cut(body, "Ruled out: ")
	for _, tt := range []struct{ ruled, cause string }{
		{"the token itself", "The Instagram token has expired"},
		{"the token itself", "Instagram does not accept the token"},
		{"the token itself", "died with a password change"},
		{"all are granted", "is not granted"},
		{"a permission for the media", "A permission for the media was not granted"},
		{"90-day data access", "The 90 days of data access are over"},
		{"the API version", "The Graph API version is the cause"},
		{"a scope that the login lacks", "The X login lacks a right"},
		{"X's login", "X's login has to be made again"},
	} {
		if strings.Contains(ruled, tt.ruled) && strings.Contains(before, tt.cause) {
			out = append(out, fmt.Sprintf("%q is a cause, and %q is ruled out", tt.cause, tt.ruled))
		}
	}
	for _, m := range probe.FindAllStringSubmatch(body, -1) {
		refused := !strings.HasPrefix(m[2], "ok")
		for prefix, what := range map[string]string{
			"P1 GET /me": "the token itself", "Q1 GET /me": "the token itself",
			"GET /2/users/me": "X's login", "scopes of the login": "a scope that the login lacks",
		} {
			if refused && m[1] == prefix && strings.Contains(ruled, what) {
				out = append(out, fmt.Sprintf("%s is %q, and %q is ruled out", m[1], m[2], what))
			}
		}
		for _, scope := range []string{"instagram_basic", "pages_read_engagement", "media.write"} {
			if strings.Contains(m[2], scope+" declined") && strings.Contains(ruled, scope) {
				out = append(out, fmt.Sprintf("%s is declined and granted", scope))
			}
		}
	}
	return out
}

// foreign lists the default names of secrets that an issue mentions though its route has others.
func foreign(i sim.Issue, route string, c *config.Config) (out []string) {
	if c == nil {
		return nil
	}
	at := slices.IndexFunc(c.Routes, func(r config.Route) bool { return r.Name == route })
	if at < 0 {
		return nil
	}
	own, defaults := map[string]bool{}, config.Default().Routes[0]
	for _, v := range c.Routes[at].Variables() {
		own[v.Name] = true
	}
	for _, v := range defaults.Variables() {
		word := regexp.MustCompile(`\b` + v.Name + `\b`)
		if !own[v.Name] && word.MatchString(i.Title+"\n"+i.Body) {
			out = append(out, v.Name)
		}
	}
	return out
}

// TestMisshapen: an issue that lacks a part of the shape is seen.
func TestMisshapen(t *testing.T) {
	good := report.Question{Facts: "It is so.", Completed: "yes.", NotPlanned: "no.", Safe: "All."}
	body := good.Body()
	for name, tt := range map[string]struct{ body, want string }{
		"as it should be": {body, ""},
		"no evidence":     {strings.ReplaceAll(body, "postferry:evidence", "x"), "no place"},
		"a table":         {body + "\n| a | b |\n", "table"},
		"open evidence":   {body + "\n```\n503\n```\n", "not folded"},
		"nothing to do":   {strings.ReplaceAll(body, "What to do", "Hm"), "is missing"},
		"no button":       {strings.ReplaceAll(body, "Run workflow", "Hm"), "is missing"},
		"no closing":      {strings.ReplaceAll(body, "Closing this", "Hm"), "is missing"},
		"too long":        {strings.Repeat("long ", 300) + body, "characters stand before"},
	} {
		got := misshapen(sim.Issue{Body: tt.body, State: "open"}, diagnosis.Account)
		if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}

// TestContradictions: each kind of contradiction is seen.
func TestContradictions(t *testing.T) {
	marker := "\n<!-- postferry:incident route=shop area=x fingerprint=abc -->\n"
	shop := config.Default()
	shop.Routes[0].Name, shop.Routes[0].Instagram.Token = "shop", "INSTAGRAM_TOKEN_SHOP"
	d := &state.Document{}
	for body, want := range map[string]string{
		"All is true.":                        "",
		"Put it into {INSTAGRAM_TOKEN}.":      "no name of the route",
		"**Next try:** 2026-11-23 10:07 UTC.": "nothing holds it back",
		"Put it into INSTAGRAM_TOKEN.":        "no secret of route shop",
		"Put it into INSTAGRAM_TOKEN_SHOP.":   "",
		"1. **The X login lacks a right**: no.\n\nRuled out: a scope that the login lacks (all).": "is ruled out",
		"Ruled out: X's login (it is accepted).\n\n- `GET /2/users/me`: `x GET: 402`":             "is ruled out",
		"Nothing is posted twice, whatever comes. Nothing is posted twice, whatever comes.":       "said twice",
	} {
		got := strings.Join(contradictions(sim.Issue{Title: "t", Body: body + marker, State: "open"}, d, shop), "; ")
		if (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%q: got %q, want %q", body, got, want)
		}
	}
	d.Breakers = map[string]state.Breaker{"x": {NextTry: time.Date(2026, 11, 23, 10, 7, 9, 0, time.UTC)}}
	held := sim.Issue{Body: "- **Next try:** 2026-11-23 10:07 UTC." + marker, State: "open"}
	if got := contradictions(held, d, shop); got != nil {
		t.Errorf("a breaker holds it: %v", got)
	}
}
