package plan

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/state"
)

// noon is the run's time in these tests.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// photo is a media of so long ago.
func photo(id string, ago time.Duration) instagram.Media {
	return instagram.Media{ID: id, Type: "IMAGE", Caption: "caption " + id,
		URL: "https://cdn.test/" + id, Permalink: "https://www.instagram.com/p/" + id + "/",
		Timestamp: noon.Add(-ago)}
}

func captioned(id, text string) instagram.Media {
	m := photo(id, time.Minute)
	m.Caption = text
	return m
}

func typed(id, mediaType string) instagram.Media {
	m := photo(id, time.Minute)
	m.Type = mediaType
	return m
}

// with is the default route, changed.
func with(change func(r *config.Route)) config.Route {
	r := config.Default().Routes[0]
	if change != nil {
		change(&r)
	}
	return r
}

// document began a week ago.
func document(ledger ...state.Record) *state.Document {
	return &state.Document{Version: 1, Baseline: noon.AddDate(0, 0, -7), Ledger: ledger}
}

func record(id string, s state.Status, ago time.Duration, posts ...string) state.Record {
	return state.Record{MediaID: id, Status: s, Timestamp: noon.Add(-ago), Posts: posts}
}

// summary is a Result without what Compose makes of the media.
type summary struct {
	Posts   []string
	Skips   []string
	Pending int
	Limit   string
}

func summarize(r Result) summary {
	s := summary{Pending: len(r.Waiting), Limit: r.Limit}
	for _, p := range r.Threads {
		s.Posts = append(s.Posts, p.Media.ID)
	}
	for _, k := range r.Skips {
		s.Skips = append(s.Skips, k.Media.ID+": "+k.Why)
	}
	return s
}

func (s summary) check(t *testing.T, in Input) {
	t.Helper()
	if in.Now.IsZero() {
		in.Now = noon
	}
	if diff := cmp.Diff(summarize(Make(in)), s); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
}

// TestWhatIsNew: which of the listed media are taken, and in which order.
func TestWhatIsNew(t *testing.T) {
	const hour, day = time.Hour, 24 * time.Hour
	cursor := func(ago time.Duration, ledger ...state.Record) *state.Document {
		d := document(ledger...)
		d.Cursor = state.Cursor{Timestamp: noon.Add(-ago), ID: "50"}
		return d
	}
	for _, tt := range []struct {
		name  string
		doc   *state.Document
		media []instagram.Media
		want  []string
	}{
		{"nothing", document(), nil, nil},
		{"oldest first", document(),
			[]instagram.Media{photo("3", 1), photo("1", 3*hour), photo("2", 2*hour)},
			[]string{"1", "2", "3"}},
		{"by time, whatever the ids", document(),
			[]instagram.Media{photo("5", 3*hour), photo("9", 2*hour), photo("7", hour)},
			[]string{"5", "9", "7"}},
		{"the same second: by id, as numbers", document(),
			[]instagram.Media{photo("17900000000000010", hour), photo("9", hour),
				photo("17900000000000009", hour), photo("10", hour)},
			[]string{"9", "10", "17900000000000009", "17900000000000010"}},
		{"on two pages at once", document(),
			[]instagram.Media{photo("2", hour), photo("1", 2*hour), photo("1", 2*hour),
				photo("2", hour)}, []string{"1", "2"}},
		{"younger than the baseline", document(),
			[]instagram.Media{photo("1", 7*day-time.Second), photo("2", 7*day),
				photo("3", 7*day+time.Second)}, []string{"1"}},
		{"everything", &state.Document{}, []instagram.Media{photo("1", 4000*day)}, []string{"1"}},
		{"the cursor's own second", cursor(hour),
			[]instagram.Media{photo("51", hour), photo("49", hour)}, []string{"49", "51"}},
		{"shown a day late", cursor(hour), []instagram.Media{photo("1", 25*hour)}, []string{"1"}},
		{"unarchived", cursor(hour), []instagram.Media{photo("1", 25*hour+time.Second)}, nil},
		{"late, but before the baseline",
			func() *state.Document { d := cursor(7*day - hour); return d }(),
			[]instagram.Media{photo("1", 7*day+hour)}, nil},
		{"settled",
			cursor(hour, record("1", state.Posted, hour, "x1"), record("2", state.Skipped, hour)),
			[]instagram.Media{photo("1", hour), photo("2", hour), photo("3", hour)}, []string{"3"}},
		{"unfinished, however old", cursor(hour, record("1", state.Posting, 9*day)),
			[]instagram.Media{photo("1", 9*day), photo("2", 9*day)}, []string{"1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			summary{Posts: tt.want}.check(t, Input{Route: with(nil), Media: tt.media, Doc: tt.doc})
		})
	}
}

