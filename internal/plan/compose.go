package plan

import (
	"slices"

	"github.com/postferry/postferry/internal/caption"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
)

// Known is what earlier runs found out about a media: how it can't be posted as it is.
type Known struct {
	Fallback string            // Thumbnail or Link if X refused a video of it, or else ""
	LeftOut  []string          // children that X refused
	Kinds    map[string]string // by child: what its bytes are, where the list says otherwise
	// Texts are the digests of the texts that are posted already. The rest is composed from the
	// caption as it is now where they still fit it, and else goes out without text.
	Texts []string
	// OnX are the files of the Posted first posts, by child. A posted part keeps its files,
	// whatever the carousel has become since.
	OnX    []string
	Posted int
}

// KnownOf reads what the ledger knows of a media. rec may be nil.
func KnownOf(rec *state.Record) Known {
	if rec == nil {
		return Known{}
	}
	return Known{Fallback: rec.Fallback, LeftOut: rec.LeftOut, Kinds: rec.Kinds, Texts: rec.Texts,
		OnX: rec.OnX, Posted: len(rec.Posts)}
}

// The values of rejected_video: what is posted instead of a video that X refuses.
const (
	Thumbnail = "thumbnail"
	Link      = "link"
	Skip      = "skip"
)

// Compose returns the posts of one media.
func Compose(r config.Route, m instagram.Media, known Known) Thread {
	c := composer{route: r, known: known, rules: rules(r)}
	c.thread = Thread{Media: m, Fallback: known.Fallback}
	c.files, c.missing = files(m, known)
	c.thread.Complete = c.missing == 0 && len(c.files) > 0
	c.groups = groupLeft(c.files, known)
	c.replaceFiles()
	c.onlyFirst()
	c.leaveOut()
	text := caption.Compose(c.rules, caption.Fields{
		Caption: m.Caption, Permalink: m.Permalink, Username: m.Username,
		Date: m.Timestamp.In(r.Location()),
	})
	permalink := m.Permalink
	if c.rules.Link == caption.Never {
		permalink = ""
	}
	c.thread.Posts = posts(fitting(text.Posts, known.Texts), c.groups, r.AltText, permalink)
	c.thread.label(r)
	return c.thread
}

// composer works out how one media is posted where it can't be posted as it is.
type composer struct {
	route   config.Route
	known   Known
	rules   caption.Rules
	thread  Thread
	files   []File
	missing int // children without a file
	groups  [][]File
}

// replaceFiles says what is posted in the place of files that X refuses, or that Instagram does not
// give.
func (c *composer) replaceFiles() {
	m := c.thread.Media
	switch {
	case c.known.Fallback != "" && hasVideo(m):
		c.linkUnlessNever()
		why := english.Text("plan.stored.video-refused")
		if c.missing > 0 && m.Type == "VIDEO" {
			why = english.Text("plan.stored.video-missing")
		}
		instead := english.Text(replacement(c.files, c.rules.Link))
		c.thread.Notes = append(c.thread.Notes, why+": "+instead)
	case len(c.files) == 0:
		// Without a file the permalink is all that there is to see.
		c.linkUnlessNever()
		c.thread.note("plan.stored.no-file",
			"Kind", noun(m.Type))
	}
	if c.missing > 0 && len(c.files) > 0 && m.Type == "CAROUSEL_ALBUM" {
		c.thread.note("plan.stored.children",
			"Missing", c.missing, "Children", len(m.Children))
	}
}

// onlyFirst leaves out all groups but the first, if the owner wants that of carousels.
func (c *composer) onlyFirst() {
	if c.route.Carousel != "first" || len(c.groups) <= 1 {
		return
	}
	c.thread.note("plan.stored.first",
		"Left", len(c.files)-len(c.groups[0]), "All", len(c.files))
	c.groups = c.groups[:1]
	if c.rules.Link == caption.IfCut {
		c.rules.Link = caption.Always
	}
}

// leaveOut takes out the photos that X refused.
func (c *composer) leaveOut() {
	if len(c.known.LeftOut) == 0 {
		return
	}
	c.groups = withoutFiles(c.groups, c.known.LeftOut)
	if c.route.RejectedPhoto == Link {
		c.linkUnlessNever()
	}
}

// linkUnlessNever adds the permalink, which stands for what can't be shown. The owner's `link:
// never` is obeyed.
func (c *composer) linkUnlessNever() {
	if c.rules.Link != caption.Never {
		c.rules.Link = caption.Always
	}
}

// label carries over what the posts have to say of themselves: made with AI, advertising.
func (t *Thread) label(r config.Route) {
	tags := caption.Hashtags(t.Media.Caption)
	paid := slices.ContainsFunc(r.PaidHashtags,
		func(tag string) bool { return slices.Contains(tags, fold(tag)) })
	for i := range t.Posts {
		p := &t.Posts[i]
		p.MadeWithAI = r.AILabel && t.Media.AIGenerated && len(p.Files) > 0
		p.PaidPartnership = paid
	}
}

// fitting returns the texts if the posted ones still fit them, and else none for the posts that are
// left: the caption was edited while its thread was half posted.
func fitting(texts, posted []string) []string {
	for i, digest := range posted {
		if i < len(texts) && state.TextDigest(texts[i]) != digest {
			return texts[:0]
		}
	}
	return texts
}

func rules(r config.Route) caption.Rules {
	t := r.Text
	return caption.Rules{
		Template: t.Template, Long: t.Long, Number: t.Number, Link: t.Link,
		URLs: t.URLs, Mentions: t.Mentions, Max: t.MaxLength,
	}
}

// english makes the texts of reasons and notes. They are stored messages: who prints one says it in
// the person's language.
var english message.Words

// note adds what a stored message says.
func (t *Thread) note(key string, args ...any) {
	t.Notes = append(t.Notes, english.Text(key, args...))
}

// replacement is the message that says what is posted instead of the videos.
func replacement(files []File, link string) string {
	for _, f := range files {
		if f.placeholder && f.URL != "" {
			if link == caption.Never {
				return "plan.stored.cover"
			}
			return "plan.stored.cover-link"
		}
	}
	if link == caption.Never {
		return "plan.stored.text"
	}
	return "plan.stored.permalink"
}

// posts puts the texts and the groups of files side by side. There are as many posts as there are
// texts or groups, whichever are more.
func posts(texts []string, groups [][]File, altText bool, permalink string) []Post {
	out := make([]Post, max(len(texts), len(groups), 1))
	for i := range out {
		p := &out[i]
		if i < len(texts) {
			p.Text = texts[i]
		}
		if i < len(groups) {
			p.Files = uploads(groups[i], altText)
		}
		if p.Text == "" && len(p.Files) == 0 {
			p.Text = permalink // instead of a video without a cover image
		}
		p.USD = price(*p)
	}
	return out
}

func noun(mediaType string) string {
	switch mediaType {
	case "IMAGE":
		return "photo"
	case "VIDEO":
		return "video"
	case "CAROUSEL_ALBUM":
		return "carousel"
	}
	return "media"
}
