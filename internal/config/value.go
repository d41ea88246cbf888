package config

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/postferry/postferry/internal/message"
)

// value is one kind of setting, bound to the field that keeps it, as a flag.Value is.
type value interface {
	reset()                                       // sets the default
	decode(d *decoder, path string, n *yaml.Node) // n is no alias and not null; d gets the problems
	String() string                               // returns YAML on one line
}

// text is a text of a shape.
type text struct {
	at    *string
	def   string
	shape shape
}

// choice returns a text that is one of words. The first word is the default.
func choice(at *string, words ...string) text { return text{at, words[0], oneOf(words...)} }

// synonyms adds what people write instead of the words.
func (t text) synonyms(meant map[string]string) text {
	t.shape = t.shape.with(meant)
	return t
}

func (t text) reset()         { *t.at = t.def }
func (t text) String() string { return bare(*t.at) }
func (t text) decode(d *decoder, path string, n *yaml.Node) {
	if s, ok := d.text(path, n, t.shape); ok {
		*t.at = s
	}
}

// variable is the name of a variable. No problem repeats its value, which may be the secret itself.
type variable struct {
	at  *string
	def string
}

func (v variable) reset()         { *v.at = v.def }
func (v variable) String() string { return bare(*v.at) }
func (v variable) decode(d *decoder, path string, n *yaml.Node) {
	p := Problem{Want: d.want(variableName), Nearest: v.def}
	switch {
	case n.Kind != yaml.ScalarNode:
		p.Message = d.valueIs(n)
	case looksSecret(n.Value):
		p.Message = d.words.Text("config.secret-value")
	case n.Tag != "!!str" || !d.fits(n.Value, variableName):
		p.Message = d.words.Text("config.hidden-value")
	default:
		*v.at = n.Value
		return
	}
	d.complain(path, n, p)
}

// list is a list of distinct texts of one shape. If most is 0, it may have any length.
type list struct {
	at          *[]string
	def         []string
	shape       shape
	least, most int
}

func (l list) reset() { *l.at = slices.Clone(l.def) }