// TestSkips: what the configuration leaves out is named, with the reason.
func TestSkips(t *testing.T) {
	only := func(kinds ...string) config.Route {
		return with(func(r *config.Route) { r.Only = kinds })
	}
	require := func(tags ...string) config.Route {
		return with(func(r *config.Route) { r.RequireHashtags = tags })
	}
	exclude := func(tags ...string) config.Route {
		return with(func(r *config.Route) { r.ExcludeHashtags = tags })
	}
	for _, tt := range []struct {
		name  string
		route config.Route
		media instagram.Media
		why   string // "" if it is taken
	}{
		{"unknown type", with(nil), typed("1", "HOLOGRAM"),
			`its media_type "HOLOGRAM" is not one that postferry knows`},
		{"no type", with(nil), typed("1", ""), `its media_type "" is not one that postferry knows`},
		{"only video: a photo", only("video", "carousel"), typed("1", "IMAGE"),
			"only: video, carousel"},
		{"only video: a carousel", only("video"), typed("1", "CAROUSEL_ALBUM"), "only: video"},
		{"only video: a video", only("video"), typed("1", "VIDEO"), ""},
		{"only carousel", only("carousel"), typed("1", "CAROUSEL_ALBUM"), ""},
		{"required and there", require("#x"), captioned("1", "hello #x"), ""},
		{"required and not there", require("#x"), captioned("1", "hello x"),
			"it lacks the hashtag #x"},
		{"both are required", require("#x", "y"), captioned("1", "#x"), "it lacks the hashtag #y"},
		{"required, no caption", require("#x"), captioned("1", ""), "it lacks the hashtag #x"},
		{"excluded and there", exclude("#igonly"), captioned("1", "hi #igonly"),
			"it has the hashtag #igonly"},
		{"excluded, not there", exclude("#igonly"), captioned("1", "hi igonly"), ""},
		{"one of two excluded", exclude("#a", "#b"), captioned("1", "#c #b"),
			"it has the hashtag #b"},
		{"case does not count", exclude("#IGonly"), captioned("1", "#igONLY"),
			"it has the hashtag #igonly"},
		{"a whole tag only", exclude("#ig"), captioned("1", "#igonly #onlyig my#ig"), ""},
		{"full-width sign in the caption", exclude("#igonly"), captioned("1", "こんにちは＃igonly"),
			"it has the hashtag #igonly"},
		{"full-width sign in the configuration", exclude("＃igonly"), captioned("1", "#igonly"),
			"it has the hashtag #igonly"},
		{"full-width letters", exclude("#ｉｇ"), captioned("1", "#IG"), "it has the hashtag #ig"},
		{"Japanese", exclude("#写真"), captioned("1", "今日の#写真 です"), "it has the hashtag #写真"},
		{"Japanese, longer", exclude("#写真"), captioned("1", "今日の#写真部 です"), ""},
		{"composed otherwise", exclude("#caf\u00e9"), captioned("1", "#cafe\u0301"),
			"it has the hashtag #café"},
		{"glued to another tag", exclude("#b"), captioned("1", "#a#b"), "it has the hashtag #b"},
		{"what is no hashtag hits nothing", exclude("#!"), captioned("1", "#! !"), ""},
		{"part of an address", exclude("#b"), captioned("1", "https://example.com/a#b"), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := summary{Posts: []string{"1"}}
			if tt.why != "" {
				want = summary{Skips: []string{"1: " + tt.why}}
			}
			media := []instagram.Media{tt.media}
			want.check(t, Input{Route: tt.route, Media: media, Doc: document()})
		})
	}
}

// TestSkipsNothingBegun: a configuration that changed does not leave half a thread behind. What has
// a record and nothing on X is ended by it.
func TestSkipsNothingBegun(t *testing.T) {
	r := with(func(r *config.Route) { r.Only = []string{"video"} })
	doc := document(record("1", state.Posting, time.Hour, "x1"),
		record("2", state.Posting, time.Hour))
	media := []instagram.Media{photo("1", time.Hour), photo("2", time.Hour), photo("3", time.Hour)}
	summary{Posts: []string{"1"}, Skips: []string{"3: only: video"}}.check(t,
		Input{Route: r, Media: media, Doc: doc})
}

