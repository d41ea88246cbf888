package plan

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/caption"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/twittertext"
)

// children are photos (P), videos (V), a photo or a video without a file (p, v) and a video
// without a cover (W).
func children(kinds string) (out []instagram.Child) {
	for i, k := range strings.Split(kinds, "") {
		c := instagram.Child{ID: fmt.Sprint(i + 1), Type: "IMAGE",
			URL: fmt.Sprintf("https://cdn.test/%d", i+1)}
		if strings.Contains("VvW", k) {
			c.Type, c.ThumbnailURL = "VIDEO", fmt.Sprintf("https://cdn.test/cover%d", i+1)
		}
		switch k {
		case "p", "v":
			c.URL = ""
		case "W":
			c.ThumbnailURL = ""
		}
		out = append(out, c)
	}
	return out
}

func carousel(kinds string) instagram.Media {
	m := typed("C", "CAROUSEL_ALBUM")
	m.Caption, m.Children = "hi", children(kinds)
	return m
}

// show is a post as one line a post: its text, its files, the price. "L" is the permalink.
func show(p Thread) (out []string) {
	for _, part := range p.Posts {
		var files []string
		for _, f := range part.Files {
			name := map[Kind]string{Photo: "P", Video: "V"}[f.Kind] +
				strings.TrimPrefix(f.URL, "https://cdn.test/")
			if f.AltText != "" {
				name += "=" + f.AltText
			}
			files = append(files, name)
		}
		text := strings.ReplaceAll(part.Text, p.Media.Permalink, "L")
		out = append(out, fmt.Sprintf("%q %s $%.3f", text, strings.Join(files, " "), part.USD))
	}
	return out
}

// TestGroups: neighbouring photos by four, each video alone, and nothing in another order.
func TestGroups(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"P", "P1"},
		{"V", "V1"},
		{"PPPP", "P1 P2 P3 P4"},
		{"PPPPP", "P1 P2 P3 P4|P5"},
		{"VPV", "V1|P2|V3"},
		{"PVPP", "P1|V2|P3 P4"},
		{"PPPPPPPPPPPPPPPPPPPP",
			"P1 P2 P3 P4|P5 P6 P7 P8|P9 P10 P11 P12|P13 P14 P15 P16|P17 P18 P19 P20"},
		{"PPVPPPPPVVPPPPPPPPVP",
			"P1 P2|V3|P4 P5 P6 P7|P8|V9|V10|P11 P12 P13 P14|P15 P16 P17 P18|V19|P20"},
		{"VVVVVVVVVVVVVVVVVVVV",
			"V1|V2|V3|V4|V5|V6|V7|V8|V9|V10|V11|V12|V13|V14|V15|V16|V17|V18|V19|V20"},
		{"pPpVv", "P2|V4"},
		{"PvP", "P1 P3"},
	} {
		var got []string
		for _, part := range Compose(with(nil), carousel(tt.in), Known{}).Posts {
			var ids []string
			for _, f := range part.Files {
				ids = append(ids, map[Kind]string{Photo: "P", Video: "V"}[f.Kind]+f.MediaID)
			}
			got = append(got, strings.Join(ids, " "))
		}
		if got := strings.Join(got, "|"); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.in, got, tt.want)
		}
	}
}

