package instagram

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/httpx"
)

func TestListAsksTheListEdge(t *testing.T) {
	for _, tt := range []struct {
		name string
		c    func(*wire) *Client
		want string
	}{
		{"instagram login", client, "https://graph.instagram.com/v25.0/me/media"},
		{"facebook login", facebook, "https://graph.facebook.com/v25.0/17841400000000000/media"},
		{"a user id does not matter to instagram login", func(w *wire) *Client {
			c := client(w)
			c.UserID = "17841400000000000"
			return c
		}, "https://graph.instagram.com/v25.0/me/media"},
		{"another address and version", func(w *wire) *Client {
			c := client(w)
			c.BaseURL, c.Version = "http://127.0.0.1:8080/graph/", "v21.0"
			return c
		}, "http://127.0.0.1:8080/graph/v21.0/me/media"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := script(said(200, listed("", photo("1", 0)), "Facebook-Api-Version", "v26.0"))
			c := tt.c(w)
			if _, err := c.List(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			r := w.seen[0]
			if got := r.URL.Scheme + "://" + r.URL.Host + r.URL.Path; got != tt.want {
				t.Errorf("asked %s, want %s", got, tt.want)
			}
			if got, want := r.Header.Get("Authorization"), "Bearer "+c.Token; got != want {
				t.Errorf("authorization %q, want %q", got, want)
			}
			want := map[string][]string{"limit": {"50"}, "fields": {
				"id,caption,media_type,media_product_type,media_url,thumbnail_url,permalink,timestamp,username,alt_text,children{id,media_type,media_url,thumbnail_url,alt_text},is_ai_generated"}}
			if d := cmp.Diff(map[string][]string(r.URL.Query()), want); d != "" {
				t.Errorf("query (-got +want):\n%s", d)
			}
			if got := c.Answered(); got != "v26.0" {
				t.Errorf("answered %q, want v26.0", got)
			}
		})
	}
}

