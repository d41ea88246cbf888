package config

import "time"

// Warnings returns the values that are valid and likely a mistake, in the file's order: a start
// that lies ahead, and a budget of 0. A first run should print them.
func (c *Config) Warnings(now time.Time) Problems {
	var out Problems
	words := c.Words()
	warn := func(path, text, want string) {
		at := c.set[path]
		out = append(out, Problem{
			File: c.file, Line: at.line, Column: at.column, Path: path,
			Message: text, Want: want, Language: words.Language,
		})
	}
	for _, r := range c.Routes {
		path := "routes." + r.Name
		if date := r.Start.Date(r.Location()); date.After(now) {
			warn(path+".start",
				words.Text("config.warning.start-ahead", "Start", string(r.Start)),
				words.Text("config.want.start-meant"))
		}
		if r.Limits.USDPerMonth == 0 {
			warn(path+".limits.usd_per_month", words.Text("config.warning.no-budget"),
				words.Text("config.want.budget-meant"))
		}
	}
	out.sort()
	return out
}
