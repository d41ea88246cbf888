package plan

import (
	"strings"

	"github.com/postferry/postferry/internal/caption"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/twittertext"
)

// Post is one post on X.
type Post struct {
	Text            string
	Files           []File
	USD             float64
	MadeWithAI      bool // Instagram labels its media as made with AI
	PaidPartnership bool // its caption has one of the owner's paid_hashtags
}

// Thread is one media as it will be on X: one post, or several that reply to each other.
type Thread struct {
	Media    instagram.Media
	Posts    []Post
	Fallback string   // what is posted instead of its videos: "", Thumbnail or Link
	Notes    []string // what is posted in another way than it is on Instagram
	// Complete reports whether Instagram's list gives a file for everything that the media shows.
	Complete bool
}

// FileCount returns how many files the posts carry.
func (t Thread) FileCount() (n int) {
	for _, p := range t.Posts {
		n += len(p.Files)
	}
	return n
}

// Empty reports whether nothing of the media can be shown: its posts have neither text nor files.
func (t Thread) Empty() bool {
	for _, p := range t.Posts {
		if p.Text != "" || len(p.Files) > 0 {
			return false
		}
	}
	return true
}

// Kind returns the kind of the files of a post, "" if it has none.
func (p Post) Kind() Kind {
	if len(p.Files) == 0 {
		return ""
	}
	return p.Files[0].Kind
}

// Weight returns the length of the text as X counts it.
func (p Post) Weight() int { return twittertext.Weight(p.Text) }

// USD returns what X bills for all posts of the thread.
func (t Thread) USD() float64 {
	var sum float64
	for _, p := range t.Posts {
		sum += p.USD
	}
	return sum
}

// Distinct returns the post with a suffix after its text, such as "(2)", because X refuses a text
// that it has seen before. A text that would be too long is shortened. ok reports whether there is
// room.
func (p Post) Distinct(suffix string, limit int) (out Post, ok bool) {
	room := limit - twittertext.Weight(" "+suffix)
	text := p.Text
	if twittertext.Weight(text) > room {
		text = caption.Shorten(text, room)
	}
	p.Text = strings.TrimSpace(text + " " + suffix)
	return p, twittertext.Weight(p.Text) <= limit
}

// Cut returns the post with its text shortened to a weight. A permalink on its last line stays. ok
// reports whether there is room.
func (p Post) Cut(limit int, permalink string) (out Post, ok bool) {
	body, link := p.Text, ""
	if rest, found := strings.CutSuffix(p.Text, permalink); found && permalink != "" {
		body, link = strings.TrimSpace(rest), "\n\n"+permalink
	}
	p.Text = caption.Shorten(body, limit-twittertext.Weight(link)) + link
	p.USD = price(p)
	return p, p.Text != "" && twittertext.Weight(p.Text) <= limit
}

// Plain returns the post without anything that X reads as a link or a cashtag.
func (p Post) Plain() Post {
	p.Text = caption.MakePlain(p.Text)
	p.USD = price(p)
	return p
}
