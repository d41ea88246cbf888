package cli

import (
	"context"
	"flag"
	"fmt"
	"time"

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
		fs.StringVar(&e.status, "job-status", "",
			"how the job went: `S` is success, failure or cancelled")
		fs.Int64Var(&e.began, "began", 0, "when the job's first step began, in `SECONDS` since 1970")
		fs.IntVar(&e.timeLimit, "time-limit", 15, "the job's time limit in `MINUTES`")
	})
	if err != nil {
		return err
	}
	switch e.status {
	case "success", "failure", "cancelled":
	default:
		return usagef("--job-status must be success, failure or cancelled, it is %q", e.status)
	}
	if e.status == "cancelled" {
		// The clock is the one by which the job noted when it began, in a rehearsal too.
		if !e.ranOut(p.Now()) {
			fmt.Fprintln(p.Stdout, "the job was cancelled: nothing to report")
			return nil
		}
		e.status = fmt.Sprintf("cancelled at its time limit of %d minutes", e.timeLimit)
	}
	if e.status != "success" && p.Getenv(usageEnded) != "" {
		fmt.Fprintln(p.Stdout, "the job ended with a mistake that its log names: nothing to report")
		return nil
	}
	env := p.environment()
	if !env.CanReport() {
		return usagef("report needs GITHUB_TOKEN and GITHUB_REPOSITORY")
	}
	_ = o.load(p.language()) // The job may have died of a mistake in the configuration.
	return run.Report(ctx, p.run(env), o.Options, e.status)
}

// ranOut reports whether the job ended at its time limit, which GitHub calls cancelled too. The
// runner starts the last steps up to a minute before or after the limit.
func (e *ending) ranOut(now time.Time) bool {
	limit := time.Duration(e.timeLimit) * time.Minute
	return e.began > 0 && now.Sub(time.Unix(e.began, 0)) >= limit-time.Minute
}
