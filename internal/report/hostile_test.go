package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/mirror"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/result"
	"github.com/postferry/postferry/internal/state"
)

const forged = "<!-- postferry:incident route=main area=x fingerprint=0123456789ab -->"

// hostile is what a caption, a permalink or a service's answer might hold.
var hostile = []string{
	"@octocat @org/team a@evil.example #1 GH-2 gh-3 octo/cat#4",
	"https://evil.example/a www.evil.example _www.evil.example ftp://evil.example " +
		"mailto:a@evil.example",
	"```\n# EVIL\n```` ~~~\n@octocat\n`````````text\n",
	"\r```\r@octocat #1\r\n# EVIL",
	forged, "\n" + forged + "\n", "\n" + forged, "<!<!---- -->", "```\n" + forged + "\n```",
	"##[add-mask]o", "x ##[stop-commands]y",
	"::set-output name=posted::99\n::add-mask::x",
	"::error::EVIL",
	"posted=99\nincident=1\nroute-status={}\r\nx<<EOF",
	"| a | b |\n|---|---|\n| \\| \\\\| |", "a\\", "\\@octocat \\#1 \\<img>", "`@octocat` ``#1`` `",
	"<script>alert(1)</script><img src=x onerror=alert(1)></svg></title><details>",
	"&lt;img&gt; &#64;octocat &commat;octocat",
	"![EVIL](https://evil.example/x.png) [EVIL](javascript:alert(1)) [EVIL]: https://evil.example",
	"$\\href{javascript:1}{x}$",
	"# EVIL",
	"- EVIL",
	"+ EVIL",
	"1. EVIL",
	"> EVIL",
	"===",
	"---",
	"    EVIL",
	"> [!WARNING]\n> EVIL",
	"\n### How it stands\n\nEVIL", "\n" + standsHere + "EVIL\n" + evidenceHere + "EVIL",
	"\x1b[31m\x00\x07\x9b31m EVIL\u2028EVIL\u2029EVIL\u0085EVIL",
	"\u202egnp.exe\u2066",
	"\xff\xfe\xf0\x9f\n@octocat",
	"https://www.instagram.com/p/x/) [EVIL](https://evil.example",
	"https://www.instagram.com/p/\n::error::EVIL",
	"https://www.instagram.com@evil.example/p/x/",
	"夜明け前の台所 ☕️ #igonly @someone", "", " ",
	strings.Repeat("`@octocat #1 <!-- | \n```\n", 9000), strings.Repeat("&<>\"'@#_*", 700), strings.Repeat("`", 6000),
	strings.Repeat("\n", 6000), strings.Repeat("|", 6000), strings.Repeat("🦊", 5000),
}

// outsideCode is what of Markdown is in no code block and no code span, by CommonMark's rules for
// both.
func outsideCode(md string) string {
	var out strings.Builder
	fence := 0
	for line := range strings.SplitSeq(md, "\n") {
		ticks := len(line) - len(strings.TrimLeft(line, "`"))
		switch {
		case fence > 0 && ticks >= fence && strings.TrimSpace(line[ticks:]) == "":
			fence = 0
		case fence > 0:
		case ticks >= 3 && !strings.Contains(line[ticks:], "`"):
			fence = ticks
		default:
			if strings.Contains(line, "`") {
				line = spans.ReplaceAllString(line, "${1}CODE")
			}
			out.WriteString(line + "\n")
		}
	}
	if fence > 0 {
		return "a fence is left open"
	}
	return out.String()
}

// spans are code spans of one backtick, the only ones that are made here, and escaped backticks,
// which are none.
var spans = regexp.MustCompile("((?:^|[^\\\\`])(?:\\\\\\\\)*)`[^`]+`")

