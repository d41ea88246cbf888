package plan

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/twittertext"
)

func TestKnownOf(t *testing.T) {
	if diff := cmp.Diff(KnownOf(nil), Known{}); diff != "" {
		t.Errorf("without a record: -got +want:\n%s", diff)
	}
	rec := state.Record{Fallback: Link, LeftOut: []string{"1"},
		Kinds: map[string]string{"2": "gif"}, Texts: []string{"abc"}}
	want := Known{Fallback: Link, LeftOut: []string{"1"},
		Kinds: map[string]string{"2": "gif"}, Texts: []string{"abc"}}
	if diff := cmp.Diff(KnownOf(&rec), want); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
}

// TestCounts: how many files a thread has, whether it shows anything, and what its first post is.
func TestCounts(t *testing.T) {
	photos := Post{Text: "日本", Files: []File{{Kind: Photo}, {Kind: Photo}}}
	for name, tt := range map[string]struct {
		posts  []Post
		files  int
		empty  bool
		kind   Kind
		weight int
	}{
		"nothing":      {posts: []Post{{}}, empty: true},
		"text":         {posts: []Post{{Text: "hello"}}, weight: 5},
		"photos":       {posts: []Post{photos}, files: 2, kind: Photo, weight: 4},
		"only a video": {posts: []Post{{Files: []File{{Kind: Video}}}}, files: 1, kind: Video},
		"a thread": {posts: []Post{{Files: []File{{Kind: GIF}}}, {}, photos},
			files: 3, kind: GIF},
		"the second has text": {posts: []Post{{}, {Text: "x"}}},
	} {
		thread := Thread{Posts: tt.posts}
		if n := thread.FileCount(); n != tt.files {
			t.Errorf("%s: %d files, want %d", name, n, tt.files)
		}
		if got := thread.Empty(); got != tt.empty {
			t.Errorf("%s: empty: %v", name, got)
		}
		if got := tt.posts[0].Kind(); got != tt.kind {
			t.Errorf("%s: kind %q, want %q", name, got, tt.kind)
		}
		if got := tt.posts[0].Weight(); got != tt.weight {
			t.Errorf("%s: weight %d, want %d", name, got, tt.weight)
		}
	}
}

func TestCut(t *testing.T) {
	const link = "https://www.instagram.com/p/C/"
	for _, tt := range []struct {
		in, permalink string
		limit         int
		want          string
		fits          bool
		usd           float64
	}{
		{"hello world", link, 280, "hello world", true, usdPost},
		{"hello wonderful world", link, 12, "hello…", true, usdPost},
		{"hello wonderful world\n\n" + link, link, 37, "hello…\n\n" + link, true, usdURLPost},
		{"hello", "", 4, "he…", true, usdPost},
		{"hello", link, 0, "", false, usdPost},
		{"hello\n\n" + link, link, 10, "\n\n" + link, false, usdURLPost},
	} {
		in := Post{Text: tt.in, Files: []File{{MediaID: "1"}}, USD: 9}
		got, fits := in.Cut(tt.limit, tt.permalink)
		if got.Text != tt.want || fits != tt.fits || got.USD != tt.usd || len(got.Files) != 1 {
			t.Errorf("%q to %d: got %+v, %v, want %q, %v", tt.in, tt.limit, got, fits, tt.want,
				tt.fits)
		}
		if fits && twittertext.Weight(got.Text) > tt.limit {
			t.Errorf("%q weighs more than %d", got.Text, tt.limit)
		}
	}
}

func TestPlain(t *testing.T) {
	in := Post{Text: "see https://example.com $A $B", USD: usdURLPost,
		Files: []File{{Kind: Photo, AltText: "a bird"}}}
	got := in.Plain()
	if want := "see example\u2024com $A $\u200BB"; got.Text != want {
		t.Errorf("got %q, want %q", got.Text, want)
	}
	if want := usdPost + usdAltText; math.Abs(got.USD-want) > 1e-9 {
		t.Errorf("it costs %v, want %v", got.USD, want)
	}
	if in.USD != usdURLPost {
		t.Errorf("the post itself was changed: %+v", in)
	}
}

