package mirror_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
)

// TestStalePages: the run ends between two media. The page for people shows the first one all the
// same.
func TestStalePages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		c.pages = func(d *state.Document) map[string][]byte {
			posted := 0
			for _, rec := range d.Ledger {
				if rec.Status == state.Posted {
					posted++
				}
			}
			return map[string][]byte{"README.md": fmt.Append(nil, posted)}
		}
		c.publish(photo("one"), photo("two"))
		c.w.Fail(sim.Fault{
			Service: "x", Call: "POST /2/media/upload/initialize", Skip: 1, Times: -1,
			Status: 402, Body: `{"title":"CreditsDepleted","detail":"no credits","status":402}`,
		})
		if p := c.start(c.w.Transport()); p.err == nil || len(p.out.Posted) != 1 {
			t.Fatalf("%+v, error %v", p.out, p.err)
		}
		if page, _ := c.w.GitHub().File(branch, "README.md"); page != "1" {
			t.Errorf("the page shows %q posted media, want 1", page)
		}
	})
}

// TestPending: the count of what waits agrees with what is not ended, in each kind of run.
func TestPending(t *testing.T) {
	refused := sim.Fault{
		Service: "x", Call: "POST /2/media/upload/*/finalize", Status: 400, Times: -1,
		Body: `{"errors":[{"message":"media type unrecognized"}]}`,
		When: func(s sim.Subject) bool {
			return slices.ContainsFunc(s.Files, func(f sim.Upload) bool { return f.Width == 96 })
		},
	}
	bubble(t, "the run that ends one", func(t *testing.T) {
		c := &schedule{scene: begun(t, nil), every: 65 * time.Minute}
		c.w.Fail(refused)
		c.publish(sized("older", 65), sized("96", 96), sized("good", 66))
		c.tick()
		c.w.Instagram().Archive(c.published[1].ID)
		for range 30 {
			c.w.Advance(65 * time.Minute)
			out := c.run()
			want := 1
			if recordOf(c, "96").Status == state.Withdrawn {
				want = 0
			}
			if out.Pending != want {
				t.Fatalf("pending %d, want %d: %+v", out.Pending, want, out)
			}
			if want == 0 {
				return
			}
		}
		t.Error("it was not withdrawn")
	})
	bubble(t, "a list that can't be read", func(t *testing.T) {
		c := &schedule{scene: begun(t, nil), every: 65 * time.Minute}
		c.w.Fail(refused)
		c.publish(sized("96", 96))
		c.tick()
		c.w.Fail(sim.Fault{Service: "instagram", Call: "GET /**", Status: 500, Times: -1})
		if p := c.start(c.w.Transport()); p.err == nil || p.out.Pending != 1 {
			t.Errorf("pending %d, want 1; error %v", p.out.Pending, p.err)
		}
	})
}

// TestNextTryOfMissing: a file of the media host is asked for in every run, and no held line names
// a later time.
func TestNextTryOfMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		c.publish(photo("lost"), photo("good"))
		name := c.w.Instagram().Files(c.published[0].ID)[0]
		c.w.Fail(sim.Fault{Service: "media", Call: "GET /file/" + name, Status: 404, Times: -1})
		for range 8 {
			c.w.Advance(65 * time.Minute)
			for _, e := range c.run().Held {
				if !e.Next.IsZero() {
					t.Fatalf("the next try is said to be at %v, and is in the next run: %s", e.Next,
						e.Why)
				}
			}
		}
	})
}
