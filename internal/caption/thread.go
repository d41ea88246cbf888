package caption

import (
	"fmt"
	"math"
	"strings"
)

// thread splits text into parts, of which the last ends with tail. The room that the numbers take depends on how many
// parts there are, so it is tried with more digits until it is enough.
func (c *composer) thread(text, tail string) []string {
	l := lay(text, math.MaxInt)
	if _, _, tags := trailingTags(text); tags != "" {
		l.tags = l.place(len(text) - len(tags))
	}
	if !c.Number {
		return c.split(&l, tail, c.Max)
	}
	for digits, most := 1, 9; ; digits, most = digits+1, most*10+9 {
		parts := c.split(&l, tail, c.Max-len(" (/)")-2*digits)
		if len(parts) <= most {
			return c.number(parts, tail != "")
		}
	}
}

func (c *composer) number(parts []string, linked bool) []string {
	for i := range parts {
		link := ""
		if linked && i == len(parts)-1 {
			link = c.permalink
		}
		parts[i] = numbered(parts[i], link, fmt.Sprintf("(%d/%d)", i+1, len(parts)))
	}
	return parts
}

// numbered puts the number at the end of a part, but before the permalink, which stays the last line.
func numbered(part, link, number string) string {
	if link == "" {
		return part + " " + number
	}
	text := strings.TrimRight(strings.TrimSuffix(part, link), "\n")
	return strings.TrimLeft(text+" "+number, " ") + "\n\n" + link
}

// split cuts the text into parts that weigh at most room. Only white space is lost between them.
func (c *composer) split(l *layout, tail string, room int) (parts []string) {
	end, tailWeight := len(l.clusters), c.Max-c.room(tail)
	for from := l.trimStart(0); from < end; {
		budget := room
		if rest := l.weight(from, end); rest <= room {
			if part, weight := c.finish(l.text(from, end) + tail); weight <= room {
				return append(parts, part)
			}
			if budget-tailWeight >= urlWeight { // less would break an address, or leave a letter of it out
				budget -= tailWeight // or nothing would be left for the last part but its tail
			}
		}
		part, to := c.part(l, from, budget, room)
		if part != "" {
			parts = append(parts, part)
		}
		from = l.trimStart(to)
	}
	if tail != "" || len(parts) == 0 {
		part, _ := c.finish(tail)
		parts = append(parts, part)
	}
	return parts
}

// part takes what goes into the next part of a thread: from a place of l, with at most budget by the layout's count and
// room by the exact one. A single cluster that weighs more than that is left out.
func (c *composer) part(l *layout, from, budget, room int) (text string, to int) {
	end := len(l.clusters)
	for budget > 0 {
		to := l.cut(from, budget)
		if from < l.tags && l.tags < end && l.weight(from, l.tags) <= budget && l.weight(l.tags, end) <= budget {
			to = l.tags // the hashtags at the end stay together
		}
		if to == from {
			break
		}
		text, weight := c.finish(l.text(from, l.trimEnd(from, to, "")))
		if weight <= room {
			return text, to
		}
		budget -= weight - room
	}
	return "", from + 1
}

// place is the index of the cluster that begins at a byte of the text.
func (l *layout) place(offset int) int {
	for i, c := range l.clusters {
		if offset <= 0 {
			return i
		}
		offset -= len(c)
	}
	return len(l.clusters)
}
