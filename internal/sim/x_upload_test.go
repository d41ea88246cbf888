package sim_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/sim"
)

const maxSegment = 4 << 20

// TestInitialize: what may be announced.
func TestInitialize(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		status     int
		want       string
	}{
		{"photo", `{"media_category":"tweet_image","media_type":"image/jpeg","total_bytes":10}`, 200,
			`"media_key":"3_`},
		{"video", `{"media_category":"tweet_video","media_type":"video/mp4","total_bytes":10}`, 200,
			`"media_key":"7_`},
		{"GIF", `{"media_category":"tweet_gif","media_type":"image/gif","total_bytes":10}`, 200,
			`"expires_after_secs":86399`},
		{"largest", `{"media_category":"tweet_video","media_type":"video/mp4","total_bytes":8589934592}`,
			200, `"id":"`},
		{"too large",
			`{"media_category":"tweet_video","media_type":"video/mp4","total_bytes":8589934593}`, 400,
			"$.total_bytes: number must be at most 8589934592"},
		{"empty", `{"media_category":"tweet_image","media_type":"image/jpeg","total_bytes":0}`, 400,
			"Invalid Request"},
		{"type of another category",
			`{"media_category":"tweet_image","media_type":"video/mp4","total_bytes":1}`, 400,
			"Invalid Request"},
		{"unknown type", `{"media_category":"tweet_image","media_type":"image/heic","total_bytes":1}`,
			400, "Invalid Request"},
		{"unknown category", `{"media_category":"picture","media_type":"image/jpeg","total_bytes":1}`,
			400, "Invalid Request"},
		{"unknown field",
			`{"media_category":"tweet_image","media_type":"image/jpeg","total_bytes":1,"command":"INIT"}`,
			400, "command"},
		{"field in capitals",
			`{"Media_category":"tweet_image","media_type":"image/jpeg","total_bytes":1}`, 400,
			"Media_category"},
		{"size as text", `{"media_category":"tweet_image","media_type":"image/jpeg","total_bytes":"1"}`,
			400, "Invalid Request"},
		{"no object", `[]`, 400, "Request body must be a JSON object."},
		{"null", `null`, 400, "Request body must be a JSON object."},
		{"nothing", ``, 400, "Request body must be a JSON object."},
		{"two objects", `{}{}`, 400, "Request body must be a JSON object."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			newCaller(t, sim.Options{}).x("POST", "/2/media/upload/initialize", tt.body).expect(t, tt.status,
				tt.want)
		})
	}
}

// part is a segment of an upload and how it is taken.
type part struct {
	index  string
	bytes  string
	status int
}

// TestSegments: they may come in any order and again, and must be whole before finalize.
func TestSegments(t *testing.T) {
	const a, b = "\x00\x00\x00\x18f", "typisom"
	big := a + b + strings.Repeat("v", 4<<20-12)
	for _, tt := range []struct {
		name     string
		total    int
		parts    []part
		finalize int
	}{
		{"in order", 12, []part{{"0", a, 200}, {"1", b, 200}}, 200},
		{"out of order", 12, []part{{"1", b, 200}, {"0", a, 200}}, 200},
		{"sent again", 12, []part{{"0", a, 200}, {"0", a, 200}, {"1", b, 200}}, 200},
		{"a gap", 12, []part{{"0", a, 200}, {"2", b, 200}}, 400},
		{"the first is missing", 5, []part{{"1", a, 200}}, 400},
		{"the last is missing", 12, []part{{"0", a, 200}}, 400},
		{"more than announced", 5, []part{{"0", a, 200}, {"1", b, 200}}, 400},
		{"none", 5, nil, 400},
		{"the largest segment", 4 << 20, []part{{"0", big, 200}}, 200},
		{"a byte more", 4<<20 + 1, []part{{"0", big + "v", 413}}, 400},
		{"much more, refused by its length", 5 << 20, []part{{"0", big + big[:1<<20], 413}}, 400},
		{"the last index", 5, []part{{"999", a, 200}}, 400},
		{"one too many", 5, []part{{"1000", a, 400}}, 400},
		{"negative", 5, []part{{"-1", a, 400}}, 400},
		{"no number", 5, []part{{"x", a, 400}}, 400},
		{"an empty segment", 5, []part{{"0", "", 400}}, 400},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			id := c.start("tweet_video", "video/mp4", tt.total)
			for _, p := range tt.parts {
				c.segment(id, p.index, []byte(p.bytes)).expect(t, p.status)
			}
			r := c.finalize(id)
			r.expect(t, tt.finalize)
			if tt.finalize == 200 {
				r.is(t, "data.processing_info.state", "pending")
				r.is(t, "data.size", fmt.Sprint(tt.total))
			}
		})
	}
}

// TestThousandSegments: X takes as many as it says, and no more.
func TestThousandSegments(t *testing.T) {
	c := newCaller(t, sim.Options{})
	id, file := c.start("tweet_video", "video/mp4", 1000), sim.VideoBytes(1, 1)
	for i := range 1000 {
		c.segment(id, fmt.Sprint(i), file[i:i+1]).expect(t, 200)
	}
	c.segment(id, "1000", []byte("v")).expect(t, 400)
	c.finalize(id).expect(t, 200)
}

