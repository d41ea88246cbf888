package config

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// routes is the value of the key routes: a mapping from names to routes.
type routes struct{ at *[]Route }

func (v routes) reset() { *v.at = []Route{newRoute("main")} }

// String only completes the interface: Effective lists each route's own keys.
func (v routes) String() string { return fmt.Sprintf("%d routes", len(*v.at)) }

// newRoute returns a route with the defaults.
func newRoute(name string) Route {
	r := Route{Name: name, Timezone: "UTC"}
	for _, k := range r.keys() {
		k.value.reset()
	}
	return r
}

func (v routes) decode(d *decoder, path string, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		d.complain(path, n, Problem{
			Message: d.valueIs(n), Want: d.words.Text("config.want.routes"),
		})
		return
	}
	pairs := d.pairs(path, n)
	if len(pairs) == 0 {
		d.complain(path, n, Problem{
			Message: d.words.Text("config.routes-empty"),
			Want:    d.words.Text("config.want.one-route"),
		})
		return
	}
	*v.at = nil
	last := "main" // the name of the last route
	for _, p := range pairs {
		if len(d.problems) > maxProblems {
			return
		}
		if misplacedInRoutes(p) {
			d.complain(path, p.key, Problem{
				Message: d.words.Text("config.misplaced", "Key", d.shown(p.name)),
				Want:    d.words.Text("config.want.indented-under", "Parent", path+"."+last),
			})
			continue
		}
		if !d.fits(p.name, routeName) {
			d.complain(path, p.key, d.misfit(p.name, routeName))
			continue
		}
		last = p.name
		*v.at = append(*v.at, d.route(path+"."+p.name, p))
	}
}

// route decodes one route.
func (d *decoder) route(path string, p pair) Route {
	r := newRoute(p.name)
	d.set[path] = place{p.key.Line, p.key.Column}
	d.mapping(path, "", r.keys(), p.value)
	d.derive(path, &r.X)
	for _, tag := range r.RequireHashtags {
		for _, other := range r.ExcludeHashtags {
			if strings.EqualFold(plainTag(tag), plainTag(other)) {
				d.report(path+".require_hashtags", Problem{
					Message: d.words.Text("config.tag-in-both", "Tag", d.shown(tag)),
					Want:    d.words.Text("config.want.one-list"),
				})
			}
		}
	}
	return r
}

func plainTag(tag string) string { return strings.TrimLeft(tag, "#＃") }
