package mirror_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
)

// forbidden are 403s of POST /2/tweets whose words say nothing about a media.
func forbidden() (out []sim.Refusal) {
	for _, r := range refusals("x", "account", "app", "x") {
		if r.Call == "POST /2/tweets" && r.Status == 403 && !strings.HasPrefix(r.Name, "reply") {
			out = append(out, r)
		}
	}
	return out
}

// TestOneADay: a media is published on each day of a week in which X answers each post with a 403.
// None is lost, and there is one incident.
func TestOneADay(t *testing.T) {
	rows := append(forbidden(), sim.Refusal{Name: "unknown-400", Fault: sim.Fault{Service: "x",
		Call: "POST /2/tweets", Status: 400,
		Body: `{"title":"Invalid Request","detail":"new words","status":400}`}})
	for _, row := range rows {
		bubble(t, row.Name, func(t *testing.T) {
			c := &schedule{scene: begun(t, nil), every: 65 * time.Minute}
			f := row.Fault
			f.Times = -1
			c.w.Fail(f)
			var want []onX
			for day := range 7 {
				text := fmt.Sprint("day ", day)
				c.publish(sized(text, 65+day))
				want = append(want, onX{text, 1, false})
				c.ticks(24 * time.Hour)
			}
			c.w.ClearFaults()
			c.ticks(48 * time.Hour)
			if len(c.incidents) != 1 || len(c.ended) != 0 {
				t.Errorf("incidents %v, ended %v", c.incidents, c.ended)
			}
			c.holds(row.Name, want)
		})
	}
}

// TestBadOnesInFront: two media that X never takes stand in front of good ones. The good ones come,
// whatever words X chooses, and no route stays closed.
func TestBadOnesInFront(t *testing.T) {
	words := []string{"one", "two", "three"}
	for _, call := range []string{"POST /2/tweets", "POST /2/media/upload/*/finalize"} {
		for _, perRun := range []int{1, 10} {
			bubble(t, fmt.Sprint(call, ", per_run ", perRun), func(t *testing.T) {
				c := &schedule{scene: begun(t, func(r *config.Route) { r.Limits.PerRun = perRun })}
				for i, word := range words { // in turn
					c.w.Fail(sim.Fault{Service: "x", Call: call, Status: 400, Times: -1, Skip: 0,
						Body: fmt.Sprintf(
							`{"title":"Invalid Request","detail":"words %s","status":400}`, word),
						When: func(s sim.Subject) bool {
							bad := slices.ContainsFunc(s.Files,
								func(f sim.Upload) bool { return f.Width == 96 || f.Width == 97 })
							return bad && c.runs%len(words) == i
						}})
				}
				c.publish(sized("bad 1", 96), sized("bad 2", 97))
				for i := range 4 {
					c.publish(sized(fmt.Sprint("good ", i), 65+i))
				}
				c.ticks(12 * time.Hour)
				if diff := cmp.Diff([]string{"good 0", "good 1", "good 2", "good 3"},
					c.texts()); diff != "" {
					t.Errorf("on X (-want +got):\n%s\nincidents %v", diff, c.incidents)
				}
				if !c.x.next.Before(c.w.Now()) {
					t.Errorf("the breaker is open")
				}
				for _, id := range []string{"bad 1", "bad 2"} {
					rec := recordOf(c, id)
					if held := rec.Hold().ByItself(); !held && rec.Status != state.GivenUp {
						t.Errorf("%s: %+v", id, rec)
					}
				}
			})
		}
	}
}

// TestRejectedPhoto: a photo that X never takes, in the ways that the owner can choose.
func TestRejectedPhoto(t *testing.T) {
	for _, tt := range []struct {
		policy string
		album  bool
		status state.Status
		posts  []onX
	}{
		{"leave-out", false, state.GivenUp, nil},
		{
			"link", false, state.Posted,
			[]onX{{"96\n\nhttps://www.instagram.com/p/C000000001/", 0, false}},
		},
		{"skip", false, state.Skipped, nil},
		{"leave-out", true, state.Posted, []onX{{"96", 2, false}}},
		{
			"link", true, state.Posted,
			[]onX{{"96\n\nhttps://www.instagram.com/p/C000000001/", 2, false}},
		},
		{"skip", true, state.Skipped, nil},
	} {
		bubble(t, fmt.Sprintf("%s, album %v", tt.policy, tt.album), func(t *testing.T) {
			c := &schedule{scene: begun(t, func(r *config.Route) { r.RejectedPhoto = tt.policy })}
			bad := sized("96", 96)
			c.w.Fail(hits(sim.Refuse("finalize-unrecognized"), bad))
			if tt.album {
				bad.Items = append(bad.Items, sized("", 65).Items[0], sized("", 66).Items[0])
			}
			c.publish(bad, sized("good", 70))
			c.tick()
			c.every = 65 * time.Minute
			for day := range 3 {
				c.publish(sized("next", 80+day))
				c.ticks(2 * time.Hour)
			}
			if rec := recordOf(c, "96"); rec.Status != tt.status {
				t.Errorf("%s: %+v", rec.Status, rec)
			}
			var got []onX
			for _, p := range c.timeline() {
				if strings.HasPrefix(p.Text, "96") || p.Reply || p.Text == "" {
					got = append(got, p)
				}
			}
			if diff := cmp.Diff(tt.posts, got); diff != "" {
				t.Errorf("on X (-want +got):\n%s", diff)
			}
			if len(c.incidents) > 0 {
				t.Errorf("incidents %v", c.incidents)
			}
		})
	}
}

