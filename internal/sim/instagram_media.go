package sim

import (
	"fmt"
	"iter"
	"slices"
	"time"
)

// Publish publishes a media on Instagram and returns its id.
func (g Instagram) Publish(m Media) string {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	g.made++
	a, now := g.account(m.Account), g.clock()
	setDefault(&m.ID, fmt.Sprintf("179%014d", g.made))
	if m.Timestamp.IsZero() {
		m.Timestamp = now
	}
	if m.Username == a.Username {
		m.Username = "" // its own, under whatever name it will have
	}
	if m.Pinned {
		a.pins++
	}
	m.listed = now.Add(m.Late)
	m.Timestamp = m.Timestamp.UTC().Truncate(time.Second)
	setDefault(&m.Type, typeOf(m.Items))
	setDefault(&m.ProductType, map[bool]string{true: "REELS", false: "FEED"}[m.Type == "VIDEO"])
	setDefault(&m.Permalink, fmt.Sprintf("https://www.instagram.com/%s/C%09d/",
		map[bool]string{true: "reel", false: "p"}[m.ProductType == "REELS"], g.made))
	m.Items = slices.Clone(m.Items)
	for i := range m.Items {
		m.Items[i].id = m.ID
		if m.Type == "CAROUSEL_ALBUM" {
			m.Items[i].id = fmt.Sprintf("178%s%02d", m.ID[5:], i)
		}
		m.Items[i].fill(g.made*100 + i)
		g.files[m.Items[i].id] = m.Items[i]
	}
	// Oldest first, so that one more costs nothing; the later of two in one second counts as newer.
	at, _ := slices.BinarySearchFunc(a.media, m.Timestamp, func(o Media, t time.Time) int {
		if o.Timestamp.After(t) {
			return 1
		}
		return -1
	})
	a.media = slices.Insert(a.media, at, m)
	return m.ID
}

func (it *Item) fill(seed int) {
	switch {
	case it.Bytes != nil || it.Size > 0:
	case it.Kind == "video":
		it.Bytes = VideoBytes(3, seed)
	default:
		it.Bytes = PhotoBytes(640, 480, seed)
	}
}

func typeOf(items []Item) string {
	switch {
	case len(items) > 1:
		return "CAROUSEL_ALBUM"
	case len(items) == 1 && items[0].Kind == "video":
		return "VIDEO"
	}
	return "IMAGE"
}

// find returns the account and the media of an id, nil if there is none.
func (g *igSide) find(id string) (*igAccount, *Media) {
	for _, a := range g.all {
		for i := range a.media {
			if a.media[i].ID == id {
				return a, &a.media[i]
			}
		}
	}
	return nil, nil
}

// Edit changes a media's caption, pin or items' alt texts by hand; its time and its files stay. An
// unknown id panics. change must not call the world.
func (g Instagram) Edit(id string, change func(*Media)) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	a, m := g.find(id)
	at := m.Timestamp
	change(m)
	m.Timestamp, a.pins = at, 0
	for _, m := range a.media {
		if m.Pinned {
			a.pins++
		}
	}
}

// Archive takes a media out of the list, and Unarchive shows it again, with the time that it had.
func (g Instagram) Archive(id string) { g.Edit(id, func(m *Media) { m.archived = true }) }

// Unarchive shows an archived media again.
func (g Instagram) Unarchive(id string) { g.Edit(id, func(m *Media) { m.archived = false }) }

// Unpublish deletes a media. Its files can still be had at their addresses.
func (g Instagram) Unpublish(id string) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	for _, a := range g.all {
		a.media = slices.DeleteFunc(a.media, func(m Media) bool { return m.ID == id })
	}
}

// Files returns the names of a media's files. "/file/" and a name is a path at the media host.
func (g Instagram) Files(id string) []string {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	var out []string
	_, m := g.find(id)
	for _, it := range m.Items {
		out = append(out, it.id)
	}
	return out
}

// listing is the list of an account at a time: what is pinned, then the newest first.
func (a *igAccount) listing(now time.Time) iter.Seq[Media] {
	return func(yield func(Media) bool) {
		for _, pinned := range []bool{true, false} {
			if pinned && a.pins == 0 {
				continue // or a list of a hundred thousand would be read for its first page
			}
			for _, m := range slices.Backward(a.media) {
				if m.Pinned == pinned && !m.archived && !m.listed.After(now) && !yield(m) {
					return
				}
			}
		}
	}
}

// count is media_count: what is published, shown by the list already or not.
func (a *igAccount) count() int {
	n := 0
	for _, m := range a.media {
		if !m.archived {
			n++
		}
	}
	return n
}
