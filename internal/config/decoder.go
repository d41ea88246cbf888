package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

const (
	// maxProblems is where it stops being of use to read on.
	maxProblems = 100
	// maxVisits bounds the work on a file whose aliases multiply.
	maxVisits = 1 << 18
	// maxMerges bounds how deep << may nest; a mapping that contains itself ends there.
	maxMerges = 8
)

// decoder reads a file's nodes into a Config and collects what is wrong with them.
type decoder struct {
	file     string
	problems Problems
	set      map[string]int // path → line
	columns  map[string]int // path → column
	visits   int
	patterns map[string]*regexp.Regexp // compiled when first asked for: most files need two
}

func newDecoder(file string) *decoder {
	return &decoder{file: file, set: map[string]int{}, columns: map[string]int{}, patterns: map[string]*regexp.Regexp{}}
}

// config decodes the whole file.
func (d *decoder) config(c *Config, root *yaml.Node) {
	root = follow(root)
	if isNull(root) {
		return
	}
	if v := newerVersion(root); v != nil {
		// Its other keys are likely to be new too: no use in complaining about each.
		d.complain("version", v, Problem{
			Message: fmt.Sprintf("version %s is made for a newer postferry; this one reads version %d", shown(v.Value), Version),
			Want:    fmt.Sprintf("%d, or postferry the version that the file is for: update it", Version),
		})
		return
	}
	d.mapping("", "", c.keys(), root)
	if len(d.problems) == 0 {
		d.owners(c)
	}
}

// newerVersion is the node of a version greater than ours, nil if there is none.
func newerVersion(root *yaml.Node) *yaml.Node {
	for i := 0; root.Kind == yaml.MappingNode && i+1 < len(root.Content); i += 2 {
		v := follow(root.Content[i+1])
		if n, err := strconv.Atoi(v.Value); root.Content[i].Value == "version" && v.Tag == "!!int" && err == nil && n > Version {
			return v
		}
	}
	return nil
}

// mapping decodes the pairs of n into those keys whose paths begin with prefix; at is the path of n in the file.
func (d *decoder) mapping(at, prefix string, keys []key, n *yaml.Node) {
	for _, p := range d.pairs(at, n) {
		if len(d.problems) > maxProblems {
			return
		}
		path := strings.TrimPrefix(at+"."+p.name, ".")
		name := prefix + p.name
		i := slices.IndexFunc(keys, func(k key) bool { return k.path == name })
		switch {
		case i >= 0 && isNull(p.value):
			// Nothing is said: the default stays.
		case i >= 0:
			d.set[path], d.columns[path] = p.value.Line, p.value.Column
			keys[i].value.decode(d, path, p.value)
		case slices.ContainsFunc(keys, func(k key) bool { return strings.HasPrefix(k.path, name+".") }):
			d.mapping(path, name+".", keys, p.value)
		default:
			d.unknown(at, prefix, keys, p)
		}
	}
}

// unknown complains about a key that is none, and names the one that was likely meant.
func (d *decoder) unknown(at, prefix string, keys []key, p pair) {
	var names []string
	for _, k := range keys {
		if rest, ok := strings.CutPrefix(k.path, prefix); ok {
			name, _, _ := strings.Cut(rest, ".")
			names = append(names, name)
		}
	}
	names = slices.Compact(names)
	near := nearest(p.name, names)
	if near == "" {
		near = elsewhere(p.name, allPaths(at))
	}
	d.complain(at, p.key, Problem{Message: "there is no key " + shown(p.name), Want: "one of " + join(names, "and"), Nearest: near})
}

// allPaths lists the paths of all keys, those of a route under the route that at is in.
func allPaths(at string) []string {
	c := Default()
	if parts := strings.Split(at, "."); parts[0] == "routes" && len(parts) > 1 {
		c.Routes[0].Name = parts[1]
	}
	var paths []string
	for _, s := range c.Effective() {
		paths = append(paths, s.Path)
	}
	return paths
}

// text gives the text of n if it has the shape, and complains if not.
func (d *decoder) text(path string, n *yaml.Node, sh shape) (string, bool) {
	p := Problem{Message: "this is " + kind(n), Want: sh.want}
	switch {
	case n.Kind != yaml.ScalarNode:
	case isNull(n):
		if sh.pattern == hashtag.pattern {
			p.Want += " (a # begins a comment: put a hashtag in quotes)"
		}
	case n.Tag != "!!str":
		p.Want += ", as a text"
		if p.Nearest = d.mended(n.Value, sh); d.fits(n.Value, sh) && !looksSecret(n.Value) {
			p.Nearest = strconv.Quote(n.Value)
		}
	case d.fits(n.Value, sh):
		return n.Value, true
	default:
		p = d.misfit(n.Value, sh)
	}
	d.complain(path, n, p)
	return "", false
}

// matches says whether s matches an expression.
func (d *decoder) matches(pattern, s string) bool {
	re := d.patterns[pattern]
	if re == nil {
		re = regexp.MustCompile(pattern)
		d.patterns[pattern] = re
	}
	return re.MatchString(s)
}

// visit counts a node, and is false when there were too many or enough is wrong already.
func (d *decoder) visit(n *yaml.Node) bool {
	if d.visits++; d.visits == maxVisits {
		d.complain("", n, Problem{Message: "there are too many values, once aliases are followed", Want: fmt.Sprintf("less than %d", maxVisits)})
	}
	return d.visits < maxVisits && len(d.problems) <= maxProblems
}

// report complains about what the key at path is set to, or about the nearest mapping around it if it is not set.
func (d *decoder) report(path string, p Problem) {
	at := yaml.Node{Line: d.set[path], Column: d.columns[path]}
	for outer := path; at.Line == 0 && outer != ""; {
		outer = outer[:max(strings.LastIndexByte(outer, '.'), 0)]
		at.Line, at.Column = d.set[outer], max(d.columns[outer], 1)
	}
	d.complain(path, &at, p)
}

// complain notes a problem at n.
func (d *decoder) complain(path string, n *yaml.Node, p Problem) {
	if len(d.problems) == maxProblems {
		p = Problem{Message: "there may be more: these are the first " + strconv.Itoa(maxProblems)}
		path = ""
	}
	if len(d.problems) > maxProblems {
		return
	}
	p.File, p.Line, p.Column, p.Path = d.file, n.Line, n.Column, path
	d.problems = append(d.problems, p)
}
