package xapi

import (
	"strings"
	"testing"
	"testing/synctest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/sim"
)

func TestMe(t *testing.T) {
	w := sim.New(sim.Options{})
	got, err := inWorld(w, w.Transport()).Me(t.Context())
	d := cmp.Diff(got, User{ID: "1500000000000000001", Name: "Kamo Mugs", Username: "kamo_mugs"})
	if err != nil || d != "" {
		t.Errorf("%v, user (-got +want):\n%s", err, d)
	}
}

// An answer without the account is none: with no id the wrong timeline would be read.
func TestMeWithoutAnID(t *testing.T) {
	for _, body := range []string{
		`{}`, `null`, `{"data":null}`, `{"data":{"name":"Kamo Mugs"}}`,
		`{"errors":[{"title":"Not Found Error"}]}`,
	} {
		synctest.Test(t, func(t *testing.T) {
			w := script(body)
			if got, err := client(w).Me(t.Context()); httpx.ClassOf(err) != httpx.Transient ||
				got != (User{}) {
				t.Errorf("%s: got %+v, %v", body, got, err)
			}
			if len(w.seen) != 3 {
				t.Errorf("%s: asked %d times, want 3", body, len(w.seen))
			}
		})
	}
}

// What a broken answer left behind does not shine through the next one.
func TestEachTryIsReadAfresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := script(`{"data":{"id":7,"name":"of another"}}`, `{"data":{"id":"1"}}`)
		got, err := client(w).Me(t.Context())
		if want := (User{ID: "1"}); err != nil || got != want {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	})
}

func TestAltText(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"short", "A mug", "A mug"},
		{"at the limit", strings.Repeat("é", 1000), strings.Repeat("é", 1000)},
		{"one more", strings.Repeat("猫", 1001), strings.Repeat("猫", 999) + "…"},
		{"far too long", strings.Repeat("a", 5000), strings.Repeat("a", 999) + "…"},
		{"more bytes than characters", strings.Repeat("🐈", 999), strings.Repeat("🐈", 999)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := sim.New(sim.Options{})
			c := inWorld(w, w.Transport())
			up, err := c.Upload(
				t.Context(),
				File{
					Body: strings.NewReader("BMP"), Size: 3, MediaType: "image/bmp",
					Category: "tweet_image",
				},
			)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.AltText(t.Context(), up.ID, tt.in); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Post(t.Context(), Post{MediaIDs: []string{up.ID}}); err != nil {
				t.Fatal(err)
			}
			got := w.X().Tweets()[0].Media[0].AltText
			if got != tt.want || utf8.RuneCountInString(got) > maxAltText {
				t.Errorf(
					"got %d characters %.20q, want %d %.20q",
					utf8.RuneCountInString(got),
					got,
					utf8.RuneCountInString(tt.want),
					tt.want,
				)
			}
		})
	}
}

// A call that can be repeated is; one that X refuses is not.
func TestAltTextIsRepeated(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault sim.Fault
		calls int
		class httpx.Class
	}{
		{"503 once", sim.Fault{Status: 503}, 2, httpx.Unknown}, // then X does not know the id
		{"404 for ever", sim.Fault{Status: 404, Times: -1}, 3, httpx.Transient},
		{
			"403", sim.Fault{Status: 403, Times: -1, Body: `{"title":"Forbidden"}`}, 1,
			httpx.Forbidden,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := sim.New(sim.Options{})
				tt.fault.Service, tt.fault.Call = "x", "POST /2/media/metadata"
				w.Fail(tt.fault)
				err := inWorld(w, w.Transport()).AltText(t.Context(), "1", "A mug")
				if got := httpx.ClassOf(err); got != tt.class || w.Calls("x") != tt.calls {
					t.Errorf("class %q after %d calls, want %q after %d", got, w.Calls("x"),
						tt.class, tt.calls)
				}
			})
		})
	}
}

func TestBaseURL(t *testing.T) {
	for in, want := range map[string]string{
		"": DefaultURL, "http://127.0.0.1:8080/": "http://127.0.0.1:8080",
		"https://proxy.test/x": "https://proxy.test/x",
	} {
		if got := base(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
