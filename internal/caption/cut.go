package caption

import (
	"slices"
	"strings"
)

// cut makes text fit into one post.
func (c *composer) cut(text string) string {
	tail := c.tail(text, c.Link != Never)
	if before, after, ok := strings.Cut(cleanTemplate(c.Template), "{caption}"); ok && !strings.Contains(after, "{caption}") {
		caption := text
		if before != "" || after != "" {
			caption = c.prepare(c.caption)
		}
		if out, ok := c.cutCaption(c.fields.Replace(before), caption, c.fields.Replace(after)+tail); ok {
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

// cutCaption shortens the caption alone, if that leaves something of it.
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
	// hanging is what looks odd before "…".
	hanging = "、，､,;:；：・…‥-–—"
)

// shorten gives as much of text as fits between prefix and suffix; ok is false if that is nothing. Whether it fits is
// decided by the weight of the finished whole; the layout only says where to cut.
func (c *composer) shorten(prefix, text, suffix string) (out string, ok bool) {
	budget := c.room(prefix + suffix)
	l := lay(text, budget)
	for budget > 0 {
		end := l.trimEnd(0, l.cut(0, budget), hanging)
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

// trailingTags splits the hashtags off that end a caption on a line of their own, or three or more of them anywhere.
// gap is what to put between the two.
func trailingTags(text string) (body, gap, tags string) {
	rs := []rune(text)
	start, count := len(rs), 0
	for _, tag := range slices.Backward(hashtags(rs)) {
		if strings.TrimFunc(string(rs[tag.end:start]), isBlank) != "" {
			break
		}
		start = tag.start
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

// withoutSpacers takes the lines off the end that only keep the hashtags away: blank ones, and those of dots.
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
