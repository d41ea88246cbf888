package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/sim"
)

// Scenario is a failure, played in the stand-ins with a clock of its own.
type Scenario struct {
	Name   string // "lost-answer"
	does   string // the message that says in a line what happens
	begins time.Time
	config string // the routes of the configuration in YAML, "" for the defaults
	play   func(context.Context, *stage)
}

// Does says in a line what happens.
func (s Scenario) Does(w message.Words) string { return w.Text(s.does) }

// Scenarios lists all scenarios.
func Scenarios() []Scenario {
	return []Scenario{
		{
			Name:   "incident-2023-09-19",
			does:   "demo.does.incident-2023-09-19",
			begins: time.Date(2023, 9, 19, 4, 0, 0, 0, time.UTC),
			config: "routes: {main: {instagram: {login: facebook}}}\n",
			play:   playSeptember,
		},
		{
			Name: "lost-answer",
			does: "demo.does.lost-answer",
			play: playLostAnswer,
		},
		{
			Name: "dead-token",
			does: "demo.does.dead-token",
			play: playDeadToken,
		},
		{
			Name: "hiccup",
			does: "demo.does.hiccup",
			play: playHiccup,
		},
	}
}

// Play plays one scenario. The world's clock starts at the scenario's own time, or now.
func (d *Demo) Play(ctx context.Context, s Scenario) error {
	if s.begins.IsZero() {
		s.begins = d.Now().UTC().Truncate(time.Minute)
	}
	world := sim.New(sim.Options{Now: s.begins, Processing: time.Nanosecond})
	st := &stage{
		Demo: d, out: d.Out, world: world, env: world.Env(), transport: world.Transport(),
	}
	remove, err := st.configure(s.config)
	if err != nil {
		return err
	}
	defer remove()
	if s.config != "" {
		for k, v := range world.Instagram().FacebookEnv() {
			st.env[k] = v
		}
	}
	fmt.Fprintf(d.Out, "%s: %s\n%s\n", s.Name, s.Does(d.Words), d.Words.Text("demo.alone"))
	if err := st.baseline(ctx); err != nil {
		return err
	}
	s.play(ctx, st)
	return nil
}

// configure has the runs read a configuration with the given routes, which speaks as the demo does.
// It returns what removes the file. With nothing to say there is none.
func (s *stage) configure(routes string) (remove func(), err error) {
	if routes == "" && s.Words == (message.Words{}) {
		return func() {}, nil
	}
	text := "version: 1\n" + routes
	if s.Words.Language != "" {
		text += "language: " + string(s.Words.Language) + "\n"
	}
	if s.Words.Zone != nil {
		text += "timezone: " + s.Words.Zone.String() + "\n"
	}
	s.config, err = writeConfig(text)
	return func() { _ = os.Remove(s.config) }, err
}

// writeConfig writes a scenario's configuration to a file, which the caller removes.
func writeConfig(text string) (path string, err error) {
	f, err := os.CreateTemp("", "postferry-*.yml")
	if err != nil {
		return "", message.Wrap(err, "demo.stored.config")
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(f.Name())
		return "", message.Wrap(err, "demo.stored.config")
	}
	return f.Name(), nil
}
