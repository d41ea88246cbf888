package bench_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/postferry/postferry/bench"
	"github.com/postferry/postferry/bench/bare"
	"github.com/postferry/postferry/bench/stage"
	"github.com/postferry/postferry/internal/cli"
	"github.com/postferry/postferry/internal/xapi"
)

// carrier carries a stage's video from its media host to X and returns X's media id.
type carrier func(ctx context.Context, client *http.Client, env map[string]string) (string, error)

func ferry(ctx context.Context, client *http.Client, env map[string]string) (string, error) {
	video, x, token := env["BENCH_VIDEO_URL"], env["X_API_URL"], env["X_ACCESS_TOKEN"]
	return bench.Ferry(ctx, client, video, x, token)
}

func pipe(ctx context.Context, client *http.Client, env map[string]string) (string, error) {
	p := bare.Pipe{
		HTTP: client, Media: env["BENCH_VIDEO_URL"], X: env["X_API_URL"], Token: env["X_ACCESS_TOKEN"],
	}
	return p.Run(ctx)
}

var carriers = []struct {
	name  string
	carry carrier
}{{"postferry", ferry}, {"bare", pipe}}

func newStage(tb testing.TB, o stage.Options) *stage.Stage {
	tb.Helper()
	s, err := stage.New(tb.Context(), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.Close)
	return s
}

func newClient(tb testing.TB) *http.Client {
	t := &http.Transport{MaxIdleConnsPerHost: 8}
	tb.Cleanup(t.CloseIdleConnections)
	return &http.Client{Transport: t}
}

// TestUploadsAreComplete: the comparison is meaningful only if both programs carry every byte.
func TestUploadsAreComplete(t *testing.T) {
	for _, c := range carriers {
		t.Run(c.name, func(t *testing.T) {
			const size = 9<<20 + 12345
			s := newStage(t, stage.Options{Videos: 1, Size: size, Digest: true})
			client := newClient(t)
			id, err := c.carry(t.Context(), client, s.Env)
			if err != nil {
				t.Fatal(err)
			}
			x := &xapi.Client{
				BaseURL: s.Env["X_API_URL"], AccessToken: s.Env["X_ACCESS_TOKEN"], HTTP: client,
			}
			post := xapi.Post{Text: c.name, MediaIDs: []string{id}}
			if _, err := x.Post(t.Context(), post); err != nil {
				t.Fatal(err)
			}
			got, want := s.World.X().Tweets()[0].Media[0], digest(t, client, s.Env["BENCH_VIDEO_URL"])
			if got.Size != size || got.SHA256 != want {
				t.Errorf("X has %d bytes with digest %s, want %d with %s",
					got.Size, got.SHA256, int64(size), want)
			}
		})
	}
}

func digest(t *testing.T, client *http.Client, address string) string {
	t.Helper()
	resp, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	h := sha256.New()
	if _, err := io.Copy(h, resp.Body); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// TestIdleRun: the measured run makes the two requests of an idle run, and the bare program makes
// the same two.
func TestIdleRun(t *testing.T) {
	s := newStage(t, stage.Options{Photos: 25})
	idle(t, s) // the first run sets the baseline
	s.World.ResetLog()
	idle(t, s)
	run := s.World.Log()
	s.World.ResetLog()
	for _, r := range requests(s) {
		if err := bare.Get(t.Context(), r[0], r[1]); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"GET github", "GET instagram"}
	if len(run) != len(want) {
		t.Fatalf("an idle run makes %d requests, want %v: %v", len(run), want, run)
	}
	for i, c := range s.World.Log() {
		same := i < len(run) && run[i].Path == c.Path && run[i].Query == c.Query
		if !same || run[i].Method+" "+run[i].Service != want[i] {
			t.Errorf("request %d of the bare program is %v, the run makes %v", i, c, run)
		}
	}
}

// requests returns the address and the token of each request of an idle run.
func requests(s *stage.Stage) [][2]string {
	return [][2]string{
		{s.Env["BENCH_STATE_URL"], s.Env["GITHUB_TOKEN"]},
		{s.Env["BENCH_LIST_URL"], s.Env["INSTAGRAM_TOKEN"]},
	}
}

// idle runs `postferry mirror` in this process.
func idle(tb testing.TB, s *stage.Stage) {
	tb.Helper()
	p := &cli.Process{
		Args: []string{"mirror"}, Stdout: io.Discard, Stderr: io.Discard, Now: time.Now,
		Getenv: func(name string) string { return s.Env[name] },
	}
	if code := cli.Main(tb.Context(), p); code != 0 {
		tb.Fatalf("the run ended with status %d", code)
	}
}

func BenchmarkUpload(b *testing.B) {
	const size = 64 << 20
	for _, latency := range []time.Duration{0, 40 * time.Millisecond} {
		for _, c := range carriers {
			b.Run(fmt.Sprintf("latency=%v/%s", latency, c.name), func(b *testing.B) {
				s := newStage(b, stage.Options{Videos: 1, Size: size, Latency: latency})
				client := newClient(b)
				b.SetBytes(size)
				for b.Loop() {
					if _, err := c.carry(b.Context(), client, s.Env); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkIdle compares an idle run with its two bare requests. It includes the connections and
// leaves out the start of the process.
func BenchmarkIdle(b *testing.B) {
	s := newStage(b, stage.Options{Photos: 25})
	idle(b, s)
	b.Run("postferry", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			idle(b, s)
		}
	})
	b.Run("bare", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, r := range requests(s) {
				if err := bare.Get(b.Context(), r[0], r[1]); err != nil {
					b.Fatal(err)
				}
			}
			http.DefaultClient.CloseIdleConnections()
		}
	})
}