func TestAppSecretProof(t *testing.T) {
	w := script(said(200, listed("")))
	c := facebook(w)
	c.AppSecret = "appsecretappsecret"
	if _, err := c.List(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	// echo -n EAAsecretsecret | openssl dgst -sha256 -hmac appsecretappsecret
	want := "8af7d644574b6562a30eb5f9e32b368df813929d0012b9fc09d5bf2d3c5c734d"
	if got := w.seen[0].URL.Query().Get("appsecret_proof"); got != want {
		t.Errorf("proof %q, want %q", got, want)
	}
	c = client(w)
	c.AppSecret = "appsecretappsecret"
	if _, err := c.List(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if got := w.seen[1].URL.Query().Get("appsecret_proof"); got != "" {
		t.Errorf("graph.instagram.com was sent a proof: %q", got)
	}
}

func TestListReadsMedia(t *testing.T) {
	body := `{"data":[
	 {"id":"17937996524605082","caption":"Ein Karussell 🎠\nzweite Zeile","media_type":"CAROUSEL_ALBUM","media_product_type":"FEED","media_url":"https://media.test/1",
	  "permalink":"https://www.instagram.com/p/A/","timestamp":"2018-02-22T10:40:45+0000","username":"tester","alt_text":null,
	  "children":{"data":[{"id":17937996524605083,"media_type":"IMAGE","media_url":"https://media.test/2","alt_text":"a horse"},
	                      {"id":"17937996524605084","media_type":"VIDEO","media_url":null,"thumbnail_url":"https://media.test/3"},null]}},
	 {"id":17937996524605099,"caption":null,"media_type":"HOLOGRAM","timestamp":"2018-02-22T12:00:29+02:00","children":null}
	]}`
	got, err := client(script(said(200, body))).List(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []Media{
		{
			ID:          "17937996524605082",
			Caption:     "Ein Karussell 🎠\nzweite Zeile",
			Type:        "CAROUSEL_ALBUM",
			ProductType: "FEED",
			URL:         "https://media.test/1",
			Permalink:   "https://www.instagram.com/p/A/",
			Timestamp:   time.Date(2018, 2, 22, 10, 40, 45, 0, time.UTC),
			Username:    "tester",
			Children: []Child{
				{
					ID: "17937996524605083", Type: "IMAGE", URL: "https://media.test/2",
					AltText: "a horse",
				},
				{ID: "17937996524605084", Type: "VIDEO", ThumbnailURL: "https://media.test/3"},
				{}, // kept: whoever posts the carousel sees that one is missing
			},
		},
		{
			ID:        "17937996524605099",
			Type:      "HOLOGRAM",
			Timestamp: time.Date(2018, 2, 22, 10, 0, 29, 0, time.UTC),
		},
	}
	if d := cmp.Diff(got, want); d != "" {
		t.Errorf("media (-got +want):\n%s", d)
	}
}

func TestListSortsAndDropsDoubles(t *testing.T) {
	c := client(script(
		said(200, listed("p2", photo("30", 0), photo("9", 2), photo("10", 2))),
		said(200, listed("", photo("10", 2), photo("20", 1), photo("8", 3)))))
	got, err := c.List(t.Context(), nil)
	if want := []string{"30", "20", "10", "9", "8"}; err != nil || !slices.Equal(ids(got), want) {
		t.Errorf("got %v, %v, want %v", ids(got), err, want)
	}
}

func TestListPages(t *testing.T) {
	old := func(id string) func([]Media) bool {
		return func(page []Media) bool { return slices.Contains(ids(page), id) }
	}
	for _, tt := range []struct {
		name   string
		enough func([]Media) bool
		pages  []string
		want   []string
		after  []string // cursors asked for
	}{
		{
			"one page is enough", old("2"),
			[]string{listed("p2", photo("1", 1), photo("2", 2)), listed("", photo("3", 3))},
			[]string{"1", "2"}, []string{""},
		},
		{
			"on to the end", nil,
			[]string{
				listed("p2", photo("1", 1)), listed("p3", photo("2", 2)),
				listed("", photo("3", 3)),
			},
			[]string{"1", "2", "3"}, []string{"", "p2", "p3"},
		},
		{
			"an empty page is not the end", old("none"),
			[]string{listed("p2"), listed("p3", photo("1", 1)), listed("")}, []string{"1"},
			[]string{"", "p2", "p3"},
		},
		{"no media at all", old("none"), []string{`{"data":[]}`}, nil, []string{""}},
		{
			"a cursor without a next is the end", nil, []string{listed("", photo("1", 1))},
			[]string{"1"}, []string{""},
		},
		{
			"a next without a cursor names it", nil,
			[]string{
				`{"data":[],"paging":{"next":"https://graph.test/x?access_token=T&after=p2%3D%3D"}}`,
				listed(""),
			},
			nil, []string{"", "p2=="},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var answers []*http.Response
			for _, p := range tt.pages {
				answers = append(answers, said(200, p))
			}
			w := script(answers...)
			got, err := client(w).List(t.Context(), tt.enough)
			if err != nil || !slices.Equal(ids(got), tt.want) {
				t.Errorf("got %v, %v, want %v", ids(got), err, tt.want)
			}
			var after []string
			for _, r := range w.seen {
				after = append(after, r.URL.Query().Get("after"))
				if r.URL.Host != "graph.instagram.com" {
					t.Errorf("%s was asked", r.URL.Host)
				}
			}
			if !slices.Equal(after, tt.after) {
				t.Errorf("cursors %q, want %q", after, tt.after)
			}
		})
	}
}

func TestListEnds(t *testing.T) {
	circle := script(
		said(200, listed("a", photo("1", 1))),
		said(200, listed("b", photo("2", 2))),
		said(200, listed("a", photo("3", 3))),
	)
	_, err := client(circle).List(t.Context(), nil)
	if e := refused(t, err); e.Class != httpx.Transient ||
		!strings.Contains(e.Message, "page 3 leads back") ||
		len(circle.seen) != 3 {
		t.Errorf("in circles: %v after %d calls", e, len(circle.seen))
	}
	n := 0
	endless := &wire{}
	endless.answer = func(*http.Request) *http.Response {
		n++
		return said(200, listed("cursor"+strconv.Itoa(n), photo(strconv.Itoa(n), n)))
	}
	_, err = client(endless).List(t.Context(), nil)
	if e := refused(t, err); e.Class != httpx.Transient || !strings.Contains(e.Message, "no end") ||
		n != maxPages {
		t.Errorf("without end: %v after %d calls", e, n)
	}
}

func TestListTellsWhatItCouldNotRead(t *testing.T) {
	body := listed(
		"",
		photo("1", 1),
		`null`,
		`{"timestamp":"2018-02-22T10:40:45+0000","permalink":"https://www.instagram.com/p/B/"}`,
		`{"id":"7","timestamp":"yesterday"}`,
		`{"id":"8"}`,
		`"nonsense"`,
		`{"caption":{},"id":"9"}`,
		strings.Replace(
			photo("2", 2),
			"{",
			`{"children":{"data":[{"id":"3"}],"paging":{"next":"https://graph.test/?access_token=T"}},`,
			1,
		),
	)
	c := client(script(said(200, body), said(200, listed(""))))
	got, err := c.List(t.Context(), nil)
	if want := []string{"1", "2"}; err != nil || !slices.Equal(ids(got), want) {
		t.Errorf("got %v, %v, want %v", ids(got), err, want)
	}
	want := []string{
		"media without a name can't be read: it has no id",
		"media https://www.instagram.com/p/B/ can't be read: it has no id",
		`media 7 can't be read: its timestamp "yesterday" is none`,
		`media 8 can't be read: its timestamp "" is none`,
		"media without a name can't be read: it is not the JSON of a media",
		"media 9 can't be read: it is not the JSON of a media",
		"media 2 has more than the 1 children that Instagram listed",
	}
	if d := cmp.Diff(c.Unread(), want); d != "" {
		t.Errorf("unread (-got +want):\n%s", d)
	}
	if _, err := c.List(t.Context(), nil); err != nil || c.Unread() != nil {
		t.Errorf("the next list keeps %q, %v", c.Unread(), err)
	}
}

func TestListWithNothingReadableIsAnError(t *testing.T) {
	c := client(
		script(
			said(200, listed("", `{"id":"1","timestamp":1519296045}`), "Facebook-Api-Version",
				"v27.0"),
		),
	)
	_, err := c.List(t.Context(), nil)
	want := &httpx.Error{
		Service: "instagram",
		Op:      "GET /me/media",
		Status:  200,
		Class:   httpx.Transient,
		Version: "v27.0",
		Message: `not one of the media that were listed can be read: media 1 can't be read: its timestamp "1519296045" is none`,
	}
	if d := cmp.Diff(refused(t, err), want); d != "" {
		t.Errorf("error (-got +want):\n%s", d)
	}
	// Nor does it page through ten thousand of them.
	n := 0
	w := &wire{}
	w.answer = func(*http.Request) *http.Response {
		n++
		return said(200, listed(strconv.Itoa(n), slices.Repeat([]string{`{}`}, 15)...))
	}
	c = client(w)
	if _, err := c.List(t.Context(), nil); err == nil || n != 2 {
		t.Errorf("%d calls, %v", n, err)
	}
	if got := c.Unread(); len(got) != 20 || got[19] != "and 11 more" {
		t.Errorf("%d unread, the last %q", len(got), got[len(got)-1])
	}
}

func TestListAsksForLess(t *testing.T) {
	fault := said(
		400,
		graphError(100, 0,
			"(#100) Tried accessing nonexisting field (alt_text) on node type (Media)"),
	)
	label := said(
		400,
		graphError(100, 0, "(#100) Tried accessing nonexisting field (is_ai_generated)"),
	)
	proof := said(400, graphError(100, 0, "Invalid appsecret_proof provided in the API argument"))
	kind := said(400, graphError(9005, 1452042, "not for this media"))
	much := said(
		500,
		`{"error":{"code":1,"message":"Please reduce the amount of data you're asking for, then retry your request"}}`,
	)
	hidden := said(400, graphError(100, 33, "Unsupported get request"))
	dead := said(400, graphError(190, 463, "expired"))
	down := said(503, "")
	ok := func() *http.Response { return said(200, listed("")) }
	for _, tt := range []struct {
		name    string
		answers []*http.Response
		asked   []string // limit, + for all fields, ++ with the label of AI
		code    int
		status  int
	}{
		{"a field is not there", []*http.Response{fault, ok()}, []string{"50++", "50"}, 0, 0},
		{
			"the label of AI is not there", []*http.Response{label, ok()},
			[]string{"50++", "50+"}, 0, 0,
		},
		{
			"a field is not for this media", []*http.Response{kind, ok()},
			[]string{"50++", "50+"}, 0, 0,
		},
		{"nor one more", []*http.Response{kind, kind, ok()}, []string{"50++", "50+", "50"}, 0, 0},
		{
			"one field after the other", []*http.Response{label, fault, ok()},
			[]string{"50++", "50+", "50"}, 0, 0,
		},
		{
			"too much at once", []*http.Response{much, much, much, ok()},
			[]string{"50++", "50++", "50++", "10"}, 0, 0,
		},
		{"less is no cure", []*http.Response{fault, fault}, []string{"50++", "50"}, 100, 400},
		{
			"still too much", []*http.Response{much},
			[]string{"50++", "50++", "50++", "10", "10", "10"}, 1, 500,
		},
		{"less fails otherwise", []*http.Response{fault, dead}, []string{"50++", "50"}, 190, 400},
		{
			"then the service is down", []*http.Response{fault, down},
			[]string{"50++", "50", "50", "50"}, 0, 503,
		},
		{"the account is not there", []*http.Response{hidden}, []string{"50++"}, 100, 400},
		{"a dead token", []*http.Response{dead}, []string{"50++"}, 190, 400},
		{"a wrong app secret", []*http.Response{proof}, []string{"50++"}, 100, 400},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := script(tt.answers...)
				_, err := client(w).List(t.Context(), nil)
				if tt.status == 0 && err != nil {
					t.Fatal(err)
				}
				if e := httpx.As(err); e != nil && (e.Code != tt.code || e.Status != tt.status) {
					t.Errorf("got %v, want status %d code %d", e, tt.status, tt.code)
				}
				if got := asked(w); !slices.Equal(got, tt.asked) {
					t.Errorf("asked %q, want %q", got, tt.asked)
				}
			})
		})
	}
}

