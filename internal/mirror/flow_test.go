package mirror_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/sim"
)

// bubble is synctest.Test as a subtest.
func bubble(t *testing.T, name string, test func(t *testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

// TestFirstRun takes what `start` says, and what is published from then on, even if Instagram
// can't be read at first.
func TestFirstRun(t *testing.T) {
	for start, want := range map[config.Start][]onX{
		"now":        {{"new", 1, false}},
		"all":        {{"old", 1, false}, {"new", 1, false}},
		"1999-01-01": {{"old", 1, false}, {"new", 1, false}},
		"2999-01-01": nil,
	} {
		bubble(t, string(start), func(t *testing.T) {
			s := newScene(t, func(r *config.Route) { r.Start = start })
			s.publish(photo("old"))
			if out := s.run(); !out.First {
				t.Error("it is not known as the first run")
			}
			s.w.Advance(time.Minute)
			s.publish(photo("new"))
			s.run()
			if diff := cmp.Diff(want, s.timeline()); diff != "" {
				t.Errorf("on X (-want +got):\n%s", diff)
			}
		})
	}
	bubble(t, "more in the baseline's second than a run takes", func(t *testing.T) {
		s := newScene(t, nil)
		for range 25 {
			m := photo("old")
			m.Timestamp = s.w.Now()
			s.w.Instagram().Publish(m)
		}
		s.run()
		s.w.Advance(time.Minute)
		s.holds("the second run", nil)
	})
	bubble(t, "Instagram down", func(t *testing.T) {
		s := newScene(t, nil)
		s.publish(photo("old"))
		s.w.Instagram().BreakLikeSeptember2023()
		if p := s.start(s.w.Transport()); httpx.ClassOf(p.err) != httpx.Forbidden {
			t.Fatalf("class %v, want forbidden: %v", httpx.ClassOf(p.err), p.err)
		}
		s.w.Advance(time.Hour)
		s.publish(photo("while it was down"))
		s.w.Instagram().Repair()
		s.run()
		s.holds("after it came back", []onX{{"while it was down", 1, false}})
	})
}

// TestSameSecond: a media that Instagram shows late is mirrored, even with the cursor's own second.
func TestSameSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begun(t, nil)
		at := s.w.Now().Add(time.Hour).Truncate(time.Second)
		s.w.Advance(2 * time.Hour)
		for _, caption := range []string{"first", "late"} {
			m := photo(caption)
			m.Timestamp = at
			s.w.Instagram().Publish(m)
			s.run()
		}
		unarchived := photo("unarchived")
		unarchived.Timestamp = at.Add(-25 * time.Hour)
		s.w.Instagram().Publish(unarchived)
		s.holds("late", []onX{{"first", 1, false}, {"late", 1, false}})
	})
}

// TestExpiredAddress: a run lists again, once, if the media host says that a signed address has
// expired.
func TestExpiredAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begun(t, nil)
		s.publish(photo("one"))
		s.w.ResetLog()
		s.w.Fail(sim.Fault{
			Service: "media", Call: "GET /**", Status: 403, Body: "URL signature expired",
		})
		s.run()
		lists := 0
		for _, c := range s.w.Log() {
			if c.Service == "instagram" {
				lists++
			}
		}
		if lists != 2 {
			t.Errorf("%d lists, want 2", lists)
		}
		s.holds("expired", []onX{{"one", 1, false}})
	})
	bubble(t, "for good", func(t *testing.T) {
		s := begun(t, nil)
		s.publish(photo("one"), photo("two"))
		s.w.Fail(sim.Fault{
			Service: "media", Call: "GET /**", Times: 2, Status: 403,
			Body: "URL signature expired",
		})
		if out := s.run(); len(out.Posted) != 0 || len(out.Held) != 1 {
			t.Fatalf("%+v", out)
		}
		s.again("the next run")
		s.holds("expired, and listed anew", []onX{{"one", 1, false}, {"two", 1, false}})
	})
}

