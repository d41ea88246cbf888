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

	"github.com/postferry/postferry/internal/column"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/message"
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
	nextTry = regexp.MustCompile(`:[* ]+(\d{4})[-/](\d{2})[-/](\d{2}) (\d{2}:\d{2}) (UTC|JST)`)
	probe   = regexp.MustCompile("(?m)^- `([^`]+)`: `([^`]*)`$")
	fenced  = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")
	braces  = regexp.MustCompile(`\{(?:[A-Z_]{5,}|repo|branch|file|route)\}`)
	space   = regexp.MustCompile(`\s+`)
	address = regexp.MustCompile(`\]\([^)\s]*\)`)
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
	if next, ok := nextTryOf(i.Body); ok && i.State == "open" && d != nil {
		// Where GitHub refused the last edit the document is ahead of the issue.
		held := func(at time.Time) bool { return !at.Truncate(time.Minute).Before(next) }
		if !held(d.Breakers[string(component)].NextTry) && !held(d.RetryAfter[string(component)]) {
			complain("the next try is at %s, and nothing holds it back until then: %v, %v", next,
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

// languageOf returns the words in which an issue is written.
func languageOf(body string) message.Words {
	ja := message.Words{Language: message.Japanese}
	if strings.Contains(body, "**"+ja.Text("report.issue.what-to-do")+"**") {
		return ja
	}
	return message.Words{}
}

// nextTryOf reads from an issue when something is tried next. ok is false if it names no moment.
func nextTryOf(body string) (at time.Time, ok bool) {
	_, line, _ := strings.Cut(body, "- **"+languageOf(body).Text("report.issue.next-try"))
	line, _, _ = strings.Cut(line, "\n")
	m := nextTry.FindStringSubmatch(line)
	if m == nil {
		return at, false
	}
	zones := map[string]*time.Location{"UTC": time.UTC, "JST": time.FixedZone("JST", 9*60*60)}
	at, err := time.ParseInLocation("2006-01-02 15:04", m[1]+"-"+m[2]+"-"+m[3]+" "+m[4], zones[m[5]])
	return at, err == nil
}

// firstScreen is how many columns of characters stand before the evidence at most. A phone's first
// two screens have room for that. A Japanese character takes two columns.
const firstScreen = 1450

var linkTarget = regexp.MustCompile(`\]\([^)]*\)|<!--.*-->`)

// formed are the parts that each issue has before its evidence.
func formed(w message.Words) []string {
	label := func(key string) string { return "- **" + w.Text(key) + ":** " }
	return []string{
		"**" + w.Text("report.issue.what-to-do") + "**\n\n1. ", label("report.issue.kept-safe"),
		"Run workflow", label("report.issue.closing"),
	}
}

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
	w := languageOf(i.Body)
	for _, part := range formed(w) {
		if !strings.Contains(before, part) {
			return fmt.Sprintf("%q is missing", part)
		}
	}
	if !strings.Contains(before, "- **"+w.Text("report.issue.next-try")+":** ") &&
		!strings.Contains(before, "- **"+w.Text("report.issue.next-look")+":** ") {
		return "it does not say when something is tried or looked at next"
	}
	if n := column.Count(linkTarget.ReplaceAllString(before, "")); n > firstScreen {
		return fmt.Sprintf("%d characters stand before the evidence", n)
	}
	return ""
}

// saidTwice returns a sentence that stands twice in a text, "" if none does. What a service said is
// quoted as code, and may well be the same at several probes. A link's address is no part of a
// sentence: two secrets are made on the same page.
func saidTwice(text string) string {
	seen := map[string]bool{}
	text = strings.ReplaceAll(fenced.ReplaceAllString(text, "…"), "。", ". ")
	text = address.ReplaceAllString(text, "]")
	for line := range strings.SplitSeq(text, "\n") {
		for s := range strings.SplitSeq(line, ". ") {
			s = strings.Trim(space.ReplaceAllString(s, " "), " .-*>0123456789")
			if column.Count(s) >= 30 && seen[s] && !strings.Contains(s, "own words") {
				return s
			}
			seen[s] = true
		}
	}
	return ""
}

// ruledAndSeen compares what an issue rules out with what its own causes and probes say.
func ruledAndSeen(body string) (out []string) {
	w := languageOf(body)
	begin, _, _ := strings.Cut(w.Text("report.issue.ruled", "List", "\x00"), "\x00")
	before, after, _ := strings.Cut("\n"+body, "\n"+begin)
	ruled, _, _ := strings.Cut(after, "\n")
	if ruled == "" {
		return nil
	}
	of := func(key string) string { // what stands before the bracket is the same in each issue
		text, _, _ := strings.Cut(w.Text(key), " (")
		text, _, _ = strings.Cut(text, "（")
		return text
	}
	for _, tt := range []struct{ ruled, cause string }{
		{"diagnosis.ruled.token", "diagnosis.instagram-token-expired.title"},
		{"diagnosis.ruled.token", "diagnosis.instagram-token-dead.title"},
		{"diagnosis.ruled.token", "diagnosis.instagram-password-changed.title"},
		{"diagnosis.ruled.scope", "diagnosis.instagram-scope.title"},
		{"diagnosis.ruled.data-access", "diagnosis.instagram-data-access.title"},
		{"diagnosis.ruled.version", "diagnosis.instagram-version.title"},
		{"doctor.ruled.scope", "diagnosis.x-scope.title"},
		{"doctor.ruled.login", "diagnosis.x-login-again.title"},
	} {
		cause := report.Text(report.Capitalize(w.Text(tt.cause)))
		if strings.Contains(ruled, of(tt.ruled)) && strings.Contains(before, cause) {
			out = append(out, fmt.Sprintf("%q is a cause, and %q is ruled out", cause, of(tt.ruled)))
		}
	}
	for _, m := range probe.FindAllStringSubmatch(body, -1) {
		refused := !strings.HasPrefix(m[2], w.Text("diagnosis.answer.ok"))
		for prefix, what := range map[string]string{
			"P1 GET /me": "diagnosis.ruled.token", "Q1 GET /me": "diagnosis.ruled.token",
			"GET /2/users/me": "doctor.ruled.login", w.Text("doctor.probe.scopes"): "doctor.ruled.scope",
		} {
			if refused && m[1] == prefix && strings.Contains(ruled, of(what)) {
				out = append(out, fmt.Sprintf("%s is %q, and %q is ruled out", m[1], m[2], of(what)))
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
	for _, w := range []message.Words{{}, {Language: message.Japanese}} {
		question := report.Question{
			Words: w, Facts: "It is so.", Completed: "yes.", NotPlanned: "no.", Safe: "All.",
		}
		good := question.Body()
		without := func(key string) string { return strings.ReplaceAll(good, w.Text(key), "Hm") }
		for name, tt := range map[string]struct{ body, want string }{
			"as it should be": {good, ""},
			"no evidence":     {strings.ReplaceAll(good, "postferry:evidence", "x"), "no place"},
			"a table":         {good + "\n| a | b |\n", "table"},
			"open evidence":   {good + "\n```\n503\n```\n", "not folded"},
			"nothing to do":   {without("report.issue.what-to-do"), "is missing"},
			"no next look":    {without("report.issue.next-look"), "does not say when"},
			"no button":       {strings.ReplaceAll(good, "Run workflow", "Hm"), "is missing"},
			"no closing":      {without("report.issue.closing"), "is missing"},
			"too long":        {strings.Repeat("長い ", 300) + good, "characters stand before"},
		} {
			got := misshapen(sim.Issue{Body: tt.body, State: "open"}, diagnosis.Account)
			if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
				t.Errorf("%s %s: got %q, want %q", w.Language, name, got, tt.want)
			}
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
		"All is true.":                          "",
		"Put it into {INSTAGRAM_TOKEN}.":        "no name of the route",
		"- **Next try:** 2026-11-23 10:07 UTC.": "nothing holds it back",

		"**対応方法**\n\n- **次の試行:** 2026/11/23 19:07 JST。": "nothing holds it back",
		"**対応方法**\n\n1. **X のログインに権限が不足しています**。\n\n" +
			"除外できる原因: ログインのスコープの不足（投稿に必要なものはすべて付与済み）。": "is ruled out",
		"**対応方法**\n\n除外できる原因: X のログインの問題（受け付けられています）。\n\n" +
			"- `GET /2/users/me`: `x GET: 402`": "is ruled out",
		"**対応方法**\n\n二重投稿はなく、失われる投稿もありません。二重投稿はなく、失われる投稿もありません。": "said twice",
		"Put it into INSTAGRAM_TOKEN.":      "no secret of route shop",
		"Put it into INSTAGRAM_TOKEN_SHOP.": "",
		"1. **The X login lacks a right**: no.\n\nRuled out: a scope that the login lacks (all).": "is ruled out",
		"Ruled out: X's login (it is accepted).\n\n- `GET /2/users/me`: `x GET: 402`":             "is ruled out",
		"Nothing is posted twice, whatever comes. Nothing is posted twice, whatever comes.":       "said twice",
	} {
		got := strings.Join(contradictions(sim.Issue{
			Title: "t", Body: body + marker, State: "open",
		}, d, shop), "; ")
		if (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%q: got %q, want %q", body, got, want)
		}
	}
	d.Breakers = map[string]state.Breaker{"x": {NextTry: time.Date(2026, 11, 23, 10, 7, 9, 0, time.UTC)}}
	for _, body := range []string{
		"- **Next try:** 2026-11-23 10:07 UTC.", "**対応方法**\n\n- **次の試行:** 2026/11/23 19:07 JST。",
	} {
		held := sim.Issue{Body: body + marker, State: "open"}
		if got := contradictions(held, d, shop); got != nil {
			t.Errorf("a breaker holds it: %v", got)
		}
	}
}
