package report

import (
	"strings"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
)

// TestIssueStages: the issue and its comments, from the night it opens to the day it closes.
func TestIssueStages(t *testing.T) {
	inBoth(t, "stages", func(t *testing.T, w message.Words, folder string) {
		opened := portfolioIssue()
		if folder != "" {
			opened = spoken(opened, w)
		}
		body, end := opened.Body(), now.Add(6*day+4*time.Hour)
		dead := spoken(tokenIssue(), w)
		day2 := later(opened, 26).Update(body)
		back := BackComment(w, end.Sub(opened.Record.First), 9, 2)
		for name, text := range map[string]string{
			"issue/1-opened.md": body, "issue/2-a-day-later.md": day2,
			"issue/3-over.md":         Body(day2).Over(w, back, end),
			"issue/without-probes.md": dead.Body(), "issue/attention.md": attention(w).Body(),
			"issue/given-up.md":  givenUp(w).Body(),
			"comment/1-still.md": later(opened, 26).StillComment(),
			"comment/2-cause.md": dead.CauseComment(), "comment/3-back.md": back,
		} {
			t.Run(name, func(t *testing.T) { golden(t, folder+name, []byte(text)) })
		}
	})
}

func attention(w message.Words) Attention {
	due := []Reminder{
		{
			Text: w.Text("alert.ends.in", "What", w.Text("alert.end.secrets-token"),
				"Day", w.Date(now.Add(10*day)), "Count", 10),
			Fix:  w.Text("alert.renew.secrets-token"),
			Link: "https://github.com/settings/personal-access-tokens", Ends: true,
		},
		{
			Text: w.Text("alert.ends.in", "What", w.Text("alert.end.version", "Version", "v25.0",
				"Route", "main"), "Day", w.Date(now.Add(80*day)), "Count", 80),
			Fix: w.Text("alert.renew.version"), Ends: true,
		},
	}
	return Attention{Words: w, Route: "main", Due: due, RunWorkflow: portfolioIssue().RunWorkflow}
}

func givenUp(w message.Words) GivenUp {
	return GivenUp{
		Words: w, Route: "main", List: givenUpRecords(), Username: "kamo_mugs",
		RunWorkflow: portfolioIssue().RunWorkflow,
		Marker:      Marker("main", diagnosis.GivenUp, "0a1b2c3d4e5f"),
	}
}

// TestOtherLanguage: an issue that was opened in one language goes on in another. It keeps what was
// found out and its marker, and nobody reads that it is over while it lasts.
func TestOtherLanguage(t *testing.T) {
	ja := message.Words{Language: message.Japanese}
	for _, tt := range []struct {
		name     string
		from, to message.Words
		want     string
	}{
		{"into Japanese", message.Words{}, ja, "**対応方法**"},
		{"into English", ja, message.Words{}, "**What to do**"},
	} {
		opened := spoken(portfolioIssue(), tt.from)
		closed := Body(opened.Body()).Over(tt.from, "Back.", now)
		for _, old := range []string{opened.Body(), closed} {
			got := spoken(later(portfolioIssue(), 1), tt.to).Update(old)
			if !strings.Contains(got, tt.want) || !strings.Contains(got, "P4 GET /{user}?fields") {
				t.Errorf("%s: not brought up to date:\n%s", tt.name, got)
			}
			for _, left := range []string{
				tt.from.Text("report.issue.is-over"), label(tt.from, "report.issue.next-try"),
				"**" + tt.from.Text("report.issue.what-to-do") + "**",
			} {
				if strings.Contains(got, left) {
					t.Errorf("%s: %q is left:\n%s", tt.name, left, got)
				}
			}
			if route, c, _, ok := Body(got).Marker(); route != "main" || c != "instagram" || !ok {
				t.Errorf("%s: the marker is lost:\n%s", tt.name, got)
			}
			if Body(got).ClosedByUs() {
				t.Errorf("%s: it counts as closed:\n%s", tt.name, got)
			}
		}
	}
}

// TestBackComment: one number is one post, none is not mentioned.
func TestBackComment(t *testing.T) {
	r := state.Incident{First: ago(6*day + 4*time.Hour)}
	for _, tt := range []struct {
		caught, pending int
		want            string
	}{
		{0, 0, "Back after 6 d 4 h."},
		{1, 0, "Back after 6 d 4 h; 1 post caught up."},
		{9, 3, "Back after 6 d 4 h; 9 posts caught up, 3 more to come."},
		{0, 3, "Back after 6 d 4 h, 3 more to come."},
	} {
		if got := BackComment(message.Words{}, now.Sub(r.First), tt.caught, tt.pending); got != tt.want {
			t.Errorf("%d, %d: got %q, want %q", tt.caught, tt.pending, got, tt.want)
		}
	}
}