// editor is a person who edits on Instagram while a run is at it: after the list, before the
// first file.
type editor struct {
	*sim.Transport
	edit func()
	once sync.Once
}

func (e *editor) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasPrefix(r.URL.Path, "/file/") {
		e.once.Do(e.edit)
	}
	return e.Transport.RoundTrip(r)
}

// TestEditedMeanwhile: the second list, read for new addresses, may show a media of more or fewer
// parts.
func TestEditedMeanwhile(t *testing.T) {
	var long string
	for n := range 20 {
		long += fmt.Sprintf("Mug no. %d is fresh from the kiln. ", n)
	}
	for name, captions := range map[string][2]string{
		"longer": {"short", long}, "shorter": {long, "short"},
	} {
		bubble(t, name, func(t *testing.T) {
			s := begun(t, func(r *config.Route) { r.Text.Long = "thread" })
			m := photo(captions[0])
			m.ID, m.Timestamp = "17900000000000077", s.w.Now()
			s.publish(m)
			s.w.Fail(sim.Fault{
				Service: "media", Call: "GET /**", Status: 403, Body: "URL signature expired",
			})
			way := &editor{Transport: s.w.Transport(), edit: func() {
				s.w.Instagram().Unpublish(m.ID)
				m.Caption = captions[1]
				s.w.Instagram().Publish(m)
			}}
			if out, err := s.mirror(way, "edited"); err != nil || len(out.Posted) != 1 {
				t.Fatalf("%+v, error %v", out, err)
			}
			var all strings.Builder
			for _, p := range s.timeline() {
				all.WriteString(p.Text)
			}
			if got, want := squeeze(all.String()), squeeze(captions[1]); got != want {
				t.Errorf("on X %q, want %q", got, want)
			}
			s.settled(name)
		})
	}
}

// TestUnknownMediaType: a media of an unknown type is skipped and reported once.
func TestUnknownMediaType(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begun(t, nil)
		m := photo("hologram")
		m.Type = "HOLOGRAM"
		s.publish(m, photo("plain"))
		if out := s.run(); len(out.Skipped) != 1 ||
			!strings.Contains(out.Skipped[0].Why, "HOLOGRAM") {
			t.Fatalf("%+v", out)
		}
		s.holds("unknown type", []onX{{"plain", 1, false}})
	})
}

// TestBadListAnswers: an unreadable list is never taken for an empty one, and no media is lost by
// it.
func TestBadListAnswers(t *testing.T) {
	for name, f := range map[string]sim.Fault{
		"HTML with 200":  {Status: 200, Body: "<!doctype html><title>Sorry</title>"},
		"truncated JSON": {Reset: sim.Middle},
		"an error with 200": {
			Status: 200,
			Body: `{"error":{"message":"(#10) Application does not have permission for ` +
				`this action","type":"OAuthException","code":10,"fbtrace_id":"AbC"}}`,
		},
		"an object without it": {Status: 200, Body: `{}`},
		"a 30 MB body": {
			Status: 200,
			Body:   `{"data":[` + strings.Repeat(`{"id":"1"},`, 30<<20/11) + `{"id":"2"}]}`,
		},
		"garbage": {Status: 200, Body: "\x00\x01\x02"},
		"null":    {Status: 200, Body: `null`},
	} {
		bubble(t, name, func(t *testing.T) {
			s := begun(t, nil)
			s.publish(photo("one"))
			f.Service, f.Call, f.Times = "instagram", "GET /**", -1
			s.w.Fail(f)
			p := s.start(s.w.Transport())
			if p.err == nil || httpx.As(p.err) == nil {
				t.Fatalf("err = %v, want an httpx.Error", p.err)
			}
			s.w.ClearFaults()
			s.again(name)
			s.holds(name, []onX{{"one", 1, false}})
		})
	}
}

