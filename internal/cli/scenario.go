package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/sim"
)

// scenario is a failure, played in the stand-ins with a clock of its own.
type scenario struct {
	name, does string
	begins     time.Time // zero is now
	config     string    // YAML, "" for the defaults
	play       func(context.Context, *demo, io.Writer) error
}

func scenarios() []scenario {
	return []scenario{
		{"incident-2023-09-19", "Instagram answers (#10) for six days: one issue says why, the token stays alive, everything is caught up",
			time.Date(2023, 9, 19, 4, 0, 0, 0, time.UTC), "version: 1\nroutes: {main: {instagram: {login: facebook}}}\n", playSeptember},
		{"lost-answer", "X makes the post and its answer is lost: the next run finds it and does not post twice", time.Time{}, "", playLostAnswer},
		{"dead-token", "X's answer to a rotation is lost: the next run says so, once, and goes on after a login", time.Time{}, "", playDeadToken},
		{"hiccup", "Instagram answers 500 for a while: no issue for one, one for three in a row", time.Time{}, "", playHiccup},
	}
}

func (p *Process) listScenarios() error {
	for _, s := range scenarios() {
		fmt.Fprintf(p.Stdout, "%-20s %s\n", s.name, s.does)
	}
	return nil
}

// play sets the stage and plays one scenario.
func (p *Process) play(ctx context.Context, name string) error {
	var names []string
	for _, s := range scenarios() {
		names = append(names, s.name)
		if s.name != name {
			continue
		}
		if s.begins.IsZero() {
			s.begins = p.Now().UTC().Truncate(time.Minute)
		}
		world := sim.New(sim.Options{Now: s.begins, Processing: time.Nanosecond})
		d := &demo{p: p, world: world, env: world.Env(), way: world.Transport()}
		if s.config != "" {
			remove, err := d.configure(s.config)
			if err != nil {
				return err
			}
			defer remove()
			for k, v := range world.Instagram().FacebookEnv() {
				d.env[k] = v
			}
		}
		fmt.Fprintf(p.Stdout, "%s: %s.\nNo account is used and nothing leaves this machine; the clock is the stand-ins' own.\n", s.name, s.does)
		if err := d.baseline(ctx); err != nil {
			return err
		}
		return s.play(ctx, d, p.Stdout)
	}
	return usagef("there is no scenario %q: there are %s", name, strings.Join(names, ", "))
}

// configure writes the scenario's configuration to a file that is removed with the scenario.
func (d *demo) configure(text string) (remove func(), err error) {
	f, err := os.CreateTemp("", "postferry-*.yml")
	if err != nil {
		return nil, fmt.Errorf("write the scenario's configuration: %w", err)
	}
	d.config = f.Name()
	remove = func() { _ = os.Remove(f.Name()) }
	if _, err = f.WriteString(text); err == nil {
		err = f.Close()
	}
	if err != nil {
		remove()
	}
	return remove, err
}

// at heads a stage with the time.
func (d *demo) at(out io.Writer, format string, args ...any) {
	fmt.Fprintf(out, "\n── %s  %s\n", d.world.Now().Format("2006-01-02 15:04 UTC"), fmt.Sprintf(format, args...))
}

// shows runs the program and shows what it said.
func (d *demo) shows(ctx context.Context, out io.Writer, args ...string) int {
	fmt.Fprintf(out, "$ postferry %s\n", strings.Join(args, " "))
	code := d.run(ctx, out, args...)
	fmt.Fprintf(out, "  (status %d)\n", code)
	return code
}

// photo publishes one.
func (d *demo) photo(caption string) {
	d.world.Advance(2 * time.Second)
	d.world.Instagram().Publish(sim.Media{Caption: caption, Items: []sim.Item{{Kind: "photo"}}})
	d.world.Advance(2 * time.Second)
}

// issue shows an issue as it looks now, its comments below it. The hidden marker stays hidden.
func (d *demo) issue(out io.Writer, n int) { d.box(out, n, "") }

// changes shows of an issue what changes from one occurrence to the next.
func (d *demo) changes(out io.Writer, n int) { d.box(out, n, "### How often") }

func (d *demo) box(out io.Writer, n int, from string) {
	for _, i := range d.world.GitHub().Issues() {
		if i.Number != n {
			continue
		}
		fmt.Fprintf(out, "\n  ┌ #%d %s · %s\n", i.Number, i.Title, i.State)
		body, _, _ := strings.Cut(i.Body, "<!--")
		if at := strings.LastIndex(body, from); from != "" && at > 0 {
			first, _, _ := strings.Cut(body, "\n")
			body = first + "\n\n…\n\n" + body[at:]
		}
		for _, text := range append([]string{body}, i.Comments...) {
			for line := range strings.Lines(strings.TrimSpace(text)) {
				fmt.Fprintf(out, "  │ %s\n", strings.TrimRight(line, "\n"))
			}
			fmt.Fprintf(out, "  ├─\n")
		}
	}
}

