package verdict

import (
	"testing"
	"time"
)

func TestRefusedAtOnce(t *testing.T) {
	album := Try{Step: Finalize, Kind: "photo", Album: true, Anew: true, Taken: true}
	for _, tt := range []struct {
		name   string
		change func(*Try)
		want   bool
		why    string
	}{
		{"a photo of an album", func(*Try) {}, true, "took another photo"},
		{"with words of the closed list",
			func(t *Try) { t.Key = "media-unrecognized" }, true, "photo"},
		{"a photo alone", func(t *Try) { t.Album = false }, false, "one refusal"},
		{"a video of an album", func(t *Try) { t.Kind = "video" }, false, "one refusal"},
		{"not refused when written anew", func(t *Try) { t.Anew = false }, false, "one refusal"},
		{"no other photo is taken", func(t *Try) { t.Taken = false }, false, "one refusal"},
		{"at POST", func(t *Try) { t.Step = AtPost }, false, "one refusal"},
		{"the account", func(t *Try) { t.Key = "locked" }, false, "account"},
		{"automated", func(t *Try) { t.Key = "automated" }, false, "account"},
		{"a limit",
			func(t *Try) { *t = Try{Step: Finalize, Kind: "video", Limit: true} }, true, "limit"},
		{"a limit at POST", func(t *Try) { *t = Try{Step: AtPost, Limit: true} }, true, "limit"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			try := album
			tt.change(&try)
			check(t, try.RefusedAtOnce(), tt.want, tt.why)
		})
	}
}

// tryAt builds a try of TestRefusedFile.
func tryAt(d time.Duration, kind, key string, changes ...func(*Try)) Try {
	t := Try{Step: Finalize, Kind: kind, Key: key, At: at(d)}
	for _, change := range changes {
		change(&t)
	}
	return t
}

func taken(t *Try)   { t.Taken = true }
func several(t *Try) { t.Several = true }
func atPost(t *Try)  { t.Step = AtPost }

