package cli

import (
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/sim"
)

// runDemo shows the main job against the built-in stand-ins: no account, no network.
func runDemo(ctx context.Context, p *Process, args []string) error {
	var o options
	err := p.flags("demo", args, func(fs *flag.FlagSet) {
		fs.BoolVar(&o.serve, "serve", false, "keep the stand-ins up, and print the variables that point a run at them")
		fs.StringVar(&o.listen, "listen", "127.0.0.1:0", "with --serve: the loopback address")
		fs.DurationVar(&o.every, "every", 10*time.Minute, "with --serve: how often a photo is published")
		fs.StringVar(&o.scenario, "scenario", "", "play one of the scenarios of --list")
		fs.BoolVar(&o.list, "list", false, "list the scenarios")
	})
	switch {
	case err != nil:
		return err
	case o.every <= 0:
		return usagef("--every must be longer than nothing")
	case o.list:
		return p.listScenarios()
	case o.scenario != "":
		return p.play(ctx, o.scenario)
	}
	world := sim.New(sim.Options{Now: p.Now(), Real: true})
	server, err := world.Serve(o.listen)
	if err != nil {
		return fmt.Errorf("start the stand-ins: %w", err)
	}
	defer server.Close()
	d := &demo{p: p, world: world, env: server.Env()}
	if o.serve {
		return d.serve(ctx, o.every)
	}
	return d.show(ctx)
}

// demo is a world with the environment that points a run at it.
type demo struct {
	p      *Process
	world  *sim.World
	env    map[string]string
	way    http.RoundTripper // nil is the network, which means loopback here
	config string            // path of a configuration; "" is none
}

// published is what appears on the stand-in Instagram.
func published() []sim.Media {
	photo := func(alt string) sim.Item { return sim.Item{Kind: "photo", AltText: alt} }
	return []sim.Media{
		{Caption: "朝の鴨川。まだ誰もいない橋の上で、コーヒーがいちばんおいしい時間です。☕️ #京都 #鴨川", Items: []sim.Item{photo("川にかかる橋と、朝の光")}},
		{Caption: "Seven mugs, fresh from the kiln. Which one is yours? Shop at mugs.example.com, say hi to @kiln.friends #ceramics", Items: []sim.Item{
			photo("A blue mug"), photo("A green mug"), photo("A mug with a chipped handle"), photo(""), photo(""), photo("Two mugs"), photo("All seven on a shelf"),
		}},
		{Caption: "Rain on the workshop roof, for those who can't sleep.", ProductType: "REELS", Items: []sim.Item{{Kind: "video"}}},
	}
}

// show runs mirror twice, and tells what happened.
func (d *demo) show(ctx context.Context) error {
	out := d.p.Stdout
	fmt.Fprintf(out, "Stand-ins of Instagram, X and GitHub are up on loopback. No account is used and nothing leaves this machine.\n\n")
	if err := d.baseline(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "Three media are published on Instagram:\n")
	media := published()
	for i := range media {
		d.world.Advance(2 * time.Second)
		media[i].ID = d.world.Instagram().Publish(media[i])
		fmt.Fprintf(out, "  %-9s %s\n", kind(media[i]), media[i].Caption)
	}
	fmt.Fprintf(out, "\n$ postferry mirror\n")
	if code := d.run(ctx, out, "mirror"); code != exitDone {
		return fmt.Errorf("the first run ended with status %d", code)
	}
	d.timeline(out)
	fmt.Fprintf(out, "\n$ postferry mirror        (again: nothing is posted twice)\n")
	before := len(d.world.X().Tweets())
	if code := d.run(ctx, out, "mirror"); code != exitDone {
		return fmt.Errorf("the second run ended with status %d", code)
	}
	if n := len(d.world.X().Tweets()); n != before {
		return fmt.Errorf("the second run posted %d times", n-before)
	}
	d.where(out)
	return nil
}

// baseline is the first run of a new set-up: what was published before it stays where it is.
func (d *demo) baseline(ctx context.Context) error {
	if code := d.run(ctx, io.Discard, "mirror"); code != exitDone {
		return fmt.Errorf("the set-up run ended with status %d", code)
	}
	d.world.Advance(2 * time.Second)
	return nil
}

