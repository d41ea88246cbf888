// Command calls counts the requests of a run of postferry, and how many of them write to GitHub:
//
//	calls FOLDER/postferry
//
// The program runs in a process of its own against the stand-ins, which keep the log. Before the
// first count it has mirrored a photo, because a new login's account is asked for only once.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/postferry/postferry/bench/stage"
	"github.com/postferry/postferry/internal/sim"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: calls FOLDER/postferry")
		os.Exit(2)
	}
	if err := run(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, program string) error {
	temp, err := os.MkdirTemp("", "calls")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	fmt.Printf("%-40s %9s %7s\n", "", "requests", "writes")
	one := filepath.Join(temp, "one.yml")
	ten := filepath.Join(temp, "ten.yml")
	for file, routes := range map[string]int{one: 1, ten: 10} {
		if err := os.WriteFile(file, []byte(config(routes)), 0o600); err != nil {
			return err
		}
	}
	if err := count(ctx, program, one, []row{
		{"an idle run", 0, ""}, {"a photo alone", 1, ""},
		{"a photo alone, with an alt text", 1, "A mug"}, {"ten photos in a run", 10, ""},
	}); err != nil {
		return err
	}
	return count(ctx, program, ten, []row{
		{"ten routes, idle", 0, ""}, {"ten routes, a photo each", 1, ""},
	})
}

// config is a configuration of n routes. They mirror one account to one other, so each puts its
// number into its posts: X takes no text twice.
func config(n int) string {
	var b strings.Builder
	b.WriteString("version: 1\nroutes:\n")
	for i := range n {
		fmt.Fprintf(&b, "  r%d:\n    x: {refresh_token: X_REFRESH_TOKEN_%[1]d}\n"+
			"    text: {template: \"{caption} (%[1]d)\"}\n", i)
	}
	return b.String()
}

// row is a run that is counted: what is published before it.
type row struct {
	name   string
	photos int
	alt    string
}

// count prepares stand-ins, and runs and counts each row.
func count(ctx context.Context, program, config string, rows []row) error {
	s, err := stage.New(ctx, stage.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	for _, r := range append([]row{{}, {photos: 1}}, rows...) { // the first run, and a first photo
		s.World.Advance(time.Minute)
		for i := range r.photos {
			s.World.Instagram().Publish(sim.Media{
				Caption: fmt.Sprintf("%s, no. %d", r.name, i),
				Items:   []sim.Item{{Kind: "photo", Size: 1 << 16, AltText: r.alt}},
			})
		}
		s.World.ResetLog()
		before := s.World.GitHub().Writes()
		if err := mirror(ctx, program, config, s); err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		if r.name != "" {
			fmt.Printf("%-40s %9d %7d\n", r.name, len(s.World.Log()),
				s.World.GitHub().Writes()-before)
		}
	}
	return nil
}

// mirror runs the program once, at the stand-ins' time: it waits for no gap then.
func mirror(ctx context.Context, program, config string, s *stage.Stage) error {
	cmd := exec.CommandContext(ctx, program, "mirror", "--config", config)
	cmd.Env = append(cmd.Environ(), "POSTFERRY_NOW="+s.World.Now().UTC().Format(time.RFC3339))
	for name, value := range s.Env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	for i := range 10 { // a route's own names for the one login
		for _, name := range []string{"X_REFRESH_TOKEN", "X_ACCESS_TOKEN"} {
			cmd.Env = append(cmd.Env, fmt.Sprintf("%s_%d=%s", name, i, s.Env[name]))
		}
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}
