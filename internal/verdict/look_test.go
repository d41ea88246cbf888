package verdict

import (
	"testing"
	"time"
)

// sought is a photo with a caption and a link, whose answer was lost at noon.
var sought = Sought{At: noon, Media: []string{"m1", "m2"}, Text: "text", Link: "link", Files: true}

// seen is a post that X shows without the ids of its files.
var seen = Seen{ID: "9", At: noon, Text: "text", Link: "link", Files: true}

// TestOurs changes one thing at a time: of what is sought, and of what X shows.
func TestOurs(t *testing.T) {
	named := func(ids ...string) func(*Sought, *Seen) {
		return func(_ *Sought, p *Seen) { p.Media, p.MediaNamed = ids, true }
	}
	for _, tt := range []struct {
		name   string
		change func(s *Sought, p *Seen)
		want   bool
	}{
		{"the same in everything", func(*Sought, *Seen) {}, true},

		// One of the media ids.
		{"the first media id", named("m1"), true},
		{"the last media id", named("x", "m2"), true},
		{"other media ids", named("x"), false},
		{"another media id, of one", func(s *Sought, p *Seen) {
			s.Media, p.Media, p.MediaNamed = []string{"m1"}, []string{"x"}, true
		}, false},
		{"a media id, though all else differs", func(_ *Sought, p *Seen) {
			p.Media, p.MediaNamed = []string{"m1"}, true
			p.Text, p.Link, p.Files = "other", "other", false
		}, true},
		{"a media id under a clock that was ahead", func(_ *Sought, p *Seen) {
			p.Media, p.MediaNamed, p.At = []string{"m1"}, true, at(-day)
		}, true},
		{"an id that X does not name", func(_ *Sought, p *Seen) {
			p.Media, p.Text, p.Link = []string{"m1"}, "other", "other"
		}, false},
		{"files that are not known by id", func(s *Sought, p *Seen) {
			s.Media, p.Media, p.MediaNamed = nil, []string{"x"}, true
		}, true},
		{"files where none were meant", func(s *Sought, p *Seen) {
			s.Media, s.Files = nil, false
			p.Media, p.MediaNamed = []string{"x"}, true
		}, false},

		// Made after the intent less five minutes.
		{"five minutes before the intent",
			func(_ *Sought, p *Seen) { p.At = at(-5 * minute) }, true},
		{"earlier", func(_ *Sought, p *Seen) { p.At = at(-5*minute - 1) }, false},
		{"a day later", func(_ *Sought, p *Seen) { p.At = at(day) }, true},

		// With files where files were meant, and none where none were.
		{"no files where files were meant", func(_ *Sought, p *Seen) { p.Files = false }, false},
		{"files that X does not name where none were meant", func(s *Sought, p *Seen) {
			s.Media, s.Files = nil, false
		}, false},
		{"neither has files", func(s *Sought, p *Seen) {
			s.Media, s.Files, p.Files = nil, false, false
		}, true},

		// The same text that is not empty, or the same link.
		{"another text, the same link", func(_ *Sought, p *Seen) { p.Text = "other" }, true},
		{"another text and link",
			func(_ *Sought, p *Seen) { p.Text, p.Link = "other", "other" }, false},
		{"another text, no link", func(s *Sought, p *Seen) {
			s.Link, p.Link, p.Text = "", "", "other"
		}, false},
		{"the same text, no link", func(s *Sought, p *Seen) { s.Link, p.Link = "", "" }, true},
		{"the same text, and X names no link", func(_ *Sought, p *Seen) { p.Link = "" }, true},
		{"the same text around another link", func(_ *Sought, p *Seen) { p.Link = "other" }, false},
		{"the same text, and a link where none was meant", func(s *Sought, _ *Seen) {
			s.Link = ""
		}, false},
		{"no text, the same link", func(s *Sought, p *Seen) { s.Text, p.Text = "", "" }, true},
		{"no text, another link", func(s *Sought, p *Seen) {
			s.Text, p.Text, p.Link = "", "", "other"
		}, false},
		{"no text and no link", func(s *Sought, p *Seen) {
			s.Text, p.Text, s.Link, p.Link = "", "", "", ""
		}, false},
		{"no text, and X names no link", func(s *Sought, p *Seen) {
			s.Text, p.Text, p.Link = "", "", ""
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, p := sought, seen
			tt.change(&s, &p)
			if got := s.Is(p); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestCouldBe(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(s *Sought, p *Seen)
		want   bool
	}{
		{"the same in everything", func(*Sought, *Seen) {}, true},
		{"another text", func(_ *Sought, p *Seen) { p.Text = "other" }, false},
		{"the same text around another link", func(_ *Sought, p *Seen) { p.Link = "other" }, true},
		{"no text and no link", func(s *Sought, p *Seen) {
			s.Text, p.Text, s.Link, p.Link = "", "", "", ""
		}, true},
		{"no text, another link", func(s *Sought, p *Seen) {
			s.Text, p.Text, p.Link = "", "", "other"
		}, false},
		{"no files where files were meant", func(_ *Sought, p *Seen) { p.Files = false }, false},
		{"files where none were meant", func(s *Sought, p *Seen) {
			s.Media, s.Files = nil, false
		}, false},
		{"five minutes before the intent",
			func(_ *Sought, p *Seen) { p.At = at(-5 * minute) }, true},
		{"earlier", func(_ *Sought, p *Seen) { p.At = at(-5*minute - 1) }, false},
		{"X names its files", func(_ *Sought, p *Seen) { p.MediaNamed = true }, false},
		{"X names its file, of one", func(s *Sought, p *Seen) {
			s.Media, p.MediaNamed = []string{"m1"}, true
		}, false},
		{"X names files, ours are not known by id", func(s *Sought, p *Seen) {
			s.Media, p.MediaNamed = nil, true
		}, true},
		{"neither has files", func(s *Sought, p *Seen) {
			s.Media, s.Files, p.Files = nil, false, false
		}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, p := sought, seen
			tt.change(&s, &p)
			if got := s.CouldBe(p); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestNotOnX(t *testing.T) {
	late := 20 * minute
	for _, tt := range []struct {
		name string
		in   Look
		want Presence
		next time.Time
	}{
		{"read to its end 20 minutes after", Look{At: at(late), Whole: true}, Absent, time.Time{}},
		{"a day after", Look{At: at(day), Whole: true, Posts: 2999}, Absent, time.Time{}},
		{"just under 20 minutes", Look{At: at(late - 1), Whole: true}, TooEarly, at(late)},
		{"too early for one that could be it", Look{At: at(0), CouldBe: true}, TooEarly, at(late)},
		{"not read to its end", Look{At: at(late)}, Undecided, time.Time{}},
		{"3,000 posts", Look{At: at(late), Whole: true, Posts: 3000}, Undecided, time.Time{}},
		{"one that could be it", Look{At: at(late), Whole: true, CouldBe: true},
			Undecided, time.Time{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, v := sought.NotOnX(tt.in)
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			check(t, v, tt.want == Absent, "timeline")
			checkTime(t, v.Next, tt.next)
		})
	}
}

func TestIsUndecided(t *testing.T) {
	for looks, want := range []bool{false, false, false, true, true} {
		if got := IsUndecided(looks); got != want {
			t.Errorf("IsUndecided(%d) = %v, want %v", looks, got, want)
		}
	}
}
