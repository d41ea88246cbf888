package mirror_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
)

// TestMadeByHand: the owner has mirrored a carousel by hand, its reply too. X refuses the text as a
// duplicate, and what is there is settled: nothing is posted twice.
func TestMadeByHand(t *testing.T) {
	for name, hide := range map[string]bool{"files named": false, "files not named": true} {
		bubble(t, name, func(t *testing.T) {
			s := begun(t, nil)
			s.publish(carousel("by hand", seven...), photo("later"))
			if hide {
				s.w.X().HideAttachments()
			}
			s.w.Advance(3 * time.Minute)
			root := s.w.X().PersonPosts("by hand", "photo", "photo", "photo", "photo")
			s.w.X().PersonReplies(root, "", "photo", "photo", "photo")
			s.w.Advance(3 * time.Minute)
			s.run()
			s.holds(name, []onX{{"by hand", 4, false}, {"", 3, true}, {"later", 1, false}})
		})
	}
}

// TestRetriedThread: a thread that a person had put back goes on after its last part that is still
// on X, or begins anew.
func TestRetriedThread(t *testing.T) {
	for name, deleted := range map[string]bool{
		"its part is there": false, "its part was deleted": true,
	} {
		bubble(t, name, func(t *testing.T) {
			s := begun(t, nil)
			s.publish(carousel("two", seven...))
			s.w.Fail(sim.Refuse("reply-not-summoned"))
			s.run()
			id := s.doc().Ledger[0].MediaID
			first := s.w.X().Tweets()[0].ID
			if deleted {
				s.w.X().DeletePost(first)
			}
			s.retry(id)
			s.w.Advance(2 * time.Hour)
			s.run()
			s.holds(name, []onX{{"two", 4, false}, {"", 3, true}})
		})
	}
}

// retry puts a media back, as `postferry retry` does.
func (s *scene) retry(id string) {
	s.t.Helper()
	client := github.New(github.Options{
		Token: s.env["GITHUB_TOKEN"], Owner: "someone", Repo: "mirror", Now: s.w.Now,
		HTTP: &http.Client{Transport: s.w.Transport()},
	})
	session, err := state.Open(context.Background(), &github.Branch{Client: client, Name: branch},
		"main")
	if err != nil {
		s.t.Fatal(err)
	}
	err = session.Update(context.Background(), "retry", func(d *state.Document) error {
		if !d.Retry(id) {
			s.t.Error("there is nothing to put back")
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestAlbumEditedHalfPosted: the owner takes a photo out of an album whose first part is on X. The
// part keeps its files, and each of the others arrives once.
func TestAlbumEditedHalfPosted(t *testing.T) {
	bubble(t, "edited", func(t *testing.T) {
		s := begun(t, nil)
		m := carousel("album", seven...)
		id := s.w.Instagram().Publish(m)
		s.w.Advance(3 * time.Second)
		s.w.Fail(sim.Refuse("reply-not-summoned"))
		s.run()
		s.w.Instagram().Edit(id, func(m *sim.Media) { m.Items = m.Items[1:] })
		s.w.Advance(2 * time.Hour)
		s.run()
		s.holds("edited", []onX{{"album", 4, false}, {"", 3, true}})
	})
}
