package plan

import (
	"fmt"
	"strings"

	"github.com/postferry/postferry/internal/caption"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/twittertext"
)

// Kind is the kind of a file.
type Kind string

// X accepts up to four photos in a post, or one video, and never both.
const (
	Photo Kind = "photo"
	Video Kind = "video"
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
	Text  string
	Files []File
	USD   float64
}

// Thread is one media as it will be on X: one post, or several that reply to each other.
type Thread struct {
	Media    instagram.Media
	Posts    []Post
	Fallback string   // what is posted instead of its videos: "", Thumbnail or Link
	Notes    []string // what is posted in another way than it is on Instagram
}

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

// Compose returns the posts of one media. fallback is Thumbnail or Link if X refused a video of
// it, or else "".
func Compose(r config.Route, m instagram.Media, fallback string) Thread {
	t := Thread{Media: m, Fallback: fallback}
	files, missing := files(m, fallback)
	groups := group(files)
	rules := rules(r)
	switch {
	case fallback != "" && hasVideo(m):
		rules.Link = caption.Always
		t.note("X refused the video: %s", replacement(files))
	case len(files) == 0:
		// Without a file the permalink is all that there is to see, whatever the link policy says.
		rules.Link = caption.Always
		t.note("Instagram gave no file for this %s: its permalink is posted instead", noun(m.Type))
	}
	if missing > 0 && len(files) > 0 {
		t.note("Instagram gave no file for %d of %d children: the others are posted",
			missing, len(m.Children))
	}
	if r.Carousel == "first" && len(groups) > 1 {
		t.note("%d of %d files are left out (carousel: first)", len(files)-len(groups[0]),
			len(files))
		groups = groups[:1]
		if rules.Link == caption.IfCut {
			rules.Link = caption.Always
		}
	}
	text := caption.Compose(rules, caption.Fields{
		Caption: m.Caption, Permalink: m.Permalink, Username: m.Username, Date: m.Timestamp,
	})
	t.Posts = posts(text.Posts, groups, r.AltText, m.Permalink)
	return t
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
func files(m instagram.Media, fallback string) (out []File, missing int) {
	children := m.Children
	if m.Type != "CAROUSEL_ALBUM" {
		children = []instagram.Child{{
			ID: m.ID, Type: m.Type, URL: m.URL, ThumbnailURL: m.ThumbnailURL, AltText: m.AltText,
		}}
	}
	for _, c := range children {
		f := File{MediaID: c.ID, Kind: Photo, URL: c.URL, AltText: c.AltText}
		if c.Type == "VIDEO" {
			f.Kind, f.Cover = Video, c.ThumbnailURL
		}
		if f.URL == "" {
			missing++
			continue
		}
		if f.Kind == Video && fallback != "" {
			// The posts of a thread keep their places, because some may be on X already.
			f.Kind, f.URL, f.Cover, f.placeholder = Photo, f.Cover, "", true
			if fallback == Link && m.Type == "VIDEO" {
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
func replacement(files []File) string {
	for _, f := range files {
		if f.placeholder && f.URL != "" {
			return "its cover image is posted with the permalink"
		}
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

// Distinct returns the post with a number after its text, such as " (2)", because X refuses a
// text that it has seen before. The second result reports whether the text is within limit.
func (p Post) Distinct(n, limit int) (Post, bool) {
	p.Text = strings.TrimSpace(fmt.Sprintf("%s (%d)", p.Text, n))
	return p, twittertext.Weight(p.Text) <= limit
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
