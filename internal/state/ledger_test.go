package state

import (
	"slices"
	"testing"
	"time"
)

func TestNew(t *testing.T) {
	d := &Document{
		Baseline: at("2026-11-01T00:00:00Z"),
		Cursor:   Cursor{Timestamp: at("2026-11-20T12:00:00Z"), ID: "9"},
	}
	d.Ledger = []Record{{MediaID: "9", Timestamp: d.Cursor.Timestamp, Status: Posted}}
	young := &Document{Baseline: at("2026-11-20T00:00:00Z"), Cursor: d.Cursor}
	for _, tt := range []struct {
		name string
		doc  *Document
		id   string
		at   string
		want bool
	}{
		{"younger than the cursor", d, "1", "2026-11-20T12:00:01Z", true},
		{"the cursor's own second", d, "1", "2026-11-20T12:00:00Z", true},
		{"known", d, "9", "2026-11-20T12:00:00Z", false},
		{"shown a day late", d, "1", "2026-11-19T12:00:00Z", true},
		{"shown more than a day late: unarchived", d, "1", "2026-11-19T11:59:59Z", false},
		{"late, but not younger than the baseline", young, "1", "2026-11-20T00:00:00Z", false},
		{"late and younger than the baseline", young, "1", "2026-11-20T00:00:01Z", true},
		{"start: all", &Document{}, "1", "2011-01-01T00:00:00Z", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.doc.New(tt.id, at(tt.at)); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// However many media were mirrored, the ledger stays small, and nothing that it forgot becomes
// new again.
func TestLedgerIsBounded(t *testing.T) {
	d := &Document{Version: Version, Route: "main", Baseline: at("2020-01-01T00:00:00Z")}
	begin := at("2020-01-01T00:00:00Z")
	var sizes []int
	for n := 1; n <= 3000; n++ {
		when := begin.Add(time.Duration(n) * 2 * time.Minute)
		d.Settle(d.Record(id(n), when, "https://www.instagram.com/p/x/"), Posted, "", when)
		d.prune()
		if n%1000 == 0 {
			sizes = append(sizes, len(d.Ledger))
		}
	}
	if sizes[0] > maxLedger || sizes[2] > sizes[0] {
		t.Errorf("the ledger grows: %v records after 1,000, 2,000 and 3,000 media", sizes)
	}
	for n := 1; n <= 3000; n++ {
		if d.New(id(n), begin.Add(time.Duration(n)*2*time.Minute)) {
			t.Fatalf("media %d of 3000 is new again", n)
		}
	}
}

func id(n int) string {
	return "179000000000" +
		string([]byte{
			byte('0' + n/1000), byte('0' + n/100%10), byte('0' + n/10%10), byte('0' + n%10),
		})
}

func TestPruneKeepsWhatIsUnfinishedAndTheLastTwenty(t *testing.T) {
	d := &Document{Version: Version, Baseline: at("2026-01-01T00:00:00Z")}
	d.Record("1", at("2026-01-02T00:00:00Z"), "")
	for n := 100; n < 150; n++ {
		when := at("2026-02-01T00:00:00Z").AddDate(0, 0, n-100)
		d.Settle(d.Record(id(n), when, ""), Posted, "", when)
	}
	d.prune()
	if d.Find("1") == nil {
		t.Error("an unfinished media was forgotten")
	}
	if got, want := len(d.Ledger), 1+keepSettled; got != want {
		t.Errorf("got %d records, want %d", got, want)
	}
	if got, want := d.Reach(), at("2026-01-02T00:00:00Z"); !got.Equal(want) {
		t.Errorf("the list is read back to %v, want %v", got, want)
	}
}

func TestSpendAndDayAreUTC(t *testing.T) {
	d := &Document{}
	tokyo := time.FixedZone("JST", 9*3600)
	d.Spend.Add(0.015, at("2026-11-30T23:00:00Z").In(tokyo)) // already December in Tokyo
	d.Spend.Add(0.2, at("2026-11-30T23:30:00Z"))
	if got, want := d.Spend.In(at("2026-11-15T00:00:00Z")), 0.215; got != want {
		t.Errorf("spent %v, want %v", got, want)
	}
	if got := d.Spend.In(at("2026-12-01T00:00:00Z")); got != 0 {
		t.Errorf("spent %v in a new month", got)
	}
	d.Spend.Add(0.5, at("2026-10-31T23:59:59Z")) // answered late
	if got, want := d.Spend.In(at("2026-11-15T00:00:00Z")), 0.215; got != want {
		t.Errorf("after a post of an older month: spent %v, want %v", got, want)
	}
	d.Spend.Add(0.01, at("2026-12-01T00:00:00Z"))
	if got, want := d.Spend.In(at("2026-12-15T00:00:00Z")), 0.01; got != want {
		t.Errorf("spent %v in the new month, want %v", got, want)
	}
	d.Settle(&Record{}, Posted, "", at("2026-11-30T23:00:00Z").In(tokyo))
	if got := d.MirroredOn(at("2026-11-30T01:00:00Z")); got != 1 {
		t.Errorf("mirrored %d, want 1", got)
	}
	if got := d.MirroredOn(at("2026-12-01T00:00:00Z")); got != 0 {
		t.Errorf("mirrored %d on the next day", got)
	}
}

// day is midnight of the nth day of 2026.
func day(n int) time.Time { return time.Date(2026, 1, 1+n, 0, 0, 0, 0, time.UTC) }

// TestReach: the list is read as far back as the oldest media that is still being worked on.
func TestReach(t *testing.T) {
	d := &Document{Baseline: day(0), Cursor: Cursor{Timestamp: day(9)}}
	d.Settle(d.Record("1", day(2), ""), Posted, "", day(9))
	if got := d.Reach(); !got.Equal(day(8)) {
		t.Errorf("with nothing open it reaches to %v, want a day behind the cursor", got)
	}
	d.Record("2", day(3), "")
	if got := d.Reach(); !got.Equal(day(3)) {
		t.Errorf("it reaches to %v, want the open media's", got)
	}
}

func TestSettleMovesTheCursorOnly(t *testing.T) {
	d := &Document{}
	d.Settle(d.Record("2", day(2), ""), Posted, "", day(3))
	d.Settle(d.Record("1", day(1), ""), Skipped, "why", day(3))
	if d.Cursor.ID != "2" || !d.Cursor.Timestamp.Equal(day(2)) {
		t.Errorf("the cursor went back: %+v", d.Cursor)
	}
	if r := d.Find("1"); r.Status != Skipped || r.Reason != "why" || !r.Settled.Equal(day(3)) {
		t.Errorf("got %+v", r)
	}
}

func TestHistory(t *testing.T) {
	d := &Document{}
	for n := range 120 {
		d.Settle(&Record{}, Posted, "", day(n))
		d.Settle(&Record{}, Posted, "", day(n).Add(23*time.Hour))
	}
	media := func(date time.Time) int { return d.History.on(date.Format(time.DateOnly)).Media }
	if n := len(d.History); n != keepDays || media(day(119)) != 2 {
		t.Errorf("%d days, %d on the last", n, media(day(119)))
	}
	d.Settle(&Record{}, Posted, "", day(100)) // a clock that was set back
	if n := len(d.History); n != keepDays || media(day(100)) != 3 {
		t.Errorf("%d days, %d on the hundredth", n, media(day(100)))
	}
	d.History.Failed("x", day(119), d.Zone)
	d.History.Failed("x", day(119), d.Zone)
	d.History.Failed("instagram", day(119), d.Zone)
	if got := d.History[keepDays-1].Incidents; !slices.Equal(got, []string{"x", "instagram"}) {
		t.Errorf("got %q", got)
	}
}

// TestPruneSorts: media of one second stand in the order of their ids, which are numbers.
func TestPruneSorts(t *testing.T) {
	d := &Document{}
	for _, id := range []string{"10", "9", "11", "9", "2"} {
		d.Record(id, day(0), "")
	}
	d.prune()
	var got []string
	for _, r := range d.Ledger {
		got = append(got, r.MediaID)
	}
	if want := []string{"2", "9", "10", "11"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
