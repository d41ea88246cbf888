package message

import (
	"strings"
	"time"
)

// timeForm is how a moment stands in English sentences, also in those that the state keeps.
const timeForm = "2006-01-02 15:04 UTC"

// Time writes a moment in the person's zone, with the zone's name: "2026-11-23 04:20 JST".
func (w Words) Time(t time.Time) string {
	t = inZone(t, w.Zone)
	form := "2006-01-02 15:04 "
	if w.Language == Japanese {
		form = "2006/01/02 15:04 "
	}
	return t.Format(form) + zoneName(t)
}

// Date writes the day of a moment in the person's zone: "2026-11-23".
func (w Words) Date(t time.Time) string {
	if w.Language == Japanese {
		return inZone(t, w.Zone).Format("2006/01/02")
	}
	return inZone(t, w.Zone).Format(time.DateOnly)
}

// Column writes a moment for the column of a table whose heading names the zone. It stays on one
// line on a phone, because it has hard blanks and no hyphen: "23 Nov 2026 04:20".
func (w Words) Column(t time.Time) string {
	if w.Language == Japanese {
		return inZone(t, w.Zone).Format("2006/01/02\u00a015:04")
	}
	return inZone(t, w.Zone).Format("2\u00a0Jan\u00a02006\u00a015:04")
}

// Month writes a calendar month: "Nov 2026".
func (w Words) Month(day time.Time) string {
	if w.Language == Japanese {
		return day.Format("2006年1月")
	}
	return day.Format("Jan 2006")
}

// DayOfMonth writes a calendar day without its year: "23 Nov".
func (w Words) DayOfMonth(day time.Time) string {
	if w.Language == Japanese {
		return day.Format("1月2日")
	}
	return day.Format("2 Jan")
}

// ZoneName is the short name of the person's zone at a moment: "JST", or "UTC+03" where the zone
// has no name.
func (w Words) ZoneName(t time.Time) string { return zoneName(inZone(t, w.Zone)) }

// inZone returns a moment in a zone; nil is UTC.
func inZone(t time.Time, zone *time.Location) time.Time {
	if zone == nil {
		return t.UTC()
	}
	return t.In(zone)
}

func zoneName(t time.Time) string {
	name := t.Format("MST")
	if strings.HasPrefix(name, "+") || strings.HasPrefix(name, "-") {
		return "UTC" + name
	}
	return name
}

// Span writes how long something lasts, in the largest unit that loses little: "40 seconds",
// "90 minutes", "2 days".
func (w Words) Span(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return w.Text("message.seconds", "Count", int(d.Round(time.Second)/time.Second))
	case d < 2*time.Hour:
		return w.Text("message.minutes", "Count", int(d.Round(time.Minute)/time.Minute))
	case d < 48*time.Hour:
		return w.Text("message.hours", "Count", int(d.Round(time.Hour)/time.Hour))
	}
	return w.Text("message.days", "Count", int(d.Round(24*time.Hour)/(24*time.Hour)))
}
