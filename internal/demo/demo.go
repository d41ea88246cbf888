// Package demo runs the program's commands against the stand-ins of internal/sim: no account, no
// network. It shows the main job once, plays scenarios of failures with a clock of their own, or
// keeps the stand-ins up for runs from outside.
//
// The package knows the stand-ins and nothing of the program: each run is a call of Demo.Main with
// an environment, as a workflow would start it. Nothing is hard-coded about what a run prints.
package demo

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/sim"
)

// done is the exit status of a run that did what was asked.
const done = 0

// Demo shows the program at work.
type Demo struct {
	Main  func(context.Context, Run) int // runs one command and returns its exit status
	Now   func() time.Time
	Words message.Words // of the demo, and of the runs that it shows
	Out   io.Writer     // what is shown
	Talk  io.Writer     // what is said beside it
}

// Run is one start of the program.
type Run struct {
	Args      []string // ["mirror", "--force"]
	Getenv    func(string) string
	Out       io.Writer // takes both stdout and stderr
	Now       func() time.Time
	Transport http.RoundTripper // nil is the network, where Getenv leads to loopback
}

// Show publishes three media on the stand-in Instagram, at the loopback address listen, and runs
// mirror twice. The error says which run did not do its part.
func (d *Demo) Show(ctx context.Context, listen string) error {
	s, closeAll, err := d.serveWorld(listen)
	if err != nil {
		return err
	}
	defer closeAll()
	fmt.Fprintf(d.Out, "%s\n\n", d.Words.Text("demo.up"))
	if err := s.baseline(ctx); err != nil {
		return err
	}
	fmt.Fprintln(d.Out, d.Words.Text("demo.published"))
	for _, m := range published() {
		s.world.Advance(2 * time.Second)
		s.world.Instagram().Publish(m)
		fmt.Fprintf(d.Out, "  %s: %s\n", d.kind(m), m.Caption)
	}
	fmt.Fprintf(d.Out, "\n$ postferry mirror\n")
	if status := s.run(ctx, d.Out, "mirror"); status != done {
		return message.New("demo.stored.first", "Status", status)
	}
	s.timeline()
	if err := s.runAgain(ctx); err != nil {
		return err
	}
	s.summary()
	return nil
}

// runAgain shows that a second run posts nothing twice.
func (s *stage) runAgain(ctx context.Context) error {
	fmt.Fprintf(s.out, "\n$ postferry mirror        # %s\n", s.Words.Text("demo.again"))
	before := len(s.world.X().Tweets())
	if status := s.run(ctx, s.out, "mirror"); status != done {
		return message.New("demo.stored.second", "Status", status)
	}
	if n := len(s.world.X().Tweets()); n != before {
		return message.New("demo.stored.twice", "Posts", n-before)
	}
	return nil
}

// serveWorld starts stand-ins on loopback that use the machine's clock.
func (d *Demo) serveWorld(listen string) (*stage, func(), error) {
	world := sim.New(sim.Options{Now: d.Now(), Real: true})
	server, err := world.Serve(listen)
	if err != nil {
		return nil, nil, message.Wrap(err, "demo.stored.start")
	}
	s := &stage{Demo: d, out: d.Out, world: world, env: server.Env()}
	remove, err := s.configure("")
	if err != nil {
		server.Close()
		return nil, nil, err
	}
	return s, func() { remove(); server.Close() }, nil
}

// published returns what appears on the stand-in Instagram: a photo, a carousel, a reel.
func published() []sim.Media {
	photo := func(alt string) sim.Item { return sim.Item{Kind: "photo", AltText: alt} }
	return []sim.Media{
		{
			Caption: "朝の鴨川。まだ誰もいない橋の上で、コーヒーがいちばんおいしい時間です。☕️ #京都 #鴨川",
			Items:   []sim.Item{photo("川にかかる橋と、朝の光")},
		},
		{
			Caption: "Seven mugs, fresh from the kiln. Which one is yours?" +
				" Shop at mugs.example.com, say hi to @kiln.friends #ceramics",
			Items: []sim.Item{
				photo("A blue mug"), photo("A green mug"), photo("A mug with a chipped handle"),
				photo(""), photo(""), photo("Two mugs"), photo("All seven on a shelf"),
			},
		},
		{
			Caption:     "Rain on the workshop roof, for those who can't sleep.",
			ProductType: "REELS",
			Items:       []sim.Item{{Kind: "video"}},
		},
	}
}

// kind names a media as a person would.
func (d *Demo) kind(m sim.Media) string {
	switch {
	case len(m.Items) > 1:
		return d.Words.Text("demo.carousel", "Files", len(m.Items))
	case m.Items[0].Kind == "video":
		return d.Words.Text("demo.reel")
	}
	return d.Words.Text("demo.photo")
}
