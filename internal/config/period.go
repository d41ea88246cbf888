package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// duration is a time from zero to most, such as 1h30m. The unit is the one that people are likely
// to mean: m or s.
type duration struct {
	at        *time.Duration
	def, most time.Duration
	unit      string
}

func (v duration) reset()         { *v.at = v.def }
func (v duration) String() string { return v.format(*v.at) }

// format returns a duration without the units that are zero: "1h30m", "0m".
func (v duration) format(d time.Duration) string {
	if d == 0 {
		return "0" + v.unit
	}
	var b strings.Builder
	for _, u := range []struct {
		name string
		size time.Duration
	}{{"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}} {
		if n := d / u.size; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, u.name)
		}
		d %= u.size
	}
	return b.String()
}

func (v duration) decode(d *decoder, path string, n *yaml.Node) {
	p := Problem{
		Message: d.valueIs(n),
		Want: d.words.Text("config.want.period", "Least", "0"+v.unit,
			"Most", v.format(v.most)),
	}
	switch {
	case n.Kind != yaml.ScalarNode:
	case n.Tag == "!!int":
		p.Message, p.Nearest = d.words.Text("config.no-unit"), v.near(n.Value+v.unit)
	case n.Tag != "!!str":
	case !d.fits(n.Value, period):
		p.Message = d.words.Text("config.not-period", "Value", d.shown(n.Value))
		p.Nearest = v.near(strings.ReplaceAll(strings.ToLower(n.Value), " ", ""))
	default:
		t, ok := v.parse(n.Value)
		if ok {
			*v.at = t
			return
		}
		p.Message = d.words.Text("config.out-of-range", "Value", d.shown(n.Value))
	}
	d.complain(path, n, p)
}

// parse reads a text of the shape period, which has no sign, and reports whether it is in range.
func (v duration) parse(s string) (time.Duration, bool) {
	t, err := time.ParseDuration(s)
	return t, err == nil && t <= v.most
}

// near returns the time that s likely means: "20 sec" means 20s. It returns "" if s means none.
func (v duration) near(s string) string {
	if len(s) > 20 {
		return ""
	}
	for _, long := range []string{"hours", "hour", "hrs", "hr", "minutes", "minute", "mins", "min",
		"seconds", "second", "secs", "sec"} {
		s = strings.Replace(s, long, long[:1], 1)
	}
	if days, ok := strings.CutSuffix(strings.TrimRight(s, "ays"), "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n < 100 {
			s = strconv.Itoa(24*n) + "h"
		}
	}
	if t, ok := v.parse(s); ok && t%time.Second == 0 {
		return v.format(t)
	}
	return ""
}
