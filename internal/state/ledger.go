package state

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/verdict"
)

// Status is how far a media has come.
type Status string

// A record goes from Posting to one of the others. Only `retry` puts a given-up media back, and a
// withdrawn one that Instagram lists again.
const (
	Posting   Status = "posting" // begun: an intent, some parts, uploads or a refusal
	Posted    Status = "posted"
	Skipped   Status = "skipped"   // left out by the configuration
	GivenUp   Status = "given-up"  // ended by a verdict; Reason holds the proof
	Withdrawn Status = "withdrawn" // its owner deleted it before anything of it was on X
)

// Hold is why a media can't be ended and can't be posted at present.
type Hold string

// The holds. Each is named on the status page.
const (
	HeldFile       Hold = "file"       // X refuses its file, and took another media's
	HeldPost       Hold = "post"       // X refuses the post, and took another one
	HeldReply      Hold = "reply"      // X refuses the next part of its thread
	HeldReplies    Hold = "replies"    // X does not let this app reply at present
	HeldMissing    Hold = "missing"    // the media host gives no file
	HeldNoFile     Hold = "no-file"    // Instagram's list gives no file
	HeldProcessing Hold = "processing" // X is still processing its video
	HeldUnlisted   Hold = "unlisted"   // Instagram's list no longer shows it
	HeldFilter     Hold = "filter"     // a filter can't be evaluated
	HeldTimeline   Hold = "timeline"   // X did not answer, and its timeline may lag
	HeldUndecided  Hold = "undecided"  // X's timeline can't decide whether the post is there
)

// ByItself reports whether the other media pass this one, because X has taken another.
func (h Hold) ByItself() bool {
	return h == HeldFile || h == HeldPost || h == HeldReply
}

const (
	// lateness is how far behind the cursor a media may be and still count as new: Instagram's list
	// shows some media late.
	lateness = 24 * time.Hour
	// keepSettled is how many settled records are kept for the status page, whatever their age.
	keepSettled = 20
	// maxLedger bounds the document. Instagram lets nobody publish that much in the day that has to
	// be kept.
	maxLedger = 400
)

// Ledger holds the records of media, oldest first.
type Ledger []Record

// Record is one media in the ledger.
type Record struct {
	MediaID   string    `yaml:"media_id"`
	Timestamp time.Time `yaml:"timestamp"`
	Permalink string    `yaml:"permalink,omitempty"`
	Status    Status    `yaml:"status"`
	Parts     int       `yaml:"parts,omitempty"`  // posts planned
	Posts     []string  `yaml:"posts,omitempty"`  // X post ids, in thread order
	Intent    *Intent   `yaml:"intent,omitempty"` // the post that is being made
	// Uploads are X media ids by part, made before the first post and kept by X for 24 hours. The
	// next run resumes from them if this one is killed or a video's processing outlasts it.
	Uploads [][]string `yaml:"uploads,omitempty,flow"`
	// UploadsOf names the files that Uploads are of, by a digest: a carousel that was edited
	// meanwhile has others.
	UploadsOf string `yaml:"uploads_of,omitempty"`
	// Uploaded is when the oldest upload was finished.
	Uploaded time.Time `yaml:"uploaded,omitempty"`
	Fallback string    `yaml:"fallback,omitempty"` // for its videos: "thumbnail", "link"
	Reason   string    `yaml:"reason,omitempty"`   // why it was skipped, ended or is held
	// Evidence is what is known against it; nil for most.
	Evidence *Evidence `yaml:"evidence,omitempty"`
	// LeftOut are the children that X refused and the carousel is posted without.
	LeftOut []string `yaml:"left_out,omitempty,flow"`
	// Kinds are the files whose bytes are of another kind than Instagram's list says, by child.
	Kinds map[string]string `yaml:"kinds,omitempty,flow"`
	// Retried reports whether a person had it put back with a part on X: whether that is still
	// there is looked up before the thread goes on.
	Retried bool `yaml:"retried,omitempty"`
	// OnX are the files of Posts, by child: a posted part keeps them, whatever the carousel
	// becomes.
	OnX []string `yaml:"on_x,omitempty,flow"`
	// LastPost is when the newest of Posts was made.
	LastPost time.Time `yaml:"last_post,omitempty"`
	// Texts are the digests of the texts of Posts, as they were composed: an edited caption goes on
	// only where they fit.
	Texts []string `yaml:"texts,omitempty,flow"`
	// Distinct is the number that tells its text from the same text of an earlier post.
	Distinct int `yaml:"distinct,omitempty"`
	// Deleted is what shows that its owner deleted a posted media on Instagram, nil while it is
	// listed.
	Deleted *Deletion `yaml:"deleted,omitempty,flow"`
	// Acknowledged reports whether a person has seen that it was given up.
	Acknowledged bool `yaml:"acknowledged,omitempty"`
	// Files is how many photos and videos of it are on X, of one that is posted.
	Files   int       `yaml:"files,omitempty"`
	USD     float64   `yaml:"usd,omitempty"`
	Settled time.Time `yaml:"settled,omitempty"`
}

