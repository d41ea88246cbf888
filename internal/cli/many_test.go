package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/cli"
	"github.com/postferry/postferry/internal/sim"
)

// manyRoutes is a configuration of n routes, and an environment in which each has tokens of its
// own.
func manyRoutes(t *testing.T, n int, env map[string]string) (config string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("version: 1\nroutes:\n")
	for i := range n {
		fmt.Fprintf(&b, "  r%d: {instagram: {token: IG_%d}, x: {refresh_token: X_REFRESH_%d}}\n", i,
			i, i)
		env[fmt.Sprint("IG_",
			i)], env[fmt.Sprint("X_REFRESH_", i)] = env["INSTAGRAM_TOKEN"], env["X_REFRESH_TOKEN"]
	}
	config = filepath.Join(t.TempDir(), "many.yml")
	if err := os.WriteFile(config, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return config
}

// TestSixtyFourWriters starts the first runs of 64 routes at the same moment, as a matrix does:
// each makes the state branch or finds it made, and all land, pages included.
func TestSixtyFourWriters(t *testing.T) {
	const n = 64
	synctest.Test(t, func(t *testing.T) {
		w := sim.New(sim.Options{Real: true, Now: time.Now()})
		env := w.Env()
		config := manyRoutes(t, n, env)
		done := make(chan string)
		for i := range n {
			go func() {
				// The clock seeds the jitter, and no two machines' clocks agree to the microsecond.
				time.Sleep(time.Duration(i) * time.Microsecond)
				var out bytes.Buffer
				code := cli.Main(context.Background(),
					process(w, env, &out, "mirror", "--config", config, "--route",
						fmt.Sprint("r", i)))
				if code != 0 {
					done <- fmt.Sprintf("r%d ended with %d:\n%s", i, code, &out)
					return
				}
				done <- ""
			}()
		}
		for range n {
			if s := <-done; s != "" {
				t.Error(s)
			}
		}
		for i := range n {
			for _, file := range []string{
				fmt.Sprintf("state/r%d.yaml", i), fmt.Sprintf("r%d/README.md", i),
				fmt.Sprintf("r%d/status.svg", i),
			} {
				if _, ok := w.GitHub().File("postferry-state", file); !ok {
					t.Errorf("%s did not land", file)
				}
			}
		}
	})
}

// TestHundredRoutes runs a hundred accounts one after the other, of which one is broken.
func TestHundredRoutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := sim.New(sim.Options{Real: true, Now: time.Now()})
		env := w.Env()
		config := manyRoutes(t, 100, env)
		env["IG_37"] = "IGAAwrong"
		var out bytes.Buffer
		code := cli.Main(context.Background(), process(w, env, &out, "mirror", "--config", config))
		if code != 1 {
			t.Errorf("status %d, want 1 for the broken one", code)
		}
		if n := strings.Count(out.String(), "this was the first run"); n < 99 {
			t.Errorf("%d first runs, want at least 99", n)
		}
		issues := w.GitHub().Issues()
		if len(issues) != 1 || !strings.HasPrefix(issues[0].Title, "r37: ") {
			t.Errorf("issues: %+v", issues)
		}
	})
}

// TestFortyRoutesAreIdle counts what an idle run of forty accounts asks: one request each of GitHub
// and Instagram. Six such runs an hour leave most of the 1,000 requests of the job's token.
func TestFortyRoutesAreIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := sim.New(sim.Options{Real: true, Now: time.Now()})
		env := w.Env()
		config := manyRoutes(t, 40, env)
		var out bytes.Buffer
		run := func() {
			t.Helper()
			p := process(w, env, &out, "mirror", "--config", config)
			if code := cli.Main(context.Background(), p); code != 0 {
				t.Fatalf("status %d:\n%s", code, &out)
			}
		}
		run()
		w.ResetLog()
		run()
		asked := map[string]int{}
		for _, c := range w.Log() {
			asked[c.Method+" "+c.Service]++
		}
		if len(asked) != 2 || asked["GET github"] != 40 || asked["GET instagram"] != 40 {
			t.Errorf("asked %v, want 40 reads of GitHub and 40 of Instagram", asked)
		}
	})
}

// TestStorm: many accounts broken at once open no more than five issues in a run.
func TestStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := sim.New(sim.Options{Real: true, Now: time.Now()})
		env := w.Env()
		config := manyRoutes(t, 12, env)
		for i := range 12 {
			env[fmt.Sprint("IG_", i)] = "IGAAwrong"
		}
		var out bytes.Buffer
		code := cli.Main(context.Background(), process(w, env, &out, "mirror", "--config", config))
		if n := len(w.GitHub().Issues()); n != 5 || code != 1 {
			t.Errorf("%d issues, status %d, want 5 and 1", n, code)
		}
	})
}

// TestTwoTellOfOne: an issue that GitHub refused is opened by the next run, and by one only where
// two run at once. The months of chaos found two.
func TestTwoTellOfOne(t *testing.T) {
	for n := range 8 { // which of the two is first is the scheduler's
		bubble(t, fmt.Sprint(n), func(t *testing.T) {
			w := sim.New(sim.Options{Real: true, Now: time.Now()})
			env := w.Env()
			run := func() string {
				var out bytes.Buffer
				cli.Main(context.Background(), process(w, env, &out, "mirror"))
				return out.String()
			}
			run()
			w.Instagram().BreakLikeSeptember2023()
			w.Fail(sim.Fault{
				Service: "github", Call: "POST /repos/*/*/issues", Times: 1, Status: 500,
			})
			began := w.Now()
			run()
			w.Advance(4 * time.Hour)
			done := make(chan string)
			go func() { done <- run() }()
			go func() { done <- run() }()
			one, two := <-done, <-done
			issues := w.GitHub().Issues()
			if len(issues) != 1 {
				t.Fatalf("%d issues, want 1:\n%s--\n%s", len(issues), one, two)
			}
			if since := began.UTC().Format("2006-01-02 15:04"); !strings.Contains(issues[0].Body,
				"since "+since) {
				t.Errorf("the issue does not say that it is broken since %s:\n%s", since,
					issues[0].Body)
			}
		})
	}
}