// TestRejectedVideoAnywhere: a video that X refuses, alone and in a carousel, at each step at which
// X can refuse one, in the ways that the owner can choose.
func TestRejectedVideoAnywhere(t *testing.T) {
	const link = "\n\nhttps://www.instagram.com/p/V/"
	for _, how := range []string{
		"upload", "finalize", "processing", "unfinished", "gone", "not-found", "too-long",
	} {
		for policy, want := range map[string][2][]onX{
			"thumbnail": {
				{{"clip" + link, 1, false}},
				{{"clip" + link, 1, false}, {"", 1, true}, {"", 1, true}},
			},
			"link": {
				{{"clip" + link, 0, false}},
				{{"clip" + link, 1, false}, {"", 1, true}, {"", 1, true}},
			},
			"skip": {nil, nil},
		} {
			for album, posts := range want {
				bubble(t, fmt.Sprintf("%s, %s, %d", how, policy, album), func(t *testing.T) {
					c := &schedule{
						scene: begun(t, func(r *config.Route) { r.RejectedVideo = policy }),
					}
					c.w.X().RejectVideos(how)
					m := clip("clip", 7)
					if album == 1 {
						m.Items = []sim.Item{
							sized("", 65).Items[0], m.Items[0], sized("", 66).Items[0],
						}
						m.ProductType = ""
					}
					m.Permalink = strings.TrimSpace(link)
					c.publish(m)
					c.tick()
					c.every = 65 * time.Minute
					c.ticks(30 * time.Hour)
					if how == "too-long" && album == 1 {
						c.begunWithVideo(policy)
						return
					}
					c.holds(policy, posts)
				})
			}
		}
	}
}

// begunWithVideo checks a carousel whose second post X refused after the first was made: it keeps
// its first post, and goes on with the cover, or ends there where the owner wants it skipped.
func (c *schedule) begunWithVideo(policy string) {
	c.t.Helper()
	if policy == "skip" {
		if rec := recordOf(c, "clip"); rec.Status != state.Skipped || len(c.timeline()) != 1 {
			c.t.Errorf("%+v, on X %v", rec, c.timeline())
		}
		return
	}
	c.holds(policy, []onX{{"clip", 1, false}, {"", 1, true}, {"", 1, true}})
}

// TestManyDuplicates: the same caption comes again and again.
func TestManyDuplicates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		for range 8 {
			m := photo("good morning")
			m.Timestamp = c.w.Now().Truncate(time.Minute) // the same moment for several
			c.publish(m)
		}
		c.tick()
		texts := c.texts()
		if len(texts) != 8 || len(slices.Compact(slices.Sorted(slices.Values(texts)))) != 8 {
			t.Errorf("on X: %q", texts)
		}
		c.settled("duplicates")
	})
}

// TestWithdrawn: what its owner deletes before anything is on X is withdrawn after a day, and comes
// back if it is listed again.
func TestWithdrawn(t *testing.T) {
	held := sim.Fault{Service: "x", Call: "POST /2/media/upload/*/finalize", Status: 400, Times: -1,
		Body: `{"errors":[{"message":"media type unrecognized"}]}`, When: func(s sim.Subject) bool {
			return slices.ContainsFunc(s.Files, func(f sim.Upload) bool { return f.Width == 96 })
		}}
	bubble(t, "and back", func(t *testing.T) {
		c := &schedule{scene: begun(t, nil), every: 65 * time.Minute}
		c.w.Fail(held)
		c.publish(sized("older", 65), sized("96", 96), sized("good", 66))
		c.tick()
		c.w.ClearFaults()
		c.w.Instagram().Archive(c.published[1].ID)
		c.ticks(23 * time.Hour)
		if rec := recordOf(c, "96"); rec.Status != state.Posting {
			t.Fatalf("before a day: %+v", rec)
		}
		c.ticks(3 * time.Hour)
		if rec := recordOf(c, "96"); rec.Status != state.Withdrawn {
			t.Fatalf("after a day: %+v", rec)
		}
		c.w.Instagram().Unarchive(c.published[1].ID)
		c.ticks(3 * time.Hour)
		c.holds("listed again", []onX{{"older", 1, false}, {"good", 1, false}, {"96", 1, false}})
	})
	bubble(t, "the only one", func(t *testing.T) {
		c := &schedule{scene: begun(t, nil), every: 65 * time.Minute}
		c.w.Fail(held)
		c.publish(sized("96", 96))
		c.tick()
		c.w.Instagram().Unpublish(c.published[0].ID)
		c.ticks(30 * time.Hour)
		if rec := recordOf(c, "96"); rec.Status != state.Withdrawn {
			t.Fatalf("%+v", rec)
		}
	})
	bubble(t, "a filter", func(t *testing.T) {
		c := &schedule{scene: begun(t, nil), every: 65 * time.Minute}
		c.w.Fail(held)
		c.publish(sized("96", 96), sized("good", 66))
		c.tick()
		c.w.Instagram().Edit(c.published[0].ID, func(m *sim.Media) { m.Caption += " #igonly" })
		c.tick()
		if rec := recordOf(c, "96"); rec.Status != state.Skipped {
			t.Fatalf("%+v", rec)
		}
	})
}

