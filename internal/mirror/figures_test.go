package mirror_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
)

// TestFigures prints what a run costs, and holds it to what README promises: requests, writes to
// GitHub, and the size of the document.
func TestFigures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: newScene(t, nil)}
		c.w = sim.New(sim.Options{Real: true, Now: time.Now()})
		c.env = c.w.Env()
		c.run()
		c.w.Advance(time.Minute)
		c.pages = func(*state.Document) map[string][]byte {
			return map[string][]byte{
				"README.md": fmt.Append(nil, c.w.Now()), "status.svg": fmt.Append(nil, c.w.Now()),
			}
		}
		c.publish(sized("first", 65)) // the id of the account is asked once
		c.run()
		c.w.Advance(time.Hour)
		cost := func(photos int) (requests, writes int) {
			for range photos {
				c.publish(sized(fmt.Sprint("photo ", len(c.published)), 65))
			}
			c.w.ResetLog()
			before := c.w.GitHub().Writes()
			if out := c.run(); len(out.Posted) != photos {
				t.Fatalf("%+v", out)
			}
			return len(c.w.Log()), c.w.GitHub().Writes() - before
		}
		idle, idleWrites := cost(0)
		one, oneWrites := cost(1)
		ten, tenWrites := cost(10)
		each, eachWrites := float64(ten-one)/9, float64(tenWrites-oneWrites)/9
		t.Logf("idle %d requests, %d writes; a photo alone %d, %d; each of ten %.1f, %.1f",
			idle, idleWrites, one, oneWrites, each, eachWrites)
		if idle > 2 || idleWrites > 0 || one > 12 || oneWrites > 4 || each > 7 || eachWrites > 2 {
			t.Errorf("that is more than 2 and 0; 12 and 4; 7 and 2")
		}
		cost(10)
		body, _ := c.w.GitHub().File(branch, "state/main.yaml")
		t.Logf("the document has %d records and %d bytes", len(c.doc().Ledger), len(body))
		if len(body) > 20<<10 {
			t.Errorf("%d bytes, want at most 20 KiB", len(body))
		}
	})
}