// asked tells the shape of each request.
func asked(w *wire) []string {
	var out []string
	for _, r := range w.seen {
		q := r.URL.Query()
		s := q.Get("limit")
		if strings.Contains(q.Get("fields"), "alt_text") {
			s += "+"
		}
		if strings.Contains(q.Get("fields"), "is_ai_generated") {
			s += "+"
		}
		out = append(out, s)
	}
	return out
}

func TestListRemembersToAskForLess(t *testing.T) {
	w := script(
		said(400, graphError(100, 0, "no")),
		said(200, listed("p2", photo("1", 1))),
		said(200, listed("")),
	)
	c := client(w)
	for range 2 {
		if _, err := c.List(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := asked(w), []string{"50++", "50+", "50+", "50+"}; !slices.Equal(got, want) {
		t.Errorf("asked %q, want %q", got, want)
	}
}

// What is not the list must never pass for an empty one.
func TestListRefusesWhatIsNoList(t *testing.T) {
	for name, body := range map[string]string{
		"HTML":                  "<!doctype html><title>Instagram</title>",
		"nothing":               "",
		"null":                  "null",
		"another object":        `{}`,
		"an array":              `[]`,
		"null for data":         `{"data":null}`,
		"an object for data":    `{"data":{}}`,
		"half a document":       `{"data":[` + photo("1", 1),
		"two documents":         `{"data":[]}{"data":[]}`,
		"garbage":               "\x00\xff\x1f\x8b",
		"a next that goes none": `{"data":[],"paging":{"next":"https://graph.test/x?access_token=IGAAsecretsecret"}}`,
		"error: nothing":        `{"error":{}}`,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := script(said(200, body, "Facebook-Api-Version", "v25.0", "X-Fb-Trace-Id",
					"AbC"))
				_, err := client(w).List(t.Context(), nil)
				e := refused(t, err)
				if e.Class != httpx.Transient || e.TraceID != "AbC" || e.Version != "v25.0" ||
					e.Status != 200 ||
					len(w.seen) != 3 {
					t.Errorf("%d calls, got %#v", len(w.seen), e)
				}
				if strings.Contains(err.Error(), "secretsecret") {
					t.Errorf("the token is in %v", err)
				}
			})
		})
	}
}

func TestListGoesOnAfterABrokenAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := script(
			said(200, `{"data":[`+photo("1", 1)+`],"paging":{"next":17`),
			said(502, "<html>Bad Gateway"),
			said(200, listed("", photo("2", 2))),
		)
		got, err := client(w).List(t.Context(), nil)
		if want := []string{"2"}; err != nil || !slices.Equal(ids(got), want) {
			t.Errorf("got %v, %v, want %v", ids(got), err, want)
		}
	})
}

func TestListRefusesAHugeAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := script(said(200, `{"data":[`+strings.Repeat(" ", 30<<20)+`]}`))
		_, err := client(w).List(t.Context(), nil)
		if e := refused(t, err); e.Class != httpx.Transient ||
			!strings.Contains(e.Message, "larger than 8 MiB") {
			t.Errorf("got %v", e)
		}
	})
}

func TestFirstMedia(t *testing.T) {
	for _, tt := range []struct {
		version, path, body, want string
		class                     httpx.Class
	}{
		{
			"", "/v25.0/17841400000000000/media",
			`{"data":[{"id":"179"}],"paging":{"cursors":{"after":"x"},"next":"https://graph.test/?after=x"}}`,
			"179", "",
		},
		{"v21.0", "/v21.0/17841400000000000/media", `{"data":[]}`, "", ""},
		{"v26.0", "/v26.0/17841400000000000/media", `{"data":[{}]}`, "", httpx.Transient},
	} {
		w := script(said(200, tt.body))
		got, err := facebook(w).FirstMedia(t.Context(), tt.version)
		if got != tt.want || httpx.ClassOf(err) != tt.class {
			t.Errorf("%s: got %q, %v", tt.version, got, err)
		}
		if q := w.seen[0].URL; q.Path != tt.path || q.Query().Get("fields") != "id" ||
			q.Query().Get("limit") != "1" ||
			len(w.seen) != 1 {
			t.Errorf("asked %s, want %s", q, tt.path)
		}
	}
}

