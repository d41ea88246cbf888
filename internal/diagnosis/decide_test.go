package diagnosis

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
	"github.com/postferry/postferry/internal/vault"
)

var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func denied() error {
	return fmt.Errorf("list the media: %w", &httpx.Error{Service: "instagram", Op: "GET /{user}/media", Status: 400, Code: 10, Class: httpx.Forbidden,
		Message: "(#10) Application does not have permission for this action", TraceID: "AbCdEf"})
}

func TestDecide(t *testing.T) {
	f := NewFault("main", denied())
	same := func(first, commented time.Time) *state.Incident {
		return &state.Incident{Component: "instagram", Reported: []string{f.Base()}, First: first, Commented: commented}
	}
	for _, tt := range []struct {
		name    string
		known   Known
		action  Action
		comment string
	}{
		{"the first time", Known{}, Open, ""},
		{"again", Known{Record: same(now.Add(-time.Hour), time.Time{}), Exists: true}, Edit, ""},
		{"again, the state was lost", Known{Exists: true}, Edit, ""},
		{"after a day it is said once", Known{Record: same(now.Add(-24*time.Hour), time.Time{}), Exists: true}, Edit, "day"},
		{"and not twice", Known{Record: same(now.Add(-72*time.Hour), now.Add(-48*time.Hour)), Exists: true}, Edit, ""},
		{"another cause", Known{Record: &state.Incident{Reported: []string{"instagram-down"}, First: now.Add(-time.Hour)}, Exists: true}, Edit, "cause"},
		{"to and fro between two causes", Known{Record: &state.Incident{Reported: []string{f.Base(), "instagram-down"}, First: now.Add(-time.Hour)}, Exists: true}, Edit, ""},
		{"back within a day", Known{Record: same(now.Add(-50*time.Hour), now), Exists: true, Closed: now.Add(-23 * time.Hour)}, Reopen, ""},
		{"back after a day is a new one", Known{Record: same(now.Add(-50*time.Hour), now), Exists: true, Closed: now.Add(-24 * time.Hour)}, Open, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			action, comment := Decide(tt.known, f, now)
			if action != tt.action || comment != tt.comment {
				t.Errorf("got %s %q, want %s %q", action, comment, tt.action, tt.comment)
			}
		})
	}
}

