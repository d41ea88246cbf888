package config

import (
	"strings"
	"time"
	_ "time/tzdata" // a runner or a container may have no time zones of its own

	"gopkg.in/yaml.v3"
)

// zone is the name of a time zone.
type zone struct{ at *string }

func (v zone) reset()         { *v.at = "UTC" }
func (v zone) String() string { return *v.at }

func (v zone) decode(d *decoder, path string, n *yaml.Node) {
	s, ok := n.Value, n.Kind == yaml.ScalarNode && n.Tag == "!!str"
	if ok && d.fits(s, zoneName) {
		if _, err := time.LoadLocation(s); err == nil {
			*v.at = s
			return
		}
	}
	p := Problem{Message: d.valueIs(n)}
	if ok {
		p.Message = d.words.Text("config.not-zone", "Value", d.shown(s))
		p.Nearest = nearestZone(s)
	}
	p.Want = d.words.Text("config.want.zone")
	d.complain(path, n, p)
}

// abbreviations that people write for a zone, of those that are no IANA names.
var abbreviations = map[string]string{
	"jst": "Asia/Tokyo", "kst": "Asia/Seoul", "japan": "Asia/Tokyo", "pst": "America/Los_Angeles",
	"pdt": "America/Los_Angeles", "edt": "America/New_York", "cst": "America/Chicago",
	"bst": "Europe/London", "cest": "Europe/Berlin", "ist": "Asia/Kolkata", "z": "UTC",
}

// areas are the first words of the zones' names.
var areas = []string{
	"Europe", "Asia", "America", "Australia", "Africa", "Pacific", "Atlantic", "Indian", "Etc",
}

// nearestZone returns the zone that s likely means: asia/tokyo and Tokyo mean Asia/Tokyo. It
// returns "" if s means none.
func nearestZone(s string) string {
	if len(s) > 60 {
		return ""
	}
	s = strings.ToLower(strings.TrimSpace(s))
	if name, ok := abbreviations[s]; ok {
		return name
	}
	words := strings.FieldsFunc(s, func(r rune) bool { return r == '/' })
	for i, w := range words {
		words[i] = titled(w)
	}
	name := strings.Join(words, "/")
	candidates := []string{name, strings.ToUpper(name)}
	for _, area := range areas {
		candidates = append(candidates, area+"/"+name)
	}
	for _, c := range candidates {
		if _, err := time.LoadLocation(c); err == nil && name != "Local" {
			return c
		}
	}
	return ""
}

// titled writes a city as the zones do: new york → New_York.
func titled(s string) string {
	words := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '_' })
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, "_")
}

// location returns a zone that decode has accepted. An empty name means UTC.
func location(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return time.UTC
	}
	return loc
}
