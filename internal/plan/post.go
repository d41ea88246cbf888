package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/postferry/postferry/internal/caption"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/twittertext"
)

// Kind is the kind of a file.
type Kind string

// X accepts up to four photos in a post, or one video, and never both.
const (
	Photo Kind = "photo"
	Video Kind = "video"
	GIF   Kind = "gif" // animated: alone in a post, as a video
)

const photosPerPost = 4 // https://docs.x.com/x-api/media/quickstart/best-practices

// File is one photo or video of a media.
type File struct {
	MediaID string // the child's id in a carousel
	Kind    Kind
	URL     string // signed, short-lived; never stored
	Cover   string // a video's cover image
	AltText string
	// placeholder reports whether the file stands for a video that X refused. It has a post of its
	// own, as the video had. If the video has no cover image, URL is empty and that post is the
	// permalink.
	placeholder bool
}

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

// Known is what earlier runs found out about a media: how it can't be posted as it is.
type Known struct {
	Fallback string            // Thumbnail or Link if X refused a video of it, or else ""
	LeftOut  []string          // children that X refused
	Kinds    map[string]string // by child: what its bytes are, where the list says otherwise
	// Texts are the digests of the texts that are posted already. The rest is composed from the
	// caption as it is now where they still fit it, and else goes out without text.
	Texts []string
	// OnX are the files of the Posted first posts, by child. A posted part keeps its files, whatever
	// the carousel has become since.
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

// The values of rejected_video: what is posted instead of a video that X refuses.
const (
	Thumbnail = "thumbnail"
	Link      = "link"
	Skip      = "skip"
)

// Compose returns the posts of one media.
func Compose(r config.Route, m instagram.Media, known Known) Thread {
	t := Thread{Media: m, Fallback: known.Fallback}
	files, missing := files(m, known)
	t.Complete = missing == 0 && len(files) > 0
	groups := groupLeft(files, known)
	rules := rules(r)
	switch {
	case known.Fallback != "" && hasVideo(m):
		rules.Link = alwaysUnlessNever(rules.Link)
		why := "X refused the video"
		if missing > 0 && m.Type == "VIDEO" {
			why = "Instagram gave no file for this video"
		}
		t.note("%s: %s", why, replacement(files, rules.Link))
	case len(files) == 0:
		// Without a file the permalink is all that there is to see.
		rules.Link = alwaysUnlessNever(rules.Link)
		t.note("Instagram gave no file for this %s: its permalink is posted instead", noun(m.Type))
	}
	if missing > 0 && len(files) > 0 && m.Type == "CAROUSEL_ALBUM" {
		t.note("Instagram gave no file for %d of %d children: the others are posted", missing, len(m.Children))
	}
	if r.Carousel == "first" && len(groups) > 1 {
		t.note("%d of %d files are left out (carousel: first)", len(files)-len(groups[0]), len(files))
		groups = groups[:1]
		if rules.Link == "if-cut" {
			rules.Link = "always"
		}
	}
	if len(known.LeftOut) > 0 {
		groups = withoutFiles(groups, known.LeftOut)
		if r.RejectedPhoto == Link {
			rules.Link = alwaysUnlessNever(rules.Link)
		}
	}
	text := caption.Compose(rules, caption.Fields{
		Caption: m.Caption, Permalink: m.Permalink, Username: m.Username,
		Date: m.Timestamp.In(r.Location()),
	})
	permalink := m.Permalink
	if rules.Link == "never" {
		permalink = ""
	}
	t.Posts = posts(fitting(text.Posts, known.Texts), groups, r.AltText, permalink)
	t.label(r)
	return t
}

// label carries over what the posts have to say of themselves: made with AI, advertising.
func (t *Thread) label(r config.Route) {
	tags := caption.Hashtags(t.Media.Caption)
	paid := slices.ContainsFunc(r.PaidHashtags, func(tag string) bool { return slices.Contains(tags, fold(tag)) })
	for i := range t.Posts {
		p := &t.Posts[i]
		p.MadeWithAI = r.AILabel && t.Media.AIGenerated && len(p.Files) > 0
		p.PaidPartnership = paid
	}
}

// alwaysUnlessNever is the link policy where a permalink stands for what can't be shown: the owner's
// `link: never` is obeyed.
func alwaysUnlessNever(policy string) string {
	if policy == "never" {
		return policy
	}
	return "always"
}

// groupLeft groups the files, of which those of the posted parts are not grouped again.
func groupLeft(files []File, known Known) [][]File {
	if known.Posted == 0 || len(known.OnX) == 0 {
		return group(files)
	}
	var posted, left []File
	for _, f := range files {
		if slices.Contains(known.OnX, f.MediaID) {
			posted = append(posted, f)
		} else {
			left = append(left, f)
		}
	}
	groups := group(posted)
	for len(groups) < known.Posted {
		groups = append(groups, nil)
	}
	return append(groups[:known.Posted], group(left)...)
}

// withoutFiles takes files out of their own groups: the other posts keep theirs. A group of which
// nothing is left has no post, unless it is the only one.
func withoutFiles(groups [][]File, ids []string) (out [][]File) {
	for _, g := range groups {
		g = slices.DeleteFunc(slices.Clone(g), func(f File) bool { return slices.Contains(ids, f.MediaID) })
		if len(g) > 0 {
			out = append(out, g)
		}
	}
	return out
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

func (t *Thread) note(format string, args ...any) {
	t.Notes = append(t.Notes, fmt.Sprintf(format, args...))
}

// files returns the files of a media in order. missing counts the children without a file.
func files(m instagram.Media, known Known) (out []File, missing int) {
	children := m.Children
	if m.Type != "CAROUSEL_ALBUM" {
		children = []instagram.Child{{
			ID: m.ID, Type: m.Type, URL: m.URL, ThumbnailURL: m.ThumbnailURL, AltText: m.AltText,
		}}
	}
	for _, c := range children {
		f := File{MediaID: c.ID, Kind: Photo, URL: c.URL, AltText: caption.AltText(c.AltText)}
		if c.Type == "VIDEO" {
			f.Kind, f.Cover = Video, c.ThumbnailURL
		}
		if kind, ok := known.Kinds[c.ID]; ok {
			f.Kind = Kind(kind) // the bytes decide, not the list
		}
		if f.URL == "" {
			missing++
			if m.Type != "VIDEO" || known.Fallback == "" {
				continue
			}
		}
		if f.Kind == Video && known.Fallback != "" {
			// The posts of a thread keep their places, because some may be on X already.
			f.Kind, f.URL, f.Cover, f.placeholder = Photo, f.Cover, "", true
			if known.Fallback == Link && m.Type == "VIDEO" {
				f.URL = ""
			}
		}
		out = append(out, f)
	}
	return out, missing
}

func hasVideo(m instagram.Media) bool {
	if m.Type == "VIDEO" {
		return true
	}
	for _, c := range m.Children {
		if c.Type == "VIDEO" {
			return true
		}
	}
	return false
}

// replacement says what is posted instead of the videos.
func replacement(files []File, link string) string {
	for _, f := range files {
		if f.placeholder && f.URL != "" {
			if link == "never" {
				return "its cover image is posted"
			}
			return "its cover image is posted with the permalink"
		}
	}
	if link == "never" {
		return "the text is posted without it"
	}
	return "the permalink is posted instead"
}

// group splits files into what one post can hold, in order: up to four photos side by side, or one
// video.
func group(files []File) [][]File {
	var groups [][]File
	for _, f := range files {
		last := len(groups) - 1
		if last >= 0 && mayJoin(groups[last], f) {
			groups[last] = append(groups[last], f)
			continue
		}
		groups = append(groups, []File{f})
	}
	return groups
}

// mayJoin reports whether f may share a post with the files of g.
func mayJoin(g []File, f File) bool {
	return sharesPost(f) && sharesPost(g[0]) && len(g) < photosPerPost
}

func sharesPost(f File) bool { return f.Kind == Photo && !f.placeholder }

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

// uploads returns the files of a group that exist, with their alt text if that is wanted.
func uploads(files []File, altText bool) (out []File) {
	for _, f := range files {
		if f.URL == "" {
			continue
		}
		if !altText {
			f.AltText = ""
		}
		out = append(out, f)
	}
	return out
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
