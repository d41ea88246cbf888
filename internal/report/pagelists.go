package report

import (
	"slices"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
)

// pagePosts is how many posts the page shows.
const pagePosts = 20

// maxHeld bounds the media of the other two lists.
const maxHeld = 50

// pageLists writes the lists of media on the status page. They are lists and not tables, because a
// table of four columns does not fit a phone.
type pageLists struct {
	w   message.Words
	doc *state.Document
	now time.Time
	b   *strings.Builder
}

// heading begins a list, and names the zone of its moments.
func (l pageLists) heading(key string) {
	l.b.WriteString("## " + l.w.Text(key) + " (" + l.w.ZoneName(l.now) + ")\n\n")
}

// item writes a media: when it was published, its address, and what there is to say about it.
func (l pageLists) item(r state.Record, parts ...string) {
	l.b.WriteString("- " + l.w.Column(r.Timestamp) + " · " +
		mediaLink(l.w, r.MediaID, r.Permalink))
	for _, p := range parts {
		if p != "" {
			l.b.WriteString(" · " + p)
		}
	}
	l.b.WriteString("\n")
}

// posts lists the last media that were mirrored or left out, the newest first.
func (l pageLists) posts() {
	settled := slices.DeleteFunc(slices.Clone(l.doc.Ledger), func(r state.Record) bool {
		return r.Status == state.Posting
	})
	if len(settled) == 0 {
		return
	}
	l.heading("report.page.posts")
	if n := len(l.doc.Ledger.Deleted()); n > 0 {
		l.b.WriteString(l.w.Text("report.page.deleted", "Count", n) + "\n\n")
	}
	settled = settled[max(0, len(settled)-pagePosts):]
	for _, r := range slices.Backward(settled) {
		to := postLinks(l.w, l.doc.Account.XUsername, r.Posts)
		if to == "" {
			to = l.w.Text("report.label." + string(r.Status))
		}
		l.item(r, shownAs(l.w, r), to, prose(l.w, r.Reason, 300), l.deleted(r))
	}
	l.b.WriteString("\n")
}

// deleted says that a media is on X alone.
func (l pageLists) deleted(r state.Record) string {
	if r.Deleted == nil || !r.Deleted.Proven {
		return ""
	}
	return l.w.Text("report.page.deleted-there")
}

// shownAs says what a posted media is, as far as its address and its record tell: Instagram's
// addresses of reels say so, and several files are a carousel.
func shownAs(w message.Words, r state.Record) string {
	switch {
	case r.Files > 1:
		return w.Text("report.kind.files", "Count", r.Files)
	case strings.HasPrefix(short(r.Permalink), "reel/"):
		return w.Text("report.kind.reel")
	}
	return ""
}

// held lists what waits for a proof, with the reason and the next try.
func (l pageLists) held() {
	all := l.doc.Ledger.Held()
	if len(all) == 0 {
		return
	}
	l.heading("report.page.held")
	for _, r := range all[:min(len(all), maxHeld)] {
		next := l.w.Text("report.page.next-run")
		if at := r.NextTry(); at.After(l.now) {
			next = l.w.Column(at)
		}
		l.item(r, Text(httpx.Truncate(r.Waits(l.w), 300)), l.w.Text("report.page.held-next", "When", next))
	}
	l.b.WriteString("\n")
}

// givenUp lists what was given up and is not acknowledged.
func (l pageLists) givenUp() {
	all := l.doc.Ledger.GivenUp()
	if len(all) == 0 {
		return
	}
	l.heading("report.page.given-up")
	l.b.WriteString(l.w.Text("report.page.retry") + "\n\n")
	for _, r := range all[:min(len(all), maxHeld)] {
		l.item(r, prose(l.w, r.Reason, 300),
			l.w.Text("report.page.given-up-since", "At", l.w.Column(r.Settled)))
	}
	l.b.WriteString("\n")
}