// TestAppendForms: a form of two fields, or JSON with both; nothing else.
func TestAppendForms(t *testing.T) {
	const head, middle = "--b\r\nContent-Disposition: form-data; name=", "\r\n\r\n"
	field := func(name, value string) string {
		return head + `"` + name + `"` + middle + value +
			"\r\n"
	}
	for _, tt := range []struct {
		name, contentType, body string
		status                  int
	}{
		{"JSON", "application/json", `{"media":"Qk14eA==","segment_index":0}`, 200},
		{"JSON without an index", "application/json", `{"media":"Qk14eA=="}`, 400},
		{"JSON with more", "application/json",
			`{"media":"Qk14eA==","segment_index":0,"command":"APPEND"}`, 400},
		{"form", "multipart/form-data; boundary=b", field("media", "BMxx") + field("segment_index", "0") +
			"--b--\r\n", 200},
		{"form with more", "multipart/form-data; boundary=b", field("media", "BMxx") +
			field("segment_index", "0") + field("command", "APPEND") + "--b--\r\n", 400},
		{"form without an index", "multipart/form-data; boundary=b", field("media", "BMxx") + "--b--\r\n",
			400},
		{"form that breaks off", "multipart/form-data; boundary=b", field("segment_index", "0") +
			field("media", "BMxx"), 400},
		{"bare bytes", "application/octet-stream", "BMxx", 400},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			id := c.start("tweet_image", "image/jpeg", 4)
			r := c.send("POST", xHost+"/2/media/upload/"+id+"/append", tt.body,
				"Authorization: Bearer "+c.env["X_ACCESS_TOKEN"], "Content-Type: "+tt.contentType)
			r.expect(t, tt.status)
			c.finalize(id).expect(t, tt.status)
		})
	}
}

// TestFinalize: an image is ready at once and has no STATUS; the digest is that of the file;
// nothing is added after it.
func TestFinalize(t *testing.T) {
	c := newCaller(t, sim.Options{})
	id := c.start("tweet_image", "image/png", 8)
	c.segment(id, "1", []byte("file"))
	c.segment(id, "0", []byte("BMre"))
	for _, body := range []string{"[]", `{"media_id":"1"}`, "finalize"} {
		c.x("POST", "/2/media/upload/"+id+"/finalize", body).expect(t, 400)
	}
	c.x("POST", "/2/media/upload/"+id+"/finalize", "").expect(t, 200) // as X's own clients send it
	r := c.finalize(id)
	r.expect(t, 200)
	r.is(t, "data.processing_info", "")
	r.is(t, "data.image.image_type", "image/png")
	c.finalize(id).expect(t, 200)
	c.segment(id, "2", []byte("late")).expect(t, 400)
	c.status(id).expect(t, 400, "BadRequest: Not found")
	c.post("a photo", id).expect(t, 201)
	sum := sha256.Sum256([]byte("BMrefile"))
	if got, want := c.w.X().Tweets()[0].Media[0].SHA256, hex.EncodeToString(sum[:]); got != want {
		t.Errorf("digest = %s, want %s", got, want)
	}
}

// TestUploadsThatAreNotThere: X knows no such file, in three ways.
func TestUploadsThatAreNotThere(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.segment("123", "0", []byte("BMxx")).expect(t, 404)
	c.finalize("123").expect(t, 404)
	c.status("123").expect(t, 400, "BadRequest: Not found")
	c.x("POST", "/2/media/metadata", `{"id":"123","metadata":{"alt_text":{"text":"a"}}}`).expect(t,
		400)
	c.x("GET", "/2/media/upload?command=INIT&media_id=123", "").expect(t, 400)
}

// TestTooLargeForItsCategory: a photo has 5 MiB, a GIF 15.
func TestTooLargeForItsCategory(t *testing.T) {
	for _, tt := range []struct {
		category, mediaType string
		size, status        int
	}{
		{"tweet_image", "image/jpeg", 5 << 20, 200},
		{"tweet_image", "image/jpeg", 5<<20 + 1, 400},
		{"tweet_gif", "image/gif", 5<<20 + 1, 200},
	} {
		t.Run(fmt.Sprint(tt.category, tt.size), func(t *testing.T) {
			c := newCaller(t, sim.Options{NoHash: true})
			id := c.start(tt.category, tt.mediaType, tt.size)
			for i := 0; i*maxSegment < tt.size; i++ {
				b := make([]byte, min(maxSegment, tt.size-i*maxSegment))
				if i == 0 {
					copy(b, map[string]string{"tweet_image": "BM", "tweet_gif": "GIF89a\x08\x00\x08"}[tt.category])
				}
				c.segment(id, fmt.Sprint(i), b).expect(t, 200)
			}
			c.finalize(id).expect(t, tt.status)
		})
	}
}

