package mirror_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
)

// aboutTheAccount is an answer whose words name the account.
const aboutTheAccount = `{"title":"Forbidden","status":403,` +
	`"detail":"Your account is not permitted to access this feature"}`

// TestAccountWordsForOneFile: X answers one photo with words about the account at an upload step,
// for good. It opens an incident, as those words do, but the half-open probe asks a witness: the
// good ones come, and no route stays closed.
func TestAccountWordsForOneFile(t *testing.T) {
	for _, perRun := range []int{1, 10} {
		bubble(t, fmt.Sprint("per_run ", perRun), func(t *testing.T) {
			c := &schedule{scene: begun(t, func(r *config.Route) { r.Limits.PerRun = perRun })}
			c.w.Fail(sim.Fault{Service: "x", Call: "POST /2/media/upload/*/finalize", Status: 403,
				Times: -1, Body: aboutTheAccount, When: func(s sim.Subject) bool {
					return slices.ContainsFunc(s.Files, func(f sim.Upload) bool {
						return f.Width == 96
					})
				}})
			c.publish(sized("bad", 96))
			for i := range 4 {
				c.publish(sized(fmt.Sprint("good ", i), 65+i))
			}
			c.ticks(12 * time.Hour)
			want := []string{"good 0", "good 1", "good 2", "good 3"}
			if diff := cmp.Diff(want, c.texts()); diff != "" {
				t.Errorf("on X (-want +got):\n%s\nincidents %v", diff, c.incidents)
			}
			if !c.x.next.Before(c.w.Now()) {
				t.Error("the breaker is open")
			}
			if rec := recordOf(c, "bad"); !rec.Hold().ByItself() && rec.Status != state.GivenUp {
				t.Errorf("bad: %+v", rec)
			}
		})
	}
}

// TestAccountWordsForOneReply: X takes the first part of a thread and answers the next part with
// words about the account. X has just taken a post, so that the run stops without an incident.
func TestAccountWordsForOneReply(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		c.w.Fail(sim.Fault{Service: "x", Call: "POST /2/tweets", Status: 403, Times: 1,
			Body: aboutTheAccount, When: func(s sim.Subject) bool { return s.InReplyTo != "" }})
		c.publish(carousel("two", seven...))
		c.ticks(time.Hour)
		if len(c.incidents) > 0 {
			t.Errorf("incidents %v", c.incidents)
		}
		c.holds("", []onX{{"two", 4, false}, {"", 3, true}})
	})
}

// TestRefusalsOfTwoFiles: X refuses the first video of a carousel once, and then the second one
// once, and takes another video each time. Neither was refused twice, so that both come.
func TestRefusalsOfTwoFiles(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		c := &schedule{scene: begun(t, nil), every: 65 * time.Minute}
		m := clip("two", 7)
		m.ProductType = ""
		m.Items = append(m.Items, clip("", 8).Items[0])
		for _, item := range m.Items {
			f := hits(sim.Refuse("finalize-unrecognized"), sim.Media{Items: []sim.Item{item}})
			f.Times = 1
			c.w.Fail(f)
		}
		c.publish(m, clip("three", 9))
		c.ticks(12 * time.Hour)
		if len(c.ended) > 0 {
			t.Errorf("ended: %+v", c.ended)
		}
		var files []int
		for _, p := range c.timeline() {
			files = append(files, p.Files)
		}
		if rec := recordOf(c, "two"); rec.Status != state.Posted || rec.Fallback != "" {
			t.Errorf("%+v", rec)
		}
		if diff := cmp.Diff([]int{1, 1, 1}, files); diff != "" {
			t.Errorf("files on X (-want +got):\n%s", diff)
		}
	})
}

// TestPhotoOfAlbumInOneRun: X refuses one photo of an album, as it is and written anew, and takes
// another one. That is proof enough, whatever the owner has chosen for it.
func TestPhotoOfAlbumInOneRun(t *testing.T) {
	for policy, want := range map[string]state.Status{
		"leave-out": state.Posted, "link": state.Posted, "skip": state.Skipped,
	} {
		bubble(t, policy, func(t *testing.T) {
			c := &schedule{scene: begun(t, func(r *config.Route) { r.RejectedPhoto = policy })}
			bad := sized("96", 96)
			c.w.Fail(hits(sim.Refuse("finalize-unrecognized"), bad))
			bad.Items = append(bad.Items, sized("", 65).Items[0])
			c.publish(bad)
			c.tick()
			if rec := recordOf(c, "96"); rec.Status != want {
				t.Errorf("%s, want %s: %+v", rec.Status, want, rec)
			}
		})
	}
}

// TestIntentOfUnknownLinks: an intent of version 1 says nothing of its links. A person's post with
// a photo and other words is not taken for it, where X names no media ids.
func TestIntentOfUnknownLinks(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		c.w.X().HideAttachments()
		c.publish(photo("one"))
		c.w.Fail(sim.Fault{Service: "x", Call: "POST /2/tweets", Reset: sim.Before})
		c.tick()
		c.asVersion1()
		c.w.X().PersonPosts("by hand", "photo")
		c.every = 25 * time.Minute
		c.ticks(3 * time.Hour)
		if want := []string{"by hand", "one"}; !slices.Equal(c.texts(), want) {
			t.Errorf("on X: %q, want %q", c.texts(), want)
		}
	})
}

// TestHeldIsSmall: a media that X refuses for hours, in runs in which it takes others, costs the
// state at most half a KiB.
func TestHeldIsSmall(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		c := &schedule{scene: begun(t, nil), every: 65 * time.Minute}
		bad := sized("96", 96)
		c.w.Fail(hits(sim.Fault{Service: "x", Call: "POST /2/media/upload/*/finalize", Status: 400,
			Body: `{"title":"Invalid Request","detail":"new words","status":400}`}, bad))
		c.publish(bad)
		for i := range 4 {
			c.publish(sized("good", 70+i))
			c.tick()
		}
		d := c.doc()
		id := recordOf(c, "96").MediaID
		if !d.Find(id).Hold().ByItself() {
			t.Fatalf("it is not held: %+v", d.Find(id))
		}
		with, err := d.Encode()
		if err != nil {
			t.Fatal(err)
		}
		d.Ledger = slices.DeleteFunc(d.Ledger, func(r state.Record) bool { return r.MediaID == id })
		without, err := d.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if cost := len(with) - len(without); cost > 512 {
			t.Errorf("%d bytes:\n%s", cost, with)
		}
	})
}
