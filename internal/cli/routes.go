package cli

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/postferry/postferry/internal/actions"
	"github.com/postferry/postferry/internal/report"
)

// runRoutes prints the routes' names as a JSON array, for a workflow matrix. In a workflow the
// array is the output "names" too.
func runRoutes(_ context.Context, p *Process, args []string) error {
	runner, err := actions.Read(p.Getenv)
	if err != nil {
		return &usageError{err: err}
	}
	var o options
	if err := p.flags("routes", args, o.define); err != nil {
		return err
	}
	if err := o.load(p); err != nil {
		return err
	}
	names := o.Names
	switch {
	case o.ConfigErr != nil && runner.Output == "":
		return o.ConfigErr
	case o.ConfigErr != nil:
		// Without names the workflow would have no further job, and nobody would report the
		// mistakes but a red job every ten minutes. One job for no route in particular runs the
		// command, which opens the issue.
		p.warn(o.ConfigErr)
		names = []string{""}
	default:
		if o.Route != "" {
			names = []string{o.Route}
		}
		for _, b := range o.Config.Broken {
			p.warn(b.Problems) // Its job reports the mistake, so the matrix needs it too.
		}
	}
	line, err := json.Marshal(names)
	if err != nil {
		return err // Unreachable: strings always encode.
	}
	fmt.Fprintln(p.Stdout, string(line))
	return runner.SetOutputs([]actions.Value{{Name: "names", Text: string(line)}})
}

// warn prints a mistake on one line, without an annotation: another job reports it.
func (p *Process) warn(err error) {
	fmt.Fprintln(p.Stderr, reader{p}.words().Text("cli.warning", "Text", report.Quote(err.Error())))
}
