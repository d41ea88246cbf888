package sim_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/sim"
)

// published puts photos a, b, c… on Instagram, a second apart, oldest first.
func (c *caller) published(captions string) (ids []string) {
	for _, caption := range captions {
		c.w.Advance(time.Second)
		ids = append(ids,
			c.w.Instagram().Publish(sim.Media{Caption: string(caption),
				Items: []sim.Item{{Kind: "photo", Size: 1}}}))
	}
	return ids
}

func (r reply) captions() string {
	var out string
	for i := 0; r.at(fmt.Sprintf("data.%d.id", i)) != ""; i++ {
		out += r.at(fmt.Sprintf("data.%d.caption", i))
	}
	return out
}

// TestListPages: newest first, by cursors; a page may hold less than was asked for; the last has no
// next.
func TestListPages(t *testing.T) {
	for _, tt := range []struct {
		name     string
		pageSize int
		limit    string
		media    string
		want     []string
	}{
		{"one page", 0, "", "abc", []string{"cba"}},
		{"the limit", 0, "&limit=2", "abcde", []string{"ed", "cb", "a"}},
		{"smaller pages than the limit", 2, "&limit=50", "abcde", []string{"ed", "cb", "a"}},
		{"a page that is just full", 0, "&limit=2", "ab", []string{"ba"}},
		{"25 by default", 100, "", "abcdefghijklmnopqrstuvwxyz", []string{"zyxwvutsrqponmlkjihgfedcb",
			"a"}},
		{"nothing", 0, "", "", []string{""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, sim.Options{PageSize: tt.pageSize})
			c.published(tt.media)
			var got []string
			for query := "?fields=caption" + tt.limit; query != ""; {
				r := c.ig("/v25.0/me/media" + query)
				r.expect(t, 200)
				got, query = append(got, r.captions()), ""
				if r.at("paging.next") != "" {
					query = "?fields=caption" + tt.limit + "&after=" + r.at("paging.cursors.after")
				}
			}
			if diff := cmp.Diff(got, tt.want); diff != "" {
				t.Errorf("pages (-got +want):\n%s", diff)
			}
		})
	}
}

// TestNextAddress: it leads to the next page at the host that was asked, with the same fields and
// the token in it.
func TestNextAddress(t *testing.T) {
	c := newCaller(t, sim.Options{PageSize: 1})
	c.published("ab")
	fb := c.w.Instagram().FacebookEnv()["INSTAGRAM_TOKEN"]
	next := c.fb("/v25.0/" + igID + "/media?fields=caption").at("paging.next")
	u, err := url.Parse(next)
	if err != nil || u.Host != "graph.facebook.com" || u.Query().Get("access_token") != fb {
		t.Errorf("next = %s", next)
	}
	r := c.send("GET", next, "")
	r.expect(t, 200)
	if got := r.captions() + r.at("paging.next"); got != "a" {
		t.Errorf("page and next = %q, want a and none", got)
	}
}

// TestThinPages: a page can be empty while more follow.
func TestThinPages(t *testing.T) {
	c := newCaller(t, sim.Options{PageSize: 1})
	c.published("a")
	c.w.Advance(time.Second)
	c.w.Instagram().Publish(sim.Media{Caption: "hidden", Hidden: true,
		Items: []sim.Item{{Kind: "photo"}}})
	r := c.ig("/v25.0/me/media?fields=caption")
	r.expect(t, 200, `"data":[]`)
	r = c.ig("/v25.0/me/media?fields=caption&after=" + r.at("paging.cursors.after"))
	if got := r.captions(); got != "a" {
		t.Errorf("second page = %q, want a", got)
	}
}