func TestRefusedFile(t *testing.T) {
	const listed, forgotten, other = "media-unrecognized", "upload-forgotten", ""
	photo := func(d time.Duration, key string, changes ...func(*Try)) Try {
		return tryAt(d, "photo", key, changes...)
	}
	vid := func(d time.Duration, key string, changes ...func(*Try)) Try {
		return tryAt(d, "video", key, changes...)
	}
	gif := func(d time.Duration, key string) Try { return tryAt(d, "gif", key) }
	for _, tt := range []struct {
		name string
		in   []Try
		want bool
		why  string
	}{
		{"never refused", nil, false, "seven days"},

		// Two tries with words of the closed list; at each X took another file.
		{"once", []Try{photo(0, listed, taken)}, false, "1 try; it takes 2, with another photo"},
		{"twice", []Try{photo(0, listed, taken), photo(hour, listed, taken)}, true,
			"2 tries, each at least an hour after the one before, and took another photo"},
		{"twice within the hour", []Try{photo(0, listed, taken), photo(hour-1, listed, taken)},
			false, "1 try"},
		{"twice, taken once",
			[]Try{photo(0, listed, taken), photo(hour, listed)}, false, "2 tries"},
		{"thrice, taken twice", []Try{photo(0, listed, taken), photo(hour, listed),
			photo(2*hour, listed, taken)}, true, "in 2 tries"},
		{"a photo alone, for a month", []Try{photo(0, listed), photo(9*day, listed),
			photo(30*day, listed)}, false, "3 tries"},
		{"a photo alone, others refused too", []Try{photo(0, listed, several),
			photo(9*day, listed, several)}, false, "2 tries; it takes"},
		{"other words between", []Try{photo(0, listed, taken), photo(hour, other, taken),
			photo(2*hour, listed, taken)}, true, "2 tries"},
		{"one of two with other words", []Try{photo(0, listed, taken), photo(hour, other, taken)},
			false, "1 try"},
		{"at POST",
			[]Try{photo(0, "media-ids", taken, atPost), photo(hour, "media-ids", taken, atPost)},
			true, "2 tries"},
		{"no kind is known",
			[]Try{tryAt(0, "", "media-ids", taken), tryAt(hour, "", "media-ids", taken)},
			true, "another file"},

		// An upload that STATUS does not find takes three.
		{"forgotten twice", []Try{vid(0, forgotten, taken), vid(hour, forgotten, taken)},
			false, "it takes 3"},
		{"forgotten thrice", []Try{vid(0, forgotten, taken), vid(hour, forgotten, taken),
			vid(2*hour, forgotten, taken)}, true, "3 tries"},
		{"forgotten once of two", []Try{vid(0, forgotten, taken), vid(hour, listed, taken)},
			false, "it takes 3"},
		{"forgotten thrice, alone", []Try{vid(0, forgotten), vid(hour, forgotten),
			vid(2*hour, forgotten)}, true, "3 tries"},
		{"forgotten twice, alone",
			[]Try{vid(0, forgotten), vid(hour, forgotten)}, false, "it takes 3"},
		{"forgotten for days, as other videos", []Try{vid(0, forgotten, several),
			vid(day, forgotten, several), vid(3*day, forgotten, several)},
			false, "other videos too"},

		// A video of which X took no other: the tries alone.
		{"a video alone, once",
			[]Try{vid(0, listed)}, false, "1 try; it takes 2, with another video"},
		{"a video alone, twice", []Try{vid(0, listed), vid(hour, listed)}, true, "in 2 tries"},
		{"a video alone, other words", []Try{vid(0, other), vid(hour, other), vid(9*day, other)},
			false, "seven days"},
		{"a video alone, other words once of two", []Try{vid(0, listed), vid(hour, other)},
			false, "1 try"},
		{"another video is taken once of two", []Try{vid(0, listed, taken), vid(hour, listed)},
			false, "2 tries"},
		{"another video is taken once of three", []Try{vid(0, listed, taken), vid(hour, listed),
			vid(2*hour, listed)}, true, "in 2 tries"},

		{"a GIF alone, twice", []Try{gif(0, listed), gif(hour, listed)}, true,
			"this gif in 2 tries"},
		{"a GIF alone, once", []Try{gif(0, listed)}, false, "1 try"},

		// A day between the first and the last where X refused several.
		{"several, once", []Try{vid(0, listed, several)}, false, "other videos too"},
		{"several, an hour apart", []Try{vid(0, listed, several), vid(hour, listed)},
			false, "other videos too"},
		{"several at last, an hour apart", []Try{vid(0, listed), vid(hour, listed, several)},
			false, "other videos too"},
		{"several, just under a day", []Try{vid(0, listed, several), vid(day-1, listed)},
			false, "other videos too"},
		{"several, a day", []Try{vid(0, listed, several), vid(day, listed)}, true, "in 2 tries"},
		{"several, other words a day before", []Try{vid(0, other, several), vid(23*hour, listed),
			vid(day, listed)}, false, "other videos too"},
		{"several, other words a day after", []Try{vid(0, listed, several), vid(hour, listed),
			vid(day, other)}, false, "other videos too"},
		{"several, other words only", []Try{vid(0, other, several), vid(2*day, other, several)},
			false, "seven days"},

		// Other words at an upload step: every try of seven days, another file taken in three runs.
		{"seven days, taken thrice", []Try{photo(0, other, taken), photo(day, other, taken),
			photo(7*day, other, taken)}, true, "7 days, and took another photo in 3 of these runs"},
		{"almost nine days", []Try{photo(0, other, taken), photo(day, other, taken),
			photo(8*day+23*hour, other, taken)}, true, "8 days"},
		{"just under seven days", []Try{photo(0, other, taken), photo(day, other, taken),
			photo(7*day-1, other, taken)}, false, "seven days"},
		{"seven days, taken twice", []Try{photo(0, other), photo(day, other, taken),
			photo(7*day, other, taken)}, false, "seven days"},
		{"seven days, words of both kinds", []Try{photo(0, other, taken), photo(day, listed, taken),
			photo(7*day, other, taken)}, true, "7 days"},
		{"seven days at POST",
			[]Try{photo(0, other, taken, atPost), photo(day, other, taken, atPost),
				photo(7*day, other, taken, atPost)}, false, "seven days"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			check(t, fold(tt.in...).RefusedFile(), tt.want, tt.why)
		})
	}
}

