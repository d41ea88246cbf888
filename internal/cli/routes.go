package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/postferry/postferry/internal/actions"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/report"
)

// runRoutes prints the routes' names as a JSON array, for a workflow matrix. In a workflow the
// array is the output "names" too.
func runRoutes(_ context.Context, p *Process, args []string) error {
	runner, err := actions.Read(p.Getenv)
	if err != nil {
		return usagef("%w", err)
	}
	names := []string{}
	c, err := p.loadOnly("routes", args)
	var mistakes config.Problems
	switch {
	case errors.As(err, &mistakes) && runner.Output != "":
		// Without names the workflow would have no further job, and nobody would report the
		// mistakes but a red job every ten minutes. One job for no route in particular runs the
		// command, which opens the issue.
		fmt.Fprintf(p.Stderr, "warning: %s\n", report.Quote(err.Error()))
		names = append(names, "")
	case err != nil:
		return err
	default:
		for _, r := range c.Routes {
			names = append(names, r.Name)
		}
	}
	line, err := json.Marshal(names)
	if err != nil {
		return err // Unreachable: strings always encode.
	}
	fmt.Fprintln(p.Stdout, string(line))
	return runner.SetOutputs([]actions.Value{{Name: "names", Text: string(line)}})
}
