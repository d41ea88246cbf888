package caption

import (
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/postferry/postferry/internal/twittertext"
)

// The values of the configuration.
const (
	Keep   = "keep"   // URLs, Mentions: leave them as they are
	Plain  = "plain"  // URLs, Mentions: make them text that X does not link
	Thread = "thread" // Long: continue a long caption in replies
	Cut    = "cut"    // Long: end a long caption with "…"
	Never  = "never"  // Link
	IfCut  = "if-cut" // Link: when a part of the caption was cut off
	Always = "always" // Link
)

// DefaultMax is the weight that X accepts from an account without Premium.
const DefaultMax = 280

// Rules say how a caption becomes post text. An empty field means the first value named with it.
type Rules struct {
	Template string // "{caption}"; also {permalink}, {username} and {date}
	Long     string // Cut or Thread
	Number   bool   // number the posts of a thread: "(1/3)"
	Link     string // IfCut, Never or Always: put the permalink on the last line
	URLs     string // Plain or Keep
	Mentions string // Plain or Keep
	Max      int    // weight of a post: 280 if 0, up to 25000 with Premium
}

// Fields fill the template. Caption may be empty. Date is written as 2006-01-02, and left out if
// zero.
type Fields struct {
	Caption, Permalink, Username string
	Date                         time.Time
}

// Text is what to post.
type Text struct {
	Posts []string // the post texts, each within Rules.Max; "" alone if there is nothing to say
	Cut   bool     // reports whether a part of the caption was left out; never in a thread
}

// Compose writes the text of a post, or of several with Thread.
//
// The permalink stands where the template has it, or else on the last line of the last post if the
// link policy asks for it; it is never there twice. Under Never no post holds a link, so a
// {permalink} of the template is plain text unless URLs is Keep. A thread leaves nothing out, so
// IfCut adds no permalink to it.
//
// If the text is too long for one post, the words of the template stay and the caption is cut.
// Hashtags at the end of the caption all stay if they leave half of the room to the rest of it;
// otherwise they all go.
func Compose(r Rules, f Fields) Text {
	c := newComposer(r, f)
	text := c.prepare(c.fields.Replace(cleanTemplate(c.Template)))
	tail := c.tail(text, r.Link == Always)
	all := c.withPermalink(strings.TrimLeft(text+tail, "\n"))
	if twittertext.RunesWeight([]rune(all)) <= c.Max {
		return Text{Posts: []string{all}}
	}
	if r.Long == Thread {
		return Text{Posts: c.thread(text, tail)}
	}
	return Text{Posts: []string{c.cut(text)}, Cut: true}
}

// composer holds what is the same for every post of a media.
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
		link = string(permalinkMark)
	}
	// One pass fills all fields, so {username} in a caption stays as it is.
	c.fields = strings.NewReplacer("{caption}", c.caption, "{permalink}", link,
		"{username}", oneLine(f.Username), "{date}", date)
	return c
}

// tail returns what the link policy adds to the end of text.
func (c *composer) tail(text string, wanted bool) string {
	if !wanted || c.permalink == "" || strings.ContainsRune(text, permalinkMark) {
		return ""
	}
	if c.URLs == Keep && strings.Contains(text, c.permalink) {
		return ""
	}
	return "\n\n" + string(permalinkMark)
}

// prepare applies the rules for URLs, mentions and white space; the permalink is put in later. The
// fields are in NFC, but characters at their borders may still compose.
func (c *composer) prepare(text string) string { return tidy(norm.NFC.String(c.plain(text))) }

// finish makes text ready to send, and returns its weight: the text may have become longer.
func (c *composer) finish(text string) (out string, weight int) {
	out = c.withPermalink(c.prepare(text))
	return out, twittertext.RunesWeight([]rune(out))
}

func (c *composer) withPermalink(text string) string {
	return strings.ReplaceAll(text, string(permalinkMark), c.permalink)
}

// room returns the weight that text leaves to the rest of a post.
func (c *composer) room(text string) int {
	_, weight := c.finish(text)
	return c.Max - weight
}