// A week of the same failure every ten minutes: how often is something asked, and how often is anybody told?
func TestAWeekOfBreaker(t *testing.T) {
	var b state.Breaker
	tries := 0
	for at := now; at.Before(now.Add(7 * 24 * time.Hour)); at = at.Add(10 * time.Minute) {
		if Closed(b, "digest", at) {
			b = Trip(b, "digest", at)
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
	if !Closed(b, "another", b.NextTry.Add(-time.Hour)) {
		t.Error("a new token does not close the breaker")
	}
}

func TestMarkerIsFoundOnlyWhereItIsPut(t *testing.T) {
	m := Marker("main", Instagram, "0a1b2c3d4e5f")
	for _, tt := range []struct {
		name, body string
		ok         bool
	}{
		{"at the end", "text\n\n" + m + "\n", true},
		{"with a person's CRLF", "text\r\n\r\n" + m + "\r\n", true},
		{"none", "text", false},
		{"quoted before the end", m + "\ntext", false},
		{"inside a line", "text " + m, false},
		{"forged in front of the real one", strings.Replace(m, "main", "other", 1) + "\ntext\n" + m, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			route, area, fp, ok := ReadMarker(tt.body)
			if ok != tt.ok {
				t.Fatalf("found %v, want %v", ok, tt.ok)
			}
			if ok && (route != "main" || area != Instagram || fp != "0a1b2c3d4e5f") {
				t.Errorf("read %q %q %q", route, area, fp)
			}
		})
	}
}

func FuzzReadMarker(f *testing.F) {
	f.Add("text\n" + Marker("main", X, "abc") + "\n")
	f.Fuzz(func(t *testing.T, body string) {
		route, area, fp, ok := ReadMarker(body)
		if ok && !strings.Contains(body, Marker(route, area, fp)) {
			t.Errorf("read a marker that is not there: %q %q %q", route, area, fp)
		}
	})
}

func TestAreas(t *testing.T) {
	x := func(op string, c httpx.Class) error { return &httpx.Error{Service: "x", Op: op, Class: c} }
	for _, tt := range []struct {
		err     error
		area    Component
		passing bool
	}{
		{denied(), Instagram, false},
		{x("POST /2/tweets", httpx.Ambiguous), X, true},
		{x("POST /2/tweets", httpx.OutOfCredit), X, false},
		{x("POST /2/oauth2/token", httpx.Transient), XToken, true},
		{&token.DeadError{Err: x("POST /2/oauth2/token", httpx.Unauthorized)}, XToken, false},
		{&token.NoStoreError{Err: &httpx.Error{Service: "github", Class: httpx.Forbidden}}, XToken, false},
		{&token.NoStoreError{Err: &httpx.Error{Service: "github", Class: httpx.Transient}}, XToken, true},
		{&token.LostError{Err: &httpx.Error{Service: "github", Class: httpx.Transient}}, XToken, false},
		{&token.NoStoreError{}, XToken, false},
		{&state.UnreadableError{Path: "state/main.yaml"}, State, false},
		{&httpx.Error{Service: "github", Class: httpx.Transient}, GitHub, true},
		{&httpx.Error{Service: "media", Class: httpx.Transient}, Instagram, true},
		{errors.New("a panic"), Job, false},
	} {
		f := NewFault("main", fmt.Errorf("wrapped: %w", tt.err))
		if f.Component != tt.area || f.Transient() != tt.passing {
			t.Errorf("%v: got %s, passing %v; want %s, %v", tt.err, f.Component, f.Transient(), tt.area, tt.passing)
		}
	}
}

// Every row of the tables explains something, can be reached, and says what to do.
func TestEveryRefusalIsExplained(t *testing.T) {
	for i, row := range refusals {
		e := &httpx.Error{Service: row.service, Op: row.op, Class: row.class, Type: row.typ, Code: row.code, Subcode: row.subcode}
		if row.codes[1] != 0 {
			e.Code = row.codes[0]
		}
		got := Explain(fmt.Errorf("wrapped: %w", e))
		if got != row.Diagnosis {
			t.Errorf("row %d (%s) is hidden by an earlier one: %s", i, row.Key, got.Key)
		}
		if got.Key == "" || got.Title == "" || got.Cause == "" || got.Fix == "" {
			t.Errorf("row %d (%s) is not complete", i, row.Key)
		}
	}
	for _, row := range wrapped {
		if row.Key == "" || row.Title == "" || row.Cause == "" || row.Fix == "" {
			t.Errorf("%q is not complete", row.Key)
		}
	}
	if got := Explain(errors.New("what?")); got.Key != "unexplained" {
		t.Errorf("an unknown error is explained as %q", got.Key)
	}
}

// TestExplainOwnErrors: each error of our own leads to its diagnosis, wrapped as it may be.
func TestExplainOwnErrors(t *testing.T) {
	refused := &httpx.Error{Service: "github", Class: httpx.Forbidden}
	for _, tt := range []struct {
		err  error
		want string
	}{
		{&state.UnreadableError{Path: "state/main.yaml"}, "state-unreadable"},
		{&token.DeadError{}, "x-login-again"},
		{&token.LostError{}, "token-lost"},
		{&token.NoStoreError{}, "nowhere-to-store"},
		{&token.NoStoreError{Err: refused}, "secrets-not-writable"},
		{&token.ScopeError{Missing: []string{"media.write"}}, "x-scope"},
		{vault.ErrSealed, "vault-sealed"},
		{&DisabledError{Workflow: "mirror.yml"}, "schedule-off"},
	} {
		got := Explain(fmt.Errorf("wrapped: %w", tt.err))
		if got.Key != tt.want {
			t.Errorf("%T: got %s, want %s", tt.err, got.Key, tt.want)
		}
		if got.Anchor() != "docs/operating.md#"+got.Key {
			t.Errorf("%s: anchor %s", got.Key, got.Anchor())
		}
	}
}

func TestChanged(t *testing.T) {
	f := NewFault("main", denied())
	for told, want := range map[string]bool{"": true, "instagram-down": true, "instagram-down," + f.Base(): false, f.Base() + ",instagram-down": true} {
		k := Known{Record: &state.Incident{Reported: strings.FieldsFunc(told, func(r rune) bool { return r == ',' })}}
		if got := k.Changed(f); got != want {
			t.Errorf("after %q: changed %v, want %v", told, got, want)
		}
	}
	if !(Known{}).Changed(f) {
		t.Error("an incident without a record shows the cause already")
	}
}

// TestRecordBegins: what begins an incident anew, and what goes on with one.
func TestRecordBegins(t *testing.T) {
	f := NewFault("main", denied())
	first := now.Add(-time.Hour)
	for _, tt := range []struct {
		name  string
		known state.Incident
		a     Action
		begun time.Time
		count int
	}{
		{"opened anew after an older one", state.Incident{Issue: 3, First: first, Count: 5, Closed: first}, Open, now, 1},
		{"the issue was deleted", state.Incident{Issue: 3, First: first, Count: 5}, Open, now, 1},
		{"one that was never told", state.Incident{First: first, Count: 2}, Open, first, 3},
		{"reopened", state.Incident{Issue: 3, First: first, Count: 5, Closed: now}, Reopen, first, 6},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.known.Component = string(Instagram)
			d := &state.Document{Incidents: []state.Incident{tt.known}}
			Record(d, f, 0, tt.a, "", "1", now)
			if r := Find(d, Instagram); !r.First.Equal(tt.begun) || r.Count != tt.count || !r.Closed.IsZero() {
				t.Errorf("got %+v, want it since %v with %d", r, tt.begun, tt.count)
			}
		})
	}
	d := &state.Document{}
	Record(d, f, 9, Edit, "day", "1", now)
	if r := Find(d, Instagram); !r.Commented.Equal(now) || r.Issue != 9 {
		t.Errorf("the day's comment is not remembered: %+v", r)
	}
}