// TestCollaborations: another account's post is taken only if that is wanted, or if nobody knows
// whose it is.
func TestCollaborations(t *testing.T) {
	const why = "1: it is another account's post that yours took part in (collaborations: false)"
	for _, tt := range []struct {
		name, author, own string
		wanted            bool
		want              summary
	}{
		{"own", "ferry", "ferry", false, summary{Posts: []string{"1"}}},
		{"own, written otherwise", "Ferry", "ferry", false, summary{Posts: []string{"1"}}},
		{"another's", "other", "ferry", false, summary{Skips: []string{why}}},
		{"another's, and wanted", "other", "ferry", true, summary{Posts: []string{"1"}}},
		{"own name unknown", "other", "", false, summary{Posts: []string{"1"}}},
		{"author unknown", "", "ferry", false, summary{Posts: []string{"1"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := photo("1", time.Minute)
			m.Username = tt.author
			r := with(func(r *config.Route) { r.Collaborations = tt.wanted })
			tt.want.check(t,
				Input{Route: r, Media: []instagram.Media{m}, Doc: document(), Username: tt.own})
		})
	}
}

// limits tell TestLimits how a route is limited and what it has used up.
type limits struct {
	perRun, perDay int
	usd            float64
	mirrored       int           // today
	spent          float64       // this month
	before         time.Duration // "today" and "this month" were so long before noon
	ledger         []state.Record
	// The id of a media that is skipped, and of one that costs less than the others.
	skipped, cheap string
	posts, skips   []string
	pending        int
	limit          string
}

// TestLimits: five photos of an hour's distance, of which each costs $0.200 with its link.
func TestLimits(t *testing.T) {
	begun := func(id string, posts ...string) []state.Record {
		return []state.Record{record(id, state.Posting, time.Hour, posts...)}
	}
	all := []string{"1", "2", "3", "4", "5"}
	for name, tt := range map[string]limits{
		"none is met": {perRun: 5, perDay: 5, usd: 1, posts: all},
		"per_run": {perRun: 2, perDay: 50, usd: 5, posts: all[:2],
			pending: 3, limit: "per_run: 2"},
		"per_day": {perRun: 9, perDay: 50, usd: 5, mirrored: 49,
			posts: all[:1], pending: 4, limit: "per_day: 50"},
		"per_day used up": {perRun: 9, perDay: 50, usd: 5, mirrored: 60,
			pending: 5, limit: "per_day: 50"},
		"per_day: the day is over": {perRun: 9, perDay: 50, usd: 5, mirrored: 60,
			before: 12*time.Hour + time.Second, posts: all},
		"per_day: the day is not over": {perRun: 9, perDay: 50, usd: 5, mirrored: 60,
			before: 12 * time.Hour, pending: 5, limit: "per_day: 50"},
		"usd": {perRun: 9, perDay: 50, usd: 0.41, posts: all[:2],
			pending: 3, limit: "usd_per_month: 0.41"},
		"usd: to the cent": {perRun: 9, perDay: 50, usd: 0.6, posts: all[:3],
			pending: 2, limit: "usd_per_month: 0.6"}, // 3 × 0.2 is a little more in binary
		"usd: spent before": {perRun: 9, perDay: 50, usd: 5, spent: 4.65,
			posts: all[:1], pending: 4, limit: "usd_per_month: 5"},
		"usd: last month": {perRun: 9, perDay: 50, usd: 5, spent: 4.9,
			before: 22*24*time.Hour + 12*time.Hour + 1, posts: all},
		"usd: this month": {perRun: 9, perDay: 50, usd: 5, spent: 4.9,
			before: 22*24*time.Hour + 12*time.Hour, pending: 5, limit: "usd_per_month: 5"},
		"usd: nothing at all": {perRun: 9, perDay: 50, usd: 0, pending: 5,
			limit: "usd_per_month: 0"},
		"usd: a cheap one does not overtake": {perRun: 9, perDay: 50, usd: 0.25, cheap: "3",
			posts: all[:1], pending: 4, limit: "usd_per_month: 0.25"},
		"per_run comes first": {perRun: 1, perDay: 1, usd: 0.2, posts: all[:1],
			pending: 4, limit: "per_run: 1"},
		"skipped ones take no room": {perRun: 2, perDay: 50, usd: 5, skipped: "1",
			posts: all[1:3], skips: []string{"1"}, pending: 2, limit: "per_run: 2"},
		"skipped ones are not pending": {perRun: 2, perDay: 50, usd: 5, skipped: "5",
			posts: all[:2], pending: 2, limit: "per_run: 2"}, // and wait for their turn
		"a begun thread is finished": {perRun: 9, perDay: 1, usd: 5, mirrored: 1,
			ledger: begun("1", "x"), posts: all[:1], pending: 4, limit: "per_day: 1"},
		"a begun thread, no money": {perRun: 9, perDay: 9, usd: 5, spent: 9,
			ledger: begun("1", "x"), posts: all[:1], pending: 4, limit: "usd_per_month: 5"},
		"a begun thread behind what waits": {perRun: 1, perDay: 9, usd: 5,
			ledger: begun("4", "x"), posts: []string{"1", "4"}, pending: 3, limit: "per_run: 1"},
		"a begun thread takes its place": {perRun: 2, perDay: 9, usd: 5,
			ledger: begun("1", "x"), posts: all[:2], pending: 3, limit: "per_run: 2"},
		"a begun thread counts today": {perRun: 9, perDay: 2, usd: 5,
			ledger: begun("1", "x"), posts: all[:2], pending: 3, limit: "per_day: 2"},
		"a begun thread: what is posted is paid": {perRun: 9, perDay: 9, usd: 0.2,
			ledger: begun("1", "x"), posts: all[:2], pending: 3, limit: "usd_per_month: 0.2"},
		"tried and nothing posted: it waits": {perRun: 9, perDay: 1, usd: 5, mirrored: 1,
			ledger: begun("1"), pending: 5, limit: "per_day: 1"},
	} {
		t.Run(name, func(t *testing.T) { tt.run(t) })
	}
}

func (tt limits) run(t *testing.T) {
	doc := document(tt.ledger...)
	if tt.mirrored > 0 {
		date := noon.Add(-tt.before).UTC().Format(time.DateOnly)
		doc.Today = state.Today{Date: date, Media: tt.mirrored}
	}
	doc.Spend.Add(tt.spent, noon.Add(-tt.before))
	var media []instagram.Media
	for i := range 5 {
		m := photo(fmt.Sprint(i+1), time.Duration(5-i)*time.Hour)
		if m.ID == tt.cheap {
			m.Permalink = ""
		}
		if m.ID == tt.skipped {
			m.Caption = "#no"
		}
		media = append(media, m)
	}
	r := with(func(r *config.Route) {
		r.Limits = config.Limits{PerRun: tt.perRun, PerDay: tt.perDay, USDPerMonth: tt.usd}
		r.Text.Link = "always"
		r.ExcludeHashtags = []string{"#no"}
	})
	want := summary{Posts: tt.posts, Pending: tt.pending, Limit: tt.limit}
	for _, id := range tt.skips {
		want.Skips = append(want.Skips, id+": it has the hashtag #no")
	}
	want.check(t, Input{Route: r, Media: media, Doc: doc})
}

// TestBegunThreadIsCharged: what a thread will still cost is counted before the next media is
// taken.
func TestBegunThreadIsCharged(t *testing.T) {
	thread := photo("1", 2*time.Hour)
	thread.Type, thread.Children = "CAROUSEL_ALBUM", children("VVV")
	r := with(func(r *config.Route) { r.Limits.USDPerMonth = 0.04 })
	media := []instagram.Media{thread, photo("2", time.Hour)}
	for posts, want := range map[string]summary{
		// Two posts are left.
		"1": {Posts: []string{"1"}, Pending: 1, Limit: "usd_per_month: 0.04"},
		"2": {Posts: []string{"1", "2"}},
		// More posts were made than there are: the caption became shorter.
		"9": {Posts: []string{"1", "2"}},
	} {
		var ids []string
		for range posts[0] - '0' {
			ids = append(ids, "x")
		}
		doc := document(record("1", state.Posting, 2*time.Hour, ids...))
		want.check(t, Input{Route: r, Media: media, Doc: doc})
	}
}

// TestFallbackIsKept: what stands in for a video was decided by an earlier run.
func TestFallbackIsKept(t *testing.T) {
	m := typed("1", "VIDEO")
	m.ThumbnailURL = "https://cdn.test/cover"
	rec := record("1", state.Posting, time.Minute)
	rec.Fallback = Thumbnail
	res := Make(Input{Route: with(nil), Media: []instagram.Media{m}, Doc: document(rec), Now: noon})
	if got := res.Threads[0]; got.Fallback != Thumbnail ||
		got.Posts[0].Files[0].URL != m.ThumbnailURL {
		t.Errorf("got %+v", got)
	}
}
