package report

import (
	"fmt"
	"slices"
	"time"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/mirror"
	"github.com/postferry/postferry/internal/result"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
)

// now is the moment of every rendering in these tests.
var now = time.Date(2026, 11, 23, 9, 7, 0, 0, time.UTC)

func ago(d time.Duration) time.Time { return now.Add(-d) }

const day = 24 * time.Hour

func diagnosisOf(key string) diagnosis.Diagnosis {
	d, ok := diagnosis.DiagnosisOf(key)
	if !ok {
		panic("no diagnosis " + key)
	}
	return d.For(nil)
}

// refused is Instagram's answer of the night of 2023-09-19.
func refused() error {
	return fmt.Errorf("list the media: %w", &httpx.Error{
		Service: "instagram", Op: "GET /{user}/media", Status: 400, Code: 10, Type: "OAuthException", Class: httpx.Forbidden, Version: "v25.0",
		Message: "(#10) Application does not have permission for this action", TraceID: "AbCdEfGhIjK",
	})
}

// portfolioIssue is the incident of that night, as it is opened.
func portfolioIssue() Issue {
	return Issue{
		Route: "main", Err: refused(), Diagnosis: diagnosisOf("instagram-portfolio"),
		Marker: Marker("main", diagnosis.Instagram, fingerprint),
		Record: state.Incident{
			Component: "instagram", Fingerprint: fingerprint, First: now, Last: now, Count: 1, Occurrences: []state.Occurrence{{At: now, Run: "4711"}},
		},
		Examination: diagnosis.Examination{Findings: []diagnosis.Finding{
			{Asked: true, Probe: "P1 GET /me", Answer: "ok: kamo.mugs (17841400000000001)"},
			{Asked: true, Probe: "P2 GET /debug_token", Answer: "ok: valid, expires never, data " +
				"access until 2027-02-01"},
			{Asked: true, Probe: "P3 GET /me/permissions", Answer: "ok: granted instagram_basic, " +
				"pages_show_list, pages_read_engagement"},
			{Asked: true, Probe: "P4 GET /{user}?fields=id,username", Answer: "instagram GET /{user}: 400 code 10: (#10) Application does not have permission for this action (trace AqWeRtY)", Trace: "AqWeRtY"},
			{Asked: true, Probe: "P5 GET /me/accounts", Answer: "ok: no Page"},
			{Asked: true, Probe: "P6 GET /{user}/media on v24.0", Answer: "instagram GET " +
				"/{user}/media: 400 code 10: (#10) Application does not have permission for this " +
				"action (trace AzXcVbN)", Trace: "AzXcVbN"},
		},
			Causes: []diagnosis.Candidate{
				{Diagnosis: diagnosisOf("instagram-portfolio"), For: []string{"me/accounts answers well and is empty", "business_management is not granted"}, Weight: 90},
				{Diagnosis: diagnosisOf("instagram-asset"), For: []string{"granular_scopes names " +
					"no account 17841400000000001"}, Weight: 40},
			},
			Ruled: []string{"the token itself (it is accepted)", "the 90-day data access window", "a permission for the media that was not ticked (instagram_basic and pages_show_list are granted)", "the API version (v24.0 says the same)"}},
		NextTry:     now.Add(time.Hour),
		RunURL:      "https://github.com/kamo/mirror/actions/runs/",
		Secrets:     []string{"INSTAGRAM_TOKEN", "INSTAGRAM_USER_ID", "X_REFRESH_TOKEN"},
		SecretsURL:  "https://github.com/kamo/mirror/settings/secrets/actions",
		RunWorkflow: "https://github.com/kamo/mirror/actions/workflows/mirror.yml",
	}
}

// later is the same incident n hours on, with an occurrence an hour.
func later(i Issue, n int) Issue {
	i.Record.Count, i.Record.Last = n+1, now.Add(time.Duration(n)*time.Hour)
	i.NextTry = i.Record.Last.Add(6 * time.Hour)
	for k := 1; k <= n; k++ {
		i.Record.Occurrences = append(i.Record.Occurrences, state.Occurrence{At: now.Add(time.Duration(k) * time.Hour), Run: fmt.Sprint(4711 + k)})
	}
	i.Record.Occurrences = i.Record.Occurrences[max(0, len(i.Record.Occurrences)-12):]
	i.Findings, i.Causes, i.Ruled = nil, nil, nil // asked once
	return i
}

// tokenIssue is a dead login at X, whose cause the refusal itself tells.
func tokenIssue() Issue {
	i := portfolioIssue()
	i.Err = &token.DeadError{Err: &httpx.Error{
		Service: "x", Op: "POST /2/oauth2/token", Status: 400, Class: httpx.Unauthorized, Type: "invalid_request",
		Message: "Value passed for the token was invalid.", TraceID: "5f0c1e",
	}}
	i.Diagnosis = diagnosis.Explain(i.Err).For(nil)
	i.Marker = Marker("main", diagnosis.XToken, "d2466734146b")
	i.Findings, i.Causes, i.Ruled = nil, nil, nil
	i.Record.Component = "x-token"
	return i
}

// spoken is an incident as a person reads it in other words. The evidence is that of the portfolio.
func spoken(i Issue, w message.Words) Issue {
	i.Words, i.Diagnosis = w, i.Diagnosis.In(w).For(nil)
	i.Causes = slices.Clone(i.Causes)
	for n := range i.Causes {
		i.Causes[n].Diagnosis = i.Causes[n].Diagnosis.In(w).For(nil)
		i.Causes[n].For = []string{
			w.Text("diagnosis.evidence.no-pages"), w.Text("diagnosis.evidence.no-business"),
		}
	}
	if len(i.Ruled) > 0 {
		i.Ruled = []string{
			w.Text("diagnosis.ruled.token"), w.Text("diagnosis.ruled.version", "Version", "v24.0"),
		}
	}
	return i
}

