package cli

import (
	"context"
	"encoding/json"
	"fmt"
)

// runRoutes prints the routes' names as a JSON array, for a workflow matrix.
func runRoutes(_ context.Context, p *Process, args []string) error {
	c, err := p.loadOnly("routes", args)
	if err != nil {
		return err
	}
	names := []string{}
	for _, r := range c.Routes {
		names = append(names, r.Name)
	}
	line, err := json.Marshal(names)
	if err != nil {
		return err // Unreachable: strings always encode.
	}
	fmt.Fprintln(p.Stdout, string(line))
	return nil
}
