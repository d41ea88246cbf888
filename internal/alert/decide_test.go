package alert

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
)

var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func denied() error {
	return fmt.Errorf("list the media: %w",
		&httpx.Error{
			Service: "instagram", Op: "GET /{user}/media", Status: 400, Code: 10,
			Class:   httpx.Forbidden,
			Message: "(#10) Application does not have permission for this action",
			TraceID: "AbCdEf",
		})
}

func TestDecide(t *testing.T) {
	f := newFault("main", denied())
	same := func(first, commented time.Time) *state.Incident {
		return &state.Incident{
			Component: "instagram", Reported: []string{f.base()}, First: first,
			Commented: commented,
		}
	}
	for _, tt := range []struct {
		name    string
		known   known
		action  action
		comment comment
	}{
		{"the first time", known{}, open, ""},
		{"again", known{record: same(now.Add(-time.Hour), time.Time{}), exists: true}, edit, ""},
		{"again, the state was lost", known{exists: true}, edit, ""},
		{
			"after a day it is said once",
			known{record: same(now.Add(-24*time.Hour), time.Time{}), exists: true}, edit, "day",
		},
		{
			"and not twice",
			known{record: same(now.Add(-72*time.Hour), now.Add(-48*time.Hour)), exists: true},
			edit, "",
		},
		{
			"another cause",
			known{
				record: &state.Incident{
					Reported: []string{"instagram-down"}, First: now.Add(-time.Hour),
				},
				exists: true,
			},
			edit, "cause",
		},
		{
			"to and fro between two causes",
			known{
				record: &state.Incident{
					Reported: []string{f.base(), "instagram-down"}, First: now.Add(-time.Hour),
				},
				exists: true,
			},
			edit, "",
		},
		{
			"back within a day",
			known{
				record: same(now.Add(-50*time.Hour), now), exists: true,
				closed: now.Add(-23 * time.Hour),
			},
			reopen, "",
		},
		{
			"back after a day is a new one",
			known{
				record: same(now.Add(-50*time.Hour), now), exists: true,
				closed: now.Add(-24 * time.Hour),
			},
			open, "",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			action, comment := decide(tt.known, f, now)
			if action != tt.action || comment != tt.comment {
				t.Errorf("got %s %q, want %s %q", action, comment, tt.action, tt.comment)
			}
		})
	}
}

// TestAWeekOfBreaker: a week of the same failure every ten minutes asks 30 times.
func TestAWeekOfBreaker(t *testing.T) {
	var b state.Breaker
	tries := 0
	for at := now; at.Before(now.Add(7 * 24 * time.Hour)); at = at.Add(10 * time.Minute) {
		if letsThrough(b, "digest", at) {
			b = trip(b, "digest", at)
			tries++
		}
	}
	// At once, then after 1 h, 2 h, 4 h, then every 6 h.
	if want := 1 + 3 + 26; tries != want {
		t.Errorf("%d tries in a week, want %d", tries, want)
	}
	if !b.Opened.Equal(now) {
		t.Errorf("the breaker says it is open since %v, want %v", b.Opened, now)
	}
	if !letsThrough(b, "another", b.NextTry.Add(-time.Hour)) {
		t.Error("a new token does not close the breaker")
	}
}

func TestFaults(t *testing.T) {
	x := func(op string, c httpx.Class) error {
		return &httpx.Error{
			Service: "x", Op: op, Class: c,
		}
	}
	for _, tt := range []struct {
		err       error
		component diagnosis.Component
		transient bool
	}{
		{denied(), diagnosis.Instagram, false},
		{x("POST /2/tweets", httpx.Ambiguous), diagnosis.X, true},
		{x("POST /2/tweets", httpx.OutOfCredit), diagnosis.X, false},
		{x("POST /2/oauth2/token", httpx.Transient), diagnosis.XToken, true},
		{
			&token.DeadError{Err: x("POST /2/oauth2/token", httpx.Unauthorized)},
			diagnosis.XToken, false,
		},
		{
			&token.NoStoreError{Err: &httpx.Error{Service: "github", Class: httpx.Forbidden}},
			diagnosis.XToken, false,
		},
		{
			&token.NoStoreError{Err: &httpx.Error{Service: "github", Class: httpx.Transient}},
			diagnosis.XToken, true,
		},
		{
			&token.LostError{Err: &httpx.Error{Service: "github", Class: httpx.Transient}},
			diagnosis.XToken, false,
		},
		{&token.NoStoreError{}, diagnosis.XToken, false},
		{&state.UnreadableError{Path: "state/main.yaml"}, diagnosis.State, false},
		{&httpx.Error{Service: "github", Class: httpx.Transient}, diagnosis.GitHub, true},
		{&httpx.Error{Service: "media", Class: httpx.Transient}, diagnosis.MediaHost, true},
		{errors.New("a panic"), diagnosis.Job, false},
	} {
		f := newFault("main", fmt.Errorf("wrapped: %w", tt.err))
		if f.component != tt.component || f.transient() != tt.transient {
			t.Errorf("%v: got %s, transient %v; want %s, %v", tt.err, f.component, f.transient(),
				tt.component, tt.transient)
		}
	}
}

