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
	// Late is how far behind the cursor a media may turn up and still count as new: the list edge
	// shows some late.
	Late = 24 * time.Hour
	// keepSettled is how many settled records the status page wants, whatever their age.
	keepSettled = 20
	// maxLedger bounds the document. Instagram lets nobody publish that much in the day that has
	// to be kept.
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
	// Uploads are X media ids by part, made before the first post and good for 24 hours: a run
	// that was killed, or a video whose processing outlasted the run, is taken up from here.
	Uploads [][]string `yaml:"uploads,omitempty,flow"`
	// Uploaded is when the oldest of them was finished.
	Uploaded time.Time `yaml:"uploaded,omitempty"`
	Fallback string    `yaml:"fallback,omitempty"` // what X did not take as it was: "thumbnail", "link"
	Tries    int       `yaml:"tries,omitempty"`    // runs in which X refused this media
	LastRun  string    `yaml:"last_run,omitempty"` // the run of the last try
	Failing  time.Time `yaml:"failing,omitempty"`  // since when its file can't be had
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
	// Unanswered says that the process which made the call saw no answer and gave up: nobody is
	// waiting for one.
	Unanswered bool    `yaml:"unanswered,omitempty"`
	USD        float64 `yaml:"usd,omitempty"`
}

// Find gives the record of a media, or nil. The pointer is into the ledger.
func (d *Document) Find(mediaID string) *Record {
	for i := range d.Ledger {
		if d.Ledger[i].MediaID == mediaID {
			return &d.Ledger[i]
		}
	}
	return nil
}

// Record gives the record of a media, making one that is Posting if there is none.
func (d *Document) Record(mediaID string, at time.Time, permalink string) *Record {
	if r := d.Find(mediaID); r != nil {
		return r
	}
	d.Ledger = append(d.Ledger, Record{MediaID: mediaID, Timestamp: at.UTC(), Permalink: permalink, Status: Posting})
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

// Floor is the age at which a media that is not in the ledger stops being new: the baseline, or a
// day behind the cursor.
func (d *Document) Floor() time.Time {
	late := d.Cursor.Timestamp.Add(-Late)
	if d.Cursor.Timestamp.IsZero() || late.Before(d.Baseline) {
		return d.Baseline
	}
	return late
}

// New says whether a media that was published at t and is not in the ledger is to be mirrored.
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

// Reach is how far back the list has to be read: to the floor, and to the oldest media that is
// still being worked on.
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

// Mirrored counts one more media on now's day (UTC).
func (d *Document) Mirrored(now time.Time) { d.today(now).Media++ }

// RecordFailure notes that an area failed on now's day (UTC).
func (d *Document) RecordFailure(area string, now time.Time) {
	if day := d.today(now); !slices.Contains(day.Incidents, area) {
		day.Incidents = append(day.Incidents, area)
	}
}

// today is now's entry in the history, which is bounded. A clock that was set back finds the
// entry of its day, or makes one at the end: days are looked up by date.
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

// keepDays is how far back the status page looks.
const keepDays = 90

// MirroredOn is how many media were mirrored on now's day.
func (d *Document) MirroredOn(now time.Time) int {
	date := now.UTC().Format(time.DateOnly)
	for _, day := range d.History {
		if day.Date == date {
			return day.Media
		}
	}
	return 0
}

// prune bounds the ledger. It drops settled records that can't come up again (older than the
// floor) except the last twenty, which the status page shows. Past maxLedger the oldest go too,
// and the baseline follows them, so that what was forgotten can't become new.
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