// TestListQuery: what is asked of the list, and what is refused.
func TestListQuery(t *testing.T) {
	for _, tt := range []struct {
		name, query string
		status      int
		want        string
	}{
		{"ids only", "", 200, ""},
		{"since", "fields=caption&since=1795424402", 200, "cb"},
		{"until", "fields=caption&until=1795424402", 200, "ba"},
		{"since and until", "fields=caption&since=1795424402&until=1795424402", 200, "b"},
		{"unknown field", "fields=id,captions", 400,
			"(#100) Tried accessing nonexisting field (captions) on node type (Media)"},
		{"unknown field of children", "fields=id,children{id,url},caption", 400,
			"nonexisting field (url)"},
		{"a cursor of another list", "after=MTIz", 400, "(#100) Invalid cursor"},
		{"a broken cursor", "after=%25", 400, "(#100) Invalid cursor"},
		{"no limit", "limit=0", 400, "(#100)"},
		{"a limit in words", "limit=ten", 400, "(#100)"},
		{"a date in words", "since=yesterday", 400, "(#100)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			c.published("abc")
			r := c.ig("/v25.0/me/media?" + tt.query)
			r.expect(t, tt.status)
			if tt.status == 200 && r.captions() != tt.want {
				t.Errorf("captions = %q, want %q", r.captions(), tt.want)
			}
			if tt.status != 200 {
				r.expect(t, tt.status, tt.want, `"code":100`)
			}
		})
	}
}

// TestUnpublish: a media that was deleted is not listed.
func TestUnpublish(t *testing.T) {
	c := newCaller(t, sim.Options{})
	ids := c.published("abc")
	c.w.Instagram().Unpublish(ids[1])
	if got := c.ig("/v25.0/me/media?fields=caption").captions(); got != "ca" {
		t.Errorf("captions = %q, want ca", got)
	}
}

// TestMediaFields: the fields that apply to a media are there, the others are left out.
func TestMediaFields(t *testing.T) {
	photo, video := sim.Item{Kind: "photo", AltText: "A mug", Size: 1},
		sim.Item{Kind: "video", Size: 1}
	const all = "caption,media_type,media_product_type,permalink,shortcode,timestamp,username,alt_text,is_shared_to_feed"
	for _, tt := range []struct {
		name   string
		media  sim.Media
		fields string
		want   map[string]string
	}{
		{"photo", sim.Media{Caption: "hi", Items: []sim.Item{photo}}, all, map[string]string{
			"caption": "hi", "media_type": "IMAGE", "media_product_type": "FEED", "alt_text": "A mug",
			"is_shared_to_feed": "", "username": "kamo.mugs",
			"timestamp": "2026-11-23T09:00:00+0000", "permalink": "https://www.instagram.com/p/C000000001/",
			"shortcode": "C000000001",
		}},
		{"reel", sim.Media{Items: []sim.Item{video}}, all, map[string]string{
			"caption": "", "media_type": "VIDEO", "media_product_type": "REELS", "alt_text": "",
			"is_shared_to_feed": "true",
			"permalink":         "https://www.instagram.com/reel/C000000001/",
		}},
		{"video in the feed, by somebody else", sim.Media{ProductType: "FEED", Username: "kiln",
			Items: []sim.Item{video}}, all, map[string]string{
			"media_type": "VIDEO", "media_product_type": "FEED", "username": "kiln", "is_shared_to_feed": "",
		}},
		{"carousel", sim.Media{Items: []sim.Item{photo, video}},
			"media_type,media_url,children{media_type,alt_text,permalink}", map[string]string{
				"media_type": "CAROUSEL_ALBUM", "media_url": "", "children.data.0.media_type": "IMAGE",
				"children.data.0.alt_text":  "A mug",
				"children.data.0.permalink": "", "children.data.1.media_type": "VIDEO",
				"children.data.1.media_url": "", "children.data.2": "",
				"children.data.1.id": "17800000000000101",
			}},
		{"children without fields", sim.Media{Items: []sim.Item{photo, photo}}, "children",
			map[string]string{
				"children.data.0.id": "17800000000000100", "children.data.0.media_type": "", "media_type": "",
			}},
		{"not a carousel", sim.Media{Items: []sim.Item{photo}}, "children{id}",
			map[string]string{"children": ""}},
		{"a reel with music", sim.Media{Items: []sim.Item{{Kind: "video", NoURL: true}}}, "media_url",
			map[string]string{"media_url": ""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			c.w.Instagram().Publish(tt.media)
			for _, r := range []reply{c.ig("/v25.0/me/media?fields=" + tt.fields),
				c.fb("/v25.0/" + igID + "/media?fields=" + tt.fields)} {
				r.expect(t, 200)
				for path, want := range tt.want {
					r.is(t, "data.0."+path, want)
				}
			}
		})
	}
}

