package report

import (
	"strings"
	"time"

	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
)

// late says how late the posts of the last 30 days were.
type late struct {
	w     message.Words
	sum   state.Late
	delay time.Duration // the configuration's, which is not the schedule's
}

// lateDays is how many days the lateness is of.
const lateDays = 30

func (p StatusPage) late() late {
	from := p.Now.AddDate(0, 0, 1-lateDays)
	if p.Words.Zone != nil {
		from = from.In(p.Words.Zone)
	}
	return late{p.Words, p.Doc.History.Late(from.Format(time.DateOnly)), p.Delay}
}

// text is the part of the page, "" if nothing was posted.
func (l late) text() string {
	if l.sum.Media() == 0 {
		return ""
	}
	return "## " + l.w.Text("report.page.late") + "\n\n" +
		l.w.Sentences(l.half(), l.most(), l.schedule()) + "\n\n" + l.classes() + "\n\n"
}

// half says within what time half of the media were on X.
func (l late) half() string {
	if t := l.sum.Within(0.5); t > 0 {
		return l.w.Text("report.late.half", "Media", l.sum.Media(), "Time", l.w.Span(t))
	}
	return l.w.Text("report.late.half-open", "Media", l.sum.Media(), "Time", l.longest())
}

// most says within what time nearly all were.
func (l late) most() string {
	if t := l.sum.Within(0.95); t > 0 {
		return l.w.Text("report.late.most", "Time", l.w.Span(t))
	}
	return l.w.Text("report.late.most-open", "Time", l.longest())
}

// longest is the end of the last class that has one.
func (l late) longest() string {
	ends := state.LateClasses()
	return l.w.Span(ends[len(ends)-1])
}

// schedule says how much of the time was the wait for a run, without the delay that the
// configuration asks for.
func (l late) schedule() string {
	if l.sum.Minutes <= 0 {
		return ""
	}
	waited := l.sum.Schedule - l.sum.Unheld*int(l.delay.Minutes())
	percent := 100 * min(max(waited, 0), l.sum.Minutes) / l.sum.Minutes
	return l.w.Text("report.late.schedule", "Percent", percent)
}

// classes lists how many media were on X within each time. A class without any is left out.
func (l late) classes() string {
	ends := state.LateClasses()
	var parts []string
	for class, n := range l.sum.Classes {
		switch {
		case n == 0:
		case class < len(ends):
			parts = append(parts, l.w.Text("report.late.class",
				"Time", l.w.Span(ends[class]), "Media", n))
		default:
			parts = append(parts, l.w.Text("report.late.later", "Media", n))
		}
	}
	return strings.Join(parts, " · ")
}
