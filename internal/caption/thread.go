package caption

import (
	"fmt"
	"math"
	"strings"

	"github.com/postferry/postferry/internal/twittertext"
)

// thread splits text into the texts of several posts, of which the last ends with tail. The room
// that the numbers take depends on how many posts there are, so it tries more digits until they are
// enough.
func (c *composer) thread(text, tail string) []string {
	l := newLayout(text, math.MaxInt)
	if _, _, tags := trailingTags(text); tags != "" {
		l.tags = l.indexOf(len(text) - len(tags))
	}
	if !c.Number {
		return c.split(&l, tail, c.Max)
	}
	for digits, most := 1, 9; ; digits, most = digits+1, most*10+9 {
		posts := c.split(&l, tail, c.Max-len(" (/)")-2*digits)
		if len(posts) <= most {
			return c.number(posts, tail != "")
		}
	}
}

// number adds "(1/3)" to each post. linked reports whether the last one ends with the permalink.
func (c *composer) number(posts []string, linked bool) []string {
	for i := range posts {
		link := ""
		if linked && i == len(posts)-1 {
			link = c.permalink
		}
		posts[i] = numbered(posts[i], link, fmt.Sprintf("(%d/%d)", i+1, len(posts)))
	}
	return posts
}

// numbered puts number at the end of text, but before the permalink, which stays the last line.
func numbered(text, link, number string) string {
	if link == "" {
		return text + " " + number
	}
	text = strings.TrimRight(strings.TrimSuffix(text, link), "\n")
	return strings.TrimLeft(text+" "+number, " ") + "\n\n" + link
}

// split cuts the text into posts that weigh at most room. Only white space is lost between them.
func (c *composer) split(l *layout, tail string, room int) (posts []string) {
	end, tailWeight := len(l.clusters), c.Max-c.room(tail)
	for from := l.trimStart(0); from < end; {
		budget := room
		if rest := l.weight(from, end); rest <= room {
			if last, weight := c.finish(l.text(from, end) + tail); weight <= room {
				return append(posts, last)
			}
			// Keep something for the post that carries the tail, unless so little room would break
			// a URL or leave out a letter of it.
			if budget-tailWeight >= twittertext.URLWeight {
				budget -= tailWeight
			}
		}
		text, to := c.next(l, from, budget, room)
		if text != "" {
			posts = append(posts, text)
		}
		from = l.trimStart(to)
	}
	if tail != "" || len(posts) == 0 {
		last, _ := c.finish(tail)
		posts = append(posts, last)
	}
	return posts
}

// next returns the text of the next post, which starts at place from of l, and the place where it
// ends. The text weighs at most budget by the layout's count and room by the exact one. A single
// cluster that weighs more is left out.
func (c *composer) next(l *layout, from, budget, room int) (text string, to int) {
	for budget > 0 {
		to := l.cut(from, budget)
		if l.tagsFit(from, budget) {
			to = l.tags
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