// TestKinds: what the bytes of a file are counts more than what Instagram's list says.
func TestKinds(t *testing.T) {
	for name, tt := range map[string]struct {
		media instagram.Media
		kinds map[string]string
		want  [][]Kind
	}{
		"as listed": {carousel("PPP"), nil, [][]Kind{{Photo, Photo, Photo}}},
		"a video": {carousel("PPP"), map[string]string{"2": "video"},
			[][]Kind{{Photo}, {Video}, {Photo}}},
		"a GIF": {carousel("PPP"), map[string]string{"3": "gif"},
			[][]Kind{{Photo, Photo}, {GIF}}},
		"a photo":   {carousel("PV"), map[string]string{"2": "photo"}, [][]Kind{{Photo, Photo}}},
		"another's": {carousel("PP"), map[string]string{"9": "gif"}, [][]Kind{{Photo, Photo}}},
		"one alone": {photo("7", time.Minute), map[string]string{"7": "video"},
			[][]Kind{{Video}}},
		"one, a GIF": {photo("7", time.Minute), map[string]string{"7": "gif"}, [][]Kind{{GIF}}},
	} {
		var got [][]Kind
		for _, p := range Compose(with(nil), tt.media, Known{Kinds: tt.kinds}).Posts {
			var kinds []Kind
			for _, f := range p.Files {
				kinds = append(kinds, f.Kind)
			}
			got = append(got, kinds)
		}
		if diff := cmp.Diff(got, tt.want); diff != "" {
			t.Errorf("%s: -got +want:\n%s", name, diff)
		}
	}
}

// TestLeftOut: a carousel is posted without the photos that X refused.
func TestLeftOut(t *testing.T) {
	for name, tt := range map[string]struct {
		kinds, policy, link string
		out                 []string
		want                []string
	}{
		"one": {"PPP", Skip, "if-cut", []string{"2"}, []string{`"hi" P1 P3 $0.015`}},
		"one, with the permalink": {"PPP", Link, "if-cut", []string{"2"},
			[]string{`"hi\n\nL" P1 P3 $0.200`}},
		"one, never a link": {"PPP", Link, "never", []string{"2"}, []string{`"hi" P1 P3 $0.015`}},
		"its whole post": {"PVP", Skip, "if-cut", []string{"1"},
			[]string{`"hi" V2 $0.015`, `"" P3 $0.015`}},
		"the groups stay": {"PPPPP", Skip, "if-cut", []string{"1"},
			[]string{`"hi" P2 P3 P4 $0.015`, `"" P5 $0.015`}},
		"all": {"PP", Link, "if-cut", []string{"1", "2"}, []string{`"hi\n\nL"  $0.200`}},
	} {
		r := with(func(r *config.Route) { r.RejectedPhoto, r.Text.Link = tt.policy, tt.link })
		got := show(Compose(r, carousel(tt.kinds), Known{LeftOut: tt.out}))
		if diff := cmp.Diff(got, tt.want); diff != "" {
			t.Errorf("%s: -got +want:\n%s", name, diff)
		}
	}
}

