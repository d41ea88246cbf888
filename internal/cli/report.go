package cli

import (
	"context"
	"flag"
	"fmt"
	"strconv"
	"time"

	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/run"
)

// ending is what `report` is told about the job that it is the last step of.
type ending struct {
	status    string
	began     int64 // seconds since 1970; 0 if it is not known
	timeLimit int   // minutes
}

// runReport is a workflow's last step.
func runReport(ctx context.Context, p *Process, args []string) error {
	var o options
	var e ending
	err := p.flags("report", args, func(fs *flag.FlagSet) {
		o.define(fs)
		fs.StringVar(&e.status, "job-status", "", "cli.flag.report.job-status")
		fs.Int64Var(&e.began, "began", 0, "cli.flag.report.began")
		fs.IntVar(&e.timeLimit, "time-limit", 15, "cli.flag.report.time-limit")
	})
	if err != nil {
		return err
	}
	switch e.status {
	case "success", "failure", "cancelled":
	default:
		return mistake(reader{p}.words().Text("cli.usage.job-status", "Given",
			strconv.Quote(e.status)))
	}
	if e.status == "cancelled" {
		// The clock is the one by which the job noted when it began, in a rehearsal too.
		if !e.ranOut(p.Now()) {
			fmt.Fprintln(p.Stdout, reader{p}.words().Text("cli.report.cancelled"))
			return nil
		}
		// The issue says it in the configuration's language.
		e.status = message.Words{}.Text("cli.stored.time-limit", "Minutes", e.timeLimit)
	}
	if e.status != "success" && p.Getenv(usageEnded) != "" {
		fmt.Fprintln(p.Stdout, reader{p}.words().Text("cli.report.mistake"))
		return nil
	}
	env := p.environment()
	if !env.CanReport() {
		return mistake(reader{p}.words().Text("cli.usage.report-needs"))
	}
	_ = o.load(p) // The job may have died of a mistake in the configuration.
	return run.Report(ctx, p.run(env), o.Options, e.status)
}

// ranOut reports whether the job ended at its time limit, which GitHub calls cancelled too. The
// runner starts the last steps up to a minute before or after the limit.
func (e *ending) ranOut(now time.Time) bool {
	limit := time.Duration(e.timeLimit) * time.Minute
	return e.began > 0 && now.Sub(time.Unix(e.began, 0)) >= limit-time.Minute
}