// TestCompose: texts, files, prices and what is noted of one media.
func TestCompose(t *testing.T) {
	video := typed("C", "VIDEO")
	video.Caption, video.URL = "hi", "https://cdn.test/v"
	video.ThumbnailURL = "https://cdn.test/cover"
	fileless := func(m instagram.Media) instagram.Media { m.URL = ""; return m }
	coverless := func(m instagram.Media) instagram.Media { m.ThumbnailURL = ""; return m }
	silent := func(m instagram.Media) instagram.Media { m.Caption = ""; return m }
	still := typed("C", "IMAGE")
	still.Caption, still.URL = "hi", "https://cdn.test/p"
	link := func(policy string) config.Route {
		return with(func(r *config.Route) { r.Text.Link = policy })
	}
	first := func(policy string) config.Route {
		return with(func(r *config.Route) { r.Text.Link, r.Carousel = policy, "first" })
	}
	const (
		cover = "X refused the video: its cover image is posted with the permalink"
		plain = "X refused the video: the permalink is posted instead"
		none  = "Instagram gave no file for this %s: its permalink is posted instead"
	)
	for _, tt := range []struct {
		name     string
		route    config.Route
		media    instagram.Media
		fallback string
		want     []string
		notes    []string
	}{
		{"photo", with(nil), still, "", []string{`"hi" Pp $0.015`}, nil},
		{"photo without a caption", with(nil), silent(still), "", []string{`"" Pp $0.015`}, nil},
		{"photo with its link", link("always"), still, "", []string{`"hi\n\nL" Pp $0.200`}, nil},
		{"video", with(nil), video, "", []string{`"hi" Vv $0.015`}, nil},
		{"video without a cover", with(nil), coverless(video), "", []string{`"hi" Vv $0.015`}, nil},

		{"no file: photo", with(nil), fileless(still), "", []string{`"hi\n\nL"  $0.200`},
			[]string{fmt.Sprintf(none, "photo")}},
		{"no file, and never a link", link("never"), fileless(video), "",
			[]string{`"hi"  $0.015`}, []string{fmt.Sprintf(none, "video")}},
		{"no file, no caption", with(nil), silent(fileless(still)), "", []string{`"L"  $0.200`},
			[]string{fmt.Sprintf(none, "photo")}},
		{"no file: of an unknown type", with(nil), fileless(typed("C", "HOLOGRAM")), "",
			[]string{`"caption C\n\nL"  $0.200`}, []string{fmt.Sprintf(none, "media")}},
		{"no children", with(nil),
			func() instagram.Media { m := carousel("P"); m.Children = nil; return m }(), "",
			[]string{`"hi\n\nL"  $0.200`}, []string{fmt.Sprintf(none, "carousel")}},
		{"no child has a file", with(nil), carousel("pv"), "", []string{`"hi\n\nL"  $0.200`},
			[]string{fmt.Sprintf(none, "carousel")}},
		{"some children have a file", with(nil), carousel("pPvP"), "",
			[]string{`"hi" P2 P4 $0.015`},
			[]string{"Instagram gave no file for 2 of 4 children: the others are posted"}},

		{"refused: its cover", with(nil), video, Thumbnail, []string{`"hi\n\nL" Pcover $0.200`},
			[]string{cover}},
		{"refused: its cover, and never a link", link("never"), video, Thumbnail,
			[]string{`"hi" Pcover $0.015`},
			[]string{"X refused the video: its cover image is posted"}},
		{"refused: no cover", with(nil), coverless(video), Thumbnail, []string{`"hi\n\nL"  $0.200`},
			[]string{plain}},
		{"refused: its link", with(nil), video, Link, []string{`"hi\n\nL"  $0.200`},
			[]string{plain}},
		{"refused: its link, no caption", with(nil), silent(video), Link, []string{`"L"  $0.200`},
			[]string{plain}},

		{"refused once, and no video any more", with(nil), carousel("PP"), Thumbnail,
			[]string{`"hi" P1 P2 $0.015`}, nil},

		{"first: all in one post", first("if-cut"), carousel("PPP"), "",
			[]string{`"hi" P1 P2 P3 $0.015`}, nil},
		{"first: photos are left", first("if-cut"), carousel("PPPPPP"), "",
			[]string{`"hi\n\nL" P1 P2 P3 P4 $0.200`},
			[]string{"2 of 6 files are left out (carousel: first)"}},
		{"first: the video", first("always"), carousel("VPP"), "", []string{`"hi\n\nL" V1 $0.200`},
			[]string{"2 of 3 files are left out (carousel: first)"}},
		{"first: and never a link", first("never"), carousel("PV"), "", []string{`"hi" P1 $0.015`},
			[]string{"1 of 2 files are left out (carousel: first)"}},
		{"first: the video is refused", first("never"), carousel("VP"), Thumbnail,
			[]string{`"hi" Pcover1 $0.015`},
			[]string{
				"X refused the video: its cover image is posted",
				"1 of 2 files are left out (carousel: first)",
			}},

		{"thread: text first, then files alone", with(nil), carousel("PVP"), "",
			[]string{`"hi" P1 $0.015`, `"" V2 $0.015`, `"" P3 $0.015`}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := Compose(tt.route, tt.media, Known{Fallback: tt.fallback})
			if diff := cmp.Diff(show(p), tt.want); diff != "" {
				t.Errorf("parts (-got +want):\n%s", diff)
			}
			if diff := cmp.Diff(p.Notes, tt.notes); diff != "" {
				t.Errorf("notes (-got +want):\n%s", diff)
			}
			if p.Fallback != tt.fallback || p.Media.ID != "C" {
				t.Errorf("got the fallback %q of %s", p.Fallback, p.Media.ID)
			}
		})
	}
}