func permalinkOf(n int) string { return fmt.Sprintf("https://www.instagram.com/p/DRk%04d_ab/", n) }

// document is a route's after half a year: 90 days of history with two bad spells, tokens,
// twenty-four media.
func document() *state.Document {
	d := &state.Document{
		Version: 1, Route: "main", Baseline: ago(180 * day),
		Account: state.Account{XUserID: "2244994945", XUsername: "kamo_mugs"},
		Spend:   state.Spend{Month: "2026-11", USD: 1.345},
		Tokens: state.Tokens{
			X:         state.XToken{Generation: 181, Rotated: ago(5 * time.Hour), Expires: ago(3 * time.Hour)},
			Instagram: state.InstagramToken{Seen: ago(120 * day), Refreshed: ago(9 * day), Expires: now.Add(51 * day)},
		},
	}
	for n := 89; n >= 0; n-- {
		h := state.Day{Date: ago(time.Duration(n) * day).Format(time.DateOnly), Media: []int{1, 0, 2, 1, 0, 3, 1}[n%7]}
		if n < 30 && h.Media > 0 {
			h.Late = &state.Late{
				Classes: []int{n % 2, h.Media - n%2}, Minutes: 25 * h.Media, Schedule: 23 * h.Media,
				Unheld: h.Media,
			}
		}
		if n >= 60 && n <= 65 {
			h.Media, h.Incidents = 0, []string{"instagram"}
		}
		if n == 59 {
			h.Media, h.Incidents = 9, []string{"instagram"}
		}
		if n == 20 {
			h.Incidents = []string{"x", "x-token"}
		}
		if h.Media > 0 || h.Incidents != nil {
			d.History = append(d.History, h)
		}
	}
	for n := range 24 {
		r := state.Record{
			MediaID: fmt.Sprintf("1789500000000%04d", n), Timestamp: ago(time.Duration(24-n) * 19 * time.Hour), Permalink: permalinkOf(n),
			Status: state.Posted, Posts: []string{fmt.Sprintf("19900000000000%05d", n)}, USD: 0.015, Settled: ago(time.Duration(24-n)*19*time.Hour - 9*time.Minute),
		}
		switch n {
		case 11:
			r.Status, r.Posts, r.Reason = state.Skipped, nil, "it has the hashtag #igonly"
		case 15:
			r.Posts = append(r.Posts, "1990000000000050015", "1990000000000060015")
		case 18:
			r.Files, r.Permalink = 1, "https://www.instagram.com/reel/DRk0018_ab/"
		case 19:
			r.Files = 6
		case 20:
			r.Reason = "X refused the video: its cover image is posted with the permalink"
		}
		d.Ledger = append(d.Ledger, r)
	}
	last := d.Ledger[len(d.Ledger)-1]
	d.Cursor = state.Cursor{Timestamp: last.Timestamp, ID: last.MediaID}
	return d
}

// brokenDocument is that route while Instagram is down.
func brokenDocument() *state.Document {
	d := document()
	d.History = append(d.History[:len(d.History)-1], state.Day{Date: now.Format(time.DateOnly), Incidents: []string{"instagram"}})
	d.Incidents = []state.Incident{{Component: "instagram", Issue: 12, Cause: "instagram-portfolio", First: ago(5 * time.Hour), Last: ago(2 * time.Hour), Count: 3}}
	d.Breakers = map[string]state.Breaker{"instagram": {Opened: ago(5 * time.Hour), NextTry: now.Add(2 * time.Hour)}}
	d.Ledger = append(d.Ledger, state.Record{MediaID: "17895000000009999", Timestamp: ago(6 * time.Hour), Permalink: permalinkOf(9999), Status: state.Posting, Reason: "no answer"})
	return d
}

// busy is a run that did some of everything.
func busy() result.Route {
	return result.Route{
		Name: "main", Username: "kamo_mugs", USDMonth: 1.36, USDCap: 5,
		Tokens: document().Tokens,
		Outcome: mirror.Outcome{
			Posted: []mirror.Entry{
				{MediaID: "17895000000000024", Permalink: permalinkOf(24), Posts: []string{"1990000000000000024"}, Of: 1},
				{MediaID: "17895000000000025", Permalink: permalinkOf(25), Posts: []string{"1990000000000000025", "1990000000000000026"}, Of: 2,
					Notes: []string{"X refused the video: its cover image is posted with the " +
						"permalink"}},
			},
			Skipped: []mirror.Entry{{MediaID: "17895000000000026", Permalink: permalinkOf(26), Why: "it has the hashtag #igonly"}},
			Held:    []mirror.Entry{{MediaID: "17895000000000027", Permalink: permalinkOf(27), Why: "media GET photo: 503 (trace -)"}},
			Pending: 3, HeldBy: "per_run: 2", USD: 0.03, Reconciled: 1,
			Warnings: []string{"X is still processing a video: the next run goes on with it"},
		},
	}
}

// stoppedRoute is a run that opened the incident.
func stoppedRoute() result.Route {
	d := diagnosisOf("instagram-portfolio")
	return result.Route{
		Name: "main", USDMonth: 1.345, USDCap: 5, Err: refused(), Diagnosis: &d, Issue: 12, IssueURL: "https://github.com/kamo/mirror/issues/12",
		Notes: []string{"incident #12: open"}, Tokens: document().Tokens,
	}
}

// fingerprint is that of refused.
const fingerprint = "10fe53f5a8b3"