func (l list) String() string {
	out := make([]string, len(*l.at))
	for i, s := range *l.at {
		out[i] = bare(s)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

func (l list) decode(d *decoder, path string, n *yaml.Node) {
	if n.Kind != yaml.SequenceNode {
		l.noList(d, path, n)
		return
	}
	items := []string{}
	for i, item := range n.Content {
		if !d.visit(item) {
			return
		}
		at := fmt.Sprintf("%s[%d]", path, i)
		s, ok := d.text(at, follow(item), l.shape)
		if ok && slices.Contains(items, s) {
			d.complain(at, item, Problem{
				Message: d.words.Text("config.in-list-twice", "Value", d.shown(s)),
			})
		}
		items = append(items, s)
	}
	l.count(d, path, n, len(items))
	*l.at = items
}

// noList complains about a value that is no list. One entry alone is likely meant as a list of one.
func (l list) noList(d *decoder, path string, n *yaml.Node) {
	p := Problem{Message: d.valueIs(n), Want: d.words.Text("config.want.list")}
	if n.Kind == yaml.ScalarNode && d.fits(n.Value, l.shape) && !looksSecret(n.Value) {
		p.Nearest = "[" + bare(n.Value) + "]"
	}
	d.complain(path, n, p)
}

// count complains about a list of too few or too many entries.
func (l list) count(d *decoder, path string, n *yaml.Node, entries int) {
	switch {
	case entries < l.least:
		d.complain(path, n, Problem{
			Message: d.words.Text("config.list-empty"),
			Want:    d.words.Text("config.want.list-of-one", "Want", d.want(l.shape)),
		})
	case l.most > 0 && entries > l.most:
		d.complain(path, n, Problem{
			Message: d.words.Text("config.list-too-long", "Length", entries),
			Want:    d.words.Text("config.want.list-at-most", "Most", l.most),
		})
	}
}

// number is a whole number from least to most. If most is 0, it has no upper bound.
type number struct {
	at               *int
	def, least, most int
}

func (v number) reset()         { *v.at = v.def }
func (v number) String() string { return strconv.Itoa(*v.at) }

func (v number) decode(d *decoder, path string, n *yaml.Node) {
	i, in := v.parse(n.Value)
	p := Problem{
		Message: d.words.Text("config.out-of-range", "Value", d.shown(n.Value)),
		Want:    v.want(d.words),
	}
	switch {
	case n.Kind != yaml.ScalarNode:
		p.Message = d.valueIs(n)
	case n.Tag != "!!int":
		p.Message = d.valueIs(n)
		if !in {
			break
		}
		p.Nearest = strconv.Itoa(i)
		if inQuotes(n) {
			p.Message = d.words.Text("config.quoted-number")
			p.Want = d.words.Text("config.want.unquoted", "Want", p.Want)
		}
	case !plainDigits(n.Value):
		p.Message = d.words.Text("config.odd-digits", "Value", d.shown(n.Value))
		p.Want = d.words.Text("config.want.plain-digits", "Want", p.Want)
	case in:
		*v.at = i
		return
	}
	d.complain(path, n, p)
}

// parse reads a number, and reports whether it is in range.
func (v number) parse(s string) (n int, in bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= v.least && (v.most == 0 || n <= v.most)
}

// inQuotes reports whether a scalar is in quotes.
func inQuotes(n *yaml.Node) bool {
	return n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0
}

func (v number) want(words message.Words) string {
	switch v.most {
	case 0:
		return words.Text("config.want.at-least", "Least", v.least)
	case v.least:
		return strconv.Itoa(v.least)
	}
	return words.Text("config.want.between", "Least", v.least, "Most", v.most)
}

// plainDigits reports whether s is a number in plain digits. YAML also reads 010, 0x10 and 1_000 as
// numbers, but not as those that people expect.
func plainDigits(s string) bool {
	s = strings.TrimPrefix(s, "-")
	return s == "0" || s != "" && s[0] != '0' && strings.Trim(s, "0123456789") == ""
}

// money is an amount of US dollars, at least zero.
type money struct {
	at  *float64
	def float64
}

func (v money) reset()         { *v.at = v.def }
func (v money) String() string { return strconv.FormatFloat(*v.at, 'f', -1, 64) }

func (v money) decode(d *decoder, path string, n *yaml.Node) {
	f, good := dollars(n.Value)
	p := Problem{
		Message: d.words.Text("config.not-amount", "Value", d.shown(n.Value)),
		Want:    d.words.Text("config.want.amount"),
	}
	switch {
	case n.Kind != yaml.ScalarNode || n.Tag != "!!int" && n.Tag != "!!float":
		p.Message, p.Nearest = d.valueIs(n), nearestAmount(n)
	case n.Tag == "!!int" && !plainDigits(n.Value) || strings.Contains(n.Value, "_"):
		p.Message = d.words.Text("config.odd-digits", "Value", d.shown(n.Value))
	case good:
		*v.at = math.Abs(f) // -0 is 0
		return
	}
	d.complain(path, n, p)
}

// dollars reads an amount, and reports whether it is one.
func dollars(s string) (float64, bool) {
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && f >= 0 && !math.IsInf(f, 0)
}

// nearestAmount returns the amount that a text with a currency likely means, or "".
func nearestAmount(n *yaml.Node) string {
	s := strings.Trim(n.Value, "$ USDusd")
	if n.Kind != yaml.ScalarNode || !plainDigits(s) || s[0] == '-' || looksSecret(s) {
		return ""
	}
	return s
}

// flag is true or false. It refuses yes, on and the like: YAML's versions and editors disagree on
// their meaning.
type flag struct {
	at  *bool
	def bool
}

func (v flag) reset()         { *v.at = v.def }
func (v flag) String() string { return strconv.FormatBool(*v.at) }

func (v flag) decode(d *decoder, path string, n *yaml.Node) {
	b, err := strconv.ParseBool(strings.ToLower(n.Value))
	if n.Tag == "!!bool" && err == nil {
		*v.at = b
		return
	}
	p := Problem{Message: d.valueIs(n), Want: d.words.Text("config.want.flag")}
	switch strings.ToLower(n.Value) {
	case "yes", "on", "y", "true", "1":
		p.Nearest = "true"
	case "no", "off", "n", "false", "0":
		p.Nearest = "false"
	}
	d.complain(path, n, p)
}

// start is the value of the key start.
type start struct{ at *Start }

func (v start) reset() { *v.at = "now" }

// String returns a date without quotes: YAML allows a colon within a word.
func (v start) String() string { return string(*v.at) }

func (v start) decode(d *decoder, path string, n *yaml.Node) {
	// YAML 1.2 reads a date without quotes as a text, YAML 1.1 as a time.
	isText := n.Kind == yaml.ScalarNode && (n.Tag == "!!str" || n.Tag == "!!timestamp")
	if isText && n.Value != "" && Start(n.Value).valid() {
		*v.at = Start(n.Value)
		return
	}
	p := Problem{Message: d.valueIs(n), Want: d.words.Text("config.want.start")}
	if isText {
		p.Message = d.words.Text("config.invalid", "Value", d.shown(n.Value))
		p.Nearest = Nearest(n.Value, []string{"now", "all"})
	}
	d.complain(path, n, p)
}
