package cli

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"

	"github.com/postferry/postferry/internal/config"
)

// runRoutes prints the routes' names as a JSON array, for a workflow matrix.
func runRoutes(_ context.Context, p *Process, args []string) error {
	c, err := p.justConfig("routes", args)
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

// runConfig prints the effective configuration as a file that could be used as it is, each value with its source, and
// which of the variables it names are set.
func runConfig(_ context.Context, p *Process, args []string) error {
	c, err := p.justConfig("config", args)
	if err != nil {
		return err
	}
	fmt.Fprint(p.Stdout, c.YAML())
	for _, r := range c.Routes {
		for _, v := range r.Variables() {
			state := "not set"
			if p.Getenv(v.Name) != "" {
				state = "set"
			}
			fmt.Fprintf(p.Stdout, "# routes.%s.%s: %s is %s\n", r.Name, v.Key, v.Name, state)
		}
	}
	return nil
}

// justConfig is for the commands that need nothing but the configuration.
func (p *Process) justConfig(name string, args []string) (*config.Config, error) {
	var o options
	if err := p.flags(name, args, func(fs *flag.FlagSet) { o.define(fs) }); err != nil {
		return nil, err
	}
	return o.loadConfig()
}