// Evidence is what is known against a media that is not ended: what X, the media host or Instagram
// answered, folded. Package verdict decides with it.
type Evidence struct {
	Hold    Hold             `yaml:"hold,omitempty"`
	Refusal *verdict.Refusal `yaml:"refusal,omitempty,flow"`
	Missing *verdict.Missing `yaml:"missing,omitempty,flow"`
	// Asked is when a media that is held by itself was last asked, and Alone how many asks in a
	// row X took nothing else.
	Asked time.Time `yaml:"asked,omitempty"`
	Alone int       `yaml:"alone,omitempty"`
	// Witness is how often it was refused as a witness: that alone chooses the next one.
	Witness    int       `yaml:"witness,omitempty"`
	Unlisted   time.Time `yaml:"unlisted,omitempty"`   // since when Instagram's list lacks it
	NoFile     time.Time `yaml:"no_file,omitempty"`    // since when the list gives no file for it
	Processing time.Time `yaml:"processing,omitempty"` // since when X processes its video
}

// Ev gives the evidence of a record, making an empty one if there is none.
func (r *Record) Ev() *Evidence {
	if r.Evidence == nil {
		r.Evidence = &Evidence{}
	}
	return r.Evidence
}

// Hold is why the record is held, "" if it is not.
func (r *Record) Hold() Hold {
	if r == nil || r.Evidence == nil || r.Status != Posting {
		return ""
	}
	return r.Evidence.Hold
}

// Tidy drops evidence that says nothing.
func (r *Record) Tidy() {
	if r.Evidence != nil && *r.Evidence == (Evidence{}) {
		r.Evidence = nil
	}
}

// ForgetUploads makes the next try upload the files anew.
func (r *Record) ForgetUploads() {
	r.Uploads, r.UploadsOf, r.Uploaded = nil, "", time.Time{}
}

// Intent is a post that is about to be made, committed before the call.
type Intent struct {
	Part  int       `yaml:"part"` // 0-based
	At    time.Time `yaml:"at"`
	Run   string    `yaml:"run,omitempty"`        // GITHUB_RUN_ID
	Nonce string    `yaml:"nonce"`                // which process; two may share a run id
	Media []string  `yaml:"media,omitempty,flow"` // X media ids attached
	Text  string    `yaml:"text"`                 // digest of the post text without its links
	Link  string    `yaml:"link,omitempty"`       // digest of the links that the text carries
	Files bool      `yaml:"files,omitempty"`      // whether files are attached
	// Children are the files that the post carries.
	Children []string `yaml:"children,omitempty,flow"`
	Planned  string   `yaml:"planned,omitempty"` // digest of the composed text, if another is sent
	Attempt  int      `yaml:"attempt"`           // 1, 2, …: earlier ones had no answer
	// Unanswered says that the process which made the call saw no answer and gave up: nobody is
	// waiting for one.
	Unanswered bool `yaml:"unanswered,omitempty"`
	// Looked is the first look at X's timeline for it; Looks is how many could not decide.
	Looked time.Time `yaml:"looked,omitempty"`
	Looks  int       `yaml:"looks,omitempty"`
	USD    float64   `yaml:"usd,omitempty"`
}

// GivenUp lists the given-up media that nobody has acknowledged, oldest first.
func (l Ledger) GivenUp() (out []Record) {
	for _, r := range l {
		if r.Status == GivenUp && !r.Acknowledged {
			out = append(out, r)
		}
	}
	return out
}

