package config

import (
	"slices"
	"strings"
)

// Variable is a variable that holds one of a route's credentials.
type Variable struct {
	Key  string // "x.refresh_token"
	Name string
}

// unused holds, for each way to log in to X, the keys of the other way.
var unused = map[string][]string{
	OAuth2: {"x.api_key", "x.api_secret", "x.access_token_secret"},
	Keys:   {"x.refresh_token", "x.client_id", "x.client_secret"},
}

// Variables lists the variables that the route reads, in the order of the documentation. X.Auth
// decides which of X's variables they are.
func (r Route) Variables() []Variable {
	var out []Variable
	for _, k := range r.keys() {
		if v, ok := k.value.(variable); ok && !slices.Contains(unused[r.X.Auth], k.path) {
			out = append(out, Variable{k.path, *v.at})
		}
	}
	return out
}

// derived names the variables that follow from another one, if the file does not set them. Two
// routes must not share them: one would post to the other's account.
var derived = map[string]struct{ auth, from string }{
	"x.access_token":        {OAuth2, "x.refresh_token"},
	"x.access_token_secret": {Keys, "x.access_token"},
}

// derive sets the names that follow from another one. It complains if that one is too long.
func (d *decoder) derive(path string, x *X) {
	key, from, name, at := "x.access_token", x.RefreshToken, accessName(x.RefreshToken), &x.AccessToken
	if x.Auth == Keys {
		key, from, at = "x.access_token_secret", x.AccessToken, &x.AccessTokenSecret
		name = x.AccessToken + "_SECRET"
	}
	if d.set[path+"."+key].line > 0 {
		return
	}
	*at = name
	if looksSecret(name) || !d.fits(name, variableName) {
		d.report(path+"."+derived[key].from, Problem{
			Message: d.words.Text("config.not-derived", "Key", key, "Name", d.shown(from)),
			Want:    d.words.Text("config.want.shorter", "Key", key),
		})
	}
}

// accessName returns the default of x.access_token for a refresh token's name.
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

// owned holds the keys whose variables belong to one X account. A rotation rewrites the first two.
var owned = []string{"x.refresh_token", "x.access_token", "x.access_token_secret"}

// owners complains about a variable that holds a route's X token and is used by another key too.
// Broken routes count as well, because a good route must not use their tokens either. GitHub
// ignores the case of a secret's name.
func (d *decoder) owners(c *Config) {
	first := map[string]string{} // name → path of the key that uses it first
	for _, r := range c.Routes {
		route := "routes." + r.Name + "."
		for _, v := range r.Variables() {
			here := route + v.Key
			from := derived[v.Key]
			follows := from.auth == r.X.Auth && d.set[here].line == 0
			if d.unclear(here) || follows && d.unclear(route+from.from) {
				continue // one mistake, one problem
			}
			name := strings.ToUpper(v.Name)
			if before, taken := first[name]; taken {
				d.shared(r.Name, v, before)
			} else {
				first[name] = here
			}
		}
	}
}

// shared complains about a variable that the key at the path before uses too, if one of the two
// holds an X token.
func (d *decoder) shared(route string, v Variable, before string) {
	mine := slices.Contains(owned, v.Key)
	if !mine && !slices.ContainsFunc(owned, func(k string) bool {
		return strings.HasSuffix(before, "."+k)
	}) {
		return
	}
	p := Problem{
		Message: d.words.Text("config.token-shared", "Name", v.Name, "Before", before),
		Want:    d.words.Text("config.want.own-variable"),
	}
	if mine {
		p.Nearest = v.Name + "_" + strings.ToUpper(strings.ReplaceAll(route, "-", "_"))
	}
	d.report("routes."+route+"."+v.Key, p)
}

// unclear reports whether a problem hides which variable the key at path names.
func (d *decoder) unclear(path string) bool {
	return slices.ContainsFunc(d.problems, func(p Problem) bool {
		return p.Path == path ||
			d.set[path].line == 0 && strings.HasPrefix(path, p.Path+".")
	})
}
