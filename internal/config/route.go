package config

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// routes is the mapping from names to routes. It is a value like any other, but for what is in it.
type routes struct{ at *[]Route }

func (v routes) reset() { *v.at = []Route{newRoute("main")} }

// String is not asked for: Effective goes through each route's own keys.
func (v routes) String() string { return fmt.Sprintf("%d routes", len(*v.at)) }

// newRoute is a route with the defaults.
func newRoute(name string) Route {
	r := Route{Name: name}
	for _, k := range r.keys() {
		k.value.reset()
	}
	return r
}

func (v routes) decode(d *decoder, path string, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		d.complain(path, n, Problem{Message: "this is " + kind(n), Want: "a mapping from names to routes, such as {main: {start: now}}"})
		return
	}
	pairs := d.pairs(path, n)
	if len(pairs) == 0 {
		d.complain(path, n, Problem{Message: "there is no route", Want: "at least one, such as {main: {}}"})
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
					Message: shown(tag) + " is among exclude_hashtags too, so nothing would be mirrored", Want: "in one of the two",
				})
			}
		}
	}
	return r
}

func plainTag(tag string) string { return strings.TrimLeft(tag, "#＃") }

// access gives x.access_token its default. A long name may leave no room for it.
func (d *decoder) access(path string, x *X) {
	x.AccessToken = accessName(x.RefreshToken)
	if looksSecret(x.AccessToken) || !d.fits(x.AccessToken, variableName) {
		d.report(path+".x.refresh_token", Problem{
			Message: "no valid name for x.access_token can be made of " + shown(x.RefreshToken), Want: "shorter, or x.access_token set too",
		})
	}
}

// accessName is the default of x.access_token. Two routes must not share an access token any more than a refresh token:
// it would post to the other's account.
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

// Variable is a variable that a route's credentials are in.
type Variable struct {
	Key  string // "x.refresh_token"
	Name string
}

// Variables lists all variables that a route names, in the order of the documentation.
func (r Route) Variables() []Variable {
	var out []Variable
	for _, k := range r.keys() {
		if v, ok := k.value.(variable); ok {
			out = append(out, Variable{k.path, *v.at})
		}
	}
	return out
}

// rotated names the keys whose variables a rotation writes to.
var rotated = map[string]bool{"x.refresh_token": true, "x.access_token": true}

// owners complains about variables that hold one route's X tokens and are used for anything else as well. The names of
// secrets do not tell capitals from small letters.
func (d *decoder) owners(c *Config) {
	type use struct {
		path    string
		rotated bool
	}
	first := map[string]use{}
	for _, r := range c.Routes {
		shared := false // its refresh token
		for _, v := range r.Variables() {
			here := use{"routes." + r.Name + "." + v.Key, rotated[v.Key]}
			name := strings.ToUpper(v.Name)
			before, taken := first[name]
			if !taken {
				first[name] = here
				continue
			}
			if v.Key == "x.access_token" && shared && d.set[here.path] == 0 {
				continue // it is named after the refresh token: one mistake, one problem
			}
			if here.rotated || before.rotated {
				shared = shared || v.Key == "x.refresh_token"
				p := Problem{
					Message: fmt.Sprintf("%s is %s already, and X's tokens are single-use or one account's own", v.Name, before.path),
					Want:    "a variable of its own",
				}
				if here.rotated {
					p.Nearest = v.Name + "_" + strings.ToUpper(strings.ReplaceAll(r.Name, "-", "_"))
				}
				d.report(here.path, p)
			}
		}
	}
}
