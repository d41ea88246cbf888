package config

import (
	"slices"
	"strings"
)

// Names lists all routes in the file's order, whether they can run or not.
func (c *Config) Names() []string { return slices.Clone(c.names) }

func (c *Config) noteNames() {
	c.names = nil
	for _, r := range c.Routes {
		c.names = append(c.names, r.Name)
	}
}

// setAside moves the routes that have problems from Routes to Broken. It reports whether every
// problem lies in the block of a route; if not, it changes nothing.
func (c *Config) setAside(problems Problems) bool {
	byRoute := map[string]Problems{}
	for _, p := range problems {
		i := slices.IndexFunc(c.Routes, func(r Route) bool { return inRoute(p.Path, r.Name) })
		if i < 0 {
			return false
		}
		name := c.Routes[i].Name
		byRoute[name] = append(byRoute[name], p)
	}
	for _, r := range c.Routes {
		if ps := byRoute[r.Name]; ps != nil {
			c.Broken = append(c.Broken, BrokenRoute{r.Name, ps})
		}
	}
	c.Routes = slices.DeleteFunc(c.Routes, func(r Route) bool { return byRoute[r.Name] != nil })
	return true
}

// inRoute reports whether a path is that of a route, or of something in its block.
func inRoute(path, name string) bool {
	return strings.HasPrefix(path+".", "routes."+name+".")
}
