package verdict

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fold adds tries, in order.
func fold(tries ...Try) (r Refusal) {
	for _, t := range tries {
		r = r.Add(t)
	}
	return r
}

// photoTry is a refusal of a photo at finalize, with words of the closed list, at an hour after
// noon. X took another photo in the same run.
func photoTry(hours int) Try {
	return Try{Step: Finalize, Key: "media-unrecognized", Kind: "photo", File: "1",
		At: at(time.Duration(hours) * hour), Taken: true}
}

// with changes a try.
func (t Try) with(change func(*Try)) Try {
	change(&t)
	return t
}

func untaken(t *Try) { t.Taken = false }

// TestAddFirst has what one try leaves behind, by its words.
func TestAddFirst(t *testing.T) {
	base := Refusal{Step: Finalize, Kind: "photo", File: "1", First: noon, Last: noon, Tries: 1,
		Before: &Refusal{}}
	for _, tt := range []struct {
		name   string
		change func(*Try)
		want   func(*Refusal)
	}{
		{"the closed list", func(*Try) {}, func(r *Refusal) {
			r.Key, r.Listed, r.Shown = "media-unrecognized", 1, 1
		}},
		{"the closed list, none taken", untaken, func(r *Refusal) {
			r.Key, r.Listed = "media-unrecognized", 1
		}},
		{"other words", func(t *Try) { t.Key = "" }, func(r *Refusal) { r.OtherShown = 1 }},
		{"other words, none taken", func(t *Try) { t.Key, t.Taken = "", false }, func(*Refusal) {}},
		{"a forgotten upload", func(t *Try) { t.Key = "upload-forgotten" }, func(r *Refusal) {
			r.Key, r.Forgotten = "upload-forgotten", true
			r.Listed, r.Shown = 1, 1
		}},
		{"several", func(t *Try) { t.Key, t.Taken, t.Several = "", false, true }, func(r *Refusal) {
			r.Several = true
		}},
		{"of no file", func(t *Try) { t.Key, t.Kind, t.File, t.Taken = "", "", "", false },
			func(r *Refusal) { r.Kind, r.File = "", "" }},
		{"words about replies", func(t *Try) {
			t.Step, t.Key, t.Kind, t.File, t.Taken = AtReply, "replies", "", "", false
		}, func(r *Refusal) {
			r.Step, r.Key, r.Kind, r.File, r.RepliesSince = AtReply, "replies", "", "", noon
		}},
		{"the answered post is gone", func(t *Try) {
			t.Step, t.Key, t.Gone, t.Taken = AtReply, "reply-gone", true, false
		}, func(r *Refusal) { r.Step, r.Key, r.Gone = AtReply, "reply-gone", 1 }},
		{"X took another post before the first try", func(t *Try) {
			t.Step, t.Key, t.Taken, t.TakenAt = AtPost, "", false, at(-1)
		}, func(r *Refusal) { r.Step = AtPost }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := base
			tt.want(&want)
			got := fold(photoTry(0).with(tt.change))
			if diff := cmp.Diff(got, want); diff != "" {
				t.Errorf("got - want +\n%s", diff)
			}
		})
	}
}

// TestAddCounts has which try counts, and what begins anew: by how many tries are counted.
func TestAddCounts(t *testing.T) {
	later := func(d time.Duration, change func(*Try)) Try {
		return photoTry(0).with(func(t *Try) {
			t.At = at(d)
			change(t)
		})
	}
	same := func(*Try) {}
	for _, tt := range []struct {
		name    string
		second  Try
		tries   int
		first   time.Time // of what is counted
		counted bool      // whether the second one is
	}{
		{"an hour later", later(hour, same), 2, noon, true},
		{"just under an hour later", later(hour-1, same), 1, noon, false},
		{"with other words", later(hour, func(t *Try) { t.Key = "" }), 2, noon, true},
		{"at another upload step",
			later(hour, func(t *Try) { t.Step = Processing }), 2, noon, true},
		{"at POST", later(hour, func(t *Try) { t.Step = AtPost }), 1, at(hour), true},
		{"at POST within the hour",
			later(hour-1, func(t *Try) { t.Step = AtPost }), 1, noon, false},
		{"another kind of file", later(hour, func(t *Try) { t.Kind = "video" }), 1, at(hour), true},
		{"another kind within the hour", later(hour-1, func(t *Try) { t.Kind = "video" }),
			1, noon, false},
		{"another file", later(hour, func(t *Try) { t.File = "2" }), 1, at(hour), true},
		{"another file within the hour",
			later(hour-1, func(t *Try) { t.File = "2" }), 1, noon, false},
		{"the first lies ahead as far as an hour", later(-hour, same), 1, noon, false},
		{"the first lies further ahead", later(-hour-1, same), 1, at(-hour - 1), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := fold(photoTry(0), tt.second)
			if r.Tries != tt.tries || !r.First.Equal(tt.first) {
				t.Errorf(
					"%d tries since %v, want %d since %v",
					r.Tries,
					r.First,
					tt.tries,
					tt.first,
				)
			}
			if got := r.Last.Equal(tt.second.At); got != tt.counted {
				t.Errorf("counted: %v, want %v", got, tt.counted)
			}
		})
	}
}

// TestAddReply has a post and a reply apart from each other.
func TestAddReply(t *testing.T) {
	post := Try{Step: AtPost, At: noon}
	reply := Try{Step: AtReply, At: at(hour)}
	if r := fold(post, reply); r.Tries != 1 || r.Step != AtReply {
		t.Errorf("a reply after a post: %+v", r)
	}
	post.At, reply.At = at(hour), noon
	if r := fold(reply, post); r.Tries != 1 || r.Step != AtPost {
		t.Errorf("a post after a reply: %+v", r)
	}
	if r := fold(reply, Try{Step: AtReply, At: at(hour)}); r.Tries != 2 {
		t.Errorf("two replies: %+v", r)
	}
}

