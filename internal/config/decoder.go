package config

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/postferry/postferry/internal/message"
)

const (
	// maxProblems is the number of problems after which decoding stops.
	maxProblems = 100
	// maxVisits bounds the work on a file whose aliases multiply.
	maxVisits = 1 << 18
	// maxMerges bounds how deeply << may nest, which also ends a mapping that contains itself.
	maxMerges = 8
)

// decoder reads the nodes of a file into a Config and collects problems.
type decoder struct {
	file     string
	problems Problems
	set      map[string]place // path → where its value stands
	lines    []string         // of the file
	root     *yaml.Node
	visits   int // nodes that were read
	speech
	matcher
}

// speech names things in the words of a problem.
type speech struct{ words message.Words }

// matcher compares texts with shapes.
type matcher struct {
	patterns map[string]*regexp.Regexp // compiled on first use, because most files need two
}

// place is a position in a file, counted from 1.
type place struct{ line, column int }

func newDecoder(file string, data []byte, words message.Words) *decoder {
	return &decoder{
		file: file, set: map[string]place{}, lines: strings.Split(string(data), "\n"),
		speech: speech{words}, matcher: matcher{map[string]*regexp.Regexp{}},
	}
}

// config decodes the whole file.
func (d *decoder) config(c *Config, root *yaml.Node) {
	root = follow(root)
	if isNull(root) {
		return
	}
	if v := newerVersion(root); v != nil {
		// The other keys are likely to be new too, so they are not checked.
		d.complain("version", v, Problem{
			Message: d.words.Text("config.newer-version", "Version", d.shown(v.Value),
				"Ours", Version),
			Want: d.words.Text("config.want.version", "Ours", Version),
		})
		return
	}
	d.root = root
	d.mapping("", "", c.keys(), root)
	d.owners(c)
}

// newerVersion returns the node of a version greater than ours, or nil.
func newerVersion(root *yaml.Node) *yaml.Node {
	for i := 0; root.Kind == yaml.MappingNode && i+1 < len(root.Content); i += 2 {
		v := follow(root.Content[i+1])
		if root.Content[i].Value != "version" || v.Tag != "!!int" {
			continue
		}
		if n, err := strconv.Atoi(v.Value); err == nil && n > Version {
			return v
		}
	}
	return nil
}

// mapping decodes the entries of n into those keys whose paths begin with prefix. The path of n in
// the file is at.
func (d *decoder) mapping(at, prefix string, keys []key, n *yaml.Node) {
	for _, p := range d.pairs(at, n) {
		if len(d.problems) > maxProblems {
			return
		}
		path := strings.TrimPrefix(at+"."+p.name, ".")
		name := prefix + p.name
		i := slices.IndexFunc(keys, func(k key) bool { return k.path == name })
		group := func(k key) bool { return strings.HasPrefix(k.path, name+".") }
		switch {
		case i >= 0 && isNull(p.value):
			// A key without a value keeps its default.
		case i >= 0:
			d.set[path] = place{p.value.Line, p.value.Column}
			keys[i].value.decode(d, path, p.value)
		case slices.ContainsFunc(keys, group):
			d.mapping(path, name+".", keys, p.value)
		default:
			d.unknown(at, prefix, keys, p)
		}
	}
}

// unknown complains about an unknown key. It says where the key belongs, or names the one that was
// likely meant.
func (d *decoder) unknown(at, prefix string, keys []key, p pair) {
	if want := d.rightPlace(at, p); want != "" {
		d.complain(at, p.key, Problem{
			Message: d.words.Text("config.misplaced", "Key", d.shown(p.name)), Want: want,
		})
		return
	}
	names := keyNames(prefix, keys)
	d.complain(at, p.key, Problem{
		Message: d.words.Text("config.unknown-key", "Key", d.shown(p.name)),
		Want:    d.words.Text("config.want.one-of", "Names", d.words.And(names...)),
		Nearest: Nearest(p.name, names),
	})
}

// keyNames lists the names that may stand in the mapping whose keys' paths begin with prefix.
func keyNames(prefix string, keys []key) (names []string) {
	for _, k := range keys {
		if rest, ok := strings.CutPrefix(k.path, prefix); ok {
			name, _, _ := strings.Cut(rest, ".")
			names = append(names, name)
		}
	}
	return slices.Compact(names)
}

// text returns the text of n if it fits sh. Otherwise it complains and returns false.
func (d *decoder) text(path string, n *yaml.Node, sh shape) (string, bool) {
	p := Problem{Message: d.valueIs(n), Want: d.want(sh)}
	switch {
	case n.Kind != yaml.ScalarNode:
	case isNull(n):
		if sh.pattern == hashtag.pattern {
			p.Want = d.words.Text("config.want.quoted-hashtag", "Want", p.Want)
		}
	case n.Tag != "!!str":
		if sh.words == nil {
			p.Want = d.words.Text("config.want.as-text", "Want", p.Want)
		}
		p.Nearest = d.mended(n.Value, sh)
		if d.fits(n.Value, sh) && !looksSecret(n.Value) {
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

// matches reports whether s matches the expression pattern.
func (d *matcher) matches(pattern, s string) bool {
	re := d.patterns[pattern]
	if re == nil {
		re = regexp.MustCompile(pattern)
		d.patterns[pattern] = re
	}
	return re.MatchString(s)
}

// visit counts a node. It reports whether decoding may go on.
func (d *decoder) visit(n *yaml.Node) bool {
	if d.visits++; d.visits == maxVisits {
		d.complain("", n, Problem{
			Message: d.words.Text("config.too-many-values"),
			Want:    d.words.Text("config.want.fewer-values", "Most", maxVisits),
		})
	}
	return d.visits < maxVisits && len(d.problems) <= maxProblems
}

// report complains about the value of the key at path, or about the nearest mapping around the
// key if the file does not set it.
func (d *decoder) report(path string, p Problem) {
	at := d.set[path]
	for outer := path; at.line == 0 && outer != ""; {
		outer = outer[:max(strings.LastIndexByte(outer, '.'), 0)]
		at = d.set[outer]
	}
	d.complain(path, &yaml.Node{Line: at.line, Column: max(at.column, 1)}, p)
}

// complain records a problem at n.
func (d *decoder) complain(path string, n *yaml.Node, p Problem) {
	if len(d.problems) == maxProblems {
		p = Problem{Message: d.words.Text("config.more-problems", "Shown", maxProblems)}
		path = ""
	}
	if len(d.problems) > maxProblems {
		return
	}
	p.File, p.Line, p.Column, p.Path = d.file, n.Line, n.Column, path
	p.Language = d.words.Language
	d.problems = append(d.problems, p)
}