// TestProcessing: a video is ready by the clock, or at the third question; until then it can't be
// posted.
func TestProcessing(t *testing.T) {
	c := newCaller(t, sim.Options{Processing: time.Minute})
	id := c.uploaded("tweet_video", "video/mp4")
	c.post("too soon", id).expect(t, 400, "Your media IDs are invalid.")
	for _, want := range []string{"pending", "in_progress", "succeeded"} {
		r := c.status(id)
		r.expect(t, 200)
		r.is(t, "data.processing_info.state", want)
	}
	c.post("asked for", id).expect(t, 201)

	id = c.uploaded("tweet_video", "video/mp4")
	c.w.Advance(time.Minute)
	r := c.status(id)
	r.is(t, "data.processing_info.state", "succeeded")
	r.is(t, "data.processing_info.check_after_secs", "")
	c.post("waited for", id).expect(t, 201)
}

// TestRejectedVideos: each of the places where X refuses a video; photos pass all of them.
func TestRejectedVideos(t *testing.T) {
	const announce = `{"media_category":"tweet_video","media_type":"video/mp4","total_bytes":4}`
	for _, tt := range []struct {
		how                      string
		announce, status, posted int
		state, want              string
	}{
		{"", 200, 200, 201, "succeeded", ""},
		{"upload", 400, 0, 0, "", ""},
		{"processing", 200, 200, 400, "failed", "Your media IDs are invalid."},
		{"never", 200, 200, 400, "in_progress", "Your media IDs are invalid."},
		{"unfinished", 200, 200, 400, "in_progress", "Your media IDs are invalid."},
		{"gone", 200, 404, 201, "", ""},
		{"not-found", 200, 400, 201, "", ""},
		{"too-long", 200, 200, 403, "succeeded",
			"This user is not allowed to post a video longer than 2 minutes."},
	} {
		t.Run("how "+tt.how, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			c.w.X().RejectVideos(tt.how)
			c.post("a photo", c.uploaded("tweet_image", "image/jpeg")).expect(t, 201)
			if c.x("POST", "/2/media/upload/initialize", announce).expect(t,
				tt.announce); tt.announce != 200 {
				return
			}
			id := c.uploaded("tweet_video", "video/mp4")
			c.w.Advance(time.Hour)
			r := c.status(id)
			r.expect(t, tt.status)
			r.is(t, "data.processing_info.state", tt.state)
			if tt.how == "unfinished" {
				r.is(t, "data.processing_info.error.name", "InvalidMedia")
				r.is(t, "data.processing_info.progress_percent", "99")
			}
			if tt.state == "failed" {
				r.is(t, "data.processing_info.error.code", "3")
				r.is(t, "data.processing_info.error.name", "UnsupportedMedia")
			}
			c.post("a video", id).expect(t, tt.posted, tt.want)
		})
	}
}

// TestAltText: for images and GIFs, after they are there, up to 1000 characters.
func TestAltText(t *testing.T) {
	for _, tt := range []struct {
		name, category, mediaType, body string
		status                          int
		want                            string
	}{
		{"photo", "tweet_image", "image/jpeg", `{"id":"%s","metadata":{"alt_text":{"text":"A mug"}}}`,
			200, `"alt_text":{"text":"A mug"}`},
		{"GIF", "tweet_gif", "image/gif", `{"id":"%s","metadata":{"alt_text":{"text":"A mug"}}}`, 200,
			""},
		{"1000 characters", "tweet_image", "image/jpeg", `{"id":"%s","metadata":{"alt_text":{"text":"` +
			strings.Repeat("猫", 1000) + `"}}}`, 200, ""},
		{"1001 characters", "tweet_image", "image/jpeg", `{"id":"%s","metadata":{"alt_text":{"text":"` +
			strings.Repeat("猫", 1001) + `"}}}`, 400, ""},
		{"video", "tweet_video", "video/mp4", `{"id":"%s","metadata":{"alt_text":{"text":"A mug"}}}`, 400,
			""},
		{"the older shape", "tweet_image", "image/jpeg", `{"media_id":"%s","alt_text":{"text":"A mug"}}`,
			400, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			id := c.uploaded(tt.category, tt.mediaType)
			c.x("POST", "/2/media/metadata", fmt.Sprintf(tt.body, id)).expect(t, tt.status, tt.want)
			if got, want := c.w.X().Spent(), map[int]float64{200: 0.005}[tt.status]; got != want {
				t.Errorf("spent = %v, want %v", got, want)
			}
		})
	}
}

// TestMediaGrowOld: what was uploaded a day ago can't be posted, asked for or described.
func TestMediaGrowOld(t *testing.T) {
	c := newCaller(t, sim.Options{})
	photo, video := c.uploaded("tweet_image", "image/jpeg"), c.uploaded("tweet_video", "video/mp4")
	c.w.Advance(24*time.Hour + time.Second)
	_, c.env["X_ACCESS_TOKEN"] = c.w.X().Login()
	c.post("late", photo).expect(t, 400, "Your media IDs are invalid.")
	c.status(video).expect(t, 400, "BadRequest: Not found")
	c.x("POST", "/2/media/metadata",
		`{"id":"`+photo+`","metadata":{"alt_text":{"text":"a"}}}`).expect(t, 400)
}
