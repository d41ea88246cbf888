package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Late says how long after its time a scheduled run began, as Markdown; "" if schedule is no cron line that this can tell
// of: minutes and hours, with the days left open. GitHub's schedule is often late, and now and then drops a run.
func Late(schedule string, now time.Time) string {
	slot, ok := lastSlot(schedule, now.UTC())
	if !ok {
		return ""
	}
	return fmt.Sprintf("The schedule asked for this run at %s at the latest; it began %s after that.\n", slot.Format("15:04 UTC"), span(now.Sub(slot)))
}

// lastSlot is the newest moment of a cron line that is not after now, looked for one day back.
// Source: https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#schedule
func lastSlot(schedule string, now time.Time) (time.Time, bool) {
	f := strings.Fields(schedule)
	if len(f) != 5 || f[2] != "*" || f[3] != "*" || f[4] != "*" {
		return time.Time{}, false
	}
	minutes, ok1 := cronField(f[0], 59)
	hours, ok2 := cronField(f[1], 23)
	if !ok1 || !ok2 {
		return time.Time{}, false
	}
	t := now.Truncate(time.Minute)
	for range 24 * 60 {
		if minutes[t.Minute()] && hours[t.Hour()] {
			return t, true
		}
		t = t.Add(-time.Minute)
	}
	return time.Time{}, false
}

// cronField reads "*", "7", "7,17", "1-5", "*/10" and "5-59/10".
func cronField(s string, most int) (map[int]bool, bool) {
	out := map[int]bool{}
	for part := range strings.SplitSeq(s, ",") {
		span, every, stepped := strings.Cut(part, "/")
		step, err := 1, error(nil)
		if stepped {
			step, err = strconv.Atoi(every)
		}
		from, to, ok := cronSpan(span, most, stepped)
		if err != nil || step < 1 || !ok {
			return nil, false
		}
		for n := from; n <= to; n += step {
			out[n] = true
		}
	}
	return out, true
}

func cronSpan(s string, most int, stepped bool) (from, to int, ok bool) {
	if s == "*" {
		return 0, most, true
	}
	a, b, ranged := strings.Cut(s, "-")
	from, err := strconv.Atoi(a)
	if to = from; err == nil && ranged {
		to, err = strconv.Atoi(b)
	} else if stepped {
		to = most
	}
	return from, to, err == nil && from >= 0 && from <= to && to <= most
}
