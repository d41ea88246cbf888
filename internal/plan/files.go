package plan

import (
	"slices"

	"github.com/postferry/postferry/internal/caption"
	"github.com/postferry/postferry/internal/instagram"
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
		g = slices.DeleteFunc(slices.Clone(g),
			func(f File) bool { return slices.Contains(ids, f.MediaID) })
		if len(g) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// files returns the files of a media in order. missing counts the children without a file.
func files(m instagram.Media, known Known) (out []File, missing int) {
	for _, c := range childrenOf(m) {
		f := fileOf(c, known)
		if f.URL == "" {
			missing++
			if m.Type != "VIDEO" || known.Fallback == "" {
				continue
			}
		}
		if f.Kind == Video && known.Fallback != "" {
			f.replace(known.Fallback == Link && m.Type == "VIDEO")
		}
		out = append(out, f)
	}
	return out, missing
}

// childrenOf are the children of a carousel, or the one file of another media as a child.
func childrenOf(m instagram.Media) []instagram.Child {
	if m.Type == "CAROUSEL_ALBUM" {
		return m.Children
	}
	return []instagram.Child{{
		ID: m.ID, Type: m.Type, URL: m.URL, ThumbnailURL: m.ThumbnailURL, AltText: m.AltText,
	}}
}

// fileOf is the file of a child. The bytes decide about its kind if they are known, and else the
// list.
func fileOf(c instagram.Child, known Known) File {
	f := File{MediaID: c.ID, Kind: Photo, URL: c.URL, AltText: caption.AltText(c.AltText)}
	if c.Type == "VIDEO" {
		f.Kind, f.Cover = Video, c.ThumbnailURL
	}
	if kind, ok := known.Kinds[c.ID]; ok {
		f.Kind = Kind(kind)
	}
	return f
}

// replace puts the cover in the place of a video, or nothing but the permalink. The posts of a
// thread keep their places, because some may be on X already.
func (f *File) replace(byLink bool) {
	f.Kind, f.URL, f.Cover, f.placeholder = Photo, f.Cover, "", true
	if byLink {
		f.URL = ""
	}
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
