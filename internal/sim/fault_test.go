package sim_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/sim"
)

// statuses makes n posts and gives how each was answered; 0 is a dead connection.
func (c *caller) statuses(n int) []int {
	c.t.Helper()
	var out []int
	for i := range n {
		r, _ := c.try("POST", xHost+"/2/tweets", `{"text":"post `+string(rune('a'+i))+`"}`,
			"Authorization: Bearer "+c.env["X_ACCESS_TOKEN"])
		out = append(out, r.status)
	}
	return out
}

// TestFaults: which calls a fault meets, how often, and whether they have their effect.
func TestFaults(t *testing.T) {
	const call = "POST /2/tweets"
	for _, tt := range []struct {
		name   string
		faults []sim.Fault
		want   []int
		posted int
	}{
		{"none", nil, []int{201, 201, 201}, 3},
		{"once", []sim.Fault{{Service: "x", Call: call, Status: 503}}, []int{503, 201, 201}, 2},
		{"twice", []sim.Fault{{Service: "x", Call: call, Status: 503, Times: 2}}, []int{503, 503, 201},
			1},
		{"always", []sim.Fault{{Service: "x", Call: call, Status: 503, Times: -1}}, []int{503, 503, 503},
			0},
		{"later", []sim.Fault{{Service: "x", Call: call, Status: 503, Skip: 1}}, []int{201, 503, 201}, 2},
		{"one after the other", []sim.Fault{{Service: "x", Call: call, Status: 503},
			{Service: "x", Call: call, Status: 429}}, []int{503, 429, 201}, 1},
		{"another service", []sim.Fault{{Service: "github", Call: call, Status: 503}},
			[]int{201, 201, 201}, 3},
		{"another method", []sim.Fault{{Service: "x", Call: "GET /2/tweets", Status: 503}},
			[]int{201, 201, 201}, 3},
		{"any method", []sim.Fault{{Service: "x", Call: "* /2/tweets", Status: 503}},
			[]int{503, 201, 201}, 2},
		{"a part of the path", []sim.Fault{{Service: "x", Call: "POST /2/*", Status: 503}},
			[]int{503, 201, 201}, 2},
		{"a part that is too deep", []sim.Fault{{Service: "x", Call: "POST /*", Status: 503}},
			[]int{201, 201, 201}, 3},
		{"everything below", []sim.Fault{{Service: "x", Call: "POST /2/**", Status: 503}},
			[]int{503, 201, 201}, 2},
		{"everything below any part", []sim.Fault{{Service: "x", Call: "POST /*/tweets/**", Status: 503}},
			[]int{503, 201, 201}, 2},
		{"everything below another", []sim.Fault{{Service: "x", Call: "POST /*/users/**", Status: 503}},
			[]int{201, 201, 201}, 3},
		{"a path that only begins so", []sim.Fault{{Service: "x", Call: "POST /2/tw/**", Status: 503}},
			[]int{201, 201, 201}, 3},
		{"a call without a method", []sim.Fault{{Service: "x", Call: "/2/tweets", Status: 503}},
			[]int{201, 201, 201}, 3},
		{"reset before the effect", []sim.Fault{{Service: "x", Call: call, Reset: sim.Before}},
			[]int{0, 201, 201}, 2},
		{"reset after the effect", []sim.Fault{{Service: "x", Call: call, Reset: sim.After}},
			[]int{0, 201, 201}, 3},
		{"answered, then reset", []sim.Fault{{Service: "x", Call: call, Status: 503, Reset: sim.After}},
			[]int{0, 201, 201}, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			for _, f := range tt.faults {
				c.w.Fail(f)
			}
			if diff := cmp.Diff(c.statuses(3), tt.want); diff != "" {
				t.Errorf("statuses (-got +want):\n%s", diff)
			}
			if got := len(c.w.X().Tweets()); got != tt.posted {
				t.Errorf("posted = %d, want %d", got, tt.posted)
			}
		})
	}
}

// TestClearFaults: what was planned is forgotten.
func TestClearFaults(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.w.Fail(sim.Fault{Service: "x", Call: "POST /2/tweets", Status: 503, Times: -1})
	c.w.ClearFaults()
	if diff := cmp.Diff(c.statuses(1), []int{201}); diff != "" {
		t.Errorf("(-got +want):\n%s", diff)
	}
}