// TestUnreadableState: a document that can't be read stops the run and is not overwritten.
func TestUnreadableState(t *testing.T) {
	for name, body := range map[string]string{
		"garbage":   "{{{{",
		"newer":     "version: 3\nroute: main\n",
		"unknown":   "version: 1\nroute: main\nsurprise: 1\n",
		"conflict":  "<<<<<<< ours\nversion: 1\n=======\nversion: 1\n>>>>>>> theirs\n",
		"empty":     "",
		"other one": "version: 1\nroute: shop\n",
	} {
		bubble(t, name, func(t *testing.T) {
			s := begun(t, nil)
			s.publish(photo("one"))
			s.w.GitHub().SetFile(branch, "state/main.yaml", body)
			s.w.ResetLog()
			p := s.start(s.w.Transport())
			if p.err == nil || !strings.Contains(p.err.Error(), "state/main.yaml") {
				t.Errorf("err = %v, want one that names the file", p.err)
			}
			if got, _ := s.w.GitHub().File(branch, "state/main.yaml"); got != body {
				t.Errorf("the document was changed to %q", got)
			}
			if n := s.w.Calls("x") + s.w.Calls("instagram"); n != 0 {
				t.Errorf("%d calls to X and Instagram, want none", n)
			}
		})
	}
}

// TestProcessing: a run leaves a video that X takes long to process to the next run, which does not
// upload it again. Other media pass it.
func TestProcessing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begun(t, nil)
		s.w.X().RejectVideos("never")
		s.publish(video("slow"), photo("after"))
		if out := s.run(); out.Pending != 1 || len(out.Held) != 1 || len(out.Posted) != 1 {
			t.Fatalf("%+v", out)
		}
		s.w.X().RejectVideos("")
		s.w.Advance(time.Minute)
		s.w.ResetLog()
		s.again("the next run")
		for _, c := range s.w.Log() {
			if c.Service == "media" && strings.Contains(c.Path, "video") {
				t.Errorf("the video was read again: %s", c.Path)
			}
		}
		s.holds("resumed", []onX{{"after", 1, false}, {"slow", 1, false}})
	})
}

// TestRejectedVideo: the configured fallback replaces a video, in both of the ways in which X
// refuses one.
func TestRejectedVideo(t *testing.T) {
	const link = "https://www.instagram.com/reel/R/"
	for _, how := range []string{"processing", "too-long"} {
		for policy, want := range map[string][]onX{
			"thumbnail": {{"clip\n\n" + link, 1, false}},
			"link":      {{"clip\n\n" + link, 0, false}},
			"skip":      nil,
		} {
			bubble(t, how+", "+policy, func(t *testing.T) {
				s := begun(t, func(r *config.Route) { r.RejectedVideo = policy })
				s.w.X().RejectVideos(how)
				m := video("clip")
				m.Permalink = link
				s.publish(m)
				out := s.run()
				if said := len(out.Skipped) == 1 ||
					len(out.Posted) == 1 && len(out.Posted[0].Notes) > 0; !said {
					t.Errorf("it is not said: %+v", out)
				}
				s.holds(policy, want)
			})
		}
	}
	bubble(t, "in a carousel", func(t *testing.T) {
		s := begun(t, nil)
		s.w.X().RejectVideos("processing")
		m := carousel("mixed", "photo", "video", "photo")
		m.Permalink = "https://www.instagram.com/p/C/"
		s.publish(m)
		s.run()
		s.holds("mixed",
			[]onX{
				{"mixed\n\nhttps://www.instagram.com/p/C/", 1, false}, {"", 1, true},
				{"", 1, true},
			})
	})
}

// TestSameText: a second media with the caption of the first is posted with a distinct text.
func TestSameText(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begun(t, nil)
		s.publish(photo("good morning"), photo("good morning"))
		s.run()
		s.holds("same text", []onX{{"good morning", 1, false}, {"good morning (2)", 1, false}})
	})
}

