package state

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func example(t testing.TB) []byte {
	t.Helper()
	body, err := os.ReadFile("../../state/example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// The example in state/ is a document as it is written: decoding and encoding it changes nothing.
func TestExampleIsWhatIsWritten(t *testing.T) {
	body := example(t)
	d, err := Decode("state/example.yaml", body)
	if err != nil {
		t.Fatal(err)
	}
	got, err := d.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(body), string(got)); diff != "" {
		t.Errorf("encoding the example gives another text (-example +encoded):\n%s", diff)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{"empty", "", "not a state document"},
		{"garbage", "\x00\x01 garbage", "not a state document"},
		{"html", "<!DOCTYPE html><html></html>", "not a state document"},
		{"no version", "route: main\n", "it has no version"},
		{"newer", "version: 2\nroute: main\nsomething_new: 1\n", "version 2 was written by a newer postferry"},
		{"unknown key", "version: 1\nroute: main\nledgre: []\n", "ledgre"},
		{"wrong type", "version: 1\nroute: main\nledger: many\n", "not a state document"},
		{"truncated", string(example(t)[:700]) + "\n    posts: [", "not a state document"},
		{"media twice", "version: 1\nledger:\n  - {media_id: '1', status: posted}\n  - {media_id: '1', status: posted}\n", "in the ledger twice"},
		{"no id", "version: 1\nledger:\n  - {status: posted}\n", "has no media_id"},
		{"status", "version: 1\nledger:\n  - {media_id: '1', status: gone}\n", `unknown status "gone"`},
		{"two documents", "version: 1\n---\nversion: 1\n", "something follows its end"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Decode("state/main.yaml", []byte(tt.body))
			var unreadable *UnreadableError
			if !errors.As(err, &unreadable) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an UnreadableError with %q", err, tt.want)
			}
			if err != nil && !strings.HasPrefix(err.Error(), "state/main.yaml: ") {
				t.Errorf("the error does not name the file: %v", err)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(example(f))
	f.Add([]byte("version: 1\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := Decode("x", body)
		if err != nil {
			return
		}
		once, err := d.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Decode("x", once)
		if err != nil {
			t.Fatalf("what was encoded does not decode: %v\n%s", err, once)
		}
		twice, err := again.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if string(once) != string(twice) {
			t.Errorf("encoding is not stable:\n%s\n---\n%s", once, twice)
		}
	})
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestNew(t *testing.T) {
	d := &Document{Baseline: at("2026-11-01T00:00:00Z"), Cursor: Cursor{Timestamp: at("2026-11-20T12:00:00Z"), ID: "9"}}
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

// However many media were mirrored, the ledger stays small, and nothing that it forgot becomes new again.
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
	return "179000000000" + string([]byte{byte('0' + n/1000), byte('0' + n/100%10), byte('0' + n/10%10), byte('0' + n%10)})
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
	d.Spent(0.015, at("2026-11-30T23:00:00Z").In(tokyo)) // already December in Tokyo
	d.Spent(0.2, at("2026-11-30T23:30:00Z"))
	if got, want := d.SpentIn(at("2026-11-15T00:00:00Z")), 0.215; got != want {
		t.Errorf("spent %v, want %v", got, want)
	}
	if got := d.SpentIn(at("2026-12-01T00:00:00Z")); got != 0 {
		t.Errorf("spent %v in a new month", got)
	}
	d.Mirrored(at("2026-11-30T23:00:00Z").In(tokyo))
	if got := d.MirroredOn(at("2026-11-30T01:00:00Z")); got != 1 {
		t.Errorf("mirrored %d, want 1", got)
	}
	if got := d.MirroredOn(at("2026-12-01T00:00:00Z")); got != 0 {
		t.Errorf("mirrored %d on the next day", got)
	}
}