// live is what GitHub would act on.
var live = map[string]*regexp.Regexp{
	"a mention":         regexp.MustCompile(`@[A-Za-z0-9]`),
	"a reference":       regexp.MustCompile(`(?i)#[0-9]|gh-[0-9]`),
	"an address":        regexp.MustCompile(`(?i)(://|www\.)[^ )]*evil|mailto:[^ ]*@[a-z]`),
	"HTML":              regexp.MustCompile(`<`),
	"an entity":         regexp.MustCompile(`&(#[0-9]|commat)`),
	"a link":            regexp.MustCompile(`(^|[^\\])\]\((javascript|https://evil)|EVIL\]`),
	"a block":           regexp.MustCompile(`(?m)^ {0,3}([-+#>=]|\d+[.)]) *EVIL|^ {4}.*EVIL|^(===|---)$`),
	"a control":         regexp.MustCompile("[\x00-\x09\x0b-\x1f\x7f\u0080-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]"),
	"an open code span": regexp.MustCompile("(^|[^\\\\])`"),
	"an open fence":     regexp.MustCompile(`a fence is left open`),
}

// ours are the references and the folded parts that the pages make themselves.
var ours = regexp.MustCompile(`\[#\d+\]\(https://github\.com/[a-z/]+\d+\)|` +
	`(?m:^(?:</?details>|<summary>[A-Za-z ,]+</summary>)$)`)

// once leaves out lines that were there before: what they do is known.
func once(md string) string {
	seen := map[string]bool{}
	var out strings.Builder
	for line := range strings.Lines(md) {
		if line == "\n" || strings.HasPrefix(line, "|:--") || !seen[line] {
			out.WriteString(line)
		}
		seen[line] = true
	}
	return out.String()
}

// inert fails for text that would do anything, and for tables whose rows have not the cells of
// their head.
func inert(t *testing.T, what, md string) {
	t.Helper()
	if !utf8.ValidString(md) {
		t.Errorf("%s: not UTF-8", what)
	}
	if strings.Contains(md, "<!--") {
		t.Errorf("%s: there is a hidden comment: %.300q", what, md[strings.Index(md, "<!--"):])
	}
	text := ours.ReplaceAllString(once(outsideCode(strings.TrimSuffix(md, pageFoot(message.Words{})))), "")
	for name, re := range live {
		if at := re.FindStringIndex(text); at != nil {
			t.Errorf("%s: %s: …%.200q", what, name, text[max(0, at[0]-60):])
		}
	}
	columns := 0
	for line := range strings.SplitSeq(text, "\n") {
		n := strings.Count(escaped.ReplaceAllString(line, ""), "|")
		if !strings.HasPrefix(line, "|") {
			columns = 0
			continue
		}
		if columns == 0 {
			columns = n
		}
		if n != columns {
			t.Errorf("%s: %d cells in a row of %d: %.300q", what, n-1, columns-1, line)
		}
	}
}

var escaped = regexp.MustCompile(`\\.`)

func hostileIssue(s string) Issue {
	i := portfolioIssue()
	i.Err = fmt.Errorf("%s: %w", s, &httpx.Error{Service: "instagram", Op: "GET " + s, Status: 400, Code: 10, Type: s, Message: s, TraceID: s, Version: s, Needs: s})
	for n := range i.Causes {
		i.Causes[n].For = []string{s, s}
	}
	for range 25 {
		i.Findings = append(i.Findings, diagnosis.Finding{Asked: true, Probe: s, Answer: s, Trace: s})
		i.Ruled = append(i.Ruled, s)
		i.Causes = append(i.Causes, diagnosis.Candidate{Diagnosis: i.Diagnosis, For: []string{s, s, s}})
	}
	for range 12 {
		i.Record.Occurrences = append(i.Record.Occurrences, state.Occurrence{At: now, Run: s})
	}
	return i
}

