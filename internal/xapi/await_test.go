package xapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/sim"
)

// processing is an answer of STATUS; after is check_after_secs, 0 for none.
func processing(state string, after int) string {
	more := ""
	if after != 0 {
		more = fmt.Sprintf(`,"check_after_secs":%d`, after)
	}
	return fmt.Sprintf(
		`{"data":{"id":"1","media_key":"7_1","processing_info":{"state":%q,"progress_percent":50%s}}}`,
		state,
		more,
	)
}

// X says when to ask again. Awaiting keeps to that, within a second and a minute, and never goes
// beyond its end.
func TestAwaitAsksWhenXSays(t *testing.T) {
	for _, tt := range []struct {
		name    string
		answers []string
		until   time.Duration
		asked   []time.Duration // after the start
		state   string
	}{
		{
			"ready at once", []string{processing("succeeded", 0)}, time.Minute,
			[]time.Duration{0}, "succeeded",
		},
		{
			"nothing to process", []string{`{"data":{"id":"1"}}`}, time.Minute,
			[]time.Duration{0}, "",
		},
		{
			"without the id", []string{`{"data":{"processing_info":{"state":"succeeded"}}}`},
			time.Minute, []time.Duration{0}, "succeeded",
		},
		{
			"as X says",
			[]string{
				processing("pending", 5), processing("in_progress", 10),
				processing("succeeded", 0),
			},
			time.Minute,
			[]time.Duration{0, 5 * time.Second, 15 * time.Second}, "succeeded",
		},
		{
			"not more often than every second",
			[]string{
				processing("pending", 0), processing("pending", -7), processing("succeeded", 0),
			},
			time.Minute,
			[]time.Duration{0, time.Second, 2 * time.Second}, "succeeded",
		},
		{
			"as late as in a minute",
			[]string{processing("pending", 60), processing("succeeded", 0)}, time.Hour,
			[]time.Duration{0, time.Minute}, "succeeded",
		},
		{
			"not later than in a minute", []string{processing("pending", 61)}, time.Hour,
			[]time.Duration{0}, "pending",
		},
		{"until the end", []string{processing("pending", 20)}, time.Minute,
			[]time.Duration{0, 20 * time.Second, 40 * time.Second, time.Minute}, "pending"},
		{
			"not beyond it", []string{processing("in_progress", 25)}, time.Minute,
			[]time.Duration{0, 25 * time.Second, 50 * time.Second}, "in_progress",
		},
		{
			"an end that is past is one question", []string{processing("pending", 1)}, -time.Hour,
			[]time.Duration{0}, "pending",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun, n := time.Now(), 0
				var asked []time.Duration
				w := &wire{answer: func(sent) *http.Response {
					asked = append(asked, time.Since(begun))
					n++
					return said(200, tt.answers[min(n, len(tt.answers))-1])
				}}
				c := client(w)
				c.Now = nil
				up, err := c.Await(t.Context(), "1", begun.Add(tt.until))
				if err != nil || up.State != tt.state {
					t.Errorf("got %+v, %v, want %q", up, err, tt.state)
				}
				if d := cmp.Diff(asked, tt.asked); d != "" {
					t.Errorf("asked at (-got +want):\n%s", d)
				}
				if want := "command=STATUS&media_id=1"; w.seen[0].op != "GET /2/media/upload" ||
					w.seen[0].query != want {
					t.Errorf("asked %s?%s, want %s", w.seen[0].op, w.seen[0].query, want)
				}
			})
		})
	}
}

// What X does with a video, seen from the end of its upload.
func TestAwaitInTheWorld(t *testing.T) {
	for _, tt := range []struct {
		name  string
		set   func(*sim.World)
		state string
		class httpx.Class
		typ   string
	}{
		{"it becomes ready", func(*sim.World) {}, "succeeded", "", ""},
		{
			"X can't use it", func(w *sim.World) { w.X().RejectVideos("processing") }, "failed",
			httpx.Invalid, TypeProcessingFailed,
		},
		{
			"it takes too long", func(w *sim.World) { w.X().RejectVideos("never") },
			"in_progress", "", "",
		},
		{
			"X has forgotten it", func(w *sim.World) { w.Advance(25 * time.Hour) }, "",
			httpx.NotFound, TypeUploadForgotten,
		},
		{
			"the token has ended", func(w *sim.World) { w.X().ExpireAccess() }, "",
			httpx.Unauthorized, "",
		},
		{
			"STATUS is down",
			func(w *sim.World) {
				w.Fail(sim.Fault{
					Service: "x", Call: "GET /2/media/upload", Status: 503,
				})
			},
			"succeeded", "", "",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := sim.New(sim.Options{Real: true, Now: time.Now()})
				c := inWorld(w, w.Transport())
				up, err := c.Upload(t.Context(), video(content(12)))
				if err != nil || up.Ready() {
					t.Fatalf("got %+v, %v", up, err)
				}
				tt.set(w)
				if time.Until(w.Now()) > time.Hour { // a token of that later day
					_, c.AccessToken = w.X().Login()
				}
				got, err := c.Await(t.Context(), up.ID, w.Now().Add(10*time.Second))
				if got.State != tt.state || httpx.ClassOf(err) != tt.class {
					t.Errorf("got %q, %v, want %q, %q", got.State, err, tt.state, tt.class)
				}
				if tt.class != "" && refused(t, err).Type != tt.typ {
					t.Errorf("type %q, want %q", refused(t, err).Type, tt.typ)
				}
				if got.Ready() != (tt.state == "succeeded") && tt.class == "" {
					t.Errorf("ready %v in state %q", got.Ready(), got.State)
				}
			})
		})
	}
}

// An answer that is none does not make a video ready.
func TestStatusThatSaysNothing(t *testing.T) {
	for _, body := range []string{
		`{}`, `null`, `{"data":{}}`, `{"errors":[{"title":"Not Found Error"}]}`, `<html>`, ``,
	} {
		synctest.Test(t, func(t *testing.T) {
			up, err := client(script(body)).Await(t.Context(), "1", now)
			if httpx.ClassOf(err) != httpx.Transient {
				t.Errorf("%q: got %+v, %v", body, up, err)
			}
		})
	}
}

func TestAwaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		c := client(script(processing("pending", 20)))
		begun := time.Now()
		if _, err := c.Await(ctx, "1",
			now.Add(time.Hour)); !errors.Is(err, context.DeadlineExceeded) ||
			time.Since(begun) != 3*time.Second {
			t.Errorf("got %v after %v", err, time.Since(begun))
		}
	})
}