// TestMediaAddress: an address is good for as long as it was signed, with no token, and not when it
// is changed.
func TestMediaAddress(t *testing.T) {
	c := newCaller(t, sim.Options{SignedFor: time.Hour})
	content := []byte("the whole file")
	c.w.Instagram().Publish(sim.Media{Items: []sim.Item{{Kind: "photo", Bytes: content}}})
	address := c.ig("/v25.0/me/media?fields=media_url").at("data.0.media_url")
	r := c.send("GET", address, "")
	r.expect(t, 200, string(content))
	if got := r.header.Get("Content-Type"); got != "image/jpeg" {
		t.Errorf("type = %q", got)
	}
	later, _ := url.Parse(address)
	q := later.Query()
	q.Set("oe", "7FFFFFFF")
	later.RawQuery = q.Encode()
	c.send("GET", later.String(), "").expect(t, 403, "URL signature mismatch")
	c.send("GET", "https://media.sim.example/file/1?oh=1&oe=7FFFFFFF", "").expect(t, 404)
	c.send("POST", address, "").expect(t, 405)
	c.w.Advance(time.Hour)
	c.send("GET", address, "").expect(t, 200)
	c.w.Advance(time.Second)
	r = c.send("GET", address, "")
	r.expect(t, 403, "URL signature expired")
	if got := r.header.Get("Content-Type"); !strings.HasPrefix(got, "text/plain") {
		t.Errorf("type = %q", got)
	}
}

// TestRange: a part of a file, of a kept one and of one that is made as it is read.
func TestRange(t *testing.T) {
	for _, it := range []sim.Item{{Kind: "photo", Bytes: bytes.Repeat([]byte("0123456789"), 30000)},
		{Kind: "video", Size: 300000}} {
		c := newCaller(t, sim.Options{})
		c.w.Instagram().Publish(sim.Media{Items: []sim.Item{it}})
		address := c.ig("/v25.0/me/media?fields=media_url").at("data.0.media_url")
		whole := c.send("GET", address, "")
		whole.expect(t, 200)
		if len(whole.body) != 300000 {
			t.Fatalf("size = %d, want 300000", len(whole.body))
		}
		etag := whole.header.Get("ETag")
		for _, tt := range []struct {
			ask, only  string
			status     int
			start, end int
		}{
			{"bytes=0-9", "", 206, 0, 10},
			{"bytes=131071-131073", "", 206, 131071, 131074},
			{"bytes=299990-", "", 206, 299990, 300000},
			{"bytes=-5", "", 206, 299995, 300000},
			{"bytes=5-9", etag, 206, 5, 10},
			{"bytes=5-9", `"another"`, 200, 0, 300000},
			{"bytes=300000-", "", 416, 0, 0},
		} {
			headers := []string{"Range: " + tt.ask}
			if tt.only != "" {
				headers = append(headers, "If-Range: "+tt.only)
			}
			r := c.send("GET", address, "", headers...)
			if r.status != tt.status || tt.status != 416 && r.body != whole.body[tt.start:tt.end] {
				t.Errorf("%s %s: status %d with %d bytes, want %d with %d to %d", it.Kind, tt.ask, r.status,
					len(r.body), tt.status, tt.start, tt.end)
			}
		}
	}
}