// TestFallbackKeepsPlaces: each post of a carousel shows the same children as before, for some
// may be on X already.
func TestFallbackKeepsPlaces(t *testing.T) {
	for _, tt := range []struct {
		kinds string
		want  []string
	}{
		{"PVP", []string{`"hi\n\nL" P1 $0.200`, `"" Pcover2 $0.015`, `"" P3 $0.015`}},
		{"VPV", []string{`"hi\n\nL" Pcover1 $0.200`, `"" P2 $0.015`, `"" Pcover3 $0.015`}},
		{"PWP", []string{`"hi\n\nL" P1 $0.200`, `"L"  $0.200`, `"" P3 $0.015`}},
		{"WP", []string{`"hi\n\nL"  $0.200`, `"" P2 $0.015`}},
		{"PvPV", []string{`"hi\n\nL" P1 P3 $0.200`, `"" Pcover4 $0.015`}},
	} {
		before := Compose(with(nil), carousel(tt.kinds), Known{})
		for _, fallback := range []string{Thumbnail, Link} {
			p := Compose(with(nil), carousel(tt.kinds), Known{Fallback: fallback})
			if diff := cmp.Diff(show(p), tt.want); diff != "" {
				t.Errorf("%s, %s (-got +want):\n%s", tt.kinds, fallback, diff)
			}
			if got, want := len(p.Posts), len(before.Posts); got != want {
				t.Errorf("%s, %s: %d posts, and %d before", tt.kinds, fallback, got, want)
			}
		}
	}
	got := Compose(with(nil), carousel("PW"), Known{Fallback: Thumbnail}).Notes
	want := []string{"X refused the video: the permalink is posted instead"}
	if !cmp.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := Compose(with(nil), carousel("PpV"),
		Known{Fallback: Link}).Notes, 2; len(got) != want {
		t.Errorf("got %q: a missing file is told of beside a refused one", got)
	}
}

// TestAltText: each image has its own, what stands in for a video keeps it, and it has its price.
func TestAltText(t *testing.T) {
	c := carousel("PPVP")
	for i, alt := range []string{"one", "", "film", "four"} {
		c.Children[i].AltText = alt
	}
	c.AltText = "of the whole"
	single := typed("C", "IMAGE")
	single.Caption, single.AltText = "hi", "a ferry"
	none := with(func(r *config.Route) { r.AltText = false })
	for _, tt := range []struct {
		name     string
		route    config.Route
		media    instagram.Media
		fallback string
		want     []string
	}{
		{"photo", with(nil), single, "", []string{`"hi" PC=a ferry $0.020`}},
		{"photo: not wanted", none, single, "", []string{`"hi" PC $0.015`}},
		{"carousel", with(nil), c, "",
			[]string{`"hi" P1=one P2 $0.020`, `"" V3=film $0.015`, `"" P4=four $0.020`}},
		{"carousel: not wanted", none, c, "",
			[]string{`"hi" P1 P2 $0.015`, `"" V3 $0.015`, `"" P4 $0.015`}},
		{"cover", with(nil), c, Thumbnail,
			[]string{`"hi\n\nL" P1=one P2 $0.205`, `"" Pcover3=film $0.020`, `"" P4=four $0.020`}},
	} {
		if diff := cmp.Diff(show(Compose(tt.route, tt.media, Known{Fallback: tt.fallback})),
			tt.want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", tt.name, diff)
		}
	}
}