// TestEditedCaption: a thread that is half posted goes on with its texts only if they still fit.
func TestEditedCaption(t *testing.T) {
	for name, tt := range map[string]struct {
		posted []string
		want   []string
	}{
		"nothing posted": {nil, []string{"a", "b"}},
		"unchanged":      {[]string{"a"}, []string{"a", "b"}},
		"all posted":     {[]string{"a", "b"}, []string{"a", "b"}},
		"edited":         {[]string{"x"}, nil},
		"edited later":   {[]string{"a", "x"}, nil},
		"shorter now":    {[]string{"a", "b", "c"}, []string{"a", "b"}},
	} {
		var digests []string
		for _, text := range tt.posted {
			digests = append(digests, state.TextDigest(text))
		}
		got := fitting([]string{"a", "b"}, digests)
		if strings.Join(got, "|") != strings.Join(tt.want, "|") {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
	m := carousel("PV")
	got := show(Compose(with(nil), m, Known{Texts: []string{state.TextDigest("before")}}))
	if diff := cmp.Diff(got, []string{`"" P1 $0.015`, `"" V2 $0.015`}); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
}

// TestReplacementNotes: the notes say what is posted instead of a video.
func TestReplacementNotes(t *testing.T) {
	for name, tt := range map[string]struct {
		url, cover, fallback, link string
		want                       string
	}{
		"cover": {"u", "c", Thumbnail, "if-cut",
			"X refused the video: its cover image is posted with the permalink"},
		"cover, never a link": {"u", "c", Thumbnail, "never",
			"X refused the video: its cover image is posted"},
		"link": {"u", "c", Link, "if-cut",
			"X refused the video: the permalink is posted instead"},
		"never a link": {"u", "", Link, "never",
			"X refused the video: the text is posted without it"},
		"no file": {"", "", Link, "if-cut",
			"Instagram gave no file for this video: the permalink is posted instead"},
	} {
		m := typed("1", "VIDEO")
		m.URL, m.ThumbnailURL = tt.url, tt.cover
		r := with(func(r *config.Route) { r.Text.Link = tt.link })
		// Only the first note is about the replacement.
		notes := Compose(r, m, Known{Fallback: tt.fallback}).Notes
		if len(notes) == 0 || notes[0] != tt.want {
			t.Errorf("%s: got %q, want %q first", name, notes, tt.want)
		}
	}
}

func TestLabels(t *testing.T) {
	for name, tt := range map[string]struct {
		text             string
		generated, label bool
		ai, paid         bool
	}{
		"neither":        {text: "hello", label: true},
		"AI":             {text: "hello", generated: true, label: true, ai: true},
		"AI, not wanted": {text: "hello", generated: true},
		"paid":           {text: "hello #Werbung", paid: true},
		"another tag":    {text: "hello #werbungen"},
	} {
		m := captioned("1", tt.text)
		m.AIGenerated = tt.generated
		r := with(func(r *config.Route) {
			r.AILabel, r.PaidHashtags = tt.label, []string{"#werbung"}
		})
		got := Compose(r, m, Known{}).Posts[0]
		if got.MadeWithAI != tt.ai || got.PaidPartnership != tt.paid {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

func ids(media []instagram.Media) string {
	var out []string
	for _, m := range media {
		out = append(out, m.ID)
	}
	return strings.Join(out, " ")
}

func threadIDs(threads []Thread) string {
	var out []instagram.Media
	for _, t := range threads {
		out = append(out, t.Media)
	}
	return ids(out)
}

func reasonIDs(reasons []Reason) string {
	var out []instagram.Media
	for _, r := range reasons {
		out = append(out, r.Media)
	}
	return ids(out)
}

func held(id string, hold state.Hold, ago time.Duration, posts ...string) state.Record {
	rec := record(id, state.Posting, ago, posts...)
	rec.Evidence = &state.Evidence{Hold: hold}
	return rec
}

// listed are media 1 to n, an hour apart, the last an hour ago.
func listed(n int) (out []instagram.Media) {
	for i := range n {
		out = append(out, photo(string(rune('1'+i)), time.Duration(n-i)*time.Hour))
	}
	return out
}

// by has the media of another account among its own.
func by(media []instagram.Media, names ...string) []instagram.Media {
	for i, name := range names {
		media[i].Username = name
	}
	return media
}

// TestMakeSorts: each media is in the list of the result that says what becomes of it.
func TestMakeSorts(t *testing.T) {
	limits := func(run, day int) func(r *config.Route) {
		return func(r *config.Route) {
			r.Limits = config.Limits{PerRun: run, PerDay: day, USDPerMonth: 5}
		}
	}
	month := func(usd float64) func(r *config.Route) {
		return func(r *config.Route) {
			r.Limits = config.Limits{PerRun: 9, PerDay: 9, USDPerMonth: usd}
		}
	}
	own := func(r *config.Route) { r.Collaborations = false }
	tagged := listed(3)
	tagged[0].Caption, tagged[2].Caption = "#no", "#no"
	without := func(r *config.Route) { r.ExcludeHashtags = []string{"no"} }
	future := append(listed(1), photo("9", -48*time.Hour))
	type lists struct{ Threads, More, Own, Skips, Ended, Unfiltered, Waiting, Selected string }
	for name, tt := range map[string]struct {
		change func(r *config.Route)
		media  []instagram.Media
		ledger []state.Record
		want   lists
	}{
		"more": {limits(1, 9), listed(3), nil,
			lists{Threads: "1", More: "2 3", Waiting: "2 3", Selected: "1 2 3"}},
		"the day is full: no more": {limits(9, 1), listed(3), nil,
			lists{Threads: "1", Waiting: "2 3", Selected: "1 2 3"}},
		"held by itself": {limits(1, 9), listed(3),
			[]state.Record{held("1", state.HeldFile, 3*time.Hour)},
			lists{Threads: "2", More: "3", Own: "1", Waiting: "3", Selected: "1 2 3"}},
		"held by itself, the day is full": {limits(0, 0), listed(1),
			[]state.Record{held("1", state.HeldPost, time.Hour)},
			lists{Waiting: "1", Selected: "1"}},
		"held by itself, the others fill the day": {limits(9, 2), listed(3),
			[]state.Record{held("1", state.HeldPost, 3*time.Hour)},
			lists{Threads: "2 3", Waiting: "1", Selected: "1 2 3"}},
		"held by themselves, one too many for the day": {limits(9, 2), listed(3),
			[]state.Record{held("1", state.HeldPost, 3*time.Hour),
				held("2", state.HeldFile, 2*time.Hour)},
			lists{Threads: "3", Own: "1", Waiting: "2", Selected: "1 2 3"}},
		"held by itself, the others fill the month": {month(0.03), listed(3),
			[]state.Record{held("1", state.HeldPost, 3*time.Hour)},
			lists{Threads: "2 3", Waiting: "1", Selected: "1 2 3"}},
		"held by themselves, one too many for the month": {month(0.03), listed(3),
			[]state.Record{held("1", state.HeldPost, 3*time.Hour),
				held("2", state.HeldFile, 2*time.Hour)},
			lists{Threads: "3", Own: "1", Waiting: "2", Selected: "1 2 3"}},
		"held by itself, begun": {limits(0, 0), listed(1),
			[]state.Record{held("1", state.HeldReply, time.Hour, "x")},
			lists{Own: "1", Selected: "1"}},
		"whose it is can't be told": {own, by(listed(2), "me", "you"), nil,
			lists{Unfiltered: "1 2", Waiting: "1 2", Selected: "1 2"}},
		"nothing overtakes it": {own, by(listed(3), "me", "you", ""), nil,
			lists{Unfiltered: "1 2", Waiting: "1 2 3", Selected: "1 2 3"}},
		"held for its filter: it is overtaken": {own, by(listed(3), "me", "you", ""),
			[]state.Record{held("1", state.HeldFilter, 3*time.Hour),
				held("2", state.HeldFilter, 2*time.Hour)},
			lists{Threads: "3", Unfiltered: "1 2", Waiting: "1 2", Selected: "1 2 3"}},
		"left out": {without, tagged, nil, lists{Threads: "2", Skips: "1 3", Selected: "2"}},
		"left out after it was tried": {without, tagged,
			[]state.Record{record("1", state.Posting, 3*time.Hour)},
			lists{Threads: "2", Skips: "3", Ended: "1", Selected: "2"}},
		"left out, but begun": {without, tagged,
			[]state.Record{record("1", state.Posting, 3*time.Hour, "x")},
			lists{Threads: "1 2", Skips: "3", Selected: "1 2"}},
		"delay": {func(r *config.Route) { r.Delay = 90 * time.Minute }, listed(3), nil,
			lists{Threads: "1 2", Waiting: "3", Selected: "1 2 3"}},
		"delay: what is left out may change": {
			func(r *config.Route) { without(r); r.Delay = 150 * time.Minute }, tagged, nil,
			lists{Skips: "1", Waiting: "2", Selected: "2"}},
		"a timestamp that lies ahead": {nil, future, nil, lists{Threads: "1 9", Selected: "1 9"}},
	} {
		res := Make(Input{Route: with(tt.change), Media: tt.media, Doc: document(tt.ledger...),
			Now: noon})
		got := lists{threadIDs(res.Threads), threadIDs(res.More), threadIDs(res.Own),
			reasonIDs(res.Skips), reasonIDs(res.Ended), reasonIDs(res.Unfiltered),
			ids(res.Waiting), ids(res.Selected())}
		if diff := cmp.Diff(got, tt.want); diff != "" {
			t.Errorf("%s: -got +want:\n%s", name, diff)
		}
	}
}

// TestOnlyOwn: another account's post is left out once the own name is known.
func TestOnlyOwn(t *testing.T) {
	r := with(func(r *config.Route) { r.Collaborations = false })
	res := Make(Input{Route: r, Media: by(listed(2), "me", "you"), Doc: document(),
		Username: "Me", Now: noon})
	if threadIDs(res.Threads) != "1" || reasonIDs(res.Skips) != "2" {
		t.Errorf("got %q, skipped %q", threadIDs(res.Threads), reasonIDs(res.Skips))
	}
}

func TestCompare(t *testing.T) {
	for _, tt := range []struct {
		a, b instagram.Media
		want int
	}{
		{photo("2", time.Hour), photo("1", time.Minute), -1},
		{photo("1", time.Minute), photo("2", time.Hour), 1},
		{photo("9", time.Hour), photo("10", time.Hour), -1},
		{photo("10", time.Hour), photo("9", time.Hour), 1},
		{photo("9", time.Hour), photo("9", time.Hour), 0},
	} {
		if got := Compare(tt.a, tt.b); got != tt.want {
			t.Errorf("%s and %s: got %d, want %d", tt.a.ID, tt.b.ID, got, tt.want)
		}
	}
}