// TestAddGoesOn has what a second and a third try make of the first.
func TestAddGoesOn(t *testing.T) {
	reply := func(hours int, key string) Try {
		return Try{Step: AtReply, Key: key, At: at(time.Duration(hours) * hour)}
	}
	gone := func(hours int) Try {
		return reply(hours, "reply-gone").with(func(t *Try) { t.Gone = true })
	}
	forgotten := photoTry(0).with(func(t *Try) { t.Key = "upload-forgotten" })
	for _, tt := range []struct {
		name string
		got  Refusal
		want bool // of what is asked
		ask  func(Refusal) bool
	}{
		{"the first listed try stays the first", fold(photoTry(0), photoTry(1)), true,
			func(r Refusal) bool {
				return r.FirstListed.IsZero() && r.Listed == 2 && r.Shown == 2
			}},
		{"other words come first",
			fold(photoTry(0).with(func(t *Try) { t.Key = "" }), photoTry(1)), true,
			func(r Refusal) bool {
				return r.FirstListed.Equal(at(hour)) && r.Listed == 1 && r.Shown == 1 &&
					r.OtherShown == 1
			}},
		{"a forgotten upload is remembered", fold(forgotten, photoTry(1)), true,
			func(r Refusal) bool { return r.Forgotten }},
		{"several is remembered",
			fold(photoTry(0).with(func(t *Try) { t.Several = true }), photoTry(1)), true,
			func(r Refusal) bool { return r.Several }},
		{"words about replies, twice", fold(reply(0, "replies"), reply(1, "replies")), true,
			func(r Refusal) bool { return r.RepliesSince.Equal(noon) }},
		{"other words between", fold(reply(0, "replies"), reply(1, ""), reply(2, "replies")), true,
			func(r Refusal) bool { return r.RepliesSince.Equal(at(2 * hour)) }},
		{"other words at last", fold(reply(0, "replies"), reply(1, "")), true,
			func(r Refusal) bool { return r.RepliesSince.IsZero() }},
		{"gone twice", fold(gone(0), gone(1)), true, func(r Refusal) bool { return r.Gone == 2 }},
		{"gone, then shown", fold(gone(0), reply(1, "reply-gone")), true,
			func(r Refusal) bool { return r.Gone == 0 }},
		{"gone, then other words", fold(gone(0), reply(1, "")), true,
			func(r Refusal) bool { return r.Gone == 1 }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !tt.ask(tt.got) {
				t.Errorf("%+v", tt.got)
			}
		})
	}
}

// TestBetween has where another post must have been taken.
func TestBetween(t *testing.T) {
	post := func(hours int, takenAt time.Time) Try {
		return Try{Step: AtPost, At: at(time.Duration(hours) * hour), TakenAt: takenAt}
	}
	never := time.Time{}
	for _, tt := range []struct {
		name string
		in   []Try
		want bool
	}{
		{"never", []Try{post(0, never), post(1, never)}, false},
		{"before the first", []Try{post(0, at(-hour)), post(1, at(-hour))}, false},
		{"in the moment of the first", []Try{post(0, noon), post(1, noon)}, false},
		{"just after the first", []Try{post(0, never), post(1, at(1))}, true},
		{"just before the last", []Try{post(0, never), post(1, at(hour-1))}, true},
		{"in the second of the last", []Try{post(0, never), post(1, at(hour))}, true},
		{"after the last", []Try{post(0, never), post(1, at(hour+1))}, false},
		{"between the first and the second of three",
			[]Try{post(0, never), post(1, at(minute)), post(2, at(2*hour+1))}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := fold(tt.in...).Between; got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// TestEverybodys has what is left of the tries when the fault is everybody's: those before X last
// took a post, as they were.
func TestEverybodys(t *testing.T) {
	two := fold(photoTry(0), photoTry(1).with(func(t *Try) { t.Key = "" }))
	kept := two.Took()
	more := kept.Add(photoTry(2).with(func(t *Try) { t.Several = true })).
		Add(photoTry(3).with(func(t *Try) { t.Key = "upload-forgotten" }))
	elsewhere := kept.Add(Try{Step: AtPost, At: at(9 * hour), TakenAt: at(5 * hour)})
	for _, tt := range []struct {
		name      string
		got, want Refusal
	}{
		{"nothing refused", Refusal{}.Everybodys(), Refusal{}},
		{"all since X last took a post", two.Everybodys(), Refusal{}},
		{"none since then", kept.Everybodys(), kept},
		{"the last two of four", more.Everybodys(), kept},
		{"a try at another step", elsewhere.Everybodys(), kept},
		{"taken back twice", more.Everybodys().Everybodys(), kept},
		{"one more after that", more.Everybodys().Add(photoTry(9)).Everybodys(), kept},
		{"X took a post after all", more.Took().Everybodys(), more.Took()},
		{"tries of a clock that was ahead",
			fold(photoTry(99), photoTry(0)).Everybodys(), Refusal{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.got, tt.want); diff != "" {
				t.Errorf("got - want +\n%s", diff)
			}
		})
	}
	if kept.Before != nil || kept.Tries != 2 || kept.Listed != 1 || kept.OtherShown != 1 {
		t.Errorf("what X's taking a post leaves: %+v", kept)
	}
}
