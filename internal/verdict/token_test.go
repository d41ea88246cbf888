package verdict

import (
	"testing"
	"time"
)

func TestTokenDead(t *testing.T) {
	type refused struct {
		at     time.Duration
		digest string
		lost   bool
	}
	for _, tt := range []struct {
		name string
		in   []refused
		want bool
		why  string
		next time.Time
	}{
		{"never refused", nil, false, "not refused", time.Time{}},
		{"once", []refused{{0, "a", false}}, false, "once", at(hour)},
		{"twice within the hour", []refused{{0, "a", false}, {hour - 1, "a", false}},
			false, "once", at(hour)},
		{"twice, an hour apart", []refused{{0, "a", false}, {hour, "a", false}},
			true, "twice, an hour apart", time.Time{}},
		{"thrice", []refused{{0, "a", false}, {hour, "a", false}, {2 * hour, "a", false}},
			true, "twice", time.Time{}},
		{"within the hour of one that did not count",
			[]refused{{0, "a", false}, {50 * minute, "a", false}, {hour, "a", false}},
			true, "twice", time.Time{}},
		{"two tokens", []refused{{0, "a", false}, {hour, "b", false}},
			false, "once", at(2 * hour)},
		{"once, and an answer was lost", []refused{{0, "a", true}}, true, "lost", time.Time{}},
		{"an answer was lost before", []refused{{0, "a", true}, {minute, "a", false}},
			true, "lost", time.Time{}},
		{"another token's answer was lost", []refused{{0, "a", true}, {hour, "b", false}},
			false, "once", at(2 * hour)},
		{"the first under a clock that was ahead",
			[]refused{{30 * day, "a", false}, {0, "a", false}}, false, "once", at(hour)},
		{"two more after it",
			[]refused{{30 * day, "a", false}, {0, "a", false}, {hour, "a", false}},
			true, "twice", time.Time{}},
		{"a lost answer under a clock that was ahead",
			[]refused{{30 * day, "a", true}, {0, "a", false}}, true, "lost", time.Time{}},
		{"clocks that differ by an hour", []refused{{hour, "a", false}, {0, "a", false}},
			false, "once", at(2 * hour)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var d DeadToken
			for _, r := range tt.in {
				d = d.Add(r.digest, at(r.at), r.lost)
			}
			got := d.Dead()
			check(t, got, tt.want, tt.why)
			checkTime(t, got.Next, tt.next)
		})
	}
}

// TestDeadTokenAdd has what the state document keeps.
func TestDeadTokenAdd(t *testing.T) {
	d := DeadToken{}.Add("a", at(0), false).Add("a", at(30*minute), true)
	want := DeadToken{Digest: "a", First: at(0), Last: at(0), Count: 1, Lost: true}
	if d != want {
		t.Errorf("within the hour: %+v, want %+v", d, want)
	}
	d = d.Add("a", at(2*hour), false)
	want.Last, want.Count = at(2*hour), 2
	if d != want {
		t.Errorf("two hours later: %+v, want %+v", d, want)
	}
	d = d.Add("b", at(3*hour), false)
	want = DeadToken{Digest: "b", First: at(3 * hour), Last: at(3 * hour), Count: 1}
	if d != want {
		t.Errorf("another token: %+v, want %+v", d, want)
	}
	d = DeadToken{
		Digest: "a",
		First:  at(9 * day),
		Last:   at(9 * day),
		Count:  1,
	}.Add(
		"a",
		at(0),
		false,
	)
	if want := (DeadToken{Digest: "a", First: at(0), Last: at(0), Count: 1}); d != want {
		t.Errorf("a clock that was ahead: %+v, want %+v", d, want)
	}
}

// TestTokenDeadOfState judges what a document may hold, whoever wrote it.
func TestTokenDeadOfState(t *testing.T) {
	check(t, DeadToken{Digest: "a", Lost: true}.Dead(), false, "not refused")
}
