package report

import (
	"fmt"
	"html"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
)

// chart is the picture of the last 90 days: a bar for the media that were mirrored on a day, and a
// mark under a day on which something failed. It follows the reader's light or dark theme, and its
// description says the same in words. It is as wide as a phone, where a wider picture would shrink
// with its text.
type chart struct {
	w       message.Words
	history []state.Day
	now     time.Time
}

const (
	chartDays   = 90
	dayWidth    = 4
	chartLeft   = 26 // room for the highest bar's number
	chartRight  = 6
	chartWidth  = chartLeft + chartDays*dayWidth + chartRight
	barTop      = 62 // where the highest bar ends
	barFoot     = 126
	chartHeight = 160
	maxMedia    = 1000 // a day; Instagram takes 100
	maxTitle    = 44   // bytes of the title that fit beside each other
)

const chartStyle = `<style>
text { font: 13px -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; fill: #59636e }
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
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d"`,
		chartWidth, chartHeight)
	fmt.Fprintf(&b, ` viewBox="0 0 %d %d" role="img" aria-labelledby="t d">`+"\n",
		chartWidth, chartHeight)
	fmt.Fprintf(&b, "<title id=\"t\">%s</title>\n", escape(title))
	fmt.Fprintf(&b, "<desc id=\"d\">%s</desc>\n%s", c.sentence(), chartStyle)
	fmt.Fprintf(&b, `<text class="head" x="%d" y="20">%s</text>`+"\n", chartRight,
		escape(httpx.Truncate(title, maxTitle)))
	c.legend(&b, days)
	if most > 0 {
		fmt.Fprintf(&b, `<path class="line" d="M%d %d.5H%d"/>`,
			chartLeft, barTop, chartWidth-chartRight)
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%d</text>`+"\n",
			chartLeft-4, barTop+4, most)
	}
	for n, d := range days {
		c.bar(&b, n, d, most)
	}
	c.dates(&b, days)
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

// days lists the 90 days until today, also those on which nothing happened, and counts the most
// media of one day.
func (c chart) days() (days []state.Day, most int) {
	byDate := map[string]state.Day{}
	for _, d := range c.history {
		byDate[d.Date] = d
	}
	today := c.now.UTC()
	if c.w.Zone != nil {
		today = c.now.In(c.w.Zone)
	}
	for n := chartDays - 1; n >= 0; n-- {
		date := today.AddDate(0, 0, -n).Format(time.DateOnly)
		d := byDate[date]
		d.Date, d.Media = date, min(max(d.Media, 0), maxMedia)
		days, most = append(days, d), max(most, d.Media)
	}
	return days, most
}

// sums adds up the two kinds of marks, in words.
func (c chart) sums(days []state.Day) (mirrored, failed string) {
	media, bad := 0, 0
	for _, d := range days {
		media += d.Media
		if len(d.Incidents) > 0 {
			bad++
		}
	}
	return c.w.Text("report.chart.mirrored", "Count", media),
		c.w.Text("report.chart.failed", "Count", bad)
}

// sentence says what the picture shows.
func (c chart) sentence() string {
	days, _ := c.days()
	mirrored, failed := c.sums(days)
	return c.w.Text("report.chart.sentence", "Days", chartDays, "Last", c.date(days[chartDays-1]),
		"Mirrored", mirrored, "Failed", failed)
}

// date writes the date of a day. A date has no zone, so it is not moved into the person's.
func (c chart) date(d state.Day) string {
	t, err := time.Parse(time.DateOnly, d.Date)
	if err != nil {
		return d.Date // Unreachable before the year 10000: days are made by Format.
	}
	return message.Words{Language: c.w.Language}.Date(t)
}

// legend explains the two marks under the title, with their sums.
func (c chart) legend(b *strings.Builder, days []state.Day) {
	mirrored, failed := c.sums(days)
	fmt.Fprintf(b, `<text x="%d" y="42"><tspan class="post">■</tspan> %s  `, chartRight, mirrored)
	fmt.Fprintf(b, `<tspan class="fail" dx="8">■</tspan> %s</text>`+"\n", failed)
}

// bar draws one day. A day without anything is a low grey bar, so that the row reads as a calendar.
func (c chart) bar(b *strings.Builder, n int, d state.Day, most int) {
	x := chartLeft + n*dayWidth
	if d.Media == 0 && len(d.Incidents) == 0 {
		const empty = `<rect class="none" x="%d" y="%d" width="%d" height="3"/>` + "\n"
		fmt.Fprintf(b, empty, x, barFoot-3, dayWidth-1)
		return
	}
	what := c.w.Text("report.chart.day", "Date", c.date(d), "Count", d.Media)
	if len(d.Incidents) > 0 {
		failed := d.Incidents[:min(len(d.Incidents), maxComponents)]
		what = c.w.Text("report.chart.day-failed", "Day", what,
			"Components", httpx.Truncate(strings.Join(failed, ", "), 200))
	}
	height, class := 3, "none"
	if d.Media > 0 {
		height, class = 8+(barFoot-barTop-8)*d.Media/most, "post"
	}
	const rect = `<rect class="%s" x="%d" y="%d" width="%d" height="%d"/>`
	fmt.Fprintf(b, `<g><title>%s</title>`, escape(what))
	fmt.Fprintf(b, rect, class, x, barFoot-height, dayWidth-1, height)
	if len(d.Incidents) > 0 {
		fmt.Fprintf(b, rect, "fail", x, barFoot+3, dayWidth-1, 7)
	}
	b.WriteString("</g>\n")
}

// dates label the first day of each month, and the last day.
func (c chart) dates(b *strings.Builder, days []state.Day) {
	const y = barFoot + 28
	for n, d := range days {
		t, err := time.Parse(time.DateOnly, d.Date)
		switch {
		case err != nil: // Unreachable before the year 10000: days are made by Format.
		case n == chartDays-1:
			fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n",
				chartWidth-chartRight, y, c.w.DayOfMonth(t))
		case t.Day() == 1 && n < chartDays-26:
			fmt.Fprintf(b, `<text x="%d" y="%d">%s</text>`+"\n",
				chartLeft+n*dayWidth, y, c.w.Month(t))
		}
	}
}

// escape gives text for an SVG. XML allows no control character, not even as an entity.
func escape(s string) string { return html.EscapeString(Quote(s)) }