// TestTextIsConfigured: every rule of the text reaches the caption, and a long text makes the
// thread as long.
func TestTextIsConfigured(t *testing.T) {
	m := carousel("PV")
	m.Caption, m.Username = "hello @friend, who has written it all down for you: see example.com"+
		" for more of it", "ferry"
	r := with(func(r *config.Route) {
		r.Text = config.Text{Template: "{username} {date}: {caption}", Long: "thread",
			Link: "always", URLs: "keep", Mentions: "keep", MaxLength: 60, Number: true}
	})
	p := Compose(r, m, Known{})
	var all []string
	for _, part := range p.Posts {
		all = append(all, part.Text)
		if w := twittertext.Weight(part.Text); w > 60 {
			t.Errorf("%q weighs %d", part.Text, w)
		}
	}
	text := strings.Join(all, "\n")
	for _, want := range []string{"ferry 2026-11-23: hello", "@friend", "example.com", m.Permalink,
		"(1/"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if len(p.Posts) < 3 || len(p.Posts[0].Files) != 1 || len(p.Posts[1].Files) != 1 ||
		p.Posts[2].Files != nil {
		t.Errorf("got %q: files go with the first texts", show(p))
	}
	r.Text = with(nil).Text
	if got := Compose(r, m, Known{}).Posts[0]; strings.Contains(got.Text, "@friend") ||
		caption.HasURL(got.Text) || got.USD != usdPost {
		t.Errorf("plain: got %q for $%.3f", got.Text, got.USD)
	}
}

// TestPrices is X's price list: a post, one with a URL in it, and alt text for an image.
// Source: https://docs.x.com/x-api/getting-started/pricing, read 2026-08-22.
func TestPrices(t *testing.T) {
	alt := File{Kind: Photo, AltText: "a"}
	for _, tt := range []struct {
		part Post
		want float64
	}{
		{Post{}, 0.015},
		{Post{Text: "hello"}, 0.015},
		{Post{Text: "hello example.com"}, 0.200},
		{Post{Text: "https://www.instagram.com/p/x/"}, 0.200},
		{Post{Text: "https://a.com https://b.com"}, 0.200},
		{Post{Files: []File{{Kind: Photo}, {Kind: Photo}}}, 0.015},
		{Post{Files: []File{alt, {Kind: Photo}, alt, alt}}, 0.030},
		{Post{Files: []File{{Kind: Video, AltText: "a"}}}, 0.015},
		{Post{Text: "example.com", Files: []File{alt}}, 0.205},
	} {
		if got := price(tt.part); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("%+v: got %.3f, want %.3f", tt.part, got, tt.want)
		}
	}
	p := Thread{Posts: []Post{{USD: 0.2}, {USD: 0.015}, {USD: 0.02}}}
	if got := p.USD(); math.Abs(got-0.235) > 1e-9 {
		t.Errorf("a thread: got %.3f", got)
	}
}

// TestDistinct: a number tells a text apart, if there is room for it.
func TestDistinct(t *testing.T) {
	for _, tt := range []struct {
		in    string
		n     int
		limit int
		want  string
		fits  bool
	}{
		{"hello", 2, 280, "hello (2)", true},
		{"hello", 3, 9, "hello (3)", true},
		{"hello", 2, 8, "he… (2)", true},
		{"hello", 2, 4, "(2)", true},
		{"hello", 2, 2, "(2)", false},
		{"", 2, 280, "(2)", true},
		{"こんにちは", 2, 14, "こんにちは (2)", true},
		{"こんにちは", 2, 13, "こんに… (2)", true},
		{"hi\n\nhttps://www.instagram.com/p/x/", 4, 280, "hi\n\nhttps://www.instagram.com/p/x/ (4)",
			true},
	} {
		in := Post{Text: tt.in, Files: []File{{MediaID: "1"}}, USD: 0.2}
		got, fits := in.Distinct(fmt.Sprintf("(%d)", tt.n), tt.limit)
		if got.Text != tt.want || fits != tt.fits || len(got.Files) != 1 || got.USD != 0.2 ||
			in.Text != tt.in {
			t.Errorf("%q: got %+v, %v, want %q, %v", tt.in, got, fits, tt.want, tt.fits)
		}
	}
}

