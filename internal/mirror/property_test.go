package mirror_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
)

var seeds = flag.Int("mirror.seeds", 8, "how many random histories of refusals are played")

// TestRandomRefusals plays random histories: media of all kinds over four days, and answers that X
// and the media host were seen to give, for one media or for all, for a while or for good. At each
// moment every media is new, or has a record. In the end each is posted once, held and named, given
// up, withdrawn, or skipped by the owner's choice.
func TestRandomRefusals(t *testing.T) {
	for seed := range *seeds {
		bubbles(t, fmt.Sprint("seed ", seed), func(run func(func(*testing.T))) {
			run(func(t *testing.T) { randomRefusals(t, rand.New(rand.NewPCG(uint64(seed), 7))) })
		})
	}
}

func randomRefusals(t *testing.T, r *rand.Rand) {
	c := &schedule{scene: begun(t, func(route *config.Route) {
		route.Limits.PerRun = []int{1, 2, 10}[r.IntN(3)]
		route.RejectedPhoto = []string{"leave-out", "link", "skip"}[r.IntN(3)]
		route.RejectedVideo = []string{"thumbnail", "link", "skip"}[r.IntN(3)]
	})}
	rows := slices.Concat(refusals("x", "file", "text", "thread", "account", "app", "x"),
		refusals("media", "host"))
	rows = slices.DeleteFunc(rows,
		func(r sim.Refusal) bool { return strings.HasPrefix(r.Name, "token") })
	var history []string
	for range 4 {
		for range 1 + r.IntN(3) {
			c.publish(randomMedia(r, len(c.published)))
		}
		row := rows[r.IntN(len(rows))]
		f := row.Fault
		f.Times = []int{1, 3, 20, -1}[r.IntN(4)]
		if m := c.published[r.IntN(len(c.published))]; r.IntN(2) == 0 && f.Service == "x" &&
			len(m.Items) == 1 {
			f = hitsCaption(f, m)
		}
		c.w.Fail(f)
		history = append(history, fmt.Sprint(row.Name, " ", f.Times))
		c.every = []time.Duration{10 * time.Minute, 65 * time.Minute}[r.IntN(2)]
		for end := c.w.Now().Add(time.Duration(1+r.IntN(10)) * time.Hour); c.w.Now().Before(end); {
			c.tick()
			c.losesNothing(history)
		}
		if r.IntN(3) == 0 {
			c.w.ClearFaults()
		}
	}
	c.w.ClearFaults()
	c.every = 65 * time.Minute
	c.ticks(8 * time.Hour)
	c.every = 6 * time.Hour
	c.ticks(4 * 24 * time.Hour)
	c.ended4(history)
}

func randomMedia(r *rand.Rand, n int) sim.Media {
	caption := fmt.Sprintf("m%d.", n)
	switch r.IntN(4) {
	case 0:
		return clip(caption, 3+n)
	case 1:
		m := carousel(caption, seven...)
		for i := range m.Items {
			m.Items[i].Bytes = sim.PhotoBytes(64, 64, 100*n+i)
		}
		return m
	case 2:
		m := clip(caption, 3+n)
		m.ProductType = ""
		m.Items = append(m.Items, sized("", 65+n).Items...)
		return m
	}
	return sized(caption, 65+n)
}

// hitsCaption makes a fault meet the uploads or the posts of one media.
func hitsCaption(f sim.Fault, m sim.Media) sim.Fault {
	before, size := f.When, int64(len(m.Items[0].Bytes))
	f.When = func(s sim.Subject) bool {
		if before != nil && !before(s) {
			return false
		}
		return strings.Contains(s.Text, m.Caption) ||
			slices.ContainsFunc(s.Files, func(file sim.Upload) bool { return file.Size == size })
	}
	return f
}

// losesNothing checks that every media is new to the document or has a record, and that none is on
// X twice.
func (c *schedule) losesNothing(history []string) {
	c.t.Helper()
	d := c.doc()
	for _, m := range c.published {
		if d.Find(m.ID) == nil && !d.New(m.ID, c.published[0].Timestamp) &&
			!d.New(m.ID, m.Timestamp) {
			c.t.Fatalf("%s is lost after %v", m.Caption, history)
		}
		n := 0
		for _, text := range c.texts() {
			if strings.Contains(text, m.Caption) {
				n++
			}
		}
		if n > 1 {
			c.t.Fatalf("%s is on X %d times after %v: %q", m.Caption, n, history, c.texts())
		}
	}
}

