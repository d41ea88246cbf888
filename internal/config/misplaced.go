package config

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// rightPlace says where the unknown key p belongs, if another mapping has a key of that name. The
// usual reason is an indentation that lacks a level. It returns "" if no mapping has such a key.
func (d *decoder) rightPlace(at string, p pair) string {
	if at == "" && looksLikeRoute(p.value) {
		return d.words.Text("config.want.indented-under", "Parent", "routes")
	}
	path := elsewhere(p.name, allPaths(at, d.lastRoute()))
	parent := path[:max(strings.LastIndexByte(path, '.'), 0)]
	switch {
	case path == "":
		return ""
	case at == "" || strings.HasPrefix(parent, at+"."):
		return d.words.Text("config.want.indented-under", "Parent", parent)
	}
	return d.words.Text("config.want.under", "Parent", parent)
}

// elsewhere returns the path of the key or mapping called name, or "" if paths has none.
func elsewhere(name string, paths []string) string {
	for _, path := range paths {
		if before, _, found := strings.Cut("."+path+".", "."+name+"."); found {
			return strings.TrimPrefix(before+"."+name, ".")
		}
	}
	return ""
}

// allPaths lists the paths of all keys, those of a route under the route that the path at lies in,
// or else under the route called name.
func allPaths(at, name string) (paths []string) {
	c := Default()
	c.Routes[0].Name = name
	if parts := strings.Split(at, "."); parts[0] == "routes" && len(parts) > 1 {
		c.Routes[0].Name = parts[1]
	}
	for _, s := range c.Effective() {
		paths = append(paths, s.Path)
	}
	return paths
}

// lastRoute returns the name of the file's last route, or main. A name that is not valid may be a
// secret, so it does not count.
func (d *decoder) lastRoute() string {
	name := "main"
	for i := 0; i+1 < len(d.root.Content); i += 2 {
		routes := follow(d.root.Content[i+1])
		if d.root.Content[i].Value != "routes" || routes.Kind != yaml.MappingNode {
			continue
		}
		for j := 0; j < len(routes.Content); j += 2 {
			if k := routes.Content[j]; d.fits(k.Value, routeName) {
				name = k.Value
			}
		}
	}
	return name
}

// looksLikeRoute reports whether n is a mapping of a route's keys only.
func looksLikeRoute(n *yaml.Node) bool {
	var r Route
	return onlyKeys(n, keyNames("", r.keys()))
}

// misplacedInRoutes reports whether the entry p of routes is no route but a route's own key, which
// lacks a level of indentation.
func misplacedInRoutes(p pair) bool {
	var r Route
	keys := r.keys()
	if !slices.Contains(keyNames("", keys), p.name) || isNull(p.value) {
		return false
	}
	if p.value.Kind != yaml.MappingNode {
		return true
	}
	return onlyKeys(p.value, keyNames(p.name+".", keys))
}

// onlyKeys reports whether n is a mapping that is not empty and has no other keys than names.
func onlyKeys(n *yaml.Node, names []string) bool {
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		return false
	}
	for i := 0; i < len(n.Content); i += 2 {
		if !slices.Contains(names, n.Content[i].Value) {
			return false
		}
	}
	return true
}
