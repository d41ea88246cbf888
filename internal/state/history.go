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

// History holds the days on which something happened, oldest first, at most keepDays of them.
type History []Day

// Day is what happened on one UTC day, "2026-11-23".
type Day struct {
	Date      string   `yaml:"date"`
	Media     int      `yaml:"media,omitempty"`          // mirrored
	Incidents []string `yaml:"incidents,omitempty,flow"` // components that failed
}

// Mirrored counts one more media on the day of now (UTC).
func (h *History) Mirrored(now time.Time) { h.today(now).Media++ }

// Failed notes that a component failed on the day of now (UTC).
func (h *History) Failed(component string, now time.Time) {
	if day := h.today(now); !slices.Contains(day.Incidents, component) {
		day.Incidents = append(day.Incidents, component)
	}
}

// today returns the entry for the day of now. Entries are found by date, so that a clock that was
// set back continues the entry of its day.
func (h *History) today(now time.Time) *Day {
	date := now.UTC().Format(time.DateOnly)
	for i := range *h {
		if (*h)[i].Date == date {
			return &(*h)[i]
		}
	}
	days := append(*h, Day{Date: date})
	*h = days[max(0, len(days)-keepDays):]
	return &(*h)[len(*h)-1]
}

// MirroredOn returns how many media were mirrored on the day of now.
func (h History) MirroredOn(now time.Time) int {
	date := now.UTC().Format(time.DateOnly)
	for _, day := range h {
		if day.Date == date {
			return day.Media
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
		count := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(d.Media)}
		n.Content = append(n.Content, scalar("media"), count)
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
