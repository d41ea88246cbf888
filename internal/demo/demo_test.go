package demo

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/sim"
)

var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// program stands for the program: it notes how it is started, and ends as it is told to.
type program struct {
	runs   []Run
	status []int // of each start; 0 after the last
}

func (p *program) main(_ context.Context, r Run) int {
	p.runs = append(p.runs, r)
	_, _ = r.Out.Write([]byte("one\ntwo\n"))
	if len(p.status) < len(p.runs) {
		return done
	}
	return p.status[len(p.runs)-1]
}

func newDemo(p *program) (*Demo, *bytes.Buffer) {
	var out bytes.Buffer
	return &Demo{Main: p.main, Now: func() time.Time { return now }, Out: &out, Talk: &out}, &out
}

// TestShowFailsWithTheRun: a demo that ends with 0 has shown a job that works.
func TestShowFailsWithTheRun(t *testing.T) {
	for _, tt := range []struct {
		status []int
		want   string
	}{
		{nil, ""},
		{[]int{1}, "the set-up run ended with status 1"},
		{[]int{0, 1}, "the first run ended with status 1"},
		{[]int{0, 0, 2}, "the second run ended with status 2"},
	} {
		d, out := newDemo(&program{status: tt.status})
		err := d.Show(t.Context(), "127.0.0.1:0")
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || err.Error() != tt.want) {
			t.Errorf("%v: got %v, want %q\n%s", tt.status, err, tt.want, out)
		}
	}
}

// TestShowNoticesADouble: a second run that posts again is a failure of the demo.
func TestShowNoticesADouble(t *testing.T) {
	p := &program{}
	d, _ := newDemo(p)
	d.Main = func(ctx context.Context, r Run) int {
		if len(p.runs) > 0 {
			post(t, r)
		}
		return p.main(ctx, r)
	}
	err := d.Show(t.Context(), "127.0.0.1:0")
	if err == nil || err.Error() != "the second run posted 1 times" {
		t.Errorf("got %v", err)
	}
}

// post makes a post in the stand-in that a run is pointed at.
func post(t *testing.T, r Run) {
	t.Helper()
	body := strings.NewReader(`{"text":"hello ` + time.Now().String() + `"}`)
	req, err := http.NewRequest(http.MethodPost, r.Getenv("X_API_URL")+"/2/tweets", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+r.Getenv("X_ACCESS_TOKEN"))
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		t.Fatalf("status %d", resp.StatusCode)
	}
}

// TestPlayStartsRunsAsAWorkflowDoes: with the world's clock and network, the secrets as they are,
// and the scenario's configuration.
func TestPlayStartsRunsAsAWorkflowDoes(t *testing.T) {
	p := &program{}
	d, out := newDemo(p)
	for _, s := range Scenarios() {
		p.runs = nil
		if err := d.Play(t.Context(), s); err != nil {
			t.Fatal(s.Name, err)
		}
		first := p.runs[0]
		begins := s.begins
		if begins.IsZero() {
			begins = now
		}
		if at := first.Now(); at.Before(begins) || first.Transport == nil {
			t.Errorf("%s begins at %v, by %v", s.Name, at, first.Transport)
		}
		if got := slices.Contains(first.Args, "--config"); got != (s.config != "") {
			t.Errorf("%s: %q", s.Name, first.Args)
		}
		if first.Getenv("GITHUB_REPOSITORY") == "" || first.Getenv("HOME") != "" {
			t.Errorf("%s: the environment is not the stand-ins'", s.Name)
		}
		if !strings.Contains(out.String(), "\n  one\n  two\n") {
			t.Errorf("%s does not show what a run printed:\n%s", s.Name, out)
		}
	}
}

// TestGetenvReadsTheNewestSecret: a rotation writes secrets, and the next run has them.
func TestGetenvReadsTheNewestSecret(t *testing.T) {
	world := sim.New(sim.Options{Now: now})
	s := &stage{world: world, env: world.Env()}
	old := s.getenv("X_REFRESH_TOKEN")
	world.GitHub().SetSecret("X_REFRESH_TOKEN", "newer")
	if got := s.getenv("X_REFRESH_TOKEN"); got != "newer" || old == "newer" || old == "" {
		t.Errorf("got %q, before %q", got, old)
	}
}

// TestServe prints what points a run at the stand-ins, and ends with its context.
func TestServe(t *testing.T) {
	p := &program{}
	d, out := newDemo(p)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := d.Serve(ctx, "127.0.0.1:0", 20*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"export INSTAGRAM_TOKEN='", "export X_API_URL='http://127.0.0.1:",
		"curl -s http://127.0.0.1:",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is missing in:\n%s", want, out)
		}
	}
}
