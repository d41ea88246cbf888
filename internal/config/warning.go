package config

import "time"

// Warnings returns the values that are valid and likely a mistake, in the file's order: a start
// that lies ahead, and a budget of 0. A first run should print them.
func (c *Config) Warnings(now time.Time) Problems {
	var out Problems
	warn := func(path, message, want string) {
		at := c.set[path]
		out = append(out, Problem{
			File: c.file, Line: at.line, Column: at.column, Path: path, Message: message, Want: want,
		})
	}
	for _, r := range c.Routes {
		path := "routes." + r.Name
		if date := r.Start.Date(r.Location()); date.After(now) {
			warn(path+".start", string(r.Start)+" lies ahead, so nothing is mirrored that is "+
				"published before it", "now, all, or a date that has passed, unless you mean this")
		}
		if r.Limits.USDPerMonth == 0 {
			warn(path+".limits.usd_per_month", "0 holds every post back",
				"the dollars that X may bill in a month, such as 5, unless you mean this")
		}
	}
	out.sort()
	return out
}
