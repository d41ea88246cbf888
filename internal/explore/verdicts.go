package explore

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/state"
)

// captionOf is the caption behind a text that was told from the same text of an earlier post:
// "media 3" of "media 3 (2)".
func captionOf(text string) string {
	caption, _, _ := strings.Cut(text, " (")
	return caption
}

// check checks the promises once the month is over and everything has come to its end.
func (m *month) check() {
	m.ends()
	m.order()
	if !m.xMoved {
		m.ended()
	}
	m.strangersStay(&m.broke)
	m.nothingOpen(&m.broke)
	m.noSecrets(&m.broke)
	if !m.alive() {
		m.broke.add("the token chain is dead")
	}
	notes := 0
	for _, i := range m.ours() {
		notes += 1 + len(i.Comments)
	}
	if days := m.plan.Days + 10; notes > 4*days {
		m.broke.add("%d notifications in %d days", notes, days)
	}
	m.out.Counts = fmt.Sprintf("%d media, %d posts, %d issues, %d notifications, %d rotations,"+
		" %d calls",
		len(m.media), len(m.W.X().Tweets()), len(m.ours()), notes, m.W.X().Refreshes(),
		len(m.W.Log()))
}

// ends checks that each media has one of its ends, and is on X once.
func (m *month) ends() {
	texts, parts := m.threads("")
	onX := map[string]int{}
	for _, text := range texts {
		onX[captionOf(text)]++
	}
	want, free := m.expected()
	for _, w := range m.media {
		n, least := onX[w.caption], want[w.caption]
		switch {
		case w.never && n > 0:
			m.broke.add("%q is on X, and nobody asked for it", w.caption)
		case n < least || n > least+free[w.caption]:
			m.broke.add("%q is on X %d times, want %d: %s", w.caption, n, least, m.recordOf(w))
		case least == 1 && free[w.caption] == 0 && parts[w.caption] != w.parts:
			m.broke.add("%q has %d posts, want %d: %s", w.caption, parts[w.caption], w.parts,
				m.recordOf(w))
		}
	}
}

// expected counts, by caption, the media that must be on X, and those that may be.
func (m *month) expected() (want, free map[string]int) {
	want, free = map[string]int{}, map[string]int{}
	for _, w := range m.media {
		rec := m.doc().Find(w.id)
		w.free = w.free || m.xMoved && rec != nil && begunElsewhere(*rec)
		switch {
		case w.never:
		case w.free:
			free[w.caption]++
		default:
			want[w.caption]++
		}
	}
	return want, free
}

// recordOf describes what the document holds of a media, and what X has of its caption.
func (m *month) recordOf(w *wanted) string {
	out := "no record"
	if rec := m.doc().Find(w.id); rec != nil {
		out = fmt.Sprintf("%+v %+v", *rec, rec.Evidence)
	}
	for _, tw := range m.W.X().Tweets() {
		if captionOf(tw.Text) == w.caption {
			out += fmt.Sprintf("; post %s of %s at %s", tw.ID, tw.AuthorID,
				tw.CreatedAt.Format(time.RFC3339))
		}
	}
	return w.id + ": " + out
}

// order checks that what was never held came in the order in which it was published.
func (m *month) order() {
	texts, _ := m.threads("")
	last := -1
	for _, text := range texts {
		at := slices.IndexFunc(m.media, func(w *wanted) bool { return w.caption == text })
		if at < 0 || m.media[at].held || m.media[at].free {
			continue
		}
		if at < last {
			m.broke.add("%q came after %q", text, m.media[last].caption)
		}
		last = max(last, at)
	}
}

// ended checks that no record is left open. What was begun of an Instagram account that is no longer
// mirrored may be held.
func (m *month) ended() {
	for _, rec := range m.doc().Ledger {
		free := slices.ContainsFunc(m.media,
			func(w *wanted) bool { return w.id == rec.MediaID && w.free })
		if free {
			continue
		}
		if rec.Status == state.Posting || rec.Intent != nil {
			m.broke.add("media %s is not settled: %+v", rec.MediaID, rec.Evidence)
		}
	}
}
