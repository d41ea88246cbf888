package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/cli"
	"github.com/postferry/postferry/internal/sim"
)

// TestWeekOfSeptember2023 plays the story: Instagram answers (#10) for a week, a run every ten
// minutes, the rotation on its own schedule. Then it comes back.
func TestWeekOfSeptember2023(t *testing.T) {
	r := newRehearsal(t)
	r.run("mirror")
	r.publish("before")
	if got := r.run("mirror"); got != 0 {
		t.Fatal(r.out.String())
	}
	r.w.Instagram().BreakLikeSeptember2023()
	r.w.ResetLog()
	red := 0
	for n := range 1008 {
		if n%144 == 3 {
			r.publish(fmt.Sprintf("missed %d", n/144))
		}
		if n%36 == 5 && r.run("rotate") != 0 {
			t.Fatalf("rotate: %s", r.out.String())
		}
		if r.run("mirror") != 0 {
			red++
		}
		r.w.Advance(10 * time.Minute)
	}
	issues := r.w.GitHub().Issues()
	if len(issues) != 1 {
		t.Fatalf("%d issues, want 1", len(issues))
	}
	// Opening the issue is the first notification; edits are none.
	if n := 1 + len(issues[0].Comments); n > 3 {
		t.Errorf("%d notifications, want at most 3", n)
	}
	if red != 1 {
		t.Errorf("%d red runs, want 1", red)
	}
	if n := r.w.Calls("instagram"); n >= 40 {
		t.Errorf("%d calls to Instagram, want fewer than 40", n)
	}
	if token, _ := r.w.GitHub().Secret("X_REFRESH_TOKEN"); !r.w.X().RefreshValid(token) {
		t.Error("the token chain is dead")
	}
	if n := r.w.X().Refreshes(); n != 7 {
		t.Errorf("%d rotations in a week, want one a day", n)
	}
	t.Logf("%d notifications, %d red runs, %d calls to Instagram", 1+len(issues[0].Comments), red,
		r.w.Calls("instagram"))
	r.recovers(t, issues[0])
}

// recovers: the backlog is posted in order, and the issue is closed with the sum of it.
func (r *rehearsal) recovers(t *testing.T, issue sim.Issue) {
	r.w.Instagram().Repair()
	for range 37 { // the breaker waits six hours
		if code := r.run("mirror"); code != 0 {
			t.Fatalf("status %d: %s", code, r.out.String())
		}
		r.w.Advance(10 * time.Minute)
	}
	var texts []string
	for _, tw := range r.w.X().Tweets() {
		texts = append(texts, tw.Text)
	}
	got := strings.Join(texts, ", ")
	want := "before, missed 0, missed 1, missed 2, missed 3, missed 4, missed 5, missed 6"
	if got != want {
		t.Errorf("on X: %s\nwant:  %s", got, want)
	}
	issue = r.w.GitHub().Issues()[0]
	if last := issue.Comments[len(issue.Comments)-1]; issue.State != "closed" ||
		!strings.Contains(last, "7 posts caught up") {
		t.Errorf("the issue is %s, its last comment: %s", issue.State, last)
	}
}

// rehearsal is a world with a person's environment. The clock is POSTFERRY_NOW.
type rehearsal struct {
	t   *testing.T
	w   *sim.World
	env map[string]string
	out bytes.Buffer
}

func newRehearsal(t *testing.T) *rehearsal {
	r := &rehearsal{t: t, w: sim.New(sim.Options{})}
	r.env = r.w.Env()
	for name, value := range r.w.Instagram().FacebookEnv() {
		r.env[name] = value
	}
	r.env["GITHUB_RUN_ID"] = "1"
	return r
}

// run starts the program as a schedule does: with the secrets as they are now.
func (r *rehearsal) run(command string) int {
	r.t.Helper()
	r.env["POSTFERRY_NOW"] = r.w.Now().Format(time.RFC3339)
	r.out.Reset()
	p := process(r.w, asNow(r.w, r.env), &r.out, command, "--config", "testdata/facebook.yml")
	p.Now = time.Now
	return cli.Main(context.Background(), p)
}

// process is one start of the program in a world. All that it prints goes to out.
func process(w *sim.World, env map[string]string, out *bytes.Buffer, args ...string) *cli.Process {
	reads(w)
	return &cli.Process{
		Args: args, Getenv: func(name string) string { return env[name] },
		Stdin: strings.NewReader(""), Stdout: out, Stderr: out,
		Now: w.Now, Transport: w.Transport(),
	}
}

// asNow is an environment with the secrets as they are in the repository: a run reads them when it
// begins.
func asNow(w *sim.World, env map[string]string) map[string]string {
	out := maps.Clone(env)
	for name := range env {
		if v, ok := w.GitHub().Secret(name); ok {
			out[name] = v
		}
	}
	return out
}

var smallPhoto = sim.PhotoBytes(64, 64, 1)

func (r *rehearsal) publish(caption string) {
	r.w.Advance(5 * time.Second)
	r.w.Instagram().Publish(sim.Media{
		Caption: caption, Items: []sim.Item{{Kind: "photo", Bytes: smallPhoto}},
	})
	r.w.Advance(5 * time.Second)
}