// Held lists the media that wait for a proof, oldest first.
func (l Ledger) Held() (out []Record) {
	for i := range l {
		if l[i].held() {
			out = append(out, l[i])
		}
	}
	return out
}

// Undecided lists the media whose post nobody could find out about, so that a person is asked.
func (l Ledger) Undecided() (out []Record) {
	for _, r := range l {
		if r.Status == Posting && r.Intent != nil && verdict.IsUndecided(r.Intent.Looks) {
			out = append(out, r)
		}
	}
	return out
}

// Find returns the record of a media, or nil. The pointer is into the ledger.
func (d *Document) Find(mediaID string) *Record {
	for i := range d.Ledger {
		if d.Ledger[i].MediaID == mediaID {
			return &d.Ledger[i]
		}
	}
	return nil
}

// Record returns the record of a media. It adds one that is Posting if there is none.
func (d *Document) Record(mediaID string, at time.Time, permalink string) *Record {
	if r := d.Find(mediaID); r != nil {
		return r
	}
	d.Ledger = append(d.Ledger, Record{
		MediaID: mediaID, Timestamp: at.UTC(), Permalink: permalink, Status: Posting,
	})
	return &d.Ledger[len(d.Ledger)-1]
}

// Settle ends a record and moves the cursor.
func (d *Document) Settle(r *Record, s Status, reason string, now time.Time) {
	if s == Posted {
		d.Today = d.Today.after(d.MirroredOn(now), now)
		d.History.mirrored(r, now, d.Zone)
	}
	r.Status, r.Reason, r.Settled = s, reason, now.UTC().Truncate(time.Second)
	r.Intent, r.Evidence = nil, nil
	r.ForgetUploads()
	if s == Posted {
		r.Texts, r.LastPost, r.Kinds, r.OnX = nil, time.Time{}, nil, nil
	}
	// The cursor never passes now: a timestamp that lies ahead would hide what is published until
	// then.
	at := r.Timestamp
	if at.After(r.Settled) {
		at = r.Settled
	}
	if at.After(d.Cursor.Timestamp) {
		d.Cursor = Cursor{Timestamp: at, ID: r.MediaID}
	}
}

// Floor returns the time before which a media that is not in the ledger is not new: the baseline,
// or a day before the cursor.
func (d *Document) Floor() time.Time {
	late := d.Cursor.Timestamp.Add(-lateness)
	if d.Cursor.Timestamp.IsZero() || late.Before(d.Baseline) {
		return d.Baseline
	}
	return late
}

// New reports whether a media that was published at t is still to be entered into the ledger.
func (d *Document) New(mediaID string, t time.Time) bool {
	if d.Find(mediaID) != nil {
		return false
	}
	floor := d.Floor()
	if floor.Equal(d.Baseline) {
		return t.After(floor)
	}
	return !t.Before(floor)
}

// Reach returns how far back the list has to be read: to the floor, and to the oldest media that is
// still unfinished.
func (d *Document) Reach() time.Time {
	reach := d.Floor()
	for _, r := range d.Ledger {
		if r.Status == Posting && r.Timestamp.Before(reach) {
			reach = r.Timestamp
		}
	}
	return reach
}

// prune bounds the ledger. It drops settled records that are older than the floor, because they
// can't become new again, but for the last twenty. Above maxLedger it drops the oldest too, and
// moves the baseline after them, so that no dropped media becomes new.
func (d *Document) prune() {
	slices.SortStableFunc(d.Ledger, func(a, b Record) int {
		return cmp.Or(a.Timestamp.Compare(b.Timestamp), CompareIDs(a.MediaID, b.MediaID))
	})
	floor, settled := d.Floor(), 0
	for i := len(d.Ledger) - 1; i >= 0; i-- {
		r := d.Ledger[i]
		if r.kept() {
			continue
		}
		settled++
		old := r.Timestamp.Before(floor) && settled > keepSettled
		if settled > maxLedger && r.Timestamp.After(d.Baseline) {
			d.Baseline, old = r.Timestamp, true
		}
		if old && r.Status == Posted && r.Settled.After(d.Forgotten) {
			d.Forgotten = r.Settled
		}
		if old {
			d.Ledger = slices.Delete(d.Ledger, i, i+1)
		}
	}
}

// CompareIDs orders the ids of Instagram and of X as the numbers that they are.
func CompareIDs(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}