// TestFaultAnswer: body and headers are the planned ones; headers alone go with the true answer.
func TestFaultAnswer(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.w.Fail(sim.Fault{Service: "x", Call: "GET /2/users/me", Status: 429,
		Header: map[string]string{"x-rate-limit-reset": "7"}, Body: `{"title":"Too Many Requests"}`})
	c.w.Fail(sim.Fault{Service: "x", Call: "GET /2/users/me",
		Header: map[string]string{"x-rate-limit-reset": "8"}})
	for i, want := range []string{`429 7 {"title":"Too Many Requests"}`, `200 8 {"data":{`,
		`200 1795425300 {"data":{`} {
		r := c.x("GET", "/2/users/me", "")
		got := strings.Join([]string{http.StatusText(r.status), r.header.Get("x-rate-limit-reset"),
			r.body}, " ")
		want = strings.NewReplacer("429", "Too Many Requests", "200", "OK").Replace(want)
		if !strings.HasPrefix(got, want) {
			t.Errorf("answer %d = %s, want %s", i, got, want)
		}
	}
}

// TestHTTP200Error: Graph errors may come with status 200.
func TestHTTP200Error(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.w.Fail(sim.Fault{Service: "instagram", Call: "GET /v25.0/me/media", Status: 200,
		Body: `{"error":{"code":200}}`})
	c.ig("/v25.0/me/media").expect(t, 200, `"error":{"code":200}`)
}

// TestResetInTheMiddle: half of the body arrives, and then an error that is no end of file.
func TestResetInTheMiddle(t *testing.T) {
	c := newCaller(t, sim.Options{})
	whole := c.x("GET", "/2/users/me", "").body
	c.w.Fail(sim.Fault{Service: "x", Call: "GET /2/users/me", Reset: sim.Middle})
	r, err := c.try("GET", xHost+"/2/users/me", "", "Authorization: Bearer "+c.env["X_ACCESS_TOKEN"])
	if r.status != 200 || r.body != whole[:len(whole)/2] || err == nil {
		t.Errorf("answer = %d %q, %v; want half of %q and an error", r.status, r.body, err, whole)
	}
}

// TestDelay: a call takes as long as planned, unless its caller goes away first; then it has no
// effect.
func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, sim.Options{Latency: time.Second})
		c.w.Fail(sim.Fault{Service: "x", Call: "POST /2/tweets", Delay: time.Minute})
		start := time.Now()
		c.post("slow").expect(t, 201)
		if got := time.Since(start); got != 61*time.Second {
			t.Errorf("took %v, want 61s", got)
		}
		c.w.Fail(sim.Fault{Service: "x", Call: "POST /2/tweets", Delay: time.Minute})
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
		defer stop()
		r, _ := http.NewRequestWithContext(ctx, "POST", xHost+"/2/tweets",
			strings.NewReader(`{"text":"given up"}`))
		if _, err := c.way.RoundTrip(r); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("err = %v, want the deadline", err)
		}
		synctest.Wait()
		if got := len(c.w.X().Tweets()); got != 1 {
			t.Errorf("posted = %d, want 1", got)
		}
	})
}

// TestLog: every request is there with its status, without tokens, and marked if a fault met it.
func TestLog(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.w.Fail(sim.Fault{Service: "x", Call: "GET /2/users/me", Status: 503})
	c.w.Fail(sim.Fault{Service: "x", Call: "GET /2/users/me", Reset: sim.Before})
	c.send("GET", facebook+"/v25.0/debug_token?"+form("access_token", "EAAsecret", "input_token",
		"EAAsecret", "client_secret", "s", "appsecret_proof", "p", "fields", "id"), "")
	c.x("GET", "/2/users/me", "")
	c.w.Advance(time.Minute)
	_, _ = c.try("GET", xHost+"/2/users/me", "")
	c.gh("GET", "/issues", "")
	start := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	want := []sim.Call{
		{At: start, Service: "instagram", Method: "GET", Path: "/v25.0/debug_token",
			Query: "access_token=-&appsecret_proof=-&client_secret=-&fields=id&input_token=-", Status: 400},
		{At: start, Service: "x", Method: "GET", Path: "/2/users/me", Status: 503, Fault: true},
		{At: start.Add(time.Minute), Service: "x", Method: "GET", Path: "/2/users/me", Fault: true},
		{At: start.Add(time.Minute), Service: "github", Method: "GET",
			Path: "/repos/someone/mirror/issues", Status: 200},
	}
	if diff := cmp.Diff(c.w.Log(), want); diff != "" {
		t.Errorf("log (-got +want):\n%s", diff)
	}
	if got := c.w.Calls("x"); got != 2 {
		t.Errorf("calls = %d, want 2", got)
	}
	c.w.ResetLog()
	if got := len(c.w.Log()); got != 0 {
		t.Errorf("%d calls are left", got)
	}
}
