package plan

import (
	"fmt"
	"strings"

	"github.com/postferry/postferry/internal/caption"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/twittertext"
)

// Kind of a file.
type Kind string

// X takes up to four photos in a post, or one video, and never both.
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
	// standIn: it takes a video's place in the thread, and shares it with nobody. Without a URL there is no cover, and the
	// permalink is posted there.
	standIn bool
}

// Post is one post on X.
type Post struct {
	Text  string
	Files []File
	USD   float64
}

// Thread is one media as it is to arrive: a post, or a thread of them.
type Thread struct {
	Media instagram.Media
	Posts []Post
	// Fallback is what stands in for its videos: "", Thumbnail or Link.
	Fallback string
	Notes    []string // what could not be taken over as it was
}

// USD is what X bills for the whole post.
func (p Thread) USD() float64 {
	var sum float64
	for _, part := range p.Posts {
		sum += part.USD
	}
	return sum
}

// What may stand in for a video that X refuses: contract of `rejected_video`.
const (
	Thumbnail = "thumbnail"
	Link      = "link"
	Skip      = "skip"
)

// Compose works out how one media arrives on X. fallback is "" or what stands in for its videos.
func Compose(r config.Route, m instagram.Media, fallback string) Thread {
	p := Thread{Media: m, Fallback: fallback}
	files, missing := files(m, fallback)
	groups := group(files)
	rules := rules(r)
	switch {
	case fallback != "" && hasVideo(m):
		rules.Link = "always"
		p.note("X refused the video: %s", standsIn(files))
	case len(files) == 0:
		// Nothing to show: the permalink is all there is, whatever the link policy says.
		rules.Link = "always"
		p.note("Instagram gave no file for this %s: its permalink is posted instead", noun(m.Type))
	}
	if missing > 0 && len(files) > 0 {
		p.note("Instagram gave no file for %d of %d children: the others are posted", missing, len(m.Children))
	}
	if r.Carousel == "first" && len(groups) > 1 {
		p.note("%d of %d files are left out (carousel: first)", len(files)-len(groups[0]), len(files))
		groups = groups[:1]
		if rules.Link == "if-cut" {
			rules.Link = "always"
		}
	}
	texts := caption.Compose(rules, caption.Fields{Caption: m.Caption, Permalink: m.Permalink, Username: m.Username, Date: m.Timestamp}).Posts
	p.Posts = thread(texts, groups, r.AltText, m.Permalink)
	return p
}

func rules(r config.Route) caption.Rules {
	t := r.Text
	return caption.Rules{Template: t.Template, Long: t.Long, Number: t.Number, Link: t.Link, URLs: t.URLs, Mentions: t.Mentions, Max: t.MaxLength}
}

func (p *Thread) note(format string, args ...any) {
	p.Notes = append(p.Notes, fmt.Sprintf(format, args...))
}

// files lists what a media shows, in order, and how many of its children have no file.
func files(m instagram.Media, fallback string) (out []File, missing int) {
	children := m.Children
	if m.Type != "CAROUSEL_ALBUM" {
		children = []instagram.Child{{ID: m.ID, Type: m.Type, URL: m.URL, ThumbnailURL: m.ThumbnailURL, AltText: m.AltText}}
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
			// The parts of a thread keep their places: some may be posted already.
			f.Kind, f.URL, f.Cover, f.standIn = Photo, f.Cover, "", true
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

// standsIn says what is posted in the place of videos.
func standsIn(files []File) string {
	for _, f := range files {
		if f.standIn && f.URL != "" {
			return "its cover image is posted with the permalink"
		}
	}
	return "the permalink is posted instead"
}

// group cuts files into what one post can carry: greedy and in order, neighbouring photos by four, each video alone.
func group(files []File) [][]File {
	var groups [][]File
	for _, f := range files {
		last := len(groups) - 1
		if !f.standIn && f.Kind == Photo && last >= 0 && joins(groups[last]) {
			groups[last] = append(groups[last], f)
			continue
		}
		groups = append(groups, []File{f})
	}
	return groups
}

func joins(g []File) bool { return g[0].Kind == Photo && !g[0].standIn && len(g) < photosPerPost }

// thread puts texts and groups side by side: whichever is longer makes the thread as long.
func thread(texts []string, groups [][]File, altText bool, permalink string) []Post {
	parts := make([]Post, max(len(texts), len(groups), 1))
	for i := range parts {
		if i < len(texts) {
			parts[i].Text = texts[i]
		}
		if i < len(groups) {
			parts[i].Files = present(groups[i], altText)
		}
		if parts[i].Text == "" && len(parts[i].Files) == 0 {
			parts[i].Text = permalink // in the place of a video without a cover
		}
		parts[i].USD = price(parts[i])
	}
	return parts
}

// present is the files that there are, as they are to be uploaded.
func present(files []File, altText bool) (out []File) {
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

// Distinct is the part with its text told apart from the same text posted before, which X refuses: " (2)", " (3)". It
// says whether there was room.
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
