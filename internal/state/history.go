package state

import (
	"math"
	"slices"
	"strconv"
	"time"

	"gopkg.in/yaml.v3"
)

// keepDays is how many days the status page shows.
const keepDays = 90

// History holds the days on which something happened, oldest first, at most keepDays of them. A day
// begins and ends in the person's zone.
type History []Day

// Day is what happened on one day, "2026-11-23".
type Day struct {
	Date      string   `yaml:"date"`
	Media     int      `yaml:"media,omitempty"`          // mirrored
	Late      *Late    `yaml:"late,omitempty,flow"`      // of these media; only of the last days
	Incidents []string `yaml:"incidents,omitempty,flow"` // components that failed
}

// Today counts what was mirrored on the newest day in UTC, for a limit that is UTC's.
type Today struct {
	Date  string `yaml:"date,omitempty"`
	Media int    `yaml:"media,omitempty"`
}

// mirrored counts a media that is posted now on the person's day, and how late it is.
func (h *History) mirrored(r *Record, now time.Time, zone *time.Location) {
	day := h.on(dateIn(zone, now))
	day.Media++
	if day.Late == nil {
		day.Late = &Late{}
	}
	day.Late.add(r, now)
	r.Files = len(r.OnX)
	h.forgetLate()
}

// Failed notes that a component failed on the person's day of now. The zone nil is UTC.
func (h *History) Failed(component string, now time.Time, zone *time.Location) {
	if day := h.on(dateIn(zone, now)); !slices.Contains(day.Incidents, component) {
		day.Incidents = append(day.Incidents, component)
	}
}

// dateIn is the day of a moment in a person's zone, which may be nil for UTC.
func dateIn(zone *time.Location, t time.Time) string {
	if zone == nil {
		return t.UTC().Format(time.DateOnly)
	}
	return t.In(zone).Format(time.DateOnly)
}

// on returns the entry for a date. Entries are found by date, so that a clock that was set back
// continues the entry of its day.
func (h *History) on(date string) *Day {
	for i := range *h {
		if (*h)[i].Date == date {
			return &(*h)[i]
		}
	}
	days := append(*h, Day{Date: date})
	*h = days[max(0, len(days)-keepDays):]
	return &(*h)[len(*h)-1]
}

// after returns the count of a UTC day, or of a later one that the clock was set back from, with
// one more than were mirrored on it before.
func (t Today) after(before int, now time.Time) Today {
	date := now.UTC().Format(time.DateOnly)
	if before > 0 && t.Date > date {
		date = t.Date
	}
	return Today{date, before + 1}
}

// MirroredOn returns how many media were mirrored on the UTC day of now. A clock that was set back
// to yesterday goes on with today's count, because the limit must hold then too. A document that
// counts no such day yet has a history of UTC days.
func (d *Document) MirroredOn(now time.Time) int {
	date := now.UTC().Format(time.DateOnly)
	switch d.Today.Date {
	case date, now.UTC().AddDate(0, 0, 1).Format(time.DateOnly):
		return d.Today.Media
	case "":
		for _, day := range d.History {
			if day.Date == date {
				return day.Media
			}
		}
	}
	return 0
}

// MarshalYAML puts a day on one line. It builds the node by hand, because yaml would start an
// encoder for each of the ninety days, which took half of the time of encoding a document.
func (d Day) MarshalYAML() (any, error) {
	n := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	n.Content = append(n.Content, scalar("date"), scalar(d.Date))
	if d.Media != 0 {
		n.Content = append(n.Content, scalar("media"), integer(d.Media))
	}
	if d.Late != nil {
		n.Content = append(n.Content, scalar("late"), d.Late.node())
	}
	if len(d.Incidents) > 0 {
		components := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		for _, component := range d.Incidents {
			components.Content = append(components.Content, scalar(component))
		}
		n.Content = append(n.Content, scalar("incidents"), components)
	}
	return n, nil
}

func integer(n int) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(n)}
}

func scalar(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
}

// Spend is what X has billed this month by our own count, in US dollars. Month is UTC, "2026-11".
type Spend struct {
	Month string  `yaml:"month,omitempty"`
	USD   float64 `yaml:"usd,omitempty"`
}

// Add adds the price of a post that was made at the given time. Only the newest month (UTC) is
// kept: the answer to a post of an earlier month does not restart the sum.
func (s *Spend) Add(usd float64, at time.Time) {
	month := at.UTC().Format("2006-01")
	if month < s.Month {
		return
	}
	if month > s.Month {
		*s = Spend{Month: month}
	}
	s.USD = RoundUSD(s.USD + usd)
}

// RoundUSD rounds to a tenth of a cent: a sum of prices like 0.015 shows binary tails otherwise.
func RoundUSD(usd float64) float64 { return math.Round(usd*1000) / 1000 }

// In returns what was spent in the month of now.
func (s Spend) In(now time.Time) float64 {
	if s.Month != now.UTC().Format("2006-01") {
		return 0
	}
	return s.USD
}
