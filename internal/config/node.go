package config

import (
	"fmt"

	"gopkg.in/yaml.v3"
)

// pair is one entry of a mapping.
type pair struct {
	name  string
	key   *yaml.Node
	value *yaml.Node // no alias
}

// pairs returns the entries of the mapping n, each name once, with those that << merges last.
func (d *decoder) pairs(path string, n *yaml.Node) []pair {
	lines := map[string]int{} // name → its line
	return d.collect(path, n, lines, 0)
}

// collect returns the entries of n whose names are not in seen, and adds their names to it.
func (d *decoder) collect(path string, n *yaml.Node, seen map[string]int, depth int) (out []pair) {
	if isNull(n) {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		d.complain(path, n, Problem{
			Message: "the value is " + kind(n), Want: "a mapping (key: value)",
		})
		return nil
	}
	var merged []*yaml.Node
	own := map[string]int{}
	for i := 0; i+1 < len(n.Content) && d.visit(n.Content[i]); i += 2 {
		k, v := follow(n.Content[i]), follow(n.Content[i+1])
		line, twice := own[k.Value]
		switch _, taken := seen[k.Value]; {
		case k.Kind != yaml.ScalarNode:
			d.complain(path, n.Content[i], Problem{
				Message: "the key is " + kind(k), Want: "a word",
			})
		case k.Tag == "!!merge":
			merged = append(merged, v)
		case twice:
			d.complain(path, n.Content[i], Problem{
				Message: fmt.Sprintf("the key %s is there twice, first on line %d", shown(k.Value), line),
			})
		case !taken:
			own[k.Value] = n.Content[i].Line
			out = append(out, pair{k.Value, n.Content[i], v})
		}
	}
	for name, line := range own {
		seen[name] = line
	}
	for _, m := range merged {
		out = append(out, d.merge(path, m, seen, depth+1)...)
	}
	return out
}

// merge returns the entries behind a <<, which is a mapping or a list of mappings. An entry that
// is in seen already wins over a merged one.
func (d *decoder) merge(path string, n *yaml.Node, seen map[string]int, depth int) (out []pair) {
	if depth > maxMerges {
		d.complain(path, n, Problem{
			Message: "<< is nested too deeply, or refers to the mapping that contains it",
		})
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		return d.collect(path, n, seen, depth)
	}
	for _, item := range n.Content {
		if !d.visit(item) {
			break
		}
		out = append(out, d.collect(path, follow(item), seen, depth)...)
	}
	return out
}

// follow resolves an alias. The library makes no alias of an alias.
func follow(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

// isNull reports whether a node is an empty value.
func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// kind names the kind of a node in words: "a list".
func kind(n *yaml.Node) string {
	switch n.Kind {
	case yaml.SequenceNode:
		return "a list"
	case yaml.MappingNode:
		return "a mapping"
	}
	switch n.Tag {
	case "!!str":
		return "a text"
	case "!!int", "!!float":
		return "a number"
	case "!!bool":
		return "true or false"
	case "!!null":
		return "empty"
	case "!!timestamp":
		return "a date"
	}
	return "something with a YAML tag of its own"
}
