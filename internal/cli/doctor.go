package cli

import (
	"context"
	"flag"

	"github.com/postferry/postferry/internal/environment"
)

// runDoctor examines all routes. It writes nothing, and ends with 1 if something is wrong.
func runDoctor(ctx context.Context, p *Process, args []string) error {
	var o options
	o.ReadOnly = true
	err := p.flags("doctor", args, func(fs *flag.FlagSet) {
		o.define(fs)
		fs.BoolVar(&o.JSON, "json", false, "cli.flag.print-json")
	})
	if err != nil {
		return err
	}
	j, err := p.job(ctx, &o, environment.Need{Instagram: true})
	if err != nil {
		return err
	}
	return j.Doctor(ctx)
}
