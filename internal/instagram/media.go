package instagram

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/postferry/postferry/internal/message"
)

// Media is one post of the account, as its API shows it. Every field but ID and Timestamp may be
// empty: Graph leaves out what does not apply, and media_url if a copyright holder objects.
// Source: https://developers.facebook.com/docs/instagram-platform/reference/instagram-media
type Media struct {
	ID           string // 17 or 18 digits; not a number: it does not fit into a float64
	Caption      string
	Type         string // IMAGE, VIDEO, CAROUSEL_ALBUM, or what Meta invents next
	ProductType  string // FEED, REELS, …
	URL          string // signed, good for some days
	ThumbnailURL string // of a video: its cover
	Permalink    string
	Username     string // another account's in a collaboration
	AltText      string
	AIGenerated  bool      // Instagram labels it as made with AI
	Timestamp    time.Time // UTC, whole seconds
	Children     []Child   // of a CAROUSEL_ALBUM, in order
}

// Child is one photo or video of a carousel.
type Child struct {
	ID           string
	Type         string // IMAGE or VIDEO
	URL          string
	ThumbnailURL string
	AltText      string
}

// HasFiles reports whether Instagram gave an address for each file of the media. It gives none
// where a copyright holder objects, and sometimes for no reason that it names.
func (m Media) HasFiles() bool {
	if m.Type != "CAROUSEL_ALBUM" {
		return m.URL != ""
	}
	for _, c := range m.Children {
		if c.URL == "" {
			return false
		}
	}
	return len(m.Children) > 0
}

// wireMedia is a media on the wire.
type wireMedia struct {
	ID          text `json:"id"`
	Caption     text `json:"caption"`
	Type        text `json:"media_type"`
	ProductType text `json:"media_product_type"`
	URL         text `json:"media_url"`
	Thumbnail   text `json:"thumbnail_url"`
	Permalink   text `json:"permalink"`
	Username    text `json:"username"`
	AltText     text `json:"alt_text"`
	AIGenerated text `json:"is_ai_generated"`
	Timestamp   text `json:"timestamp"`
	Children    struct {
		Data   []wireChild `json:"data"`
		Paging paging      `json:"paging"`
	} `json:"children"`
}

type wireChild struct {
	ID        text `json:"id"`
	Type      text `json:"media_type"`
	URL       text `json:"media_url"`
	Thumbnail text `json:"thumbnail_url"`
	AltText   text `json:"alt_text"`
}

// decode reads the media of a page. A media that can't be read costs only itself: unread names it,
// a sentence each. So it does a carousel with more children than were sent, which is kept.
func (p page) decode() (media []Media, unread []string) {
	for _, raw := range p.Data {
		w, when, err := parseMedia(raw)
		if err != nil {
			unread = append(unread, message.Words{}.Text(
				"mirror.stored.listed-unread", "ID", w.name(), "Why", err))
			continue
		}
		if w.Children.Paging.Next != "" {
			unread = append(unread, message.Words{}.Text(
				"mirror.stored.listed-children", "ID", w.name(), "Number", len(w.Children.Data)))
		}
		media = append(media, w.media(when))
	}
	return media, unread
}

// parseMedia reads one media. With an error, w still has what name needs.
func parseMedia(raw []byte) (w wireMedia, when time.Time, err error) {
	if json.Unmarshal(raw, &w) != nil {
		var id struct {
			ID text `json:"id"`
		}
		_ = json.Unmarshal(raw, &id)
		return wireMedia{ID: id.ID}, when, errors.New("it is not the JSON of a media")
	}
	if w.ID == "" {
		return w, when, errors.New("it has no id")
	}
	when, err = parseTime(string(w.Timestamp))
	return w, when, err
}

// name returns what tells the media from others, as far as it was sent.
func (w wireMedia) name() string {
	switch {
	case w.ID != "":
		return oneLine(string(w.ID))
	case w.Permalink != "":
		return oneLine(string(w.Permalink))
	}
	return "without a name"
}

// oneLine keeps a text from outside on its line.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}

func (w wireMedia) media(when time.Time) Media {
	m := Media{
		ID: string(w.ID), Caption: string(w.Caption),
		Type: string(w.Type), ProductType: string(w.ProductType),
		URL: string(w.URL), ThumbnailURL: string(w.Thumbnail), Permalink: string(w.Permalink),
		Username: string(w.Username), AltText: string(w.AltText), Timestamp: when,
		AIGenerated: w.AIGenerated == "true" || w.AIGenerated == "1",
	}
	for _, c := range w.Children.Data {
		m.Children = append(m.Children, Child{
			ID: string(c.ID), Type: string(c.Type), URL: string(c.URL),
			ThumbnailURL: string(c.Thumbnail), AltText: string(c.AltText),
		})
	}
	return m
}

// parseTime reads "2018-02-22T10:40:45+0000", whose offset has no colon, and RFC 3339, in case
// Meta ever sends it.
func parseTime(s string) (time.Time, error) {
	for _, layout := range []string{"2006-01-02T15:04:05-0700", time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 1 {
			return t.UTC().Truncate(time.Second), nil
		}
	}
	return time.Time{}, fmt.Errorf("its timestamp %q is none", s)
}
