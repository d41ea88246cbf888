package config

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// File is the file that the configuration was read from, "" if there is none.
func (c *Config) File() string { return c.file }

// Setting is one effective value.
type Setting struct {
	Path   string // "routes.main.text.long"
	Value  string // as YAML, on one line
	Source string // "default", or where it stands: ".github/postferry.yml:12"
	Doc    string // what it is, in one or two sentences
}

// Effective lists every value in force, with where it comes from.
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
	if line := c.set[s.Path]; line > 0 {
		s.Source = fmt.Sprintf("%s:%d", c.file, line)
	}
	return s
}

// YAML is the effective configuration as a file that could be used as it is, each value with its source in a comment.
func (c *Config) YAML() string {
	var b strings.Builder
	var open []string // the mappings that the last line was in
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
		fmt.Fprintf(&b, "%s%s # %s\n", line, strings.Repeat(" ", pad), strings.Map(printable, s.Source))
	}
	return b.String()
}

// printable keeps a file's name from ending a comment.
func printable(r rune) rune {
	if r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 {
		return '?'
	}
	return r
}
