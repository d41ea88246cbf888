package demo

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/lazyregexp"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/sim"
)

// stage is a world with the environment that points a run at it.
type stage struct {
	*Demo
	out       io.Writer
	world     *sim.World
	env       map[string]string
	transport http.RoundTripper // nil is the network, which means loopback here
	config    string            // path of a configuration, "" for none
}

// baseline is the first run of a new set-up: what was published before it stays where it is.
func (s *stage) baseline(ctx context.Context) error {
	if status := s.run(ctx, io.Discard, "mirror"); status != done {
		return message.New("demo.stored.baseline", "Status", status)
	}
	s.world.Advance(2 * time.Second)
	return nil
}

// run starts the program once, in this process, as a workflow would. It returns the exit status.
func (s *stage) run(ctx context.Context, out io.Writer, args ...string) int {
	if s.config != "" {
		args = append(args, "--config", s.config)
	}
	return s.Main(ctx, Run{
		Args: args, Getenv: s.getenv, Out: indented{out}, Now: s.world.Now, Transport: s.transport,
	})
}

// getenv gives secrets as they are in the repository, maybe rotated since: a run reads them when it
// begins.
func (s *stage) getenv(name string) string {
	if v, ok := s.world.GitHub().Secret(name); ok {
		return v
	}
	return s.env[name]
}

// show runs the program and shows what it printed.
func (s *stage) show(ctx context.Context, args ...string) {
	fmt.Fprintf(s.out, "$ postferry %s\n", strings.Join(args, " "))
	status := s.run(ctx, s.out, args...)
	fmt.Fprintf(s.out, "  %s\n", s.Words.Text("demo.status", "Status", status))
}

// heading begins a part with a message.
func (s *stage) heading(key string) { s.head(s.Words.Text(key)) }

// head begins a part with the world's time.
func (s *stage) head(text string) {
	fmt.Fprintf(s.out, "\n── %s  %s\n", s.Words.Time(s.world.Now()), text)
}

// photo publishes one.
func (s *stage) photo(caption string) {
	s.world.Advance(2 * time.Second)
	s.world.Instagram().Publish(sim.Media{Caption: caption, Items: []sim.Item{{Kind: "photo"}}})
	s.world.Advance(2 * time.Second)
}

// timeline shows what is on X now.
func (s *stage) timeline() {
	fmt.Fprintf(s.out, "\n%s\n", s.Words.Text("demo.on-x"))
	for _, t := range s.world.X().Tweets() {
		lead := "  "
		if t.InReplyTo != "" {
			lead = "    ↳ "
		}
		var files []string
		for _, m := range t.Media {
			f := s.Words.Text(fileKind(m.Category))
			if m.AltText != "" {
				f = s.Words.Text("demo.file.alt", "File", f, "Alt", m.AltText)
			}
			files = append(files, f)
		}
		if t.Text != "" {
			fmt.Fprintf(s.out, "%s%s\n", lead, strings.ReplaceAll(t.Text, "\n", "\n"+lead))
			lead = strings.Repeat(" ", 4)
		}
		fmt.Fprintf(s.out, "%s[%s]\n", lead, strings.Join(files, ", "))
	}
}

// fileKind is the message that names a file of a post, by X's category of it.
func fileKind(category string) string {
	switch category {
	case "tweet_image":
		return "demo.file.image"
	case "tweet_gif":
		return "demo.file.gif"
	}
	return "demo.file.video"
}

// issue shows an issue as it looks now, with its comments. The hidden marker stays hidden.
func (s *stage) issue(number int) { s.box(number, "") }

// changes shows of an issue what changes from one occurrence to the next.
func (s *stage) changes(number int) { s.box(number, "<!-- postferry:stands -->\n") }

// hidden matches what GitHub does not show of an issue.
var hidden = lazyregexp.New(`(?m)^(<!--.*-->|</?details>)\n+`)

// box draws an issue, from the heading from on if there is one.
func (s *stage) box(number int, from string) {
	for _, i := range s.world.GitHub().Issues() {
		if i.Number != number {
			continue
		}
		stands := s.Words.Text("demo.issue.open")
		if i.State == "closed" {
			stands = s.Words.Text("demo.issue.closed")
		}
		fmt.Fprintf(s.out, "\n  ┌ #%d %s · %s\n", i.Number, i.Title, stands)
		body := hidden.ReplaceAllString(i.Body, "")
		if at := strings.Index(i.Body, from); from != "" && at > 0 {
			first, _, _ := strings.Cut(i.Body, "\n")
			part, _, _ := strings.Cut(i.Body[at+len(from):], "<!--")
			body = first + "\n\n…\n\n" + part
		}
		for _, text := range append([]string{body}, i.Comments...) {
			for line := range strings.Lines(strings.TrimSpace(text)) {
				fmt.Fprintf(s.out, "  │ %s\n", strings.TrimRight(line, "\n"))
			}
			fmt.Fprintf(s.out, "  ├─\n")
		}
	}
}

// summary says where each thing can be seen.
func (s *stage) summary() {
	w := s.Words
	for _, line := range []string{
		"\n" + w.Text("demo.where"),
		"  " + w.Text("demo.where.record", "Document", "state/main.yaml",
			"Branch", "postferry-state", "Commits", s.world.GitHub().Commits("postferry-state")),
		"  " + w.Text("demo.where.incident", "Issues", len(s.world.GitHub().Issues())),
		"  " + w.Text("demo.where.bill", "Amount", fmt.Sprintf("$%.3f", s.world.X().Spent())),
		"\n" + w.Text("demo.serve"),
	} {
		fmt.Fprintln(s.out, line)
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
