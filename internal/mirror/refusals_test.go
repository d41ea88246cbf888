package mirror_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
)

// videoRows are the refusals that only a video meets.
func videoRow(name string) bool {
	return strings.HasPrefix(name, "status") || strings.HasPrefix(name, "post-longer") ||
		name == "finalize-duration" || name == "initialize-size"
}

// badOf is the media that a row is played against: a video, or a photo whose caption is its width.
func badOf(row sim.Refusal) sim.Media {
	if videoRow(row.Name) {
		return clip("bad", 7)
	}
	return sized("96", 96)
}

// TestRefusedOne: X refuses one of three waiting media for good. It ends alone, by its rescue or
// given up, and the others are on X after two runs.
func TestRefusedOne(t *testing.T) {
	for _, row := range refusals("x", "file") {
		for place := range 3 {
			bubble(t, row.Name+", place "+string(rune('1'+place)), func(t *testing.T) {
				c := &schedule{scene: begun(t, nil)}
				bad := badOf(row)
				c.w.Fail(hits(row.Fault, bad))
				waiting := []sim.Media{sized("65", 65), clip("good", 3)}
				waiting = slices.Insert(waiting, place, bad)
				c.publish(waiting...)
				c.tick()
				c.tick()
				c.every = 65 * time.Minute
				for _, good := range []string{"65", "good"} {
					if !slices.Contains(c.texts(), good) {
						t.Fatalf("after two runs %q is not on X: %v, incidents %v", good,
							c.timeline(), c.incidents)
					}
				}
				for day := range 3 {
					c.publish(sized("next", 70+day), clip("next clip", 20+day))
					c.ticks(24 * time.Hour)
				}
				rec := recordOf(c, bad.Caption)
				switch {
				case videoRow(row.Name):
					if rec.Status != state.Posted || rec.Fallback != "thumbnail" {
						t.Errorf("a cover should be posted: %+v, ended %v", rec, c.ended)
					}
				case rec.Status != state.GivenUp:
					t.Errorf("it should be given up: %+v", rec)
				}
				if len(c.incidents) > 0 {
					t.Errorf("incidents %v, want none", c.incidents)
				}
				if n := len(c.timeline()); n != 8+videos(row.Name) {
					t.Errorf("%d posts: %v", n, c.timeline())
				}
			})
		}
	}
}

func videos(name string) int {
	if videoRow(name) {
		return 1
	}
	return 0
}

// recordOf is the record of the media with a caption.
func recordOf(c *schedule, caption string) state.Record {
	for _, m := range c.published {
		if m.Caption == caption {
			return c.record(m.ID)
		}
	}
	return state.Record{Status: "none"}
}

// TestRefusedAll: X refuses all three that wait with words that name no limit. That is everybody's:
// one incident, nothing is counted, and everything is posted when X is well again.
func TestRefusedAll(t *testing.T) {
	for _, row := range refusals("x", "file") {
		if slices.Contains([]string{
			"status-failed", "finalize-duration", "post-longer-400", "post-longer-324",
		}, row.Name) {
			continue // they name a limit
		}
		bubble(t, row.Name, func(t *testing.T) {
			c := &schedule{scene: begun(t, nil)}
			f := row.Fault
			f.Times = -1
			c.w.Fail(f)
			var want []onX
			for i := range 3 {
				m := sized("photo", 65+i)
				if videoRow(row.Name) {
					m = clip("clip", 3+i)
				}
				m.Caption += string(rune('1' + i))
				c.publish(m)
				want = append(want, onX{m.Caption, 1, false})
			}
			c.every = 65 * time.Minute
			c.ticks(30 * time.Hour)
			if diff := cmp.Diff([]string{"x"}, c.incidents); diff != "" {
				t.Errorf("incidents (-want +got):\n%s", diff)
			}
			c.w.ClearFaults()
			c.every = 65 * time.Minute
			c.ticks(24 * time.Hour)
			if len(c.ended) > 0 {
				t.Errorf("ended: %+v", c.ended)
			}
			c.holds(row.Name, want)
		})
	}
}