func TestChanged(t *testing.T) {
	f := newFault("main", denied())
	for told, want := range map[string]bool{
		"": true, "instagram-down": true, "instagram-down," + f.base(): false,
		f.base() + ",instagram-down": true,
	} {
		k := known{
			record: &state.Incident{
				Reported: strings.FieldsFunc(told, func(r rune) bool { return r == ',' }),
			},
		}
		if got := k.changed(f); got != want {
			t.Errorf("after %q: changed %v, want %v", told, got, want)
		}
	}
	if !(known{}).changed(f) {
		t.Error("an incident without a record shows the cause already")
	}
}

// TestRecordBegins: what begins an incident anew, and what goes on with one.
func TestRecordBegins(t *testing.T) {
	f := newFault("main", denied())
	first := now.Add(-time.Hour)
	for _, tt := range []struct {
		name  string
		known state.Incident
		a     action
		begun time.Time
		count int
	}{
		{
			"opened anew after an older one",
			state.Incident{Issue: 3, First: first, Count: 5, Closed: first}, open, now, 1,
		},
		{"the issue was deleted", state.Incident{Issue: 3, First: first, Count: 5}, open, now, 1},
		{"one that was never told", state.Incident{First: first, Count: 2}, open, first, 3},
		{
			"reopened", state.Incident{Issue: 3, First: first, Count: 5, Closed: now}, reopen,
			first, 6,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.known.Component = string(diagnosis.Instagram)
			d := &state.Document{Incidents: []state.Incident{tt.known}}
			recordFailure(d, occurrence{fault: f, action: tt.a, run: "1"}, now)
			if r := recordOf(d,
				diagnosis.Instagram); !r.First.Equal(tt.begun) || r.Count != tt.count ||
				!r.Closed.IsZero() {
				t.Errorf("got %+v, want it since %v with %d", r, tt.begun, tt.count)
			}
		})
	}
	d := &state.Document{}
	recordFailure(d, occurrence{fault: f, action: edit, comment: lastsADay, issue: 9, run: "1"},
		now)
	if r := recordOf(d, diagnosis.Instagram); !r.Commented.Equal(now) || r.Issue != 9 {
		t.Errorf("the day's comment is not remembered: %+v", r)
	}
}

func TestAdopt(t *testing.T) {
	d := &state.Document{
		Incidents: []state.Incident{{Component: "instagram", Issue: 3, Closed: now, Count: 4}},
	}
	for _, a := range []diagnosis.Component{diagnosis.Instagram, diagnosis.State} {
		adoptIssue(d, a, "abc", github.Issue{Number: 7, Created: now.Add(-time.Hour)})
		if r := recordOf(d,
			a); r == nil || r.Issue != 7 || r.Fingerprint != "abc" || r.Count != 1 ||
			!r.Closed.IsZero() || !r.First.Equal(now.Add(-time.Hour)) {
			t.Errorf("%s: %+v", a, r)
		}
	}
	if got := openComponents(d); len(got) != 2 {
		t.Errorf("open in %v", got)
	}
}

func TestRecordCountsAndRecovers(t *testing.T) {
	d := &state.Document{Breakers: map[string]state.Breaker{"instagram": {}}}
	f := newFault("main", denied())
	for n := range 20 {
		a := edit
		if n == 0 {
			a = open
		}
		recordFailure(d, occurrence{fault: f, action: a, issue: 7, run: fmt.Sprint(n)},
			now.Add(time.Duration(n)*time.Hour))
	}
	r := recordOf(d, diagnosis.Instagram)
	if r == nil || r.Count != 20 || r.Issue != 7 || len(r.Occurrences) != maxOccurrences ||
		r.Occurrences[maxOccurrences-1].Run != "19" || !r.First.Equal(now) {
		t.Fatalf("got %+v", r)
	}
	if got := openComponents(d); len(got) != 1 || got[0] != diagnosis.Instagram {
		t.Errorf("open in %v", got)
	}
	recordRecovery(d, diagnosis.Instagram, now.Add(21*time.Hour))
	if len(openComponents(d)) != 0 || len(d.Breakers) != 0 {
		t.Errorf("after recovery: open in %v, breakers %v", openComponents(d), d.Breakers)
	}
}