// TestUnknownOwnName: whose media it is can't be asked. It is held, and what comes after it waits
// for one run.
func TestUnknownOwnName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		other := photo("theirs")
		other.Username = "somebody_else"
		c.publish(photo("ours"), other, photo("more"))
		c.w.Fail(sim.Fault{
			Service: "instagram", Call: "GET /*/me", Status: 500, Times: -1,
			Body: `{"error":{"code":2,"message":"x"}}`,
		})
		c.w.Fail(sim.Fault{
			Service: "instagram", Call: "GET /*/*", Status: 500, Times: -1,
			Body: `{"error":{"code":2,"message":"x"}}`,
		})
		c.tick()
		c.tick()
		if n := len(c.ended); n != 0 {
			t.Errorf("ended: %+v", c.ended)
		}
		c.w.ClearFaults()
		c.ticks(time.Hour)
		if diff := cmp.Diff([]string{"ours", "more"},
			slices.Sorted(slices.Values(c.texts()))); diff != "" && len(c.texts()) != 2 {
			t.Errorf("on X (-want +got):\n%s", diff)
		}
		if len(c.ended) != 1 {
			t.Errorf("ended: %+v", c.ended)
		}
	})
}

// TestOddTimes: timestamps that lie ahead, pinned media in front, and a list that shows media late.
func TestOddTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{
			scene: begun(t, func(r *config.Route) { r.Limits.PerRun = 50 }),
			every: 65 * time.Minute,
		}
		var want []string
		for i := range 30 {
			m := sized(fmt.Sprint("media ", i), 65+i)
			switch {
			case i%7 == 3:
				m.Timestamp = c.w.Now().Add(72 * time.Hour)
			case i%7 == 5:
				m.Late = 20 * time.Hour
			case i%7 == 6:
				m.Pinned = true
			}
			c.publish(m)
			want = append(want, m.Caption)
			c.ticks(3 * time.Hour)
		}
		c.ticks(30 * time.Hour)
		got := c.texts()
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("on X (-want +got):\n%s", diff)
		}
	})
}

// TestMirroredBefore: the state was put back, and X says that the texts are there. Each is this
// media's own mirror, its thread included, and nothing is posted again.
func TestMirroredBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		before, _ := c.w.GitHub().File(branch, "state/main.yaml")
		c.publish(photo("one"), carousel("two", seven...), photo("three"))
		c.tick()
		c.w.GitHub().SetFile(branch, "state/main.yaml", before)
		c.ticks(time.Hour)
		c.holds("put back",
			[]onX{{"one", 1, false}, {"two", 4, false}, {"", 3, true}, {"three", 1, false}})
	})
	bubble(t, "by hand", func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		c.publish(photo("one"))
		c.w.X().PersonPosts("one", "photo")
		c.ticks(time.Hour)
		c.holds("by hand", []onX{{"one", 1, false}})
	})
	bubble(t, "older than the media", func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		c.w.X().PersonPosts("one", "photo")
		c.w.Advance(time.Hour)
		c.publish(photo("one"))
		c.ticks(time.Hour)
		if diff := cmp.Diff([]string{"one", "one (2)"}, c.texts()); diff != "" {
			t.Errorf("on X (-want +got):\n%s", diff)
		}
	})
	bubble(t, "a backlog of equal captions", func(t *testing.T) {
		c := &schedule{
			scene: begun(t, func(r *config.Route) { r.Limits.PerRun, r.Limits.PerDay = 50, 100 }),
		}
		for range 45 {
			c.publish(photo("good morning"))
			c.w.Advance(24 * time.Hour)
		}
		c.ticks(2 * time.Hour)
		if texts := c.texts(); len(texts) != 45 {
			t.Errorf("%d on X, want 45: %q", len(texts), texts)
		}
	})
}
