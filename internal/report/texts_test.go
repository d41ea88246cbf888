package report

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/mirror"
	"github.com/postferry/postferry/internal/result"
	"github.com/postferry/postferry/internal/state"
)

// TestLinesOfMedia: what is held says when it is asked again, and what ended says why.
func TestLinesOfMedia(t *testing.T) {
	of := func(why string, next time.Time) []mirror.Entry {
		return []mirror.Entry{{MediaID: "17", Why: why, Next: next}}
	}
	const none = "main: posted 0, skipped 0, pending 0"
	for _, tt := range []struct {
		name    string
		outcome mirror.Outcome
		want    []string
	}{
		{"held for every run", mirror.Outcome{Held: of("503", time.Time{})},
			[]string{none, "  held     media 17: 503 (asked again by the next run)"}},
		{"held for a while", mirror.Outcome{Held: of("503", now.Add(time.Hour))},
			[]string{none, "  held     media 17: 503 (asked again at 2026-11-23 10:07 UTC)"}},
		{"given up", mirror.Outcome{GivenUp: of("refused", time.Time{})},
			[]string{none, "  given up media 17: refused"}},
		{"withdrawn", mirror.Outcome{Withdrawn: of("deleted", time.Time{})},
			[]string{none, "  withdrawn media 17: deleted"}},
		{"stopped", mirror.Outcome{Stopped: "time is up"}, []string{none, "  stopped  time is up"}},
		{"put off", mirror.Outcome{PutOff: "X is busy"}, []string{none, "  put off  X is busy"}},
	} {
		got := Run{Routes: []result.Route{{Name: "main", Outcome: tt.outcome}}}.Lines()
		if diff := cmp.Diff(got, tt.want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", tt.name, diff)
		}
	}
}

// TestHeadline: one line says what became of a route.
func TestHeadline(t *testing.T) {
	d := diagnosisOf("instagram-portfolio")
	err := errors.New("no answer")
	for _, tt := range []struct {
		name  string
		route result.Route
		want  string
	}{
		{"waiting", result.Route{Waiting: "until noon"}, "until noon"},
		{"diagnosed", result.Route{Err: err, Diagnosis: &d}, "stopped: " + d.Title},
		{"not diagnosed", result.Route{Err: err}, "stopped"},
		{"put off", result.Route{Outcome: mirror.Outcome{PutOff: "X is busy"}},
			"put off to the next run: X is busy"},
		{"first", result.Route{Outcome: mirror.Outcome{First: true}},
			"first run, the baseline is set"},
		{"rotation", result.Route{Rotation: "renewed"}, "renewed"},
		{"nothing", result.Route{}, "nothing new"},
		{"some of everything", result.Route{Outcome: mirror.Outcome{
			Posted: make([]mirror.Entry, 3), GivenUp: make([]mirror.Entry, 1), Reconciled: 1,
		}}, "3 posted, 1 given up and 1 found on X"},
		{"pending", result.Route{Outcome: mirror.Outcome{Pending: 2}},
			"2 pending"},
	} {
		if got := (&summary{r: tt.route}).headline(); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestIssueTitle: an issue about all routes names none.
func TestIssueTitle(t *testing.T) {
	i := portfolioIssue()
	for route, want := range map[string]string{
		"main": "main: " + i.Diagnosis.Title, "-": "postferry: " + i.Diagnosis.Title,
	} {
		i.Route = route
		if got := i.Title(); got != want {
			t.Errorf("%s: got %q, want %q", route, got, want)
		}
	}
}

// TestQuotes: a body shows its own error, also after a browser has saved it, and no other.
func TestQuotes(t *testing.T) {
	body := portfolioIssue().Body()
	for _, tt := range []struct {
		name, body, err string
		want            bool
	}{
		{"its own", body, refused().Error(), true},
		{"saved in a browser", strings.ReplaceAll(body, "\n", "\r\n"), refused().Error(), true},
		{"another", body, "no answer", false},
		{"a part of it", body, "list the media", false},
		{"nothing", "", refused().Error(), false},
	} {
		if got := Body(tt.body).Quotes(tt.err); got != tt.want {
			t.Errorf("%s: got %v", tt.name, got)
		}
	}
	if got := Fence("a\r\n```"); got != fence("a\n```") || !strings.HasPrefix(got, "````") {
		t.Errorf("got %q", got)
	}
}

// TestTriesAndClosing: when it is tried next, and what closing the issue does, by component.
func TestTriesAndClosing(t *testing.T) {
	const (
		itself  = "It closes by itself when what failed works again. "
		nothing = itself + "Closed by hand while it lasts, it is opened once more, and then left " +
			"closed."
		hurry = itself + "Close it to have it tried by the next run."
		at    = "2026-11-23 09:07 UTC. RUN tries at once."
	)
	for _, tt := range []struct {
		c              diagnosis.Component
		next           time.Time
		tries, closing string
	}{
		{diagnosis.Instagram, now, at, hurry},
		{diagnosis.Instagram, time.Time{}, "Each run tries again. RUN starts one now.", nothing},
		{diagnosis.Job, time.Time{},
			"The next run goes on where this one stopped. RUN starts it now.",
			"It closes by itself when a run succeeds."},
		{diagnosis.Config, time.Time{}, "Each run looks again. RUN starts one now.", nothing},
		{diagnosis.Config, now, at, nothing},
		{diagnosis.Budget, time.Time{}, "Each run tries again. RUN starts one now.",
			"It closes by itself when nothing waits for the budget any more."},
	} {
		i := Issue{Record: state.Incident{Component: string(tt.c)}, NextTry: tt.next}
		if got := i.tries("RUN"); got != tt.tries {
			t.Errorf("%s: got %q, want %q", tt.c, got, tt.tries)
		}
		if got := i.closing(); got != tt.closing {
			t.Errorf("%s: got %q, want %q", tt.c, got, tt.closing)
		}
	}
}

// TestIssueOfOwnError: an error that no service answered has no answer to show.
func TestIssueOfOwnError(t *testing.T) {
	i := portfolioIssue()
	i.Err = errors.New("the state is torn")
	got := i.Body()
	if strings.Contains(got, "- call:") {
		t.Errorf("an answer is in\n%s", got)
	}
	if !Body(got).Quotes("the state is torn") {
		t.Errorf("the error is not in\n%s", got)
	}
}
