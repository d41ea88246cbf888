package cli

import (
	"context"
	"strconv"
	"strings"

	"github.com/postferry/postferry/internal/environment"
	"github.com/postferry/postferry/internal/retry"
)

// runRetry puts media back that were given up: the next run mirrors them.
func runRetry(ctx context.Context, p *Process, args []string) error {
	var o options
	rest, err := p.flagsAndArgs("retry", args, o.define)
	if err != nil {
		return err
	}
	if len(rest) != 1 || rest[0] == "" {
		return mistake(reader{p}.words().Text("cli.usage.retry", "All", strconv.Quote(retry.All)))
	}
	j, err := p.job(ctx, &o, environment.Need{})
	if err != nil {
		return err
	}
	return j.Retry(ctx, strings.TrimSpace(rest[0]))
}
