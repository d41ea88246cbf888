package caption

import (
	"slices"
	"strings"

	"github.com/postferry/postferry/internal/twittertext"
)

// cut makes text fit into one post. It cuts the caption alone if the template allows it, then the
// whole text, then the whole text without the permalink.
func (c *composer) cut(text string) string {
	tail := c.tail(text, c.Link != Never)
	before, after, ok := strings.Cut(cleanTemplate(c.Template), "{caption}")
	if ok && !strings.Contains(after, "{caption}") {
		caption := text
		if before != "" || after != "" {
			caption = c.prepare(c.caption)
		}
		before, after = c.fields.Replace(before), c.fields.Replace(after)
		if out, ok := c.cutCaption(before, caption, after+tail); ok {
			return out
		}
	}
	if out, ok := c.shorten("", text, ellipsis+tail); ok {
		return out
	}
	if out, ok := c.shorten("", text, ellipsis); ok {
		return out
	}
	return ""
}

// cutCaption cuts text, which is the caption alone. It returns false if nothing of it would be
// left.
func (c *composer) cutCaption(before, text, after string) (string, bool) {
	body, gap, tags := trailingTags(text)
	if tags == "" {
		return c.shorten(before, text, ellipsis+after)
	}
	if c.room(before+gap+tags+after) >= c.Max/2 {
		if out, ok := c.shorten(before, body, ellipsis+gap+tags+after); ok {
			return out, true
		}
	}
	return c.shorten(before, body, ellipsis+after)
}

const (
	ellipsis = "…"
	// oddBeforeEllipsis are the characters that look odd before "…".
	oddBeforeEllipsis = "、，､,;:；：・…‥-–—"
)

// shorten returns as much of text as fits between prefix and suffix, and false if nothing of it
// fits. The weight of the finished text decides what fits; the layout only says where to cut.
func (c *composer) shorten(prefix, text, suffix string) (out string, ok bool) {
	budget := c.room(prefix + suffix)
	l := newLayout(text, budget)
	for budget > 0 {
		end := l.trimEnd(0, l.cut(0, budget), oddBeforeEllipsis)
		if end == 0 {
			return "", false
		}
		out, weight := c.finish(prefix + l.text(0, end) + suffix)
		if weight <= c.Max {
			return out, true
		}
		budget -= weight - c.Max
	}
	return "", false
}

// trailingTags splits off the hashtags at the end of a caption if they stand on lines of their
// own or are three or more. gap is the white space to put before them.
func trailingTags(text string) (body, gap, tags string) {
	rs := []rune(text)
	start, count := len(rs), 0
	for _, tag := range slices.Backward(twittertext.Hashtags(rs)) {
		if strings.TrimFunc(string(rs[tag.End:start]), isBlank) != "" {
			break
		}
		start = tag.Start
		count++
	}
	head := string(rs[:start])
	body = withoutSpacers(head)
	switch lines := strings.Count(head[len(body):], "\n"); {
	case body == "", count == 0, count < 3 && lines == 0:
		return text, "", ""
	case lines > 1:
		gap = "\n\n"
	case lines == 1:
		gap = "\n"
	default:
		gap = " "
	}
	return body, gap, string(rs[start:])
}

// withoutSpacers removes the lines at the end that only keep the hashtags at a distance: blank
// lines and lines of dots.
func withoutSpacers(s string) string {
	for {
		s = strings.TrimRightFunc(s, isBlank)
		i := strings.LastIndexByte(s, '\n')
		if i < 0 || strings.Trim(s[i+1:], ".．・•-_* ") != "" {
			return s
		}
		s = s[:i]
	}
}

// Shorten cuts a text that is ready to send to a weight, and ends it with "…". It returns "" if
// nothing of it fits.
func Shorten(text string, weight int) string {
	if twittertext.Weight(text) <= weight {
		return text
	}
	if weight <= 0 {
		return ""
	}
	c := newComposer(Rules{URLs: Keep, Mentions: Keep, Max: weight}, Fields{})
	out, _ := c.shorten("", text, ellipsis)
	return out
}

// MakePlain rewrites a text that is ready to send so that X takes nothing in it for a link or a
// cashtag.
func MakePlain(text string) string {
	return Rules{URLs: Plain, Mentions: Plain}.plain(text)
}
