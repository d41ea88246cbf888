package mirror_test

import (
	"testing"
	"time"
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
