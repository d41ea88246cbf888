package caption

import (
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// The words of the configuration.
const (
	Keep   = "keep"   // URLs, Mentions: as they are
	Plain  = "plain"  // URLs, Mentions: text that X takes for text
	Thread = "thread" // Long: what is too long goes on in replies
	Cut    = "cut"    // Long: what is too long ends with "…"
	Never  = "never"  // Link
	IfCut  = "if-cut" // Link: when something was cut off
	Always = "always" // Link
)

// DefaultMax is the weighted length that X takes from an account without Premium.
const DefaultMax = 280

// Rules say how a caption becomes the text of a post. An empty field stands for the first word named with it.
type Rules struct {
	Template string // "{caption}"; also {permalink}, {username} and {date}
	Long     string // Cut or Thread
	Number   bool   // number the parts of a thread, "(1/3)"
	Link     string // IfCut, Never or Always: the permalink, as the last line
	URLs     string // Plain or Keep
	Mentions string // Plain or Keep
	Max      int    // weighted length of a part: 280 for zero, up to 25000 with Premium
}

// Fields fill the template. Caption may be empty. Date is shown as 2006-01-02, and not if zero.
type Fields struct {
	Caption, Permalink, Username string
	Date                         time.Time
}

// Text is what to post.
type Text struct {
	Parts []string // at least one, "" if there is nothing to say; each within Rules.Max
	Cut   bool     // something was left out; never in a thread
}

// Compose writes the text of a post, or with Thread of several.
//
// Of the permalink: it stands where the template has it, otherwise the link policy puts it on the last line of the last
// part, never twice. Under Never no post holds a link, so a {permalink} of the template is plain text unless URLs is Keep.
// A thread leaves nothing out, so IfCut adds none.
//
// Of a caption too long: the words of the template stay whole and the caption gives way; hashtags at its end stay, all of
// them, if half of the room is left for the rest, and go, all of them, if not.
func Compose(r Rules, f Fields) Text {
	c := newComposer(r, f)
	text := c.prepare(c.fields.Replace(cleanTemplate(c.Template)))
	tail := c.tail(text, r.Link == Always)
	if whole := c.withLink(strings.TrimLeft(text+tail, "\n")); weigh([]rune(whole)) <= c.Max {
		return Text{Parts: []string{whole}}
	}
	if r.Long == Thread {
		return Text{Parts: c.thread(text, tail)}
	}
	return Text{Parts: []string{c.cut(text)}, Cut: true}
}

// composer holds what is the same for every part.
type composer struct {
	Rules
	fields    *strings.Replacer
	caption   string
	permalink string
}

func newComposer(r Rules, f Fields) *composer {
	if r.Template == "" {
		r.Template = "{caption}"
	}
	if r.Max <= 0 {
		r.Max = DefaultMax
	}
	c := &composer{Rules: r, caption: clean(f.Caption), permalink: oneLine(f.Permalink)}
	date := ""
	if !f.Date.IsZero() {
		date = f.Date.Format(time.DateOnly)
	}
	link := c.permalink
	if link != "" && r.Link != Never {
		link = string(permalink)
	}
	// One pass: a caption that says {username} stays as it is.
	c.fields = strings.NewReplacer("{caption}", c.caption, "{permalink}", link, "{username}", oneLine(f.Username), "{date}", date)
	return c
}

// oneLine is for what has no lines and no spaces at its ends.
func oneLine(s string) string { return strings.ReplaceAll(clean(s), "\n", " ") }

// cleanTemplate is clean but for the space at the ends, which separates it from what will stand there.
func cleanTemplate(s string) string {
	return strings.Map(cleanRune, strings.ReplaceAll(s, "\r\n", "\n"))
}

// tail is what the link policy adds to text.
func (c *composer) tail(text string, wanted bool) string {
	if !wanted || c.permalink == "" || strings.ContainsRune(text, permalink) {
		return ""
	}
	if c.URLs == Keep && strings.Contains(text, c.permalink) {
		return ""
	}
	return "\n\n" + string(permalink)
}

// prepare makes text plain where it is to be plain, and tidy, with the permalink still to come. The pieces are in NFC, but
// what meets at their borders may compose.
func (c *composer) prepare(text string) string { return tidy(norm.NFC.String(c.plain(text))) }

// finish makes text ready to send, and weighs it: it may have become longer.
func (c *composer) finish(text string) (out string, weight int) {
	out = c.withLink(c.prepare(text))
	return out, weigh([]rune(out))
}

func (c *composer) withLink(text string) string {
	return strings.ReplaceAll(text, string(permalink), c.permalink)
}

// room is what is left beside text.
func (c *composer) room(text string) int {
	_, weight := c.finish(text)
	return c.Max - weight
}