func ExampleClient_List() {
	c := client(script(said(200, listed("", photo("17937996524605082", 5)))))
	last := now.Add(-time.Hour)
	media, err := c.List(context.Background(), func(page []Media) bool {
		return len(page) > 0 && page[len(page)-1].Timestamp.Before(last)
	})
	fmt.Println(media[0].ID, media[0].Timestamp, err)
	// Output: 17937996524605082 2026-11-23 08:55:00 +0000 UTC <nil>
}

// Pinned media stand first, whatever their time: only ten older ones in a row show that nothing
// newer comes.
func TestOlderThan(t *testing.T) {
	moment := now
	for _, tt := range []struct {
		pages []string // o is older than the moment, n is not; one page a string
		want  []bool
	}{
		{[]string{"ooo"}, []bool{false}},
		{[]string{"oooooooooo"}, []bool{true}},
		{[]string{"ooooooooo", "o"}, []bool{false, true}},
		{[]string{"ooooooooon", "oooooooooo"}, []bool{false, true}},
		{[]string{"noooooooooo"}, []bool{true}},
		{[]string{"", "oooooooooo"}, []bool{false, true}},
	} {
		enough := OlderThan(moment)
		for i, p := range tt.pages {
			var media []Media
			for _, how := range p {
				at := moment // as old as the moment is not older
				if how == 'o' {
					at = moment.Add(-time.Second)
				}
				media = append(media, Media{Timestamp: at})
			}
			if got := enough(media); got != tt.want[i] {
				t.Errorf("%q: page %d: got %v", tt.pages, i+1, got)
			}
		}
	}
}

func TestHasFiles(t *testing.T) {
	for _, tt := range []struct {
		m    Media
		want bool
	}{
		{Media{Type: "IMAGE", URL: "u"}, true},
		{Media{Type: "VIDEO", ThumbnailURL: "u"}, false},
		{Media{Type: "CAROUSEL_ALBUM", URL: "u"}, false},
		{Media{Type: "CAROUSEL_ALBUM", Children: []Child{{URL: "u"}, {URL: "u"}}}, true},
		{Media{Type: "CAROUSEL_ALBUM", Children: []Child{{URL: "u"}, {}}}, false},
	} {
		if got := tt.m.HasFiles(); got != tt.want {
			t.Errorf("%+v: got %v", tt.m, got)
		}
	}
}
