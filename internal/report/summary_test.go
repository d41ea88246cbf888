package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/mirror"
	"github.com/postferry/postferry/internal/result"
)

// outcomes are the ways in which a run ends.
func outcomes() map[string]result.Route {
	passing := stoppedRoute()
	passing.Transient, passing.Issue, passing.IssueURL, passing.Notes = true, 0, "", nil
	passing.Err = fmt.Errorf("list the media: %w", &httpx.Error{Service: "instagram", Op: "GET /{user}/media", Status: 503, Class: httpx.Transient, Message: "Service temporarily unavailable"})
	d := diagnosis.Explain(passing.Err)
	passing.Diagnosis = &d
	return map[string]result.Route{
		"busy": busy(), "stopped": stoppedRoute(), "transient": passing,
		"first":   {Name: "main", USDCap: 5, Outcome: mirror.Outcome{First: true}},
		"nothing": {Name: "main", USDCap: 5, USDMonth: 1.345, Tokens: document().Tokens},
		"put-off": {Name: "main",
			USDCap:  5,
			Outcome: mirror.Outcome{PutOff: "another run is posting at this moment"}},
		"waiting": {Name: "main",
			USDCap: 5,
			Waiting: "Instagram has failed since 2026-11-23 04:07 UTC, next try at " +
				"2026-11-23 11:07 UTC"},
	}
}

// TestOutcomes: each way in which a run ends, as lines, as a summary, as step outputs and as JSON.
func TestOutcomes(t *testing.T) {
	for name, r := range outcomes() {
		inBoth(t, name, func(t *testing.T, w message.Words, folder string) {
			run := Run{w, []result.Route{r}, now}
			golden(t, folder+"summary/"+name+".md", []byte(run.Summary()))
			var b strings.Builder
			fmt.Fprintf(&b, "# stdout\n%s\n\n# --json\n%s\n\n# step outputs\n",
				strings.Join(run.Lines(), "\n"), run.JSON()[0])
			outputs := run.Outputs()
			for _, key := range []string{"posted", "skipped", "pending", "incident", "route-status"} {
				fmt.Fprintf(&b, "%s=%s\n", key, outputs[key])
			}
			golden(t, folder+"lines/"+name+".txt", []byte(b.String()))
		})
	}
}

// TestOutputsOfSeveral: counts are sums, the incident is the first one, the status has every route.
func TestOutputsOfSeveral(t *testing.T) {
	shop := stoppedRoute()
	shop.Name, shop.Issue = "shop", 14
	got := Run{Routes: []result.Route{busy(), shop, {Name: "news", Issue: 15}}}.Outputs()
	want := map[string]string{
		"posted": "2", "skipped": "1", "pending": "3", "incident": "14",
		"route-status": `{"main":{"incident":0,"pending":3,"posted":2,"reconciled":1,"skipped":1,"status":"held"},` +
			`"news":{"incident":15,"pending":0,"posted":0,"reconciled":0,"skipped":0,"status":"ok"},` +
			`"shop":{"incident":14,"pending":0,"posted":0,"reconciled":0,"skipped":0,"status":"incident"}}`,
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("outputs (-got +want):\n%s", diff)
	}
}

// TestStatus: the first that applies counts, and a passing fault is no incident.
func TestStatus(t *testing.T) {
	for _, tt := range []struct {
		want string
		r    result.Route
	}{
		{"ok", result.Route{}},
		{"put-off", result.Route{Outcome: mirror.Outcome{PutOff: "x"}}},
		{"waiting", result.Route{Waiting: "x", Outcome: mirror.Outcome{PutOff: "x"}}},
		{"incident", result.Route{Incident: true, Waiting: "x"}},
		{"put-off", result.Route{Outcome: mirror.Outcome{PutOff: "x", Held: []mirror.Entry{{}}}}},
		{"held", result.Route{Outcome: mirror.Outcome{Held: []mirror.Entry{{}}}}},
		{"transient", result.Route{Err: errors.New("x"), Transient: true}},
		{"incident", result.Route{Err: errors.New("x"), Outcome: mirror.Outcome{PutOff: "x"}}},
	} {
		if got := tt.r.Status(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// TestSummaryIsBounded: GitHub drops a summary of more than a megabyte whole, so it ends between
// two routes, and a list ends with the number of what it leaves out.
func TestSummaryIsBounded(t *testing.T) {
	r := busy()
	for n := range 5000 {
		r.Outcome.Skipped = append(r.Outcome.Skipped, mirror.Entry{
			MediaID: fmt.Sprint(n), Permalink: permalinkOf(n), Why: strings.Repeat("why ", 100),
		})
	}
	one := Run{Routes: []result.Route{r}, Now: now}.Summary()
	if !strings.Contains(one, "- **skipped** and 4901 more\n") {
		t.Error("the list does not say how many it leaves out")
	}
	all := Run{Routes: slices.Repeat([]result.Route{r}, 100), Now: now}.Summary()
	if len(all) > 1<<20 {
		t.Errorf("%d bytes", len(all))
	}
	shown := strings.Count(all, "### main")
	if want := fmt.Sprintf("The log tells of the other %d routes.\n", 100-shown); shown == 0 || !strings.HasSuffix(all, want) {
		t.Errorf("%d routes are shown, and it ends with %q, want %q", shown, all[len(all)-60:], want)
	}
}

// TestIncidentLink: the note of the open incident leads there; other numbers stay words, and
// without a note there is a line.
func TestIncidentLink(t *testing.T) {
	for _, tt := range []struct {
		notes []string
		url   string
		want  string
	}{
		{[]string{"incident #12: open"}, "https://github.com/o/r/issues/12", "Incident [#12](https://github.com/o/r/issues/12): open.\n"},
		{[]string{"incident #123 is over: x"}, "https://github.com/o/r/issues/12", "Incident \\#\u200b123 is over: x.\n\nThe incident: [#12](https://github.com/o/r/issues/12)\n"},
		{nil, "https://github.com/o/r/issues/12", "The incident: " +
			"[#12](https://github.com/o/r/issues/12)\n"},
		{[]string{"incident #12: open"}, "javascript:alert(1)", "Incident \\#\u200b12: open.\n"},
	} {
		s := summary{r: result.Route{Issue: 12, IssueURL: tt.url, Notes: tt.notes}}
		s.trouble()
		if got := strings.TrimSuffix(s.b.String(), "\n"); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.notes, got, tt.want)
		}
	}
}
