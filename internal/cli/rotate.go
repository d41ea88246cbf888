package cli

import (
	"context"
	"flag"

	"github.com/postferry/postferry/internal/environment"
)

// runRotate keeps the tokens of all routes alive.
func runRotate(ctx context.Context, p *Process, args []string) error {
	var o options
	err := p.flags("rotate", args, func(fs *flag.FlagSet) {
		o.define(fs)
		fs.BoolVar(&o.Force, "force", false, "cli.flag.rotate.force")
	})
	if err != nil {
		return err
	}
	j, err := p.job(ctx, &o, environment.Need{X: true})
	if err != nil {
		return err
	}
	return j.Rotate(ctx)
}