// playSeptember is the night that postferry was made for.
func playSeptember(ctx context.Context, d *demo, out io.Writer) error {
	d.photo("The last one before")
	d.shows(ctx, out, "mirror")
	d.world.Advance(20 * time.Minute)
	d.world.Instagram().BreakLikeSeptember2023()
	d.photo("夜明け前の台所")
	d.at(out, "Instagram begins to answer 400, and says only (#10)")
	d.shows(ctx, out, "mirror")
	d.issue(out, 1)

	red := d.week(ctx, 26*6)
	d.at(out, "a day later: the same issue, edited in place, and one comment")
	d.changes(out, 1)
	red += d.week(ctx, (5*24+2)*6)
	d.at(out, "six days: %d runs, %d red after the first, %d calls to Instagram, %d rotations of X's token",
		(6*24+4)*6, red, d.world.Calls("instagram"), d.world.X().Refreshes())

	d.world.Instagram().Repair()
	d.world.Advance(6 * time.Hour)
	d.at(out, "Instagram answers again; nobody has done anything")
	d.shows(ctx, out, "mirror")
	d.changes(out, 1)
	d.timeline(out)
	return nil
}

// week lets the schedules run: the mirror every ten minutes, the rotation every six hours, a photo every sixteen. It gives
// the number of red runs.
func (d *demo) week(ctx context.Context, runs int) (red int) {
	for n := range runs {
		d.world.Advance(10 * time.Minute)
		if n%96 == 50 {
			d.photo(fmt.Sprintf("While it was down, %s", d.world.Now().Format("Monday")))
		}
		if n%36 == 7 && d.run(ctx, io.Discard, "rotate") != exitDone {
			red++
		}
		if d.run(ctx, io.Discard, "mirror") != exitDone {
			red++
		}
	}
	return red
}

func playLostAnswer(ctx context.Context, d *demo, out io.Writer) error {
	d.photo("Only once, please")
	d.world.Fail(sim.Fault{Service: "x", Call: "POST /2/tweets", Reset: sim.After})
	d.at(out, "the connection dies after X has made the post")
	d.shows(ctx, out, "mirror")
	d.world.Advance(10 * time.Minute)
	d.at(out, "the next run asks X what happened")
	d.shows(ctx, out, "mirror")
	d.timeline(out)
	return nil
}

func playDeadToken(ctx context.Context, d *demo, out io.Writer) error {
	d.world.Fail(sim.Fault{Service: "x", Call: "POST /2/oauth2/token", Reset: sim.After})
	d.at(out, "the connection dies after X has spent the refresh token")
	d.shows(ctx, out, "rotate")
	d.world.Advance(6 * time.Hour)
	d.at(out, "the next rotation tries once, and knows")
	d.shows(ctx, out, "rotate")
	d.issue(out, 1)
	d.photo("In the meantime")
	d.world.Advance(10 * time.Minute)
	d.at(out, "a person logs in again, and puts the new token into the secrets")
	refresh, access := d.world.X().Login()
	d.world.GitHub().SetSecret("X_REFRESH_TOKEN", refresh)
	d.world.GitHub().SetSecret("X_ACCESS_TOKEN", access)
	d.shows(ctx, out, "mirror")
	d.world.Advance(6 * time.Hour)
	d.shows(ctx, out, "rotate")
	d.changes(out, 1)
	d.timeline(out)
	return nil
}

func playHiccup(ctx context.Context, d *demo, out io.Writer) error {
	d.photo("Patience")
	for n := 1; n <= 3; n++ {
		d.world.Fail(sim.Fault{Service: "instagram", Call: "GET /**", Times: -1, Status: 500, Body: `{"error":{"message":"An unknown error has occurred.","type":"OAuthException","code":1,"fbtrace_id":"AHiccup"}}`})
		d.at(out, "Instagram answers 500, run %d", n)
		d.shows(ctx, out, "mirror")
		d.world.Advance(10 * time.Minute)
	}
	d.world.ClearFaults()
	d.at(out, "it answers again")
	d.shows(ctx, out, "mirror")
	d.issue(out, 1)
	d.timeline(out)
	return nil
}