// run is one run of the program as a workflow would start it, in this process.
func (d *demo) run(ctx context.Context, out io.Writer, args ...string) int {
	if d.config != "" {
		args = append(args, "--config", d.config)
	}
	p := &Process{Args: args, Stdout: indented{out}, Stderr: indented{out}, Now: d.world.Now, Transport: d.way, Getenv: func(name string) string {
		if v, ok := d.world.GitHub().Secret(name); ok {
			return v // as rotated: a run reads the secrets when it begins
		}
		return d.env[name]
	}}
	return Main(ctx, p)
}

// timeline shows what is on X now.
func (d *demo) timeline(out io.Writer) {
	fmt.Fprintf(out, "\nOn X:\n")
	for _, t := range d.world.X().Tweets() {
		lead := "  "
		if t.InReplyTo != "" {
			lead = "    ↳ "
		}
		var files []string
		for _, m := range t.Media {
			f := strings.TrimPrefix(m.Category, "tweet_")
			if m.AltText != "" {
				f += fmt.Sprintf(" (alt: %s)", m.AltText)
			}
			files = append(files, f)
		}
		if t.Text != "" {
			fmt.Fprintf(out, "%s%s\n", lead, strings.ReplaceAll(t.Text, "\n", "\n"+lead))
			lead = strings.Repeat(" ", 4)
		}
		fmt.Fprintf(out, "%s[%s]\n", lead, strings.Join(files, ", "))
	}
}

// where says where each thing can be seen.
func (d *demo) where(out io.Writer) {
	fmt.Fprintf(out, "\nWhere each thing is:\n")
	fmt.Fprintf(out, "  the record     state/main.yaml on the branch postferry-state: %d commits, every post written down before it was made\n", d.world.GitHub().Commits("postferry-state"))
	fmt.Fprintf(out, "  the incident   %d issues: nothing failed. postferry demo --list shows what happens when something does\n", len(d.world.GitHub().Issues()))
	fmt.Fprintf(out, "  the bill       $%.3f by X's prices\n", d.world.X().Spent())
	fmt.Fprintf(out, "\nTo point a run of your own at the stand-ins: postferry demo --serve\n")
}

func kind(m sim.Media) string {
	switch {
	case len(m.Items) > 1:
		return fmt.Sprintf("carousel (%d)", len(m.Items))
	case m.Items[0].Kind == "video":
		return "reel"
	}
	return "photo"
}

// serve keeps the stand-ins up, with media that wait to be mirrored, until it is interrupted.
func (d *demo) serve(ctx context.Context, every time.Duration) error {
	if err := d.baseline(ctx); err != nil {
		return err
	}
	for _, m := range published() {
		d.world.Instagram().Publish(m)
		d.world.Advance(time.Second)
	}
	// So that one token is enough for `postferry setup`, as a person's is.
	d.world.GitHub().SetPermission("SECRETS_TOKEN", "contents", true)
	d.world.GitHub().SetPermission("SECRETS_TOKEN", "issues", true)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("start the stand-ins: %w", err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { d.exports(rw) }), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }() // ends with ErrServerClosed
	defer server.Close()
	d.exports(d.p.Stdout)
	fmt.Fprintf(d.p.Stdout, "# The same with the secrets as they are by then: curl -s http://%s\n", listener.Addr())
	fmt.Fprintf(d.p.Stderr, "Three media wait to be mirrored; another is published every %v. Stop with Ctrl-C.\n", every)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			d.world.Instagram().Publish(sim.Media{Caption: fmt.Sprintf("Photo %d of a long day", n), Items: []sim.Item{{Kind: "photo"}}})
		}
	}
}

// exports is the environment that points a run at the stand-ins: secrets as they are in the repository, as a run on GitHub
// would get them.
func (d *demo) exports(out io.Writer) {
	for _, name := range slices.Sorted(maps.Keys(d.env)) {
		value := d.env[name]
		if v, ok := d.world.GitHub().Secret(name); ok {
			value = v
		}
		fmt.Fprintf(out, "export %s='%s'\n", name, value)
	}
}

// indented sets a run's lines off from the demo's own.
type indented struct{ w io.Writer }

func (i indented) Write(p []byte) (int, error) {
	for line := range strings.Lines(string(p)) {
		if _, err := io.WriteString(i.w, "  "+line); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}
