package config

import (
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
			Message: d.valueIs(n), Want: d.words.Text("config.want.mapping"),
		})
		return nil
	}
	out, merged := d.entries(path, n, seen)
	for _, m := range merged {
		out = append(out, d.merge(path, m, seen, depth+1)...)
	}
	return out
}

// entries returns the entries that stand in n itself, and the values of its <<. It adds the names to
// seen, of which none is returned.
func (d *decoder) entries(
	path string, n *yaml.Node, seen map[string]int,
) (out []pair, merged []*yaml.Node) {
	own := map[string]int{}
	for i := 0; i+1 < len(n.Content) && d.visit(n.Content[i]); i += 2 {
		k, v := follow(n.Content[i]), follow(n.Content[i+1])
		line, twice := own[k.Value]
		switch _, taken := seen[k.Value]; {
		case k.Kind != yaml.ScalarNode:
			d.complain(path, n.Content[i], Problem{
				Message: d.words.Text("config.key-is", "Kind", d.kind(k)),
				Want:    d.words.Text("config.want.word"),
			})
		case k.Tag == "!!merge":
			merged = append(merged, v)
		case twice:
			d.complain(path, n.Content[i], Problem{
				Message: d.words.Text("config.key-twice", "Key", d.shown(k.Value), "Line", line),
			})
		case !taken:
			own[k.Value] = n.Content[i].Line
			out = append(out, pair{k.Value, n.Content[i], v})
		}
	}
	for name, line := range own {
		seen[name] = line
	}
	return out, merged
}

// merge returns the entries behind a <<, which is a mapping or a list of mappings. An entry that
// is in seen already wins over a merged one.
func (d *decoder) merge(path string, n *yaml.Node, seen map[string]int, depth int) (out []pair) {
	if depth > maxMerges {
		d.complain(path, n, Problem{
			Message: d.words.Text("config.merge-too-deep"),
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

// valueIs says of which kind a value is that has the wrong one.
func (d *speech) valueIs(n *yaml.Node) string {
	return d.words.Text("config.value-is", "Kind", d.kind(n))
}

// kinds are the messages that name the kind of a scalar, by its tag.
var kinds = map[string]string{
	"!!str": "config.kind.text", "!!int": "config.kind.number", "!!float": "config.kind.number",
	"!!bool": "config.kind.flag", "!!null": "config.kind.empty", "!!timestamp": "config.kind.date",
}

// kind names the kind of a node in words: "a list".
func (d *speech) kind(n *yaml.Node) string {
	switch n.Kind {
	case yaml.SequenceNode:
		return d.words.Text("config.kind.list")
	case yaml.MappingNode:
		return d.words.Text("config.kind.mapping")
	}
	if key := kinds[n.Tag]; key != "" {
		return d.words.Text(key)
	}
	return d.words.Text("config.kind.tagged")
}
