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
	r := Route{Name: name}
	for _, k := range r.keys() {
		k.value.reset()
	}
	return r
}

func (v routes) decode(d *decoder, path string, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		d.complain(path, n, Problem{
			Message: "the value is " + kind(n),
			Want:    "a mapping from names to routes, such as {main: {start: now}}",
		})
		return
	}
	pairs := d.pairs(path, n)
	if len(pairs) == 0 {
		d.complain(path, n, Problem{
			Message: "the mapping is empty", Want: "at least one route, such as {main: {}}",
		})
		return
	}
	*v.at = nil
	for _, p := range pairs {
		if len(d.problems) > maxProblems {
			return
		}
		if !d.fits(p.name, routeName) {
			d.complain(path, p.key, d.misfit(p.name, routeName))
			continue
		}
		*v.at = append(*v.at, d.route(path+"."+p.name, p))
	}
}

// route decodes one route.
func (d *decoder) route(path string, p pair) Route {
	r := newRoute(p.name)
	d.set[path], d.columns[path] = p.key.Line, p.key.Column
	d.mapping(path, "", r.keys(), p.value)
	if d.set[path+".x.access_token"] == 0 {
		d.access(path, &r.X)
	}
	for _, tag := range r.RequireHashtags {
		for _, other := range r.ExcludeHashtags {
			if strings.EqualFold(plainTag(tag), plainTag(other)) {
				d.report(path+".require_hashtags", Problem{
					Message: shown(tag) + " is also in exclude_hashtags, so nothing would be mirrored",
					Want:    "in one of the two lists",
				})
			}
		}
	}
	return r
}

func plainTag(tag string) string { return strings.TrimLeft(tag, "#＃") }

// access sets the default of x.access_token. It complains if the refresh token's name is too long.
func (d *decoder) access(path string, x *X) {
	x.AccessToken = accessName(x.RefreshToken)
	if looksSecret(x.AccessToken) || !d.fits(x.AccessToken, variableName) {
		d.report(path+".x.refresh_token", Problem{
			Message: "x.access_token can't be named after " + shown(x.RefreshToken),
			Want:    "shorter, or x.access_token must be set too",
		})
	}
}

// accessName returns the default of x.access_token. It follows the refresh token's name, because
// two routes must not share an access token either: one would post to the other's account.
func accessName(refresh string) string {
	old, word := "REFRESH", "ACCESS"
	if refresh == strings.ToLower(refresh) {
		old, word = "refresh", "access"
	}
	if name := strings.Replace(refresh, old, word, 1); name != refresh {
		return name
	}
	return refresh + "_" + word
}

// Variable is a variable that holds one of a route's credentials.
type Variable struct {
	Key  string // "x.refresh_token"
	Name string
}

// Variables lists all variables that the route names, in the order of the documentation.
func (r Route) Variables() []Variable {
	var out []Variable
	for _, k := range r.keys() {
		if v, ok := k.value.(variable); ok {
			out = append(out, Variable{k.path, *v.at})
		}
	}
	return out
}

// rotated holds the keys whose variables a rotation rewrites.
var rotated = map[string]bool{"x.refresh_token": true, "x.access_token": true}

// owners complains about a variable that holds a route's X token and is used by another key too.
// GitHub ignores the case of a secret's name.
func (d *decoder) owners(c *Config) {
	type use struct {
		path    string
		rotated bool
	}
	first := map[string]use{}
	for _, r := range c.Routes {
		shared := false // the refresh token's variable belongs to another key
		for _, v := range r.Variables() {
			here := use{"routes." + r.Name + "." + v.Key, rotated[v.Key]}
			name := strings.ToUpper(v.Name)
			before, taken := first[name]
			if !taken {
				first[name] = here
				continue
			}
			if v.Key == "x.access_token" && shared && d.set[here.path] == 0 {
				continue // its name follows from the refresh token's: one mistake, one problem
			}
			if here.rotated || before.rotated {
				shared = shared || v.Key == "x.refresh_token"
				p := Problem{
					Message: fmt.Sprintf("%s is used by %s already, and X's tokens can't be shared",
						v.Name, before.path),
					Want: "a variable of its own",
				}
				if here.rotated {
					p.Nearest = v.Name + "_" + strings.ToUpper(strings.ReplaceAll(r.Name, "-", "_"))
				}
				d.report(here.path, p)
			}
		}
	}
}
