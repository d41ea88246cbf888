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
)

// TestLabels: Instagram's label for generated media and the owner's hashtags for advertising arrive
// on X.
func TestLabels(t *testing.T) {
	for _, carried := range []bool{true, false} {
		bubble(t, "", func(t *testing.T) {
			c := &schedule{scene: begun(t, func(r *config.Route) {
				r.AILabel = carried
				if carried {
					r.PaidHashtags = []string{"#ad", "＃宣伝"}
				}
			})}
			made := photo("made")
			made.AIGenerated = true
			c.publish(made, photo("paid #Ad"), photo("paid #宣伝"), photo("neither #address"))
			c.tick()
			for i, tw := range c.w.X().Tweets() {
				if ai, paid := carried &&
					i == 0, carried && (i == 1 || i == 2); tw.MadeWithAI != ai ||
					tw.PaidPartnership != paid {
					t.Errorf("%q: made with AI %v, paid %v", tw.Text, tw.MadeWithAI,
						tw.PaidPartnership)
				}
			}
		})
	}
}

// TestAltTextsArrive: an alt text is cleaned, and one of blanks is neither sent nor billed.
func TestAltTextsArrive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		m := photo("one")
		m.Items[0].AltText = "a\x00 hill\u2028at dawn"
		blank := photo("two")
		blank.Items[0].AltText = " \u2800 "
		c.publish(m, blank)
		c.tick()
		var got []string
		for _, tw := range c.w.X().Tweets() {
			got = append(got, tw.Media[0].AltText)
		}
		if diff := cmp.Diff([]string{"a hill\nat dawn", ""}, got); diff != "" {
			t.Errorf("alt texts (-want +got):\n%s", diff)
		}
	})
}

// TestDelay: a media is mirrored when it is old enough, as it is then. What was deleted meanwhile
// never is.
func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, func(r *config.Route) { r.Delay = time.Hour })}
		c.publish(photo("tpyo"), photo("regretted"), photo("fine"), photo("tagged later"))
		if out := c.run(); out.Pending != 4 || len(out.Held) != 0 {
			t.Errorf("pending %d, held %v", out.Pending, out.Held)
		}
		c.w.Instagram().Edit(c.published[0].ID, func(m *sim.Media) { m.Caption = "typo" })
		c.w.Instagram().Unpublish(c.published[1].ID)
		c.w.Instagram().Edit(c.published[3].ID, func(m *sim.Media) { m.Caption += " #igonly" })
		c.ticks(40 * time.Minute)
		if n := len(c.timeline()); n != 0 {
			t.Errorf("%d posts before the hour is over", n)
		}
		c.ticks(time.Hour)
		c.holds("delay", []onX{{"typo", 1, false}, {"fine", 1, false}})
	})
}

// TestCatchingUp: a busy account is not mirrored for forty days. Then everything arrives, in order
// and as Instagram shows it: what is deleted or edited meanwhile is deleted or edited on its way
// too, what is younger than the delay waits, and no two media of a run come at the same moment.
func TestCatchingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, func(r *config.Route) { r.Delay = 15 * time.Minute })}
		c.gap = 20 * time.Second
		c.publish(photo("the first"))
		c.ticks(time.Hour)
		for day := range 40 {
			name := fmt.Sprintf("day %02d", day)
			c.publish(photo(name+" photo"), clip(name+" reel", 3+day))
			if day%8 == 0 {
				c.publish(carousel(name+" album", "photo", "photo", "photo", "photo", "photo"))
			}
			c.w.Advance(24 * time.Hour)
		}
		c.tick()
		c.w.Instagram().Unpublish(c.published[30].ID)
		c.tick()
		c.w.Instagram().Edit(c.published[60].ID, func(m *sim.Media) { m.Caption = "edited" })
		c.ticks(3 * 24 * time.Hour)
		c.publish(photo("regretted"), photo("the last"))
		c.tick()
		last := len(c.published) - 2
		c.w.Instagram().Unpublish(c.published[last].ID)
		c.ticks(time.Hour)

		c.published[60].Caption = "edited"
		shown := slices.Concat(c.published[:30], c.published[31:last], c.published[last+1:])
		var want []onX
		for _, m := range shown {
			want = append(want, onX{m.Caption, min(len(m.Items), 4), false})
			if len(m.Items) > 4 {
				want = append(want, onX{"", 1, true})
			}
		}
		if diff := cmp.Diff(want, c.timeline()); diff != "" {
			t.Errorf("on X (-want +got):\n%s", diff)
		}
		c.settled("forty days")
		c.keepsGap()
		if v := c.w.Violations(); len(v) > 0 {
			t.Error(v)
		}
	})
}

// keepsGap checks that no two media came on X within the gap.
func (c *schedule) keepsGap() {
	c.t.Helper()
	var before time.Time
	for _, tw := range c.w.X().Tweets() {
		if tw.InReplyTo == "" {
			if d := tw.CreatedAt.Sub(before); d < c.gap {
				c.t.Errorf("%q came %v after the media before it", tw.Text, d)
			}
			before = tw.CreatedAt
		}
	}
}

// TestReadsAreBilled: what is read from X counts towards usd_per_month.
func TestReadsAreBilled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		m := sized("one", 65)
		c.publish(m)
		c.w.Fail(sim.Fault{Service: "x", Call: "POST /2/tweets", Reset: sim.After})
		c.tick()
		c.tick()
		if got := c.doc().Spend.In(c.w.Now()); got < 0.03 ||
			!strings.HasPrefix(c.texts()[0], "one") {
			t.Errorf("%.3f spent, want a post, the account and a read", got)
		}
	})
}