func TestRefusedPost(t *testing.T) {
	post := func(hours int, takenAt time.Duration) Try {
		return Try{Step: AtPost, At: at(time.Duration(hours) * hour), TakenAt: at(takenAt)}
	}
	reply := func(t Try) Try { t.Step = AtReply; return t }
	file := func(t Try) Try { t.Step = Finalize; return t }
	for _, tt := range []struct {
		name string
		in   []Try
		want bool
		why  string
	}{
		{"thrice, another one taken between",
			[]Try{post(0, -hour), post(1, -hour), post(2, minute)},
			true, "this post in 3 tries"},
		{"four times", []Try{post(0, -hour), post(1, minute), post(2, minute), post(3, minute)},
			true, "4 tries"},
		{"twice", []Try{post(0, -hour), post(1, minute)}, false, "it takes 3"},
		{"thrice, no other one taken", []Try{post(0, -hour), post(1, -hour), post(2, -hour)},
			false, "no other one"},
		{"once", []Try{post(0, -hour)}, false, "1 try"},
		{"a reply", []Try{reply(post(0, -hour)), reply(post(1, -hour)), reply(post(2, minute))},
			true, "this reply in 3 tries"},
		{"a reply, twice",
			[]Try{reply(post(0, -hour)), reply(post(1, minute))}, false, "this reply"},
		{"a file, not the post", []Try{file(post(0, -hour)), file(post(1, -hour)),
			file(post(2, minute))}, false, "not refused the post"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			check(t, fold(tt.in...).RefusedPost(), tt.want, tt.why)
		})
	}
}

func TestNoReplies(t *testing.T) {
	reply := func(d time.Duration, key string) Try {
		return Try{Step: AtReply, Key: key, At: at(d)}
	}
	for _, tt := range []struct {
		name string
		in   []Try
		want bool
	}{
		{"never refused", nil, false},
		{"once", []Try{reply(0, "replies")}, false},
		{"seven days", []Try{reply(0, "replies"), reply(7*day, "replies")}, true},
		{"just under seven days", []Try{reply(0, "replies"), reply(7*day-1, "replies")}, false},
		{"other words at first",
			[]Try{reply(0, ""), reply(hour, "replies"), reply(7*day, "replies")},
			false},
		{"other words between", []Try{reply(0, "replies"), reply(day, ""), reply(7*day, "replies")},
			false},
		{"other words at last", []Try{reply(0, "replies"), reply(7*day, "")}, false},
		{"other words all along", []Try{reply(0, ""), reply(7*day, "")}, false},
		{"at a post", []Try{{Step: AtPost, Key: "replies", At: noon},
			{Step: AtPost, Key: "replies", At: at(7 * day)}}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			check(t, fold(tt.in...).NoReplies(), tt.want, "reply")
		})
	}
}

func TestParentGone(t *testing.T) {
	gone := func(d time.Duration) Try {
		return Try{Step: AtReply, Key: "reply-gone", At: at(d), Gone: true}
	}
	shown := func(d time.Duration) Try {
		return Try{Step: AtReply, Key: "reply-gone", At: at(d)}
	}
	for _, tt := range []struct {
		name string
		in   []Try
		want bool
	}{
		{"never looked for", nil, false},
		{"once", []Try{gone(0)}, false},
		{"twice within the hour", []Try{gone(0), gone(hour - 1)}, false},
		{"twice", []Try{gone(0), gone(hour)}, true},
		{"thrice", []Try{gone(0), gone(hour), gone(2 * hour)}, true},
		{"shown between", []Try{gone(0), shown(hour), gone(2 * hour)}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			check(t, fold(tt.in...).ParentGone(), tt.want, "the post that the next part answers")
		})
	}
}