// TestRefusedByLimit: words that name a limit end each file that exceeds it, however many do.
func TestRefusedByLimit(t *testing.T) {
	small := sim.Refuse("initialize-size")
	small.Body = strings.ReplaceAll(small.Body, "536870912", "100")
	for name, f := range map[string]sim.Fault{
		"status-failed":     sim.Refuse("status-failed"),
		"finalize-duration": sim.Refuse("finalize-duration"),
		"post-longer-400":   sim.Refuse("post-longer-400"),
		"post-longer-324":   sim.Refuse("post-longer-324"),
		"initialize-size":   small,
	} {
		bubble(t, name, func(t *testing.T) {
			c := &schedule{scene: begun(t, nil)}
			f.Times, f.When = -1, sim.Subject.Video
			c.w.Fail(f)
			c.publish(clip("one", 3), clip("two", 4), clip("three", 5))
			c.tick()
			c.tick()
			if len(c.incidents) > 0 {
				t.Errorf("incidents %v", c.incidents)
			}
			for i, text := range c.texts() {
				if !strings.Contains(text, "https://www.instagram.com/") {
					t.Errorf("post %d: %q", i, text)
				}
			}
			if n := len(c.timeline()); n != 3 {
				t.Errorf("%d posts: %v", n, c.timeline())
			}
		})
	}
}

// TestRefusedText: what concerns a text or a reply is cured in the same run, however many media get
// it.
func TestRefusedText(t *testing.T) {
	for _, row := range slices.Concat(refusals("x", "text"), refusals("x", "thread")) {
		bubble(t, row.Name, func(t *testing.T) {
			c := &schedule{scene: begun(t, nil)}
			f := row.Fault
			base, seen := f.When, map[string]bool{}
			f.Times, f.When = -1, func(s sim.Subject) bool { // once for each text
				if base != nil && !base(s) || base == nil && s.Text == "" ||
					seen[s.Text+s.InReplyTo] ||
					cured(row.Name, s.Text) {
					return false
				}
				seen[s.Text+s.InReplyTo] = true
				return true
			}
			c.w.Fail(f)
			for i := range 3 {
				m := carousel("see $A and $B at example.com/"+string(rune('a'+i)), seven...)
				c.publish(m)
			}
			c.tick()
			if n := len(c.timeline()); n != 6 || len(c.incidents) > 0 {
				t.Errorf("%d posts, incidents %v: %v", n, c.incidents, c.timeline())
			}
			c.settled(row.Name)
		})
	}
}

// cured reports whether a text is the rescue of a row's refusal.
func cured(name, text string) bool {
	return strings.Contains(text, "(2)") || strings.Contains(text, "…") && name == "post-too-long"
}

// TestRefusedByEverybody: what is the account's, the app's or X's is one incident, and nothing is
// lost: everything is on X once and in order when X is well again.
func TestRefusedByEverybody(t *testing.T) {
	for _, row := range refusals("x", "account", "app", "x") {
		if strings.HasPrefix(row.Name, "token") {
			continue // package token's
		}
		bubble(t, row.Name, func(t *testing.T) {
			c := &schedule{scene: begun(t, nil)}
			f := row.Fault
			f.Times = -1
			c.w.Fail(f)
			var want []onX
			for _, text := range []string{"one", "two", "three"} {
				want = append(want, onX{text, 1, false})
				c.publish(sized(text, 65+len(want)))
			}
			if row.Name == "reply-not-summoned" {
				c.publish(carousel("four", seven...))
				want = append(want, onX{"four", 4, false}, onX{"", 3, true})
			}
			for range 5 {
				c.tick()
				c.x.next, c.replies.next = time.Time{}, time.Time{} // a person presses "run"
			}
			c.w.ClearFaults()
			c.every = 65 * time.Minute
			c.ticks(24 * time.Hour)
			passing := row.Status == 429 && row.Name == "post-429" ||
				row.Status >= 500 // counted by the caller
			if len(c.incidents) != 1 && !passing || len(c.ended) > 0 {
				t.Errorf("incidents %v, ended %+v, want one incident", c.incidents, c.ended)
			}
			c.holds(row.Name, want)
		})
	}
}

// TestRefusedByHost: the media host answers for all files, for five runs, and then well.
func TestRefusedByHost(t *testing.T) {
	for _, row := range refusals("media", "host") {
		bubble(t, row.Name, func(t *testing.T) {
			c := &schedule{scene: begun(t, nil)}
			f := row.Fault
			f.Times = -1
			c.w.Fail(f)
			var want []onX
			for _, text := range []string{"one", "two", "three"} {
				want = append(want, onX{text, 1, false})
				c.publish(sized(text, 65+len(want)))
			}
			for range 5 {
				c.tick()
			}
			c.w.ClearFaults()
			c.every = 65 * time.Minute
			c.ticks(24 * time.Hour)
			if len(c.ended) > 0 {
				t.Errorf("ended %+v", c.ended)
			}
			c.holds(row.Name, want)
		})
	}
}