// TestPictures: generated files are what they say, and the cover of a video is an image.
func TestPictures(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.w.Instagram().Publish(sim.Media{Items: []sim.Item{{Kind: "video"}}})
	c.w.Advance(time.Second)
	c.w.Instagram().Publish(sim.Media{Items: []sim.Item{{Kind: "photo"}}})
	r := c.ig("/v25.0/me/media?fields=media_url,thumbnail_url")
	for path, want := range map[string]string{"data.0.media_url": "image/jpeg",
		"data.1.media_url": "video/mp4", "data.1.thumbnail_url": "image/jpeg"} {
		file := c.send("GET", r.at(path), "")
		if got := http.DetectContentType([]byte(file.body)); got != want ||
			file.header.Get("Content-Type") != want {
			t.Errorf("%s is %s, sent as %s, want %s", path, got, file.header.Get("Content-Type"), want)
		}
	}
	if bytes.Equal(sim.PhotoBytes(64, 64, 1), sim.PhotoBytes(64, 64, 2)) ||
		bytes.Equal(sim.VideoBytes(1, 1), sim.VideoBytes(1, 2)) {
		t.Error("two seeds make the same file")
	}
}

// TestListOrder: pinned media stand first, late ones come later, archived ones go and come back,
// and a timestamp may lie ahead. media_count counts what the list does not show yet.
func TestListOrder(t *testing.T) {
	c := newCaller(t, sim.Options{PageSize: 2})
	photo := func(caption string, m sim.Media) string {
		m.Caption, m.Items = caption, []sim.Item{{Kind: "photo"}}
		c.w.Advance(time.Minute)
		return c.w.Instagram().Publish(m)
	}
	old := photo("O", sim.Media{Pinned: true})
	photo("a", sim.Media{})
	photo("L", sim.Media{Late: 10 * time.Minute})
	photo("b", sim.Media{})
	ahead := photo("F", sim.Media{Timestamp: c.w.Now().Add(time.Hour)})
	list := func() (out string) {
		for r := c.ig("/v25.0/me/media?fields=caption"); ; {
			out += r.captions()
			next := r.at("paging.next")
			if next == "" {
				return out
			}
			r = c.send("GET", next, "")
		}
	}
	count := func() string { return c.ig("/v25.0/me?fields=media_count").at("media_count") }
	want := func(captions, n string) {
		t.Helper()
		if got := list(); got != captions || count() != n {
			t.Errorf("list %q of %s, want %q of %s", got, count(), captions, n)
		}
	}
	want("OFba", "5")
	c.w.Advance(10 * time.Minute)
	want("OFbLa", "5")
	c.w.Instagram().Archive(ahead)
	want("ObLa", "4")
	c.w.Instagram().Unarchive(ahead)
	c.w.Instagram().Edit(old, func(m *sim.Media) { m.Pinned, m.Caption = false, "o" })
	want("FbLao", "5")
	c.w.Instagram().Edit(old, func(m *sim.Media) { m.Pinned = true })
	want("oFbLa", "5")
	c.w.Instagram().Edit(old, func(m *sim.Media) { m.Pinned = false })
	c.w.Instagram().Unpublish(ahead)
	want("bLao", "4")
}

// TestOtherAccount: another account's token lists another account's media.
func TestOtherAccount(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.published("a")
	token := c.w.Instagram().AddAccount("17841400000000002", "other.mugs")
	c.w.Instagram().Publish(sim.Media{Account: "17841400000000002", Caption: "theirs",
		Items: []sim.Item{{Kind: "photo"}}})
	get := func(path string) reply {
		return c.send("GET", graph+path, "", "Authorization: Bearer "+token)
	}
	r := get("/v25.0/me?fields=user_id,username,media_count")
	r.is(t, "user_id", "17841400000000002")
	r.is(t, "username", "other.mugs")
	r.is(t, "media_count", "1")
	r = get("/v25.0/me/media?fields=caption,username,owner{id}")
	r.is(t, "data.0.caption", "theirs")
	r.is(t, "data.0.owner.id", "17841400000000002")
	get("/v25.0/"+igID+"/media").expect(t, 400, "does not exist")
	c.ig("/v25.0/me/media?fields=caption").is(t, "data.0.caption", "a")
	c.w.Advance(25 * time.Hour)
	renewed := get("/refresh_access_token?grant_type=ig_refresh_token&access_token=" + token)
	renewed.expect(t, 200)
	token = renewed.at("access_token")
	c.w.Instagram().NewToken() // ends the first account's tokens, and not this one's
	get("/v25.0/me?fields=username").is(t, "username", "other.mugs")
	c.ig("/v25.0/me").expect(t, 400)
}

