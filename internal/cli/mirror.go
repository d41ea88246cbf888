package cli

import (
	"context"
	"flag"

	"github.com/postferry/postferry/internal/environment"
)

// runMirror mirrors the new posts of every route.
func runMirror(ctx context.Context, p *Process, args []string) error {
	var o options
	err := p.flags("mirror", args, func(fs *flag.FlagSet) {
		o.define(fs)
		fs.BoolVar(&o.DryRun, "dry-run", false, "cli.flag.dry-run")
		fs.BoolVar(&o.JSON, "json", false, "cli.flag.print-json")
		fs.BoolVar(&o.Force, "force", false, "cli.flag.mirror.force")
	})
	if err != nil {
		return err
	}
	j, err := p.job(ctx, &o, environment.Need{Instagram: true, X: !o.DryRun})
	if err != nil {
		return err
	}
	return j.Mirror(ctx)
}
