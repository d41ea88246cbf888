package mirror_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/state"
)

// deleted are the captions of the media that the document calls deleted on Instagram.
func (c *schedule) deleted() (out []string) {
	for _, rec := range c.doc().Ledger.Deleted() {
		for _, m := range c.published {
			if m.ID == rec.MediaID {
				out = append(out, m.Caption)
			}
		}
	}
	return out
}

// TestDeletionsAreNoted: what was deleted on Instagram stays on X, and is noted after two lists a
// day apart, also where the account posts nothing more. A run asks nothing for it, and writes when a
// deletion is first seen and when it is proven.
func TestDeletionsAreNoted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		c.guard = func(context.Context) error { return nil } // a run that posts nothing does not ask it
		c.publish(sized("oldest", 65), sized("gone", 66), sized("archived", 67), sized("stays", 68))
		c.tick()
		c.w.Instagram().Unpublish(c.published[1].ID)
		c.w.Instagram().Archive(c.published[2].ID)
		both := []string{"gone", "archived"}
		for _, step := range []struct {
			after  time.Duration
			writes int
			want   []string
		}{
			{0, 1, nil}, {time.Minute, 0, nil}, {23 * time.Hour, 0, nil},
			{2 * time.Hour, 1, both}, {time.Hour, 0, both},
		} {
			c.w.Advance(step.after)
			c.w.ResetLog()
			before := c.w.GitHub().Writes()
			c.run()
			writes := c.w.GitHub().Writes() - before
			if writes != step.writes || len(c.w.Log()) != 2+writes {
				t.Errorf("%v later: %d writes, want %d: %v", step.after, writes, step.writes, c.w.Log())
			}
			if got := c.deleted(); !slices.Equal(got, step.want) {
				t.Errorf("%v later: %q, want %q", step.after, got, step.want)
			}
		}
		c.w.Instagram().Unarchive(c.published[2].ID)
		c.run()
		if got := c.deleted(); !slices.Equal(got, []string{"gone"}) {
			t.Errorf("out of the archive again: %q", got)
		}
		if n := len(c.texts()); n != 4 {
			t.Errorf("%d posts on X, want all 4", n)
		}
	})
}

// TestNoDeletionOfAnother: a run that posts nothing does not ask whose list it reads. A list without
// any media of this route may be another account's, and says nothing about its deletions.
func TestNoDeletionOfAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		c.guard = func(context.Context) error { return nil }
		c.publish(sized("left out #igonly", 64), sized("one", 65), sized("two", 66))
		c.tick()
		c.w.Instagram().Unpublish(c.published[1].ID)
		c.w.Instagram().Unpublish(c.published[2].ID)
		for range 3 {
			c.run()
			c.w.Advance(25 * time.Hour)
		}
		if got := c.deleted(); len(got) > 0 {
			t.Errorf("called deleted: %q", got)
		}
	})
}

// TestNoDeletion: a list that can't show a media, or that may be another account's, does not say
// that it was deleted.
func TestNoDeletion(t *testing.T) {
	for name, change := range map[string]func(*scene) http.RoundTripper{
		"the oldest is gone: no older neighbour is shown": func(s *scene) http.RoundTripper {
			s.w.Instagram().Unpublish(s.published[0].ID)
			return s.w.Transport()
		},
		"one can't be read": func(s *scene) http.RoundTripper {
			return unreadable{s.w.Transport(), s.published[1].ID}
		},
		"it is another account's, of before the baseline": func(s *scene) http.RoundTripper {
			s.w.Instagram().Unpublish(s.published[1].ID)
			d := s.doc()
			d.Baseline = s.w.Now()
			body, err := d.Encode()
			if err != nil {
				s.t.Fatal(err)
			}
			s.w.GitHub().SetFile(branch, state.Path("main"), string(body))
			return s.w.Transport()
		},
		"the account is not proven": func(s *scene) http.RoundTripper {
			s.w.Instagram().Unpublish(s.published[1].ID)
			s.guard = func(context.Context) error { return errors.New("another account") }
			return s.w.Transport()
		},
	} {
		bubble(t, name, func(t *testing.T) {
			c := &schedule{scene: begun(t, nil)}
			c.publish(sized("oldest", 65), sized("middle", 66), sized("newest", 67))
			c.tick()
			way := change(c.scene)
			writes := c.w.GitHub().Writes()
			for i := range 3 {
				c.w.Advance(25 * time.Hour)
				c.publish(sized("left out #igonly", 80+i), sized("next", 70+i))
				_, _ = c.mirror(way, fmt.Sprint("run", i)) // the guard's error is its own
			}
			if c.w.GitHub().Writes() == writes {
				t.Error("nothing was written that could have noted it")
			}
			if got := c.deleted(); len(got) > 0 {
				t.Errorf("called deleted: %q", got)
			}
		})
	}
}

// unreadable takes the id out of one media of Instagram's list.
type unreadable struct {
	http.RoundTripper
	id string
}

func (u unreadable) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := u.RoundTripper.RoundTrip(r)
	if err != nil || !strings.HasSuffix(r.URL.Path, "/media") {
		return resp, err
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	body = bytes.Replace(body, []byte(`"id":"`+u.id+`"`), []byte(`"id":""`), 1)
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return resp, err
}

// TestNoDeletionBeyondTheList: a busy account's list is not read to its end. The pinned media
// stands first and is old, and shows nothing about what lies between.
func TestNoDeletionBeyondTheList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: newScene(t, nil)}
		pinned := sized("pinned", 64)
		pinned.Pinned = true
		c.publish(pinned)
		c.run()
		c.w.Advance(time.Minute)
		c.publish(sized("early", 65))
		for day, media := range []int{12, 3, 2, 1} {
			for i := range media {
				c.publish(sized(fmt.Sprint(day, ".", i), 66+20*day+i))
			}
			c.tick()
			c.tick()
			c.w.Advance(24 * time.Hour)
		}
		if got := c.deleted(); len(got) > 0 {
			t.Errorf("called deleted: %q", got)
		}
		if rec := recordOf(c, "early"); rec.Status != state.Posted {
			t.Errorf("the early one has no record any more: %+v", rec)
		}
	})
}