// FuzzCompose: whatever a carousel holds, no child is lost, doubled, moved or put where X would
// refuse it, and what stands in for its videos is where they were.
func FuzzCompose(f *testing.F) {
	f.Add("PPVPPPPPVVPPPPPPPPVP", "hello", false)
	f.Add("pvWVPPPPPPW", "", true)
	f.Add("W", "see example.com #tag", true)
	f.Fuzz(func(t *testing.T, kinds, text string, long bool) {
		kinds = strings.Map(func(r rune) rune { return rune("PPPVvpW"[int(r)%7]) }, kinds)
		m := carousel(kinds[:min(len(kinds), 20)])
		m.Caption = text[:min(len(text), 2000)]
		r := with(func(r *config.Route) {
			r.Text.Long = map[bool]string{true: "thread", false: "cut"}[long]
		})
		var places map[string]int
		for _, fallback := range []string{"", Thumbnail, Link} {
			got := lay(t, r, m, fallback)
			if places == nil {
				places = got
			}
			for id, k := range got {
				if places[id] != k {
					t.Errorf("child %s is in post %d, and was in post %d", id, k+1, places[id]+1)
				}
			}
		}
	})
}

// lay composes a post, checks what holds of every post, and says in which post each child is.
func lay(t *testing.T, r config.Route, m instagram.Media, fallback string) map[string]int {
	var want, got []string
	for _, c := range m.Children {
		if c.URL != "" && (fallback == "" || c.Type != "VIDEO" || c.ThumbnailURL != "") {
			want = append(want, c.ID)
		}
	}
	places, sum := map[string]int{}, 0.0
	p := Compose(r, m, Known{Fallback: fallback})
	for k, part := range p.Posts {
		videos := 0
		for _, f := range part.Files {
			got, places[f.MediaID] = append(got, f.MediaID), k
			if f.Kind == Video {
				videos++
			}
			if f.URL == "" || f.Kind == Video && fallback != "" {
				t.Errorf("post %d holds %+v", k+1, f)
			}
		}
		n := len(part.Files)
		if n > photosPerPost || videos > 0 && n > 1 || n == 0 && part.Text == "" {
			t.Errorf("post %d holds %d files, %d of them videos, and the text %q", k+1, n, videos,
				part.Text)
		}
		if part.USD < usdPost || twittertext.Weight(part.Text) > r.Text.MaxLength {
			t.Errorf("post %d costs $%f, its text %q weighs %d", k+1, part.USD, part.Text,
				twittertext.Weight(part.Text))
		}
		sum += part.USD
	}
	if !cmp.Equal(got, want) || math.Abs(p.USD()-sum) > 1e-9 {
		t.Errorf("%s: got %v, want %v; $%f", fallback, got, want, p.USD())
	}
	return places
}

// TestDateIsTheMedia: {date} is the day of the media, not of the run.
func TestDateIsTheMedia(t *testing.T) {
	m := photo("1", 100*24*time.Hour)
	r := with(func(r *config.Route) { r.Text.Template = "{date}" })
	if got, want := Compose(r, m, Known{}).Posts[0].Text, "2026-08-15"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestDateIsThePersons: {date} is the day where the person lives.
func TestDateIsThePersons(t *testing.T) {
	m := photo("1", 0)
	m.Timestamp = time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)
	for zone, want := range map[string]string{
		"": "2026-11-22", "UTC": "2026-11-22", "Asia/Tokyo": "2026-11-23",
	} {
		r := with(func(r *config.Route) { r.Text.Template, r.Timezone = "{date}", zone })
		if got := Compose(r, m, Known{}).Posts[0].Text; got != want {
			t.Errorf("%s: got %q, want %q", zone, got, want)
		}
	}
}
