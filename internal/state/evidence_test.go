package state

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/verdict"
)

// noon is the moment at which these tests happen.
var noon = at("2026-11-25T12:00:00Z")

// names are the media ids of records.
func names(records []Record) (out []string) {
	for _, r := range records {
		out = append(out, r.MediaID)
	}
	return out
}

func TestBegun(t *testing.T) {
	for _, tt := range []struct {
		name string
		rec  *Record
		want bool
	}{
		{"none", nil, false},
		{"nothing sent", &Record{Uploads: [][]string{{"7"}}}, false},
		{"a part is on X", &Record{Posts: []string{"1"}}, true},
		{"a part may be on X", &Record{Intent: &Intent{}}, true},
	} {
		if got := tt.rec.Begun(); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestTook(t *testing.T) {
	earlier := noon.Add(-time.Hour)
	for _, tt := range []struct {
		name   string
		before Answers
		reply  bool
		want   Answers
	}{
		{"a post", Answers{RefusedRuns: 3, TakenReply: earlier, Words: "duplicate"}, false,
			Answers{Taken: noon, TakenReply: earlier}},
		{"a reply", Answers{}, true, Answers{Taken: noon, TakenReply: noon}},
		{"the suspect itself", Answers{Suspect: "1"}, false, Answers{Taken: noon}},
		{"another than the suspect", Answers{Suspect: "2"}, false,
			Answers{Taken: noon, Suspect: "2"}},
		{"after X called them automated", Answers{Words: "automated"}, false,
			Answers{Taken: noon, Slow: noon.Add(24 * time.Hour)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := &Document{X: tt.before}
			d.Took("1", tt.reply, noon.Add(300*time.Millisecond))
			if diff := cmp.Diff(tt.want, d.X); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestTookEndsDoubt: after a post was taken, the refusals of other media can't be taken back.
func TestTookEndsDoubt(t *testing.T) {
	refusal := func() *Evidence {
		return &Evidence{Refusal: &verdict.Refusal{Tries: 2, Before: &verdict.Refusal{Tries: 1}}}
	}
	d := &Document{Ledger: []Record{
		{MediaID: "1", Evidence: refusal()},
		{MediaID: "2", Evidence: refusal()},
		{MediaID: "3", Evidence: &Evidence{Hold: HeldNoFile}},
		{MediaID: "4"},
	}}
	old := d.Ledger[1].Evidence.Refusal
	d.Took("1", false, noon)
	if d.Ledger[0].Evidence.Refusal.Before == nil {
		t.Error("the evidence of the media that was taken was changed")
	}
	if got := d.Ledger[1].Evidence.Refusal; got.Before != nil || got.Tries != 2 {
		t.Errorf("another media's refusal is %+v", got)
	}
	if old.Before == nil {
		t.Error("the refusal was changed in place")
	}
	if d.Ledger[2].Evidence.Refusal != nil || d.Ledger[3].Evidence != nil {
		t.Error("a refusal was invented")
	}
}

// TestGiveUpIsBounded: above fifty the oldest count as acknowledged.
func TestGiveUpIsBounded(t *testing.T) {
	d := &Document{}
	for n := range keepGivenUp + 3 {
		r := d.Record(id(n), day(n), "")
		r.Evidence = &Evidence{Hold: HeldPost}
		d.GiveUp(r, "the proof", noon)
		if r.Status != GivenUp || r.Reason != "the proof" || r.Evidence != nil {
			t.Fatalf("got %+v", r)
		}
		if open := len(d.Ledger.GivenUp()); open != min(n+1, keepGivenUp) {
			t.Fatalf("%d are listed after %d were given up", open, n+1)
		}
	}
	if got := d.Ledger.GivenUp()[0].MediaID; got != id(3) {
		t.Errorf("the oldest that is listed is %s, want %s", got, id(3))
	}
	for n := range 3 {
		if r := d.Find(id(n)); r == nil || !r.Acknowledged || r.Status != GivenUp {
			t.Errorf("the oldest is %+v", r)
		}
	}
}

func TestGivenUpOpen(t *testing.T) {
	d := &Document{Ledger: []Record{
		{MediaID: "1", Status: GivenUp},
		{MediaID: "2", Status: GivenUp, Acknowledged: true},
		{MediaID: "3", Status: Skipped},
		{MediaID: "4", Status: GivenUp},
	}}
	if diff := cmp.Diff([]string{"1", "4"}, names(d.Ledger.GivenUp())); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestHeldRecords(t *testing.T) {
	refused := func(tries int) *Evidence {
		return &Evidence{Refusal: &verdict.Refusal{Tries: tries}}
	}
	d := &Document{Ledger: []Record{
		{MediaID: "new", Status: Posting},
		{MediaID: "hold", Status: Posting, Evidence: &Evidence{Hold: HeldFilter}},
		{MediaID: "refused", Status: Posting, Evidence: refused(1)},
		{MediaID: "taken back", Status: Posting, Evidence: refused(0)},
		{MediaID: "in flight", Status: Posting, Intent: &Intent{}},
		{MediaID: "unanswered", Status: Posting, Intent: &Intent{Unanswered: true}},
		{MediaID: "ended", Status: GivenUp, Evidence: &Evidence{Hold: HeldFilter}},
	}}
	want := []string{"hold", "refused", "unanswered"}
	if diff := cmp.Diff(want, names(d.Ledger.Held())); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestNextTry(t *testing.T) {
	for _, tt := range []struct {
		name string
		rec  Record
		want time.Time
	}{
		{"every run", Record{}, time.Time{}},
		{"not looked up yet", Record{Intent: &Intent{At: noon}}, noon.Add(verdict.TimelineLag)},
		{"looked up", Record{Intent: &Intent{At: noon, Looks: 1}}, time.Time{}},
		{"refused by itself", Record{Evidence: &Evidence{Hold: HeldPost, Asked: noon, Alone: 1}},
			noon.Add(verdict.ProbeWait(2))},
		{"no file", Record{Evidence: &Evidence{Hold: HeldNoFile, NoFile: noon}},
			noon.Add(time.Hour)},
		{"unlisted", Record{Evidence: &Evidence{Hold: HeldUnlisted, Unlisted: noon}},
			noon.Add(24 * time.Hour)},
		{"filter", Record{Evidence: &Evidence{Hold: HeldFilter}}, time.Time{}},
	} {
		if got := tt.rec.NextTry(); !got.Equal(tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestWaits(t *testing.T) {
	for _, tt := range []struct {
		name string
		rec  Record
		want string
	}{
		{"a hold", Record{Status: Posting, Evidence: &Evidence{Hold: HeldFilter}},
			"a filter can't be evaluated"},
		{"a hold with its reason",
			Record{Status: Posting, Reason: "404", Evidence: &Evidence{Hold: HeldMissing}},
			"the media host does not give its file: 404"},
		{"refused", Record{Status: Posting},
			"X refused it, and whose fault that is is not proven yet"},
		{"no answer", Record{Status: Posting, Intent: &Intent{}},
			"X did not answer, and the post is looked for on X's timeline"},
	} {
		if got := tt.rec.Waits(message.Words{}); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestRetry(t *testing.T) {
	for _, tt := range []struct {
		name    string
		rec     Record
		want    bool
		retried bool
	}{
		{"unknown", Record{MediaID: "2", Status: GivenUp}, false, false},
		{"given up", Record{Status: GivenUp, Acknowledged: true, Reason: "r"}, true, false},
		{"given up half posted", Record{Status: GivenUp, Posts: []string{"1"}}, true, true},
		{"withdrawn", Record{Status: Withdrawn}, true, false},
		{"held", Record{Status: Posting, Evidence: &Evidence{Hold: HeldPost}}, true, false},
		{"undecided", Record{Status: Posting, Intent: &Intent{Looks: 3}}, true, false},
		{"not looked up yet", Record{Status: Posting, Intent: &Intent{}}, false, false},
		{"nothing against it", Record{Status: Posting}, false, false},
		{"posted", Record{Status: Posted}, false, false},
		{"skipped", Record{Status: Skipped}, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := tt.rec
			if r.MediaID == "" {
				r.MediaID = "1"
			}
			r.Fallback, r.LeftOut = "link", []string{"c"}
			if r.Status != Posting {
				r.Settled = noon
			}
			r.Uploads, r.Uploaded = [][]string{{"7"}}, noon
			d := &Document{X: Answers{Suspect: "1"}, Ledger: []Record{r}}
			if got := d.Retry("1"); got != tt.want {
				t.Fatalf("got %v, want %v", got, tt.want)
			}
			if !tt.want {
				if diff := cmp.Diff(r, d.Ledger[0]); diff != "" || d.X.Suspect != "1" {
					t.Errorf("it was changed:\n%s", diff)
				}
				return
			}
			want := Record{MediaID: "1", Status: Posting, Posts: r.Posts, Retried: tt.retried}
			if diff := cmp.Diff(want, d.Ledger[0]); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if d.X.Suspect != "" {
				t.Error("it is still the suspect")
			}
		})
	}
}

func TestTakeAsPosted(t *testing.T) {
	for _, tt := range []struct {
		name  string
		parts int
		plan  string
		text  string
		want  Status
		count int
	}{
		{"the only part", 1, "", "sent", Posted, 1},
		{"the first of two", 2, "", "sent", Posting, 0},
		{"another text was sent than planned", 2, "planned", "planned", Posting, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := &Document{}
			r := d.Record("1", day(1), "")
			r.Parts, r.USD, r.Distinct, r.Reason = tt.parts, 0.1, 2, "why"
			d.TakeAsPosted(r, noon)
			if len(r.Posts) != 0 || r.Reason != "why" {
				t.Fatalf("without an intent it was changed: %+v", r)
			}
			r.Evidence = &Evidence{Hold: HeldUndecided}
			r.Intent = &Intent{At: day(2), Text: "sent", Planned: tt.plan, USD: 0.2}
			d.TakeAsPosted(r, noon)
			if r.Status != tt.want || d.MirroredOn(noon) != tt.count || len(r.Posts) != 1 {
				t.Errorf("got %+v, %d mirrored", r, d.MirroredOn(noon))
			}
			if r.Intent != nil || r.Evidence != nil || r.Reason != "" || r.Distinct != 0 {
				t.Errorf("something is left of the intent: %+v", r)
			}
			if RoundUSD(r.USD) != 0.3 || d.Spend.In(day(2)) != 0.2 {
				t.Errorf("it cost %v, and the month %v", r.USD, d.Spend.In(day(2)))
			}
			if tt.want == Posting && (r.Texts[0] != tt.text || !r.LastPost.Equal(day(2))) {
				t.Errorf("got the text %q of %v", r.Texts, r.LastPost)
			}
		})
	}
}

func TestUndecided(t *testing.T) {
	d := &Document{Ledger: []Record{
		{MediaID: "1", Status: Posting, Intent: &Intent{Looks: 3}},
		{MediaID: "2", Status: Posting, Intent: &Intent{Looks: 2}},
		{MediaID: "3", Status: Posting},
		{MediaID: "4", Status: GivenUp, Intent: &Intent{Looks: 3}},
	}}
	if diff := cmp.Diff([]string{"1"}, names(d.Ledger.Undecided())); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestHeldSince(t *testing.T) {
	for _, tt := range []struct {
		name   string
		intent *Intent
		ev     *Evidence
		want   time.Time
	}{
		{"nothing known", nil, nil, day(1)},
		{"a hold without a time", nil, &Evidence{Hold: HeldFilter}, day(1)},
		{"an intent", &Intent{At: day(5)}, nil, day(5)},
		{"a refusal", nil, &Evidence{Refusal: &verdict.Refusal{First: day(4)}}, day(4)},
		{"missing", nil, &Evidence{Missing: &verdict.Missing{Since: day(3)}}, day(3)},
		{"the oldest", &Intent{At: day(5)}, &Evidence{NoFile: day(6), Unlisted: day(4)}, day(4)},
	} {
		r := Record{Timestamp: day(1), Intent: tt.intent, Evidence: tt.ev}
		if got := r.HeldSince(); !got.Equal(tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestRelist(t *testing.T) {
	for _, tt := range []struct {
		name      string
		rec, want Record
	}{
		{"withdrawn", Record{Status: Withdrawn, Settled: noon, Reason: "deleted"},
			Record{Status: Posting}},
		{"held for that", Record{Status: Posting, Reason: "gone",
			Evidence: &Evidence{Hold: HeldUnlisted, Unlisted: noon}}, Record{Status: Posting}},
		{"held for another reason", Record{Status: Posting, Reason: "refused",
			Evidence: &Evidence{Hold: HeldPost, Unlisted: noon}},
			Record{Status: Posting, Reason: "refused", Evidence: &Evidence{Hold: HeldPost}}},
		{"posted", Record{Status: Posted, Settled: noon}, Record{Status: Posted, Settled: noon}},
	} {
		got := tt.rec
		got.Relist()
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestFileCame(t *testing.T) {
	for hold, want := range map[Hold]Hold{
		HeldMissing: "", HeldNoFile: "", HeldPost: HeldPost, "": "",
	} {
		r := Record{Status: Posting}
		*r.Ev() = Evidence{Hold: hold, Missing: &verdict.Missing{Shown: 1}, NoFile: noon}
		r.Ev().FileCame()
		if diff := cmp.Diff(&Evidence{Hold: want}, r.Evidence); diff != "" {
			t.Errorf("held for %q (-want +got):\n%s", hold, diff)
		}
		if r.Tidy(); (r.Evidence == nil) != (want == "") {
			t.Errorf("held for %q: tidied it has the evidence %+v", hold, r.Evidence)
		}
	}
}

func TestHold(t *testing.T) {
	ev := &Evidence{Hold: HeldReply}
	for _, tt := range []struct {
		rec  *Record
		want Hold
	}{
		{nil, ""},
		{&Record{Status: Posting}, ""},
		{&Record{Status: Posted, Evidence: ev}, ""},
		{&Record{Status: Posting, Evidence: ev}, HeldReply},
	} {
		if got := tt.rec.Hold(); got != tt.want {
			t.Errorf("%+v: got %q, want %q", tt.rec, got, tt.want)
		}
	}
	if !HeldReply.ByItself() || HeldReplies.ByItself() {
		t.Error("the next part is held by itself, and a ban on all replies is not")
	}
}

// TestSettleAhead: a timestamp that lies ahead does not take the cursor past now.
func TestSettleAhead(t *testing.T) {
	d := &Document{}
	d.Settle(d.Record("1", noon.Add(48*time.Hour), ""), Posted, "", noon)
	if d.Cursor.ID != "1" || !d.Cursor.Timestamp.Equal(noon) {
		t.Errorf("the cursor is %+v, want it at %v", d.Cursor, noon)
	}
	if !d.New("2", noon.Add(time.Hour)) {
		t.Error("what is published afterwards is not new")
	}
}

// TestPruneKeepsTheGivenUp: one that nobody has seen is kept, and what is dropped is remembered by
// when it was posted.
func TestPruneKeepsTheGivenUp(t *testing.T) {
	d := &Document{Version: Version}
	d.GiveUp(d.Record("1", day(0), ""), "proof", day(0))
	d.GiveUp(d.Record("2", day(1), ""), "proof", day(1))
	d.Find("2").Acknowledged = true
	for n := range 22 {
		d.Settle(d.Record(id(n), day(2+n), ""), Posted, "", day(100+n))
	}
	d.prune()
	if d.Find("1") == nil || d.Find("2") != nil {
		t.Error("want the one that nobody has seen kept, and the other one dropped")
	}
	if got, want := len(d.Ledger), 1+keepSettled; got != want {
		t.Errorf("got %d records, want %d", got, want)
	}
	if !d.Forgotten.Equal(day(101)) {
		t.Errorf("the newest post that was dropped is of %v, want %v", d.Forgotten, day(101))
	}
	for _, r := range []Record{{Status: Posted}, {Status: Skipped}, {Status: Withdrawn}} {
		if r.kept() {
			t.Errorf("%s is kept whatever its age", r.Status)
		}
	}
}