// TestHostileIssue: whatever a service answers, the issue keeps its marker, its size and its shape,
// through every stage.
func TestHostileIssue(t *testing.T) {
	t.Parallel()
	for n, s := range hostile {
		i := hostileIssue(s)
		body := i.Body()
		again := later(i, 14).Update(body)
		for stage, text := range map[string]string{
			"opened": body,
			"again":  again,
			"over": Body(again).Over(message.Words{}, "Back after 2 h.",
				now),
			"thrice": later(i,
				20).Update(Body(again).Over(message.Words{}, "Back.",
				now)),
		} {
			what := fmt.Sprintf("%d %.20q, %s", n, s, stage)
			route, area, print, ok := Body(text).Marker()
			if want := fingerprint; !ok || route != "main" || area != "instagram" || print != want {
				t.Errorf("%s: the marker reads %s %s %s, want main instagram %s", what, route, area, print, want)
			}
			if len(text) > incidentBody {
				t.Errorf("%s: %d bytes, GitHub takes %d", what, len(text), incidentBody)
			}
			if n := strings.Count(text, standsHere); n != 1 {
				t.Errorf("%s: %d standing parts", what, n)
			}
			if stage == "opened" || stage == "thrice" { // the others are made of the same pieces
				inert(t, what, strings.NewReplacer(standsHere, "", evidenceHere, "",
					Marker("main", "instagram", print), "").Replace(text))
			}
		}
		for _, text := range []string{i.CauseComment(), i.StillComment(), i.Title()} {
			if len(text) > incidentBody {
				t.Errorf("%.20q: a comment of %d bytes", s, len(text))
			}
			inert(t, fmt.Sprintf("%d %.20q, comment", n, s), text)
		}
	}
}

// TestHostileOwnError: our own words, which may quote a file or a caption, are shown before the
// evidence and stay quoted there.
func TestHostileOwnError(t *testing.T) {
	t.Parallel()
	for n, s := range hostile {
		i := portfolioIssue()
		i.Err = errors.New(s + "\n" + s)
		text := i.Body()
		if _, _, _, ok := Body(text).Marker(); !ok || strings.Count(text, standsHere) != 1 {
			t.Errorf("%d %.20q: the marker or the standing part is lost", n, s)
		}
		if !Body(text).Quotes(i.Err.Error()) {
			t.Errorf("%d %.20q: it is not shown", n, s)
		}
		inert(t, fmt.Sprintf("%d %.20q", n, s), strings.NewReplacer(standsHere, "", evidenceHere, "",
			i.Marker, "").Replace(text))
	}
}

func hostileRoute(s string) result.Route {
	e := []mirror.Entry{{MediaID: s, Permalink: s, Posts: []string{s}, Why: s, Notes: []string{s, s}}, {MediaID: s, Posts: []string{"1", s}}}
	return result.Route{
		Name: "main", Username: s, Err: errors.New(s), Notes: []string{s}, Issue: 3, IssueURL: s, USDMonth: 1,
		Outcome: mirror.Outcome{Posted: e, Skipped: e, Held: e, HeldBy: s, Warnings: []string{s}, PutOff: s, Pending: 1},
	}
}