func TestAdopt(t *testing.T) {
	d := &state.Document{Incidents: []state.Incident{{Component: "instagram", Issue: 3, Closed: now, Count: 4}}}
	for _, a := range []Component{Instagram, State} {
		Adopt(d, a, "abc", 7, now.Add(-time.Hour))
		if r := Find(d, a); r == nil || r.Issue != 7 || r.Fingerprint != "abc" || r.Count != 1 || !r.Closed.IsZero() || !r.First.Equal(now.Add(-time.Hour)) {
			t.Errorf("%s: %+v", a, r)
		}
	}
	if got := OpenIn(d); len(got) != 2 {
		t.Errorf("open in %v", got)
	}
}

func TestRecordCountsAndRecovers(t *testing.T) {
	d := &state.Document{Breakers: map[string]state.Breaker{"instagram": {}}}
	f := NewFault("main", denied())
	for n := range 20 {
		a := Edit
		if n == 0 {
			a = Open
		}
		Record(d, f, 7, a, "", fmt.Sprint(n), now.Add(time.Duration(n)*time.Hour))
	}
	r := Find(d, Instagram)
	if r == nil || r.Count != 20 || r.Issue != 7 || len(r.Occurrences) != keepSeen || r.Occurrences[keepSeen-1].Run != "19" || !r.First.Equal(now) {
		t.Fatalf("got %+v", r)
	}
	if got := OpenIn(d); len(got) != 1 || got[0] != Instagram {
		t.Errorf("open in %v", got)
	}
	Recover(d, Instagram, now.Add(21*time.Hour))
	if len(OpenIn(d)) != 0 || len(d.Breakers) != 0 {
		t.Errorf("after recovery: open in %v, breakers %v", OpenIn(d), d.Breakers)
	}
}
