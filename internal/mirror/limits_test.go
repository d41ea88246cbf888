package mirror_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/sim"
)

// TestLimitFortyDays: nothing ran for forty days (GitHub stops the schedules of a repository in
// which nothing happens), and three media were published on each. All of them are caught up,
// oldest first, within the limits of a run and of a day.
func TestLimitFortyDays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begun(t, nil)
		var want []onX
		for n := range 40 * 3 {
			s.w.Advance(8 * time.Hour)
			m := photo(fmt.Sprintf("media %d", n))
			s.publish(m)
			want = append(want, onX{m.Caption, 1, false})
		}
		began, days := s.w.Now(), map[string]int{}
		for pending := 1; pending > 0; {
			out := s.run()
			if len(out.Posted) > 10 {
				t.Fatalf("%d posts in one run, want at most 10", len(out.Posted))
			}
			days[s.w.Now().Format(time.DateOnly)] += len(out.Posted)
			pending = out.Pending
			s.w.Advance(10 * time.Minute)
		}
		if diff := cmp.Diff([]int{20, 50, 50}, slices.Sorted(maps.Values(days))); diff != "" {
			t.Errorf("posts a day (-want +got):\n%s", diff)
		}
		if took := s.w.Now().Sub(began); took > 72*time.Hour {
			t.Errorf("it took %v", took)
		}
		if diff := cmp.Diff(want, s.timeline()); diff != "" {
			t.Errorf("on X (-want +got):\n%s", diff)
		}
		s.settled("caught up") // the ledger has forgotten most of them
	})
}

// TestLimitTwentyVideos is the longest carousel of the kind that X takes least of: a post each,
// in one thread.
func TestLimitTwentyVideos(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begun(t, nil)
		s.publish(carousel("twenty", slices.Repeat([]string{"video"}, 20)...))
		s.run()
		want := append([]onX{{"twenty", 1, false}}, slices.Repeat([]onX{{"", 1, true}}, 19)...)
		s.holds("twenty videos", want)
	})
}

// TestLimitLongestCaptions: 2,200 characters are the most that Instagram takes. X's stand-in
// refuses a post that weighs too much.
func TestLimitLongestCaptions(t *testing.T) {
	for name, sentence := range map[string]string{
		"English":  "Kiln no. %d was opened at dawn, and every mug had come out whole. ",
		"Japanese": "%d番の窯を夜明けに開けると、どの器も割れずに焼き上がっていました。",
		"emoji":    "窯%d👩🏽‍🎨から出た器☕️は100個🎉 ",
		"one word": "x%d",
	} {
		var all string
		for n := 0; utf8.RuneCountInString(all) < 2200; n++ {
			all += fmt.Sprintf(sentence, n)
		}
		caption := string([]rune(all)[:2200])
		bubble(t, name+", as a thread", func(t *testing.T) {
			s := begun(t, func(r *config.Route) { r.Text.Long = "thread" })
			s.publish(photo(caption))
			s.run()
			var all strings.Builder
			for _, p := range s.timeline() {
				all.WriteString(p.Text)
			}
			if got, want := squeeze(all.String()), squeeze(caption); got != want {
				t.Errorf("the thread does not hold the whole caption:\n%s\nwant:\n%s", got, want)
			}
			s.settled("thread")
		})
		bubble(t, name+", cut", func(t *testing.T) {
			s := begun(t, nil)
			s.publish(photo(caption))
			s.run()
			posts := s.timeline()
			if len(posts) != 1 ||
				!strings.Contains(posts[0].Text, "https://www.instagram.com/p/") ||
				sim.Weight(posts[0].Text) > 280 {
				t.Errorf("on X: %+v", posts)
			}
			s.settled("cut")
		})
	}
}

// squeeze leaves out the space, at which a thread is cut.
func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }
