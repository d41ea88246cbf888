package explore

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/cli"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/vault"
)

const (
	branch   = "postferry-state"
	document = "state/main.yaml"
	// killedAfter is when Actions kills a run, from the signal on that cancels it.
	killedAfter = 10 * time.Second
)

// Scene is a world and the processes that run in it.
type Scene struct {
	T testing.TB
	W *sim.World
	// Skew is how far the runner's clock is ahead of the world's.
	Skew   time.Duration
	Happen Happened
	Log    func(format string, args ...any) // may be nil

	env     map[string]string
	config  string       // path of the configuration
	printed bytes.Buffer // by all processes
	key     *vault.Key
	issues  map[int]string // as they were logged last
}

func newScene(t testing.TB, config string, happen Happened) *Scene {
	s := &Scene{
		T: t, W: sim.New(sim.Options{Real: true, Now: time.Now(), PageSize: 5}), Happen: happen,
		config: config, issues: map[int]string{},
	}
	s.env = s.W.Env()
	s.env["GITHUB_REPOSITORY_ID"] = "1"
	key, err := vault.ParseKey(s.env["VAULT_KEY"])
	if err != nil {
		t.Fatal(err)
	}
	s.key = key
	return s
}

// Process is one start of the program.
type Process struct {
	*sim.Transport
	Args  []string
	Code  int
	Out   bytes.Buffer
	Ended bool
	// Cancelled reports whether a signal came while it ran.
	Cancelled bool

	cancel context.CancelFunc
	ctx    context.Context
}

// start makes a process that has not begun. It reads the secrets when it begins, as a job does.
func (s *Scene) start(args ...string) *Process {
	p := &Process{Transport: s.W.Transport(), Args: args}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	return p
}

// Cancel cancels the process as Actions does: a signal, and ten seconds later the end.
func (p *Process) Cancel() {
	p.Cancelled = true
	p.cancel()
	time.AfterFunc(killedAfter, func() {
		if !p.Ended {
			p.Kill()
		}
	})
}

// run runs the process to its end.
func (s *Scene) run(p *Process) {
	env := maps.Clone(s.env)
	for name := range env {
		if v, ok := s.W.GitHub().Secret(name); ok {
			env[name] = v
		}
	}
	p.Code = cli.Main(p.ctx, &cli.Process{
		Args:   append(p.Args, "--config", s.config),
		Getenv: func(name string) string { return env[name] },
		Stdin:  strings.NewReader(""), Stdout: &p.Out, Stderr: &p.Out,
		Now: func() time.Time { return s.W.Now().Add(s.Skew) }, Transport: p.Transport,
	})
	p.Ended = true
	p.cancel()
}

// alone runs one process with nobody beside it.
func (s *Scene) alone(p *Process) {
	s.together(&sim.Scheduler{}, 0, func(*Process) func() { return func() { s.run(p) } }, p)
}

// together runs processes side by side, by a scheduler that says who goes on.
func (s *Scene) together(
	by *sim.Scheduler, first int, body func(*Process) func(), all ...*Process,
) []sim.Step {
	by.Settle = synctest.Wait
	for _, p := range all {
		by.Add(p.Transport, body(p))
	}
	steps := by.Run(first)
	for _, p := range all {
		s.printed.Write(p.Out.Bytes())
		s.note(p)
	}
	return steps
}

// doc is the document on the state branch, empty if there is none.
func (s *Scene) doc() *state.Document {
	body, ok := s.W.GitHub().File(branch, document)
	if !ok {
		return &state.Document{}
	}
	d, err := state.Decode(document, []byte(body))
	if err != nil {
		s.T.Fatal(err)
	}
	return d
}

// login is a person who logs in to X and puts the tokens into the secrets.
func (s *Scene) login() {
	refresh, access := s.W.X().Login()
	s.W.GitHub().SetSecret("X_REFRESH_TOKEN", refresh)
	s.W.GitHub().SetSecret("X_ACCESS_TOKEN", access)
}

// alive reports whether the token chain goes on: the newest refresh token is in the secrets or in
// the vault.
func (s *Scene) alive() bool {
	token, ok := s.W.GitHub().Secret("X_REFRESH_TOKEN")
	if !ok {
		token = s.env["X_REFRESH_TOKEN"]
	}
	if s.W.X().RefreshValid(token) {
		return true
	}
	b, err := vault.Open(s.key, s.doc().Tokens.Vault)
	return err == nil && s.W.X().RefreshValid(b.Refresh)
}

// photo is a media with one small photo.
func photo(caption string) sim.Media {
	return sim.Media{Caption: caption, Items: []sim.Item{{Kind: "photo", Bytes: files["photo"]}}}
}

// files are made once: there are thousands of worlds.
var files = map[string][]byte{
	"photo": sim.PhotoBytes(64, 64, 1), "video": sim.VideoBytes(1, 1),
	"bad": sim.PhotoBytes(badWidth, badWidth, 1),
}

// publish puts media on Instagram, seconds apart.
func (s *Scene) publish(media ...sim.Media) {
	for _, m := range media {
		s.W.Advance(2 * time.Second)
		s.W.Instagram().Publish(m)
		s.W.Advance(2 * time.Second)
	}
}

func (s *Scene) logf(format string, args ...any) {
	if s.Log != nil {
		s.Log("%s "+format, append([]any{s.W.Now().Format(time.RFC3339)}, args...)...)
	}
}

func (p *Process) String() string {
	return fmt.Sprintf("%s: code %d, killed %v\n%s", strings.Join(p.Args, " "), p.Code, p.Killed(),
		&p.Out)
}
