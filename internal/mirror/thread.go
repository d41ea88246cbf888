package mirror

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/state"
)

// reuse is how long a finished upload is used again: X keeps it 24 hours.
const reuse = 22 * time.Hour

// thread is one media on its way to X: what is posted of it, and what the ledger does not know yet.
type thread struct {
	plan.Thread
	done      []string   // X post ids, in thread order
	unsettled bool       // the last id in done answers the intent in the ledger, and is not settled
	uploads   [][]string // X media ids by post
	uploaded  time.Time  // when the oldest of them was finished
	// supersedes is the nonce of an intent whose post is proven not to be on X.
	supersedes string
	attempt    int               // posts of the current part that went unanswered
	distinct   int               // the number that tells the text from an earlier post's
	helped     map[string]bool   // what was tried without loss
	leftOut    []string          // children that X refused
	planned    []string          // the texts as they were composed
	kinds      map[string]string // files whose bytes are of another kind than the list says

	mu    sync.Mutex       // guards sizes: files are uploaded concurrently
	sizes map[string]int64 // of its files, in bytes, by child
}

// compose takes over a composition, of which nothing is uploaded.
func (t *thread) compose(p plan.Thread) {
	t.Thread, t.planned = p, nil
	for _, post := range p.Posts {
		t.planned = append(t.planned, post.Text)
	}
	t.uploads, t.uploaded = make([][]string, len(p.Posts)), time.Time{}
}

// reuse takes over uploads that were made before, if they are of the very files that are posted
// now. A carousel that was edited may have as many posts as before, with other files in them.
func (t *thread) reuse(uploads [][]string, uploaded time.Time, of string) {
	if of == t.uploadsOf() && len(uploads) == len(t.Posts) {
		t.uploads, t.uploaded = slices.Clone(uploads), uploaded
	}
}

// uploadsOf names the files of the posts, in their order and with their kinds, by a digest: a cover
// that stands in for a video is another file of the same child.
func (t *thread) uploadsOf() string {
	var b strings.Builder
	for _, p := range t.Posts {
		for _, f := range p.Files {
			fmt.Fprint(&b, f.MediaID, " ", f.Kind, " ")
		}
		b.WriteString("| ")
	}
	return state.TextDigest(b.String())
}

// keep writes down how a media is posted, and what is uploaded of it, for a run that goes on.
func (t *thread) keep(rec *state.Record) {
	rec.Parts, rec.Fallback = len(t.Posts), t.Fallback
	rec.LeftOut = union(rec.LeftOut, t.leftOut)
	if len(t.kinds) > 0 {
		rec.Kinds = t.kinds
	}
	rec.ForgetUploads()
	if slices.ContainsFunc(t.uploads, func(ids []string) bool { return len(ids) > 0 }) {
		rec.Uploads, rec.UploadsOf, rec.Uploaded = t.uploads, t.uploadsOf(), t.uploaded
	}
}

// asOtherKind notes that a file is of another kind than the list says.
func (t *thread) asOtherKind(child string, kind plan.Kind) {
	kinds := maps.Clone(t.kinds)
	if kinds == nil {
		kinds = map[string]string{}
	}
	kinds[child] = string(kind)
	t.kinds = kinds
}

// plannedDigest names the text that was planned for a post, if another one is sent; else "".
func (t *thread) plannedDigest(k int) string {
	if k >= len(t.planned) || t.planned[k] == t.Posts[k].Text {
		return ""
	}
	return state.TextDigest(t.planned[k])
}

// once reports whether a help has not been tried yet, and marks it as tried.
func (t *thread) once(help string) bool {
	if t.helped[help] {
		return false
	}
	t.helped[help] = true
	return true
}

// noteSize keeps how large a file is: X may refuse it for that.
func (t *thread) noteSize(child string, size int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sizes[child] = size
}

// took notes X's answer to the post of the current part. Each part is helped by itself.
func (t *thread) took(id string) {
	t.done, t.unsettled, t.supersedes, t.attempt = append(t.done, id), true, "", 0
	t.distinct = 0
	clear(t.helped)
}

// lastKnown is the newest post of a thread whose id is known. A part that a person has called
// posted has none.
func lastKnown(posts []string) string {
	for _, id := range slices.Backward(posts) {
		if id != "" {
			return id
		}
	}
	return ""
}

// claim finds the record of a media in a document that may be newer than this run's, settles what
// is known of it, and refuses if another run has been at it.
func (t *thread) claim(d *state.Document, r *Run) (*state.Record, error) {
	rec := d.Record(t.Media.ID, t.Media.Timestamp, t.Media.Permalink)
	known := len(t.done)
	if i := rec.Intent; i != nil && i.Nonce != r.Nonce && i.Nonce != t.supersedes {
		return nil, errTaken
	}
	if t.unsettled && hasIntent(rec, r.Nonce) && len(rec.Posts) == known-1 {
		settlePart(d, rec, t.done[known-1], r.Now())
	}
	if rec.Status != state.Posting || !slices.Equal(rec.Posts, t.done) {
		return nil, errTaken
	}
	return rec, nil
}

// settlePart records the answer to an intent: X took a post.
func settlePart(d *state.Document, rec *state.Record, id string, now time.Time) {
	reply := rec.Intent.Part > 0
	rec.Posts, rec.LastPost = append(rec.Posts, id), now.UTC().Truncate(time.Second)
	planned := rec.Intent.Planned
	if planned == "" {
		planned = rec.Intent.Text
	}
	rec.Texts = append(rec.Texts, planned)
	rec.OnX = append(rec.OnX, rec.Intent.Children...)
	rec.USD += rec.Intent.USD
	d.Spend.Add(rec.Intent.USD, rec.Intent.At)
	rec.Intent, rec.Distinct, rec.Evidence = nil, 0, nil
	d.Took(rec.MediaID, reply, now)
}

// leftOut says what of a carousel is missing on X.
func leftOut(rec *state.Record) string {
	if rec == nil || len(rec.LeftOut) == 0 {
		return ""
	}
	return english.Text("mirror.stored.left-out",
		"Number", len(rec.LeftOut))
}

// childrenOf are the files of a post, by child.
func childrenOf(p plan.Post) (ids []string) {
	for _, f := range p.Files {
		ids = append(ids, f.MediaID)
	}
	return ids
}

func union(a, b []string) []string {
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(a, s)
		}
	}
	return a
}
