package config

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// File returns the name of the file that the configuration was read from, or "".
func (c *Config) File() string { return c.file }

// Setting is one value in force.
type Setting struct {
	Path   string // "routes.main.text.long"
	Value  string // as YAML, on one line
	Source string // "default", or the file and line: ".github/postferry.yml:12"
	Doc    string // one or two sentences that describe the key
}

// Effective lists every value in force with its source.
func (c *Config) Effective() []Setting {
	var out []Setting
	for _, k := range c.keys() {
		if _, ok := k.value.(routes); !ok {
			out = append(out, c.setting("", k))
			continue
		}
		for i := range c.Routes {
			r := &c.Routes[i]
			for _, k := range r.keys() {
				out = append(out, c.setting("routes."+r.Name+".", k))
			}
		}
	}
	return out
}

func (c *Config) setting(prefix string, k key) Setting {
	s := Setting{prefix + k.path, k.value.String(), "default", k.doc}
	if at := c.set[s.Path]; at.line > 0 {
		s.Source = fmt.Sprintf("%s:%d", c.file, at.line)
	}
	return s
}

// YAML returns the effective configuration as a file that Parse accepts. A comment names the source
// of each value.
func (c *Config) YAML() string {
	var b strings.Builder
	var open []string // the mappings around the last line
	for _, s := range c.Effective() {
		parts := strings.Split(s.Path, ".")
		groups := parts[:len(parts)-1]
		for depth, group := range groups {
			if depth < len(open) && open[depth] == group {
				continue
			}
			fmt.Fprintf(&b, "%s%s:\n", strings.Repeat("  ", depth), group)
			open = open[:depth]
			open = append(open, group)
		}
		open = open[:len(groups)]
		line := strings.Repeat("  ", len(groups)) + parts[len(groups)] + ": " + s.Value
		pad := max(46-utf8.RuneCountInString(line), 1)
		source := strings.Map(printable, s.Source)
		fmt.Fprintf(&b, "%s%s # %s\n", line, strings.Repeat(" ", pad), source)
	}
	return b.String()
}

// printable replaces the characters of a file's name that would end a comment.
func printable(r rune) rune {
	if r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 {
		return '?'
	}
	return r
}
