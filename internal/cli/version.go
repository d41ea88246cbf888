package cli

import (
	"context"
	"flag"
	"fmt"

	"github.com/postferry/postferry/internal/build"
)

// runVersion prints the version.
func runVersion(_ context.Context, p *Process, args []string) error {
	if err := p.flags("version", args, func(*flag.FlagSet) {}); err != nil {
		return err
	}
	fmt.Fprintln(p.Stdout, "postferry", build.Version())
	return nil
}
