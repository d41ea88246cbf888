package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/postferry/postferry/internal/sim"
)

// Scenario is a failure, played in the stand-ins with a clock of its own.
type Scenario struct {
	Name   string // "lost-answer"
	Does   string // what happens, in a line
	begins time.Time
	config string // YAML, "" for the defaults
	play   func(context.Context, *stage)
}

// Scenarios lists all scenarios.
func Scenarios() []Scenario {
	return []Scenario{
		{
			Name: "incident-2023-09-19",
			Does: "Instagram answers (#10) for six days: one issue says why," +
				" the token stays alive, everything is caught up",
			begins: time.Date(2023, 9, 19, 4, 0, 0, 0, time.UTC),
			config: "version: 1\nroutes: {main: {instagram: {login: facebook}}}\n",
			play:   playSeptember,
		},
		{
			Name: "lost-answer",
			Does: "X makes the post and its answer is lost:" +
				" the next run finds it and does not post twice",
			play: playLostAnswer,
		},
		{
			Name: "dead-token",
			Does: "X's answer to a rotation is lost:" +
				" the next run says so, once, and goes on after a login",
			play: playDeadToken,
		},
		{
			Name: "hiccup",
			Does: "Instagram answers 500 for a while: no issue for one, one for three in a row",
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
	if s.config != "" {
		path, err := writeConfig(s.config)
		if err != nil {
			return err
		}
		defer os.Remove(path)
		st.config = path
		for k, v := range world.Instagram().FacebookEnv() {
			st.env[k] = v
		}
	}
	fmt.Fprintf(d.Out, "%s: %s.\nNo account is used and nothing leaves this machine;"+
		" the clock is the stand-ins' own.\n", s.Name, s.Does)
	if err := st.baseline(ctx); err != nil {
		return err
	}
	s.play(ctx, st)
	return nil
}

// writeConfig writes a scenario's configuration to a file, which the caller removes.
func writeConfig(text string) (path string, err error) {
	f, err := os.CreateTemp("", "postferry-*.yml")
	if err != nil {
		return "", fmt.Errorf("write the scenario's configuration: %w", err)
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(f.Name())
		return "", fmt.Errorf("write the scenario's configuration: %w", err)
	}
	return f.Name(), nil
}
