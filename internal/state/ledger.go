package state

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"
)

// Status is how far a media has come.
type Status string

// A record goes from Posting to Posted or Skipped and stays there.
const (
	Posting Status = "posting" // begun: an intent, some parts, uploads or a failed try
	Posted  Status = "posted"
	Skipped Status = "skipped"
)

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
	// Uploaded is when the oldest upload was finished.
	Uploaded time.Time `yaml:"uploaded,omitempty"`
	Fallback string    `yaml:"fallback,omitempty"` // in place of a refused video: "thumbnail", "link"
	Tries    int       `yaml:"tries,omitempty"`    // runs in which X refused this media
	LastRun  string    `yaml:"last_run,omitempty"` // nonce of the run of the last try
	Failing  time.Time `yaml:"failing,omitempty"`  // since when the host does not deliver its file
	Reason   string    `yaml:"reason,omitempty"`   // why it was skipped, cut short, or is tried again
	USD      float64   `yaml:"usd,omitempty"`
	Settled  time.Time `yaml:"settled,omitempty"`
}

// Intent is a post that is about to be made, committed before the call.
type Intent struct {
	Part    int       `yaml:"part"` // 0-based
	At      time.Time `yaml:"at"`
	Run     string    `yaml:"run,omitempty"`        // GITHUB_RUN_ID
	Nonce   string    `yaml:"nonce"`                // which process; two may share a run id
	Media   []string  `yaml:"media,omitempty,flow"` // X media ids attached
	Text    string    `yaml:"text"`                 // digest of the post text
	Attempt int       `yaml:"attempt"`              // 1, 2, …: earlier ones had no answer
	// Unanswered reports whether the process that made the call gave up waiting for the answer.
	Unanswered bool    `yaml:"unanswered,omitempty"`
	USD        float64 `yaml:"usd,omitempty"`
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
	r.Status, r.Reason, r.Settled = s, reason, now.UTC().Truncate(time.Second)
	r.Intent, r.Uploads, r.Uploaded, r.LastRun, r.Failing = nil, nil, time.Time{}, "", time.Time{}
	if r.Timestamp.After(d.Cursor.Timestamp) {
		d.Cursor = Cursor{Timestamp: r.Timestamp, ID: r.MediaID}
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

// Spent adds the price of a post that was made at the given time. Only the newest month (UTC) is
// kept: the answer to a post of an earlier month does not restart the sum.
func (d *Document) Spent(usd float64, at time.Time) {
	month := at.UTC().Format("2006-01")
	if month < d.Spend.Month {
		return
	}
	if month > d.Spend.Month {
		d.Spend = Spend{Month: month}
	}
	d.Spend.USD = RoundUSD(d.Spend.USD + usd)
}

// RoundUSD rounds to a tenth of a cent: a sum of prices like 0.015 shows binary tails otherwise.
func RoundUSD(usd float64) float64 { return math.Round(usd*1000) / 1000 }

// SpentIn returns what was spent in the month of now.
func (d *Document) SpentIn(now time.Time) float64 {
	if d.Spend.Month != now.UTC().Format("2006-01") {
		return 0
	}
	return d.Spend.USD
}

// Mirrored counts one more media on the day of now (UTC).
func (d *Document) Mirrored(now time.Time) { d.today(now).Media++ }

// RecordFailure notes that a component failed on the day of now (UTC).
func (d *Document) RecordFailure(component string, now time.Time) {
	if day := d.today(now); !slices.Contains(day.Incidents, component) {
		day.Incidents = append(day.Incidents, component)
	}
}

// today returns the history's entry for the day of now. Entries are found by date, so that a
// clock that was set back continues the entry of its day.
func (d *Document) today(now time.Time) *Day {
	date := now.UTC().Format(time.DateOnly)
	for i := range d.History {
		if d.History[i].Date == date {
			return &d.History[i]
		}
	}
	d.History = append(d.History, Day{Date: date})
	d.History = d.History[max(0, len(d.History)-keepDays):]
	return &d.History[len(d.History)-1]
}

// keepDays is how many days the status page shows.
const keepDays = 90

// MirroredOn returns how many media were mirrored on the day of now.
func (d *Document) MirroredOn(now time.Time) int {
	date := now.UTC().Format(time.DateOnly)
	for _, day := range d.History {
		if day.Date == date {
			return day.Media
		}
	}
	return 0
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
		if r.Status == Posting {
			continue
		}
		settled++
		old := r.Timestamp.Before(floor) && settled > keepSettled
		if settled > maxLedger && r.Timestamp.After(d.Baseline) {
			d.Baseline, old = r.Timestamp, true
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