// TestPerRun: a run takes the oldest media first and leaves the rest to the next runs.
func TestPerRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begun(t, func(r *config.Route) { r.Limits.PerRun = 2 })
		var want []onX
		for i := range 5 {
			s.publish(photo(fmt.Sprint("media ", i)))
			want = append(want, onX{fmt.Sprint("media ", i), 1, false})
		}
		for _, pending := range []int{3, 1, 0} {
			if out := s.run(); out.Pending != pending {
				t.Errorf("pending %d, want %d", out.Pending, pending)
			}
		}
		s.holds("per_run", want)
	})
}

// TestTwentyChildren: a thread keeps the order of photos and videos, in the groups that X allows.
func TestTwentyChildren(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begun(t, nil)
		kinds := strings.Fields("photo photo photo photo photo video photo video video photo" +
			" photo photo photo photo photo photo photo photo video photo")
		s.publish(carousel("twenty", kinds...))
		s.run()
		want := []onX{{"twenty", 4, false}}
		for _, n := range []int{1, 1, 1, 1, 1, 4, 4, 1, 1, 1} {
			want = append(want, onX{"", n, true})
		}
		s.holds("twenty", want)
	})
}

// TestWrites: a mirrored post costs at most four writes to GitHub.
func TestWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begun(t, nil)
		s.publish(photo("one"), video("two"), photo("three"))
		before := s.w.GitHub().Writes()
		s.run()
		if n := s.w.GitHub().Writes() - before; n > 12 {
			t.Errorf("%d writes for 3 posts, want at most 12", n)
		}
	})
}

// TestStateCantBeWritten: if the state can't be written, nothing is posted and no token is spent.
func TestStateCantBeWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begun(t, nil)
		s.publish(photo("one"))
		s.w.GitHub().SetPermission("GITHUB_TOKEN", "contents", false)
		p := s.start(s.w.Transport())
		if p.err == nil {
			t.Fatal("the run did not notice")
		}
		if n := len(s.w.X().Tweets()) + s.w.X().Refreshes(); n != 0 {
			t.Errorf("%d posts and rotations, want none", n)
		}
		s.w.GitHub().SetPermission("GITHUB_TOKEN", "contents", true)
		s.again("it can be written again")
		s.holds("written", []onX{{"one", 1, false}})
	})
}

// TestSlowCommits: if the commit of an intent takes longer than a post may be behind it, nothing is
// posted, the intent is taken back, and the run ends.
func TestSlowCommits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begun(t, nil)
		s.publish(photo("one"))
		s.w.Fail(sim.Fault{
			Service: "github", Call: "PUT /repos/*/*/contents/**", Delay: 25 * time.Second,
		})
		err := s.start(s.w.Transport()).err
		if httpx.ClassOf(err) != httpx.Transient ||
			!strings.Contains(err.Error(), "took longer than") {
			t.Errorf("got %v, want a transient failure that says why", err)
		}
		if n := len(s.w.X().Tweets()); n != 0 {
			t.Errorf("%d posts, want none", n)
		}
		if rec := s.doc().Ledger[0]; rec.Intent != nil {
			t.Errorf("the intent stayed: %+v", rec.Intent)
		}
		s.again("fast again")
		s.holds("fast again", []onX{{"one", 1, false}})
	})
}

// TestSkippedBeforePending: a skipped media does not move the cursor past older ones that wait
// for the next run.
func TestSkippedBeforePending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begun(t, func(r *config.Route) { r.Limits.PerRun = 1 })
		s.publish(photo("one"))
		s.w.Advance(36 * time.Hour)
		s.publish(photo("two"))
		s.w.Advance(36 * time.Hour)
		s.publish(photo("not this #igonly"))
		s.run()
		s.run()
		s.holds("skipped", []onX{{"one", 1, false}, {"two", 1, false}})
	})
}
