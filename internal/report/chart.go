package report

import (
	"fmt"
	"html"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/state"
)

// chart is the picture of the last 90 days: a bar for what was mirrored, a mark under a day on
// which something failed. It follows the reader's light or dark theme, and says in words what it
// shows.
type chart struct {
	history []state.Day
	now     time.Time
}

const (
	chartDays   = 90
	dayWidth    = 9
	chartLeft   = 30 // room for the highest bar's number
	chartRight  = 8
	barTop      = 54 // where the highest bar ends
	barFoot     = 118
	chartHeight = 152
	maxMedia    = 1000 // a day; Instagram takes 100
)

const chartStyle = `<style>
text { font: 12px -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; fill: #59636e }
tspan { font-size: 15px }
.head { font-size: 15px; font-weight: 600; fill: #1f2328 }
.line { stroke: #d1d9e0; stroke-dasharray: 2 3 }
.none { fill: #d1d9e0 } .post { fill: #1f883d } .fail { fill: #cf222e }
@media (prefers-color-scheme: dark) {
text { fill: #9198a1 } .head { fill: #f0f6fc } .line { stroke: #3d444d }
.none { fill: #3d444d } .post { fill: #3fb950 } .fail { fill: #f85149 }
}
</style>
`

func (c chart) svg(title string) []byte {
	days, most := c.days()
	width := chartLeft + chartDays*dayWidth + chartRight
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-labelledby="t d">`+"\n", width, chartHeight, width, chartHeight)
	fmt.Fprintf(&b, "<title id=\"t\">%s</title>\n<desc id=\"d\">%s</desc>\n%s", escape(title), c.says(), chartStyle)
	fmt.Fprintf(&b, `<text class="head" x="%d" y="22">%s</text>`+"\n", chartLeft, escape(title))
	c.legend(&b, days, width-chartRight)
	if most > 0 {
		fmt.Fprintf(&b, `<path class="line" d="M%d %d.5H%d"/><text x="%d" y="%d" text-anchor="end">%d</text>`+"\n", chartLeft, barTop, width-chartRight, chartLeft-6, barTop+4, most)
	}
	for n, d := range days {
		c.bar(&b, n, d, most)
	}
	c.dates(&b, days)
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

// days are the 90 until today, those on which nothing happened too, and the most media of one of
// them.
func (c chart) days() (days []state.Day, most int) {
	byDate := map[string]state.Day{}
	for _, d := range c.history {
		byDate[d.Date] = d
	}
	for n := chartDays - 1; n >= 0; n-- {
		date := c.now.UTC().AddDate(0, 0, -n).Format(time.DateOnly)
		d := byDate[date]
		d.Date, d.Media = date, min(max(d.Media, 0), maxMedia)
		days, most = append(days, d), max(most, d.Media)
	}
	return days, most
}

// sums are what the two kinds of marks add up to, in words.
func sums(days []state.Day) (mirrored, failed string) {
	media, bad := 0, 0
	for _, d := range days {
		media += d.Media
		if len(d.Incidents) > 0 {
			bad++
		}
	}
	return fmt.Sprintf("%d media mirrored", media), fmt.Sprintf("something failed on %d %s", bad, plural(bad, "day", "days"))
}

// says is the picture in a sentence.
func (c chart) says() string {
	days, _ := c.days()
	mirrored, failed := sums(days)
	return fmt.Sprintf("%d days until %s: %s, %s", chartDays, days[chartDays-1].Date, mirrored, failed)
}

// legend tells the two marks, and what they add up to, at the right edge.
func (c chart) legend(b *strings.Builder, days []state.Day, right int) {
	mirrored, failed := sums(days)
	fmt.Fprintf(b, `<text x="%d" y="22" text-anchor="end"><tspan class="post">■</tspan> %s  <tspan class="fail" dx="8">■</tspan> %s</text>`+"\n", right, mirrored, failed)
}

// bar is one day. A day without anything is a low grey one, so that the row reads as a calendar.
func (c chart) bar(b *strings.Builder, n int, d state.Day, most int) {
	x := chartLeft + n*dayWidth
	if d.Media == 0 && len(d.Incidents) == 0 {
		fmt.Fprintf(b, `<rect class="none" x="%d" y="%d" width="%d" height="3" rx="1"/>`+"\n", x, barFoot-3, dayWidth-2)
		return
	}
	what := fmt.Sprintf("%s: %d mirrored", d.Date, d.Media)
	if len(d.Incidents) > 0 {
		what += ", failed: " + cut(strings.Join(d.Incidents[:min(len(d.Incidents), maxAreas)], ", "), 200)
	}
	height, class := 3, "none"
	if d.Media > 0 {
		height, class = 8+(barFoot-barTop-8)*d.Media/most, "post"
	}
	fmt.Fprintf(b, `<g><title>%s</title><rect class="%s" x="%d" y="%d" width="%d" height="%d" rx="1"/>`, escape(what), class, x, barFoot-height, dayWidth-2, height)
	if len(d.Incidents) > 0 {
		fmt.Fprintf(b, `<rect class="fail" x="%d" y="%d" width="%d" height="7" rx="1"/>`, x, barFoot+3, dayWidth-2)
	}
	b.WriteString("</g>\n")
}

// dates label the first day of each month, and the last day.
func (c chart) dates(b *strings.Builder, days []state.Day) {
	const y = barFoot + 27
	for n, d := range days {
		t, err := time.Parse(time.DateOnly, d.Date)
		switch {
		case err != nil: // Unreachable: days are made by Format. A clock of the year 10000 has no label.
		case n == chartDays-1:
			fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", chartLeft+chartDays*dayWidth-2, y, t.Format("2 Jan"))
		case t.Day() == 1 && n < chartDays-16:
			fmt.Fprintf(b, `<text x="%d" y="%d">%s</text>`+"\n", chartLeft+n*dayWidth, y, t.Format("Jan 2006"))
		}
	}
}

// escape is text in an SVG, which is XML: no control character may be in it, written as an entity
// or not.
func escape(s string) string { return html.EscapeString(Quote(s)) }
