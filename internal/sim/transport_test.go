package sim_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/sim"
)

// TestKillAt: before a call it has no effect, after it its answer is lost; a dead process calls
// nobody.
func TestKillAt(t *testing.T) {
	for _, tt := range []struct {
		name   string
		at     int
		after  bool
		want   []int
		posted int
		calls  int
	}{
		{"before the first", 0, false, []int{0, 0, 0}, 0, 0},
		{"after the first", 0, true, []int{0, 0, 0}, 1, 1},
		{"before the second", 1, false, []int{201, 0, 0}, 1, 1},
		{"after the second", 1, true, []int{201, 0, 0}, 2, 2},
		{"never reached", 9, false, []int{201, 201, 201}, 3, 3},
		{"never", -1, false, []int{201, 201, 201}, 3, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			process := c.w.Transport()
			process.KillAt(tt.at, tt.after)
			c.way = process
			if diff := cmp.Diff(c.statuses(3), tt.want); diff != "" {
				t.Errorf("statuses (-got +want):\n%s", diff)
			}
			if got := len(c.w.X().Tweets()); got != tt.posted || process.Calls() != tt.calls {
				t.Errorf("posted %d in %d calls, want %d in %d", got, process.Calls(), tt.posted, tt.calls)
			}
			killed := tt.posted < 3
			_, err := c.try("GET", xHost+"/2/users/me", "")
			if process.Killed() != killed || errors.Is(err, sim.ErrKilled) != killed {
				t.Errorf("killed = %v, err = %v, want %v", process.Killed(), err, killed)
			}
			c.way = c.w.Transport() // the next process
			c.x("GET", "/2/users/me", "").expect(t, 200)
		})
	}
}

// TestKilledAtAStranger: a process dies at its call, whoever was called.
func TestKilledAtAStranger(t *testing.T) {
	c := newCaller(t, sim.Options{})
	_, err := c.try("GET", "https://hooks.example/x", "")
	if err == nil || errors.Is(err, sim.ErrKilled) || !strings.Contains(err.Error(), "no such host") {
		t.Errorf("err = %v, want no such host", err)
	}
	process := c.w.Transport()
	process.KillAt(0, true)
	c.way = process
	if _, err := c.try("GET", "https://hooks.example/x", ""); !errors.Is(err, sim.ErrKilled) {
		t.Errorf("err = %v, want ErrKilled", err)
	}
}

// TestStream: a file of any size is handed over as it is read, and ends when its reader goes away.
func TestStream(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.w.Instagram().Publish(sim.Media{Items: []sim.Item{{Kind: "video", Size: 1 << 40}}})
	address := c.ig("/v25.0/me/media?fields=media_url").at("data.0.media_url")
	ctx, stop := context.WithCancel(t.Context())
	r, _ := http.NewRequestWithContext(ctx, "GET", address, nil)
	resp, err := c.way.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.CopyN(io.Discard, resp.Body, 1<<20); err != nil || resp.ContentLength != 1<<40 {
		t.Errorf("%d bytes announced, %v", resp.ContentLength, err)
	}
	stop()
	if _, err := io.Copy(io.Discard, resp.Body); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want the caller's", err)
	}
}

// watched is a body that says when it was closed.
type watched struct {
	io.Reader
	closed chan struct{}
}

func (b watched) Close() error { close(b.closed); return nil }

// TestRoundTripper: every body is closed, as http.RoundTripper promises, and a trace hears of the
// connection if there was one.
func TestRoundTripper(t *testing.T) {
	for _, tt := range []struct {
		name, address string
		kill, reached bool
	}{
		{"answered", xHost + "/2/tweets", false, true},
		{"killed", xHost + "/2/tweets", true, false},
		{"no such host", "https://hooks.example/", false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			process := sim.New(sim.Options{}).Transport()
			if tt.kill {
				process.KillAt(0, false)
			}
			reached := false
			ctx := httptrace.WithClientTrace(t.Context(),
				&httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { reached = true }})
			body := watched{strings.NewReader("{}"), make(chan struct{})}
			r, _ := http.NewRequestWithContext(ctx, "POST", tt.address, body)
			if resp, err := process.RoundTrip(r); err == nil {
				resp.Body.Close()
			}
			<-body.closed
			if reached != tt.reached {
				t.Errorf("reached = %v, want %v", reached, tt.reached)
			}
		})
	}
}

// TestOnCall: what a cancellation at each moment of a call does to the call and to its effect.
func TestOnCall(t *testing.T) {
	for _, tt := range []struct {
		when     string
		cancels  bool
		posted   int
		answered bool
		whole    bool // the answer's body can be read
	}{
		{sim.Before, true, 0, false, false},
		{sim.Middle, true, 1, false, false},
		{sim.After, true, 1, true, false},
		{sim.Before, false, 1, true, true},
		{sim.Middle, false, 1, true, true},
		{sim.After, false, 1, true, true},
	} {
		t.Run(fmt.Sprintf("%s %v", tt.when, tt.cancels), func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			process, ran := c.w.Transport(), 0
			process.OnCall(1, tt.when, func() {
				ran++
				if tt.cancels {
					cancel()
				}
			})
			c.way = process
			c.x("GET", "/2/users/me", "").expect(t, 200)
			r, _ := http.NewRequestWithContext(ctx, "POST", xHost+"/2/tweets",
				strings.NewReader(`{"text":"a"}`))
			r.Header.Set("Authorization", "Bearer "+c.env["X_ACCESS_TOKEN"])
			resp, err := process.RoundTrip(r)
			if (err == nil) != tt.answered || err != nil && !errors.Is(err, context.Canceled) {
				t.Errorf("err = %v, want an answer: %v", err, tt.answered)
			}
			if err == nil {
				defer resp.Body.Close()
				if _, err := io.ReadAll(resp.Body); (err == nil) != tt.whole {
					t.Errorf("body: %v, want it whole: %v", err, tt.whole)
				}
			}
			if got := len(c.w.X().Tweets()); got != tt.posted || ran != 1 {
				t.Errorf("posted %d, hook ran %d times, want %d posts", got, ran, tt.posted)
			}
			for range 20 { // the process lives on, and nothing of the call comes later
				c.x("GET", "/2/users/me", "").expect(t, 200)
			}
			if got := len(c.w.X().Tweets()); got != tt.posted {
				t.Errorf("posted %d in the end, want %d", got, tt.posted)
			}
		})
	}
}

// TestOnMatch: a hook waits for its call, and runs once.
func TestOnMatch(t *testing.T) {
	c := newCaller(t, sim.Options{})
	process, ran := c.w.Transport(), []int{}
	process.OnMatch("POST /2/*", sim.Before, func() { ran = append(ran, process.Calls()) })
	c.way = process
	c.x("GET", "/2/users/me", "").expect(t, 200)
	c.post("a").expect(t, 201)
	c.post("b").expect(t, 201)
	if diff := cmp.Diff(ran, []int{2}); diff != "" {
		t.Errorf("ran at calls (-got +want):\n%s", diff)
	}
}
