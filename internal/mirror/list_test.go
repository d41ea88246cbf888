package mirror_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/sim"
)

// TestRefusedFields: Instagram's list refuses an optional field of this account. A run without work
// notes it and does not ask for it again for a week; a run with something to post does, and a field
// that is there again travels with that very post.
func TestRefusedFields(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		lacks := func(fields ...string) {
			c.w.Instagram().SetAccount(func(a *sim.Account) { a.NoFields = fields })
		}
		idle := func(what string, calls, writes int) {
			t.Helper()
			c.w.ResetLog()
			before := c.w.GitHub().Writes()
			c.run()
			if n := len(c.w.Log()); n != calls || c.w.GitHub().Writes()-before != writes {
				t.Errorf("%s: %d calls, want %d: %v", what, n, calls, c.w.Log())
			}
		}
		idle("a list with all fields", 2, 0)
		lacks("is_ai_generated")
		idle("the field is refused, and that is noted", 4, 1)
		idle("it is not asked for again", 2, 0)
		c.publish(photo("one"))
		c.tick()
		idle("a post has noted it again", 2, 0)
		c.w.Advance(7 * 24 * time.Hour)
		idle("a week later", 4, 1)
		idle("it is noted for a week", 2, 0)

		lacks()
		made := photo("made")
		made.AIGenerated = true
		c.publish(made)
		c.tick()
		last := c.w.X().Tweets()
		if !last[len(last)-1].MadeWithAI {
			t.Error("the label came back with this media, and did not travel")
		}
		if f := c.doc().ListFields; f.LeftOut != 0 {
			t.Errorf("the document still leaves fields out: %+v", f)
		}
	})
}
