package report

import (
	"fmt"
	"html"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/state"
)

// chart is the picture of the last 90 days: a bar for the media that were mirrored on a day, and a
// mark under a day on which something failed. It follows the reader's light or dark theme, and its
// description says the same in words.
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
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d"`, width, chartHeight)
	fmt.Fprintf(&b, ` viewBox="0 0 %d %d" role="img" aria-labelledby="t d">`+"\n", width, chartHeight)
	fmt.Fprintf(&b, "<title id=\"t\">%s</title>\n", escape(title))
	fmt.Fprintf(&b, "<desc id=\"d\">%s</desc>\n%s", c.sentence(), chartStyle)
	fmt.Fprintf(&b, `<text class="head" x="%d" y="22">%s</text>`+"\n", chartLeft, escape(title))
	c.legend(&b, days, width-chartRight)
	if most > 0 {
		fmt.Fprintf(&b, `<path class="line" d="M%d %d.5H%d"/>`, chartLeft, barTop, width-chartRight)
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%d</text>`+"\n", chartLeft-6, barTop+4, most)
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
	for n := chartDays - 1; n >= 0; n-- {
		date := c.now.UTC().AddDate(0, 0, -n).Format(time.DateOnly)
		d := byDate[date]
		d.Date, d.Media = date, min(max(d.Media, 0), maxMedia)
		days, most = append(days, d), max(most, d.Media)
	}
	return days, most
}

// sums adds up the two kinds of marks, in words.
func sums(days []state.Day) (mirrored, failed string) {
	media, bad := 0, 0
	for _, d := range days {
		media += d.Media
		if len(d.Incidents) > 0 {
			bad++
		}
	}
	mirrored = fmt.Sprintf("%d media mirrored", media)
	return mirrored, fmt.Sprintf("something failed on %d %s", bad, plural(bad, "day", "days"))
}

// sentence says what the picture shows.
func (c chart) sentence() string {
	days, _ := c.days()
	mirrored, failed := sums(days)
	last := days[chartDays-1].Date
	return fmt.Sprintf("%d days until %s: %s, %s", chartDays, last, mirrored, failed)
}

// legend explains the two marks at the right edge, with their sums.
func (c chart) legend(b *strings.Builder, days []state.Day, right int) {
	mirrored, failed := sums(days)
	fmt.Fprintf(b, `<text x="%d" y="22" text-anchor="end">`, right)
	fmt.Fprintf(b, `<tspan class="post">■</tspan> %s  `, mirrored)
	fmt.Fprintf(b, `<tspan class="fail" dx="8">■</tspan> %s</text>`+"\n", failed)
}

// bar draws one day. A day without anything is a low grey bar, so that the row reads as a calendar.
func (c chart) bar(b *strings.Builder, n int, d state.Day, most int) {
	x := chartLeft + n*dayWidth
	if d.Media == 0 && len(d.Incidents) == 0 {
		const empty = `<rect class="none" x="%d" y="%d" width="%d" height="3" rx="1"/>` + "\n"
		fmt.Fprintf(b, empty, x, barFoot-3, dayWidth-2)
		return
	}
	what := fmt.Sprintf("%s: %d mirrored", d.Date, d.Media)
	if len(d.Incidents) > 0 {
		failed := d.Incidents[:min(len(d.Incidents), maxComponents)]
		what += ", failed: " + httpx.Truncate(strings.Join(failed, ", "), 200)
	}
	height, class := 3, "none"
	if d.Media > 0 {
		height, class = 8+(barFoot-barTop-8)*d.Media/most, "post"
	}
	const rect = `<rect class="%s" x="%d" y="%d" width="%d" height="%d" rx="1"/>`
	fmt.Fprintf(b, `<g><title>%s</title>`, escape(what))
	fmt.Fprintf(b, rect, class, x, barFoot-height, dayWidth-2, height)
	if len(d.Incidents) > 0 {
		fmt.Fprintf(b, rect, "fail", x, barFoot+3, dayWidth-2, 7)
	}
	b.WriteString("</g>\n")
}

// dates label the first day of each month, and the last day.
func (c chart) dates(b *strings.Builder, days []state.Day) {
	const y = barFoot + 27
	for n, d := range days {
		t, err := time.Parse(time.DateOnly, d.Date)
		switch {
		case err != nil: // Unreachable before the year 10000: days are made by Format.
		case n == chartDays-1:
			right := chartLeft + chartDays*dayWidth - 2
			fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", right, y, t.Format("2 Jan"))
		case t.Day() == 1 && n < chartDays-16:
			x := chartLeft + n*dayWidth
			fmt.Fprintf(b, `<text x="%d" y="%d">%s</text>`+"\n", x, y, t.Format("Jan 2006"))
		}
	}
}

// escape gives text for an SVG. XML allows no control character, not even as an entity.
func escape(s string) string { return html.EscapeString(Quote(s)) }
