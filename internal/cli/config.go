package cli

import (
	"context"
	"flag"
	"fmt"

	"github.com/postferry/postferry/internal/config"
)

// runConfig prints the effective configuration as a file that could be used as it is: each value
// with its source, and which of the variables that it names are set.
func runConfig(_ context.Context, p *Process, args []string) error {
	c, err := p.loadOnly("config", args)
	if err != nil {
		return err
	}
	w := c.Words()
	fmt.Fprint(p.Stdout, c.YAML())
	for _, warning := range c.Warnings(p.Now()) {
		fmt.Fprintf(p.Stdout, "# %s\n", w.Text("cli.config.warning", "Text", warning.Error()))
	}
	for _, warning := range c.Twins(func(string) string { return "" }) {
		fmt.Fprintf(p.Stdout, "# %s\n", w.Text("cli.config.warning", "Text", warning))
	}
	for _, r := range c.Routes {
		for _, v := range r.Variables() {
			key := "routes." + r.Name + "." + v.Key
			line := w.Text("cli.config.not-set", "Key", key, "Name", v.Name)
			if p.Getenv(v.Name) != "" {
				line = w.Text("cli.config.set", "Key", key, "Name", v.Name)
			}
			fmt.Fprintf(p.Stdout, "# %s\n", line)
		}
	}
	return nil
}

// loadOnly is for the commands that need nothing but the configuration.
func (p *Process) loadOnly(name string, args []string) (*config.Config, error) {
	var o options
	err := p.flags(name, args, func(fs *flag.FlagSet) {
		o.define(fs)
	})
	if err != nil {
		return nil, err
	}
	return o.loadAll(p)
}