// TestRenamedAccount: its media carry the name it has now, somebody else's keep theirs and have no
// owner.
func TestRenamedAccount(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.w.Instagram().Publish(sim.Media{Items: []sim.Item{{Kind: "photo"}}})
	c.w.Advance(time.Minute)
	c.w.Instagram().Publish(sim.Media{Username: "friend", Items: []sim.Item{{Kind: "photo"}},
		AIGenerated: true})
	c.w.Instagram().SetAccount(func(a *sim.Account) { a.Username = "new.name" })
	r := c.ig("/v25.0/me/media?fields=username,owner{id},is_ai_generated")
	r.is(t, "data.0.username", "friend")
	r.is(t, "data.0.owner", "")
	r.is(t, "data.0.is_ai_generated", "true")
	r.is(t, "data.1.username", "new.name")
	r.is(t, "data.1.owner.id", igID)
	r.is(t, "data.1.is_ai_generated", "false")
}

// TestFieldsTakenBack: a list that refuses one field refuses the request, also for a child's field.
func TestFieldsTakenBack(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.published("a")
	c.w.Instagram().SetAccount(func(a *sim.Account) { a.NoFields = []string{"alt_text"} })
	const no = "(#100) Tried accessing nonexisting field (alt_text) on node type (Media)"
	c.ig("/v25.0/me/media?fields=id,alt_text").expect(t, 400, no)
	c.ig("/v25.0/me/media?fields=children{alt_text}").expect(t, 400, no)
	c.ig("/v25.0/me/media?fields=id,caption").expect(t, 200)
}

// TestFilesOfAnotherKind: the media host says what the bytes are, and the list what it wants.
func TestFilesOfAnotherKind(t *testing.T) {
	c := newCaller(t, sim.Options{})
	for kind, want := range map[string]string{
		"jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "heic": "image/heic",
		"mp4": "video/mp4",
	} {
		b := sim.VideoBytes(1, 1)
		if kind != "mp4" {
			b = sim.PictureBytes(kind, 40, 30, 1)
		}
		c.w.Advance(time.Minute)
		id := c.w.Instagram().Publish(sim.Media{Items: []sim.Item{{Kind: "photo", Bytes: b}}})
		r := c.ig("/v25.0/me/media?fields=media_type,media_url")
		r.is(t, "data.0.media_type", "IMAGE")
		file := c.send("GET", r.at("data.0.media_url"), "")
		if got := file.header.Get("Content-Type"); got != want || file.body != string(b) {
			t.Errorf("%s: Content-Type = %q, %d bytes", kind, got, len(file.body))
		}
		part := c.send("GET", r.at("data.0.media_url"), "", "Range: bytes=0-0")
		if got := part.header.Get("Content-Range"); part.status != 206 || len(part.body) != 1 ||
			got != fmt.Sprintf("bytes 0-0/%d", len(b)) {
			t.Errorf("%s: range: %d, %d bytes, %s", kind, part.status, len(part.body), got)
		}
		// A fault can name the file.
		c.w.Fail(sim.Fault{Service: "media", Call: "GET /file/" + c.w.Instagram().Files(id)[0],
			Status: 404})
		c.send("GET", r.at("data.0.media_url"), "").expect(t, 404)
	}
}

// TestReelWithoutFile: media_url is left out, and the cover with it or not.
func TestReelWithoutFile(t *testing.T) {
	c := newCaller(t, sim.Options{})
	for _, bare := range []bool{false, true} {
		c.w.Advance(time.Minute)
		c.w.Instagram().Publish(sim.Media{Items: []sim.Item{{Kind: "video", NoURL: true,
			NoThumbnail: bare}}})
		r := c.ig("/v25.0/me/media?fields=media_url,thumbnail_url,media_product_type")
		r.is(t, "data.0.media_url", "")
		r.is(t, "data.0.media_product_type", "REELS")
		if got := r.at("data.0.thumbnail_url") == ""; got != bare {
			t.Errorf("without a cover: %v, want %v", got, bare)
		}
	}
}
