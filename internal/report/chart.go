package report

import (
	"fmt"
	"html"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/state"
)

// chart is the picture of the last 90 days: a bar for what was mirrored, a mark for a day on which something failed. It
// follows the reader's light or dark theme, and says in words what it shows.
type chart struct {
	history []state.Day
	now     time.Time
}

const (
	chartDays = 90
	dayWidth  = 9
	chartLeft = 16
	barTop    = 48 // where the highest bar ends
	barFoot   = 112
)

const chartStyle = `<style>
  text { font: 12px -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; fill: #59636e; }
  .head { font-size: 15px; font-weight: 600; fill: #1f2328; }
  .none { fill: #d1d9e0; } .post { fill: #1f883d; } .fail { fill: #cf222e; }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1; } .head { fill: #f0f6fc; }
    .none { fill: #3d444d; } .post { fill: #3fb950; } .fail { fill: #f85149; }
  }
</style>
`

func (c chart) svg(verdict string) []byte {
	days, most := c.days()
	width := 2*chartLeft + chartDays*dayWidth
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="156" viewBox="0 0 %d 156" role="img" aria-labelledby="t d">`+"\n", width, width)
	fmt.Fprintf(&b, "<title id=\"t\">%s</title>\n<desc id=\"d\">%s</desc>\n%s", html.EscapeString(verdict), html.EscapeString(describe(days)), chartStyle)
	fmt.Fprintf(&b, `<text class="head" x="%d" y="24">%s</text><text x="%d" y="24" text-anchor="end">%s</text>`+"\n",
		chartLeft, html.EscapeString(verdict), width-chartLeft, html.EscapeString(describe(days)))
	for n, d := range days {
		c.bar(&b, n, d, most)
	}
	c.months(&b, days)
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

// days are the 90 until today, those on which nothing happened too, and the most media of one of them.
func (c chart) days() (days []state.Day, most int) {
	byDate := map[string]state.Day{}
	for _, d := range c.history {
		byDate[d.Date] = d
	}
	for n := chartDays - 1; n >= 0; n-- {
		date := c.now.UTC().AddDate(0, 0, -n).Format(time.DateOnly)
		d := byDate[date]
		d.Date = date
		days, most = append(days, d), max(most, d.Media)
	}
	return days, most
}

func describe(days []state.Day) string {
	media, failed := 0, 0
	for _, d := range days {
		media += d.Media
		if len(d.Incidents) > 0 {
			failed++
		}
	}
	return fmt.Sprintf("90 days: %d media mirrored, something failed on %d %s", media, failed, plural(failed, "day", "days"))
}

// bar is one day. A day without anything is a low grey one, so that the row reads as a calendar.
func (c chart) bar(b *strings.Builder, n int, d state.Day, most int) {
	x, height, class := chartLeft+n*dayWidth, 3, "none"
	if d.Media > 0 {
		height, class = 10+(barFoot-barTop-10)*d.Media/most, "post"
	}
	what := fmt.Sprintf("%s: %d mirrored", d.Date, d.Media)
	if len(d.Incidents) > 0 {
		what += ", failed: " + strings.Join(d.Incidents, ", ")
	}
	fmt.Fprintf(b, `<g><title>%s</title><rect class="%s" x="%d" y="%d" width="%d" height="%d" rx="1.5"/>`, html.EscapeString(what), class, x, barFoot-height, dayWidth-2, height)
	if len(d.Incidents) > 0 {
		fmt.Fprintf(b, `<rect class="fail" x="%d" y="%d" width="%d" height="6" rx="1.5"/>`, x, barFoot+4, dayWidth-2)
	}
	b.WriteString("</g>\n")
}

// months labels the first day of each.
func (c chart) months(b *strings.Builder, days []state.Day) {
	for n, d := range days {
		t, err := time.Parse(time.DateOnly, d.Date)
		if err == nil && t.Day() == 1 && n < chartDays-4 {
			fmt.Fprintf(b, `<text x="%d" y="142">%s</text>`+"\n", chartLeft+n*dayWidth, t.Format("Jan 2006"))
		}
	}
}
