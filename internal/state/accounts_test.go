package state

import "testing"

// accounts is a ledger with a media in each state.
func accounts() *Document {
	return &Document{Ledger: []Record{
		{MediaID: "1", Timestamp: day(1), Status: Posted, Posts: []string{"1"}},
		{MediaID: "2", Timestamp: day(2), Status: Posting, Posts: []string{"2"}, Parts: 2},
		{MediaID: "3", Timestamp: day(3), Status: Posting, Intent: &Intent{}},
		{MediaID: "4", Timestamp: day(4), Status: Posting},
	}}
}

func statuses(d *Document) (out [4]Status) {
	for i, r := range d.Ledger {
		out[i] = r.Status
	}
	return out
}

func TestOtherInstagram(t *testing.T) {
	d := accounts()
	d.Cursor = Cursor{Timestamp: day(1), ID: "1"}
	d.OtherInstagram(day(10), day(11))
	if want := [4]Status{Posted, GivenUp, GivenUp, Withdrawn}; statuses(d) != want {
		t.Errorf("got %v, want %v", statuses(d), want)
	}
	if !d.Baseline.Equal(day(10)) || !d.Cursor.Timestamp.Equal(day(10)) || d.Cursor.ID != "" {
		t.Errorf("new is what is after %v, %+v", d.Baseline, d.Cursor)
	}
	if d.New("5", day(9)) || !d.New("5", day(10).Add(1)) {
		t.Error("want only what the new account published afterwards")
	}
	if got := d.Find("4").Reason; got != "another Instagram account was taken" {
		t.Errorf("the reason is %q", got)
	}
}

func TestOtherX(t *testing.T) {
	d := accounts()
	d.OtherX("old", day(11))
	if want := [4]Status{Posted, GivenUp, GivenUp, Posting}; statuses(d) != want {
		t.Errorf("got %v, want %v", statuses(d), want)
	}
	want := "it was begun on @old, and another X account was taken"
	if got := d.Find("2").Reason; got != want {
		t.Errorf("the reason is %q, want %q", got, want)
	}
}