// command is what the runner would obey in a line: https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
func command(line string) bool {
	return strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[")
}

func oneLiners(t *testing.T, what string, lines []string) {
	t.Helper()
	for _, line := range lines {
		if strings.ContainsAny(line, "\n\r\x1b\x00") || command(line) || !utf8.ValidString(line) {
			t.Errorf("%s: the line %.200q", what, line)
		}
	}
}

// TestHostileRun: what a run prints, its summary and its outputs stay what they are.
func TestHostileRun(t *testing.T) {
	t.Parallel()
	for n, s := range hostile {
		what := fmt.Sprintf("%d %.20q", n, s)
		r := hostileRoute(s)
		stopped, putOff, waiting := r, r, r
		putOff.Err, waiting.Waiting = nil, s
		line := Run{Routes: []result.Route{r}}.JSON()[0]
		oneLiners(t, what+", json", []string{line})
		if !json.Valid([]byte(line)) {
			t.Errorf("%s: no JSON: %.200s", what, line)
		}
		for _, r := range []result.Route{stopped, putOff, waiting} {
			run := Run{Routes: []result.Route{r}, Now: now}
			inert(t, what+", summary", run.Summary())
			oneLiners(t, what+", lines", run.Lines())
			for name, value := range run.Outputs() {
				oneLiners(t, what+", output "+name, []string{value})
				if strings.Contains(s, "EVIL") && strings.Contains(value, "EVIL") {
					t.Errorf("%s: the output %s holds text from outside", what, name)
				}
			}
		}
	}
}

// TestHostilePreview: a caption is shown, and nothing else happens.
func TestHostilePreview(t *testing.T) {
	t.Parallel()
	for n, s := range hostile {
		m := sampleMedia(1)
		m.Caption, m.Permalink, m.AltText, m.Type = s, s, s, s
		res := plan.Result{
			Threads: []plan.Thread{{Media: m, Posts: []plan.Post{{Text: s, Files: []plan.File{{Kind: plan.Photo, AltText: s}}}}, Notes: []string{s}}},
			Skips:   []plan.Reason{{Media: m, Why: s}},
		}
		what := fmt.Sprintf("%d %.20q", n, s)
		p := Preview{Route: config.Default().Routes[0], Plan: res}
		oneLiners(t, what, p.Lines())
		oneLiners(t, what+", json", []string{p.JSON()})
		inert(t, what+", cards", strings.ReplaceAll(p.Cards(), "\n> ", "\n"))
	}
}

// TestHostilePage: a document that somebody has edited, or a service has filled, leaves Markdown
// and SVG whole.
func TestHostilePage(t *testing.T) {
	t.Parallel()
	for n, s := range hostile {
		d := document()
		d.Account.XUsername = s
		for k := range d.Ledger {
			d.Ledger[k].Permalink, d.Ledger[k].Reason, d.Ledger[k].MediaID, d.Ledger[k].Posts = s, s, s, []string{s, "12"}
		}
		for k := range d.History[:3] {
			d.History[len(d.History)-1-k].Incidents = []string{s, s, s}
		}
		for range 12 {
			d.Incidents = append(d.Incidents, state.Incident{Component: s, Cause: s, First: now, Issue: 3})
		}
		d.RetryAfter = map[string]time.Time{s: now.Add(time.Hour)}
		for file, body := range (StatusPage{Doc: d, Routes: []string{"main"}, IssuesURL: "https://github.com/kamo/mirror/issues/", Now: now}).Files() {
			what := fmt.Sprintf("%d %.20q, %s", n, s, file)
			if len(body) > 64<<10 {
				t.Errorf("%s: %d bytes", what, len(body))
			}
			switch file {
			case "README.md":
				inert(t, what, strings.ReplaceAll(string(body), "> [!WARNING]\n", ""))
			case "status.svg":
				wellFormed(t, what, body)
			default:
				if !json.Valid(body) {
					t.Errorf("%s: no JSON", what)
				}
			}
		}
	}
}

// wellFormed fails for what is no XML, or has an element that the chart does not make.
func wellFormed(t *testing.T, what string, svg []byte) {
	t.Helper()
	dec := xml.NewDecoder(bytes.NewReader(svg))
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("%s: %v", what, err)
			return
		}
		if e, ok := token.(xml.StartElement); ok && !strings.Contains(" svg title desc style "+
			"text tspan path g rect ", " "+e.Name.Local+" ") {
			t.Errorf("%s: an element <%s>", what, e.Name.Local)
		}
	}
}

// FuzzText: no text in a sentence does anything.
func FuzzText(f *testing.F) {
	for _, s := range hostile {
		f.Add(s[:min(len(s), 300)])
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Text(s)
		if strings.Contains(got, "\n") {
			t.Errorf("%q has a line break", got)
		}
		inert(t, "sentence", got)
		inert(t, "cell", "| a | b |\n| "+got+" | "+code(s)+" |")
	})
}

// FuzzFence: what is in the block stays in it, and what follows is outside.
func FuzzFence(f *testing.F) {
	for _, s := range hostile {
		f.Add(s[:min(len(s), 300)])
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := strings.TrimSpace(outsideCode(fence(s) + "after\n")); got != "after" {
			t.Errorf("%q: outside the block is %q", s, got)
		}
	})
}
