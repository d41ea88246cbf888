package alert

import (
	"testing"
	"time"

	"github.com/postferry/postferry/internal/mirror"
	"github.com/postferry/postferry/internal/state"
)

// TestEnds: only a good answer to the call that failed ends an incident; a run in which nothing was
// to be done proves nothing of X.
func TestEnds(t *testing.T) {
	unreadable := []string{"state-unreadable"}
	for _, tt := range []struct {
		name  string
		rec   state.Incident
		works mirror.Works
		err   error
		want  bool
	}{
		{"an idle run", state.Incident{Component: "x", Call: "POST /2/tweets"},
			mirror.Works{Listed: true, Token: true}, nil, false},
		{"an upload is no post", state.Incident{Component: "x", Call: "POST /2/tweets"},
			mirror.Works{Upload: true}, nil, false},
		{"a post", state.Incident{Component: "x", Call: "POST /2/tweets"},
			mirror.Works{Post: true}, nil, true},
		{"an upload", state.Incident{Component: "x", Call: "POST /2/media/upload/{id}/append"},
			mirror.Works{Upload: true}, nil, true},
		{"the timeline", state.Incident{Component: "x", Call: "GET /2/users/{id}/tweets"},
			mirror.Works{Read: true}, nil, true},
		{"a post is no reply", state.Incident{Component: "x-replies"},
			mirror.Works{Post: true}, nil, false},
		{"a reply", state.Incident{Component: "x-replies"}, mirror.Works{Reply: true}, nil, true},
		{"a list is no file", state.Incident{Component: "media-host"},
			mirror.Works{Listed: true}, nil, false},
		{"a file", state.Incident{Component: "media-host"}, mirror.Works{File: true}, nil, true},
		{"a list", state.Incident{Component: "instagram"}, mirror.Works{Listed: true}, nil, true},
		{"a write that nobody tried", state.Incident{Component: "github", Call: "PATCH git/refs"},
			mirror.Works{Listed: true}, nil, false},
		{"a document that was read", state.Incident{Component: "state", Reported: unreadable},
			mirror.Works{}, nil, true},
		{"a question to a person", state.Incident{Component: "state",
			Reported: []string{"state-lost"}}, mirror.Works{Listed: true, Post: true}, nil, false},
		{"what was given up", state.Incident{Component: "given-up"},
			mirror.Works{Listed: true, Post: true}, nil, false},
		{"it failed in this very run", state.Incident{Component: "media-host"},
			mirror.Works{File: true}, &componentError{}, false},
	} {
		s := &state.Session{Route: "main"}
		s.Forget()
		a := AnswersOf(mirror.Outcome{Works: tt.works}, tt.err)
		if got := a.ends(tt.rec, s); got != tt.want {
			t.Errorf("%s: over %v, want %v", tt.name, got, tt.want)
		}
	}
}

// componentError is a failure of the media host.
type componentError struct{}

func (*componentError) Error() string     { return "no file" }
func (*componentError) Component() string { return "media-host" }

// TestWrongClocks: a next try that lies further ahead than the longest pause was written under a
// wrong clock, and a run that a person started is let through once an hour.
func TestWrongClocks(t *testing.T) {
	b := state.Breaker{NextTry: now.Add(7 * time.Hour), Digest: "d", Tries: 4}
	if !letsThrough(b, "d", now) {
		t.Error("a next try in seven hours is believed")
	}
	if b.NextTry = now.Add(6 * time.Hour); letsThrough(b, "d", now) {
		t.Error("a next try in six hours is not believed")
	}
	b.Dispatched = now.Add(-59 * time.Minute)
	if dispatchable(b, now) {
		t.Error("a second run by hand within an hour is let through")
	}
	if b.Dispatched = now.Add(-time.Hour); !dispatchable(b, now) {
		t.Error("a run by hand after an hour is not let through")
	}
	if got := lastTry(state.Breaker{Tries: 2, NextTry: now}); !got.Equal(now.Add(-2 * time.Hour)) {
		t.Errorf("the last try was %v", got)
	}
}

// TestMetAgain: a recovery leaves an incident open that another run has met since.
func TestMetAgain(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	seen := state.Incident{Component: "instagram", Issue: 3, Count: 1, Last: at}
	change := func(do func(*state.Incident)) state.Incident {
		rec := seen
		do(&rec)
		return rec
	}
	for _, tt := range []struct {
		name string
		now  state.Incident
		want bool
	}{
		{"as it was", seen, false},
		{"closed by another run", change(func(i *state.Incident) { i.Count++; i.Closed = at }), false},
		{"met again", change(func(i *state.Incident) { i.Count++ }), true},
		{"met again later", change(func(i *state.Incident) { i.Last = at.Add(time.Minute) }), true},
		{"opened anew", change(func(i *state.Incident) { i.Issue = 4 }), true},
		{"only counted", state.Incident{Component: "instagram"}, false},
	} {
		d := &state.Document{Incidents: []state.Incident{tt.now}}
		if got := metAgain(d, "instagram", seen); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
