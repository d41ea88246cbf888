package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/postferry/postferry/internal/actions"
	"github.com/postferry/postferry/internal/report"
)

// runRoutes prints the routes' names as a JSON array, for a workflow matrix. In a workflow the
// array is the output "names" too.
func runRoutes(_ context.Context, p *Process, args []string) error {
	runner, err := actions.Read(p.Getenv)
	if err != nil {
		return usagef("%w", err)
	}
	var o options
	if err := p.flags("routes", args, o.define); err != nil {
		return err
	}
	c, err := o.load(p.language())
	var names []string
	var wrong *usageError
	switch {
	case errors.As(err, &wrong) && wrong.config && runner.Output != "":
		// Without names the workflow would have no further job, and nobody would report the
		// mistakes but a red job every ten minutes. One job for no route in particular runs the
		// command, which opens the issue.
		fmt.Fprintf(p.Stderr, "warning: %s\n", report.Quote(err.Error()))
		names = append(names, "")
	case err != nil:
		return err
	default:
		names = c.Names()
		if o.route != "" {
			names = []string{o.route}
		}
		for _, b := range c.Broken {
			// Its job reports the mistake, so the matrix needs it too.
			fmt.Fprintf(p.Stderr, "warning: %s\n", report.Quote(b.Problems.Error()))
		}
	}
	line, err := json.Marshal(names)
	if err != nil {
		return err // Unreachable: strings always encode.
	}
	fmt.Fprintln(p.Stdout, string(line))
	return runner.SetOutputs([]actions.Value{{Name: "names", Text: string(line)}})
}