// TestUpdate: what was found out at the opening stays, whatever a web form or a person has made of
// the body; a body that is not ours any more is written anew.
func TestUpdate(t *testing.T) {
	i := portfolioIssue()
	body, next := i.Body(), later(i, 1)
	crlf := strings.ReplaceAll(body, "\n", "\r\n")
	for _, tt := range []struct {
		name, old string
		probes    bool
	}{
		{"as it was", body, true},
		{"saved by a browser", crlf, true},
		{"reopened", Body(body).Over(message.Words{}, "Back after 2 h.", now), true},
		{"with a person's note on top", "I am looking into it.\n\n" + body, true},
		{"without its marker", strings.Split(body, "<!--")[0], false},
		{"without its count", strings.Replace(body, standsHere, "", 1), false},
		{"emptied", "", false},
		{"too long to be kept", strings.Repeat("x", incidentBody) + body, false},
	} {
		got := next.Update(tt.old)
		if strings.Contains(got, "What was looked at") != tt.probes {
			t.Errorf("%s: the probes are kept: %t, want %t", tt.name, !tt.probes, tt.probes)
		}
		if strings.Count(got, standsHere) != 1 || !strings.Contains(got, "2 times since 2026-11-23 "+
			"09:07 UTC, last 2026-11-23 10:07 UTC") {
			t.Errorf("%s: not brought up to date:\n%s", tt.name, got)
		}
		if strings.Contains(got, "This is over") || strings.Contains(got, "\r") {
			t.Errorf("%s: something old is left:\n%s", tt.name, got)
		}
		if _, _, _, ok := Body(got).Marker(); !ok {
			t.Errorf("%s: no marker", tt.name)
		}
	}
}

// TestOver: the good news and the mark come once, however often the issue was reopened, and a body
// without room for them makes room.
func TestOver(t *testing.T) {
	body := portfolioIssue().Body()
	once := Body(body).Over(message.Words{}, "Back after 2 h.", now)
	twice := Body(once).Over(message.Words{}, "Back after 3 h.", now.Add(time.Hour))
	at := strings.LastIndex(body, "<!-- postferry:incident")
	want := "> **This is over** since 2026-11-23 10:07 UTC. Back after 3 h.\n\n" +
		string(Body(body[:at]).withoutNext()) + closedByUs + "\n" + body[at:]
	if twice != want {
		t.Errorf("got %q, want %q", twice, want)
	}
	if !Body(twice).ClosedByUs() || Body(body).ClosedByUs() ||
		Body(twice).withoutOver().ClosedByUs() {
		t.Error("the mark does not tell our own closing from another")
	}
	if strings.Contains(twice, "Next try") || !strings.Contains(twice, "Kept safe") {
		t.Errorf("a closed issue says when it is tried next, or has lost its other lines: %s", twice)
	}
	if Body(twice).withoutOver() != Body(body).withoutNext() {
		t.Error("a reopened issue keeps something of its closing")
	}
	full := strings.Repeat("x", incidentBody-len(body)) + body
	got := Body(full).Over(message.Words{}, "Back.", now)
	if _, _, _, ok := Body(got).Marker(); len(got) > incidentBody || !ok || !Body(got).ClosedByUs() {
		t.Errorf("a full body became %d bytes: %q", len(got), got)
	}
}

// TestRunLink: only a run's number becomes a link.
func TestRunLink(t *testing.T) {
	i := portfolioIssue()
	for _, tt := range []struct{ id, url, want string }{
		{"4711", i.RunURL, "[4711](https://github.com/kamo/mirror/actions/runs/4711)"},
		{"4711", "", "`4711`"},
		{"4711)](x", i.RunURL, "`4711)](x`"},
	} {
		i.RunURL = tt.url
		if got := i.run(state.Occurrence{Run: tt.id}); got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.id, got, tt.want)
		}
	}
}

func TestSpan(t *testing.T) {
	for _, tt := range []struct {
		d    time.Duration
		want string
	}{
		{-time.Hour, "0 min"}, {29 * time.Second, "0 min"}, {59*time.Minute + 40*time.Second, "1 h 0 min"}, {12 * time.Minute, "12 min"},
		{3*time.Hour + 20*time.Minute, "3 h 20 min"}, {day, "1 d 0 h"}, {6*day + 4*time.Hour + 50*time.Minute, "6 d 4 h"},
	} {
		if got := span(message.Words{}, tt.d); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.d, got, tt.want)
		}
	}
}
