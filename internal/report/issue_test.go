package report

import (
	"strings"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/state"
)

// TestIssueStages: the issue and its comments, from the night it opens to the day it closes.
func TestIssueStages(t *testing.T) {
	opened := portfolioIssue()
	body := opened.Body()
	day2 := later(opened, 26).Update(body)
	back := BackComment(later(opened, 26).Record, 9, 2, now.Add(6*day+4*time.Hour))
	due := []Reminder{
		{Text: "the token behind SECRETS_TOKEN ends on 2026-12-03, in 10 days.", Fix: "Make a new fine-grained token for this repository with Secrets: read and write, and put it into the secret SECRETS_TOKEN.", Link: "https://github.com/settings/personal-access-tokens", Ends: true},
		{Text: "the Graph API version v25.0 of route main ends on 2027-02-11, in 80 days.", Fix: "Read what has changed and set `api_version` to a newer one.", Ends: true},
	}
	attention := Attention{Route: "main", Due: due, RunWorkflow: opened.RunWorkflow}
	for _, tt := range []struct {
		name string
		text string
	}{
		{"issue/1-opened.md", body},
		{"issue/2-a-day-later.md", day2},
		{"issue/3-over.md", Body(day2).Over(back, now.Add(6*day+4*time.Hour))},
		{"issue/without-probes.md", tokenIssue().Body()},
		{"issue/attention.md", attention.Body()},
		{"comment/1-still.md", later(opened, 26).StillComment()},
		{"comment/2-cause.md", tokenIssue().CauseComment()},
		{"comment/3-back.md", back},
	} {
		t.Run(tt.name, func(t *testing.T) { golden(t, tt.name, []byte(tt.text)) })
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
		if got := BackComment(r, tt.caught, tt.pending, now); got != tt.want {
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
		{"reopened", Body(body).Over("Back after 2 h.", now), true},
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
	once := Body(body).Over("Back after 2 h.", now)
	twice := Body(once).Over("Back after 3 h.", now.Add(time.Hour))
	at := strings.LastIndex(body, "<!-- postferry:incident")
	want := "> **This is over** since 2026-11-23 10:07 UTC. Back after 3 h.\n\n" + body[:at] +
		closedByUs + "\n" + body[at:]
	if twice != want {
		t.Errorf("got %q, want %q", twice, want)
	}
	if !Body(twice).ClosedByUs() || Body(body).ClosedByUs() ||
		Body(twice).withoutOver().ClosedByUs() {
		t.Error("the mark does not tell our own closing from another")
	}
	if Body(twice).withoutOver() != Body(body) {
		t.Error("a reopened issue keeps something of its closing")
	}
	full := strings.Repeat("x", incidentBody-len(body)) + body
	got := Body(full).Over("Back.", now)
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
		if got := span(tt.d); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.d, got, tt.want)
		}
	}
}