// ended4 checks that each media has one of its four ends.
func (c *schedule) ended4(history []string) {
	c.t.Helper()
	for _, m := range c.published {
		rec := c.record(m.ID)
		posts := 0
		for _, text := range c.texts() {
			if strings.Contains(text, m.Caption) {
				posts++
			}
		}
		switch {
		case rec.Status == state.Posted &&
			(posts == 1 || c.route.RejectedPhoto == "link" && posts == 1) &&
			len(rec.Posts) == rec.Parts:
		case rec.Status == state.GivenUp && rec.Reason != "":
		case rec.Status == state.Skipped && strings.Contains(rec.Reason, "skip"):
		case rec.Status == state.Posting && rec.Hold() != "":
		default:
			c.t.Errorf("%s: %d posts, %+v %+v, after %v", m.Caption, posts, rec, rec.Evidence,
				history)
		}
		if rec.Status == state.GivenUp {
			c.t.Logf("%s given up: %s (after %v)", m.Caption, rec.Reason, history)
		}
	}
	if v := c.w.Violations(); len(v) > 0 {
		c.t.Error(v)
	}
}

// TestRandomHistories plays publications, exclusions, waits, limits, late and pinned listings,
// edits and deletions. Every media that is selected in the end is on X once, or was withdrawn.
func TestRandomHistories(t *testing.T) {
	for seed := range *seeds / 2 {
		bubbles(t, fmt.Sprint("seed ", seed), func(run func(func(*testing.T))) {
			run(func(t *testing.T) { randomHistory(t, rand.New(rand.NewPCG(uint64(seed), 11))) })
		})
	}
}

func randomHistory(t *testing.T, r *rand.Rand) {
	c := &schedule{scene: begun(t, func(route *config.Route) {
		route.Limits.PerRun, route.Limits.PerDay = 1+r.IntN(3), 3+r.IntN(5)
		route.Delay = []time.Duration{0, 0, 30 * time.Minute, 26 * time.Hour}[r.IntN(4)]
	})}
	selected, deleted := map[string]bool{}, map[string]bool{}
	for n := range 50 {
		caption := fmt.Sprintf("m%d.", n)
		m := sized(caption, 65+n%40)
		selected[caption] = true
		switch r.IntN(8) {
		case 0, 1:
			m.Caption += " #igonly"
			selected[caption] = false
		case 2:
			m.Late = time.Duration(r.IntN(20)) * time.Hour
		case 3:
			m.Pinned = true
		case 4:
			m.Timestamp = c.w.Now().Add(time.Duration(r.IntN(40)) * time.Hour)
		}
		c.publish(m)
		id := c.published[n].ID
		if r.IntN(12) == 0 && m.Late == 0 && selected[caption] && !onXYet(c, caption) {
			c.w.Instagram().Unpublish(id)
			deleted[caption] = true
		}
		if r.IntN(10) == 0 {
			c.w.Fail(sim.Fault{
				Service: "x", Call: "POST /2/tweets", Status: 400, Body: `{"detail":"no"}`,
				Times: 1 + r.IntN(3),
			})
		}
		if r.IntN(10) == 0 {
			c.w.Fail(sim.Fault{
				Service: "media", Call: "GET /file/*", Status: 404, Times: 1 + r.IntN(6),
			})
		}
		c.every = []time.Duration{10 * time.Minute, 65 * time.Minute, 5 * time.Hour}[r.IntN(3)]
		for range 1 + r.IntN(5) {
			c.tick()
		}
	}
	c.w.ClearFaults()
	c.every = 4 * time.Hour
	c.ticks(14 * 24 * time.Hour)
	for n := range 50 {
		caption := fmt.Sprintf("m%d.", n)
		count := 0
		for _, text := range c.texts() {
			if strings.HasPrefix(text, caption) {
				count++
			}
		}
		switch {
		case deleted[caption] && count <= 1:
		case selected[caption] && count == 1, !selected[caption] && count == 0:
		case count == 0 && endedByProof(recordOf(c, caption)):
		default:
			t.Errorf("%s: selected %v, on X %d times: %+v", caption, selected[caption], count,
				recordOf(c, caption))
		}
	}
}

// endedByProof reports whether chance has refused one media in three runs, while X took others.
func endedByProof(rec state.Record) bool {
	return rec.Status == state.GivenUp && strings.Contains(rec.Reason, "in 3 tries")
}

func onXYet(c *schedule, caption string) bool {
	return slices.ContainsFunc(c.texts(),
		func(text string) bool { return strings.HasPrefix(text, caption) })
}

// TestManyExcluded: more media than the ledger holds are left out, and wanted ones wait between
// them.
func TestManyExcluded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: newScene(t, func(r *config.Route) {
			r.Start, r.Limits.PerRun, r.Limits.PerDay = "all", 3, 5
		})}
		for n := range 25 {
			c.publish(photo(fmt.Sprint("wanted ", n)))
		}
		for range 450 {
			c.publish(photo("not this #igonly"))
		}
		c.every = 2 * time.Hour
		c.ticks(8 * 24 * time.Hour)
		if n := len(c.texts()); n != 25 {
			t.Errorf("%d on X, want 25: %q", n, c.texts())
		}
	})
}
