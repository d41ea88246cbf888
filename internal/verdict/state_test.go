package verdict

import (
	"testing"
	"time"
)

func TestLostCommit(t *testing.T) {
	kept := func(id int64) Event { return Event{ID: id, Before: "kept", Kept: true} }
	lost := func(id int64) Event { return Event{ID: id, Before: "lost"} }
	for _, tt := range []struct {
		name   string
		events History // newest first
		passed int64
		want   int64 // the event's id; 0 for none
	}{
		{"no events", nil, 5, 0},
		{"a loss after the entry", History{lost(6)}, 5, 6},
		{"the entry itself", History{lost(5)}, 5, 0},
		{"a loss before the entry", History{lost(4)}, 5, 0},
		{"its commit is still there", History{kept(6)}, 5, 0},
		{"a deletion counts like a force push", History{{ID: 6, Deletion: true}}, 5, 6},
		{"the newest of two", History{lost(7), lost(6)}, 5, 7},
		{"an older one under one that was kept", History{kept(7), lost(6)}, 5, 6},
		{"only older ones under one that was kept", History{kept(6), lost(5)}, 5, 0},
		{"the document names no entry", History{lost(6)}, 0, 0},
		{"the lowest id", History{lost(2)}, 1, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got int64
			if e := tt.events.LostCommit(tt.passed); e != nil {
				got = e.ID
			}
			if got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}

func TestFirstRun(t *testing.T) {
	for _, tt := range []struct {
		name   string
		events History
		want   bool
		why    string
	}{
		{"no events", nil, true, "no such branch"},
		{"a force push of a branch that is gone",
			History{{ID: 1, Before: "aaa"}}, true, "no deletion"},
		{"deleted", History{{ID: 1, Deletion: true, Before: "aaa"}}, false, "aaa"},
		{"deleted twice", History{{ID: 2, Deletion: true, Before: "bbb"}, {ID: 1, Deletion: true,
			Before: "aaa"}}, false, "bbb"},
		{"deleted under a force push", History{{ID: 2, Before: "bbb"}, {ID: 1, Deletion: true,
			Before: "aaa"}}, false, "aaa"},
	} {
		t.Run(tt.name, func(t *testing.T) { check(t, tt.events.FirstRun(), tt.want, tt.why) })
	}
}

func TestRunIsDead(t *testing.T) {
	for _, tt := range []struct {
		name string
		age  time.Duration
		want bool
	}{
		{"just begun", 0, false},
		{"just under 20 minutes", 20*minute - 1, false},
		{"20 minutes", 20 * minute, true},
		{"a day", day, true},
		{"ahead as clocks differ", -5 * minute, false},
		{"further ahead than clocks differ", -5*minute - 1, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := RunIsDead(at(-tt.age), noon); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestByPerson(t *testing.T) {
	for _, tt := range []struct {
		name  string
		in    Closing
		event time.Time
		want  bool
	}{
		{"completed", Closing{Reason: "completed", At: noon}, at(-1), true},
		{"not planned", Closing{Reason: "not_planned", At: noon}, at(-1), true},
		{"of no event", Closing{Reason: "completed", At: noon}, time.Time{}, true},
		{"with our own mark", Closing{Marked: true, Reason: "completed", At: noon}, at(-1), false},
		{"by a bot", Closing{Bot: true, Reason: "completed", At: noon}, at(-1), false},
		{"as a duplicate", Closing{Reason: "duplicate", At: noon}, at(-1), false},
		{"reopened", Closing{Reason: "reopened", At: noon}, at(-1), false},
		{"without a reason", Closing{At: noon}, at(-1), false},
		{"before the event", Closing{Reason: "completed", At: noon}, at(1), false},
		{"in the moment of the event", Closing{Reason: "completed", At: noon}, noon, false},
		{"not closed", Closing{Reason: "completed"}, time.Time{}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.in.ByPerson(tt.event); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestNow(t *testing.T) {
	for _, tt := range []struct {
		name   string
		server time.Time
		want   time.Time
		wrong  bool
	}{
		{"no Date", time.Time{}, noon, false},
		{"the same", noon, noon, false},
		{"five minutes behind", at(5 * minute), noon, false},
		{"five minutes ahead", at(-5 * minute), noon, false},
		{"further behind", at(5*minute + 1), at(5*minute + 1), true},
		{"further ahead", at(-5*minute - 1), at(-5*minute - 1), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			now, wrong := Now(noon, tt.server)
			checkTime(t, now, tt.want)
			if wrong != tt.wrong {
				t.Errorf("wrong: %v, want %v", wrong, tt.wrong)
			}
		})
	}
}

func TestBelievable(t *testing.T) {
	for _, tt := range []struct {
		name    string
		longest time.Duration
		want    time.Duration
	}{
		{"breaker", LongestBreaker, 6 * hour},
		{"reset time", LongestReset, day},
		{"rotation", LongestRotation, day},
		{"renewal", LongestRenewal, 7 * day},
		{"another run's claim", LongestClaim, 5 * minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !Believable(at(tt.want), noon, tt.longest) {
				t.Error("its own longest wait is not believed")
			}
			if Believable(at(tt.want+1), noon, tt.longest) {
				t.Error("more than its longest wait is believed")
			}
			if !Believable(at(-day), noon, tt.longest) {
				t.Error("what is past is not believed")
			}
		})
	}
}
