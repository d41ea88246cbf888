package sim_test

import (
	"bytes"
	"fmt"
	"image"
	"image/gif"
	"image/png"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/sim"
)

// sent uploads a file and gives the answer to finalize.
func (c *caller) sent(category, mediaType string, file []byte) (id string, r reply) {
	c.t.Helper()
	id = c.start(category, mediaType, len(file))
	c.segment(id, "0", file).expect(c.t, 200)
	return id, c.finalize(id)
}

func pngOf(width, height int) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height)))
	return b.Bytes()
}

func gifOf(width, height int) []byte {
	var b bytes.Buffer
	_ = gif.Encode(&b, image.NewGray(image.Rect(0, 0, width, height)), nil)
	return b.Bytes()
}

// TestInspection: which bytes are a file of which category, and which pictures are too small or too
// large.
func TestInspection(t *testing.T) {
	const unrecognized = "media type unrecognized"
	heic := []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")
	for _, tt := range []struct {
		name, category, mediaType string
		file                      []byte
		status                    int
		want                      string
	}{
		{"JPEG", "tweet_image", "image/jpeg", sim.PhotoBytes(40, 30, 1), 200, `"id"`},
		{"PNG", "tweet_image", "image/png", pngOf(40, 30), 200, ""},
		{"PNG under the name JPEG", "tweet_image", "image/jpeg", pngOf(40, 30), 200, ""},
		{"GIF", "tweet_gif", "image/gif", gifOf(40, 30), 200, ""},
		{"MP4", "tweet_video", "video/mp4", sim.VideoBytes(1, 1), 200, ""},
		{"HEIC as a photo", "tweet_image", "image/jpeg", heic, 400, unrecognized},
		{"HEIC as a video", "tweet_video", "video/mp4", heic, 400, unrecognized},
		{"MP4 as a photo", "tweet_image", "image/jpeg", sim.VideoBytes(1, 1), 400, unrecognized},
		{"photo as a video", "tweet_video", "video/mp4", sim.PhotoBytes(40, 30, 1), 400, unrecognized},
		{"photo as a GIF", "tweet_gif", "image/gif", sim.PhotoBytes(40, 30, 1), 400, unrecognized},
		{"a page of HTML", "tweet_image", "image/jpeg", []byte("<!DOCTYPE html>"), 400, unrecognized},
		{"a torn JPEG", "tweet_image", "image/jpeg", sim.PhotoBytes(40, 30, 1)[:9], 400, unrecognized},
		{"a byte", "tweet_image", "image/jpeg", []byte{0xff}, 400, unrecognized},
		{"too narrow", "tweet_image", "image/png", pngOf(3, 30), 400, "Image dimensions must be"},
		{"narrow", "tweet_image", "image/png", pngOf(4, 30), 200, ""},
		{"too wide", "tweet_image", "image/png", pngOf(8193, 4), 400, "Image dimensions must be"},
		{"wide", "tweet_image", "image/png", pngOf(8192, 4), 200, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, r := newCaller(t, sim.Options{}).sent(tt.category, tt.mediaType, tt.file)
			r.expect(t, tt.status, tt.want)
		})
	}
}

// TestVideoLimits: a video longer than the account may post is refused at the step that X chooses.
func TestVideoLimits(t *testing.T) {
	for _, tt := range []struct {
		at             string
		finalize, post int
		state          string
	}{
		{"finalize", 400, 0, ""},
		{"", 200, 400, "failed"},
		{"status", 200, 400, "failed"},
		{"post", 200, 403, "succeeded"},
	} {
		for _, seconds := range []int{60, 61} {
			t.Run(fmt.Sprint(tt.at, seconds), func(t *testing.T) {
				c := newCaller(t, sim.Options{})
				c.w.X().Change(func(r *sim.XRules) { r.MaxVideo, r.VideoLimitAt = time.Minute, tt.at })
				tt := tt
				id, r := c.sent("tweet_video", "video/mp4", sim.VideoBytes(seconds, 1))
				if seconds == 60 {
					tt.finalize, tt.post, tt.state = 200, 201, "succeeded"
				}
				r.expect(t, tt.finalize)
				if tt.finalize != 200 {
					r.expect(t, 400, "Duration too long, maximum:60000, actual:61000")
					return
				}
				c.w.Advance(time.Minute)
				r = c.status(id)
				r.is(t, "data.processing_info.state", tt.state)
				if tt.state == "failed" {
					r.expect(t, 200, "Duration 61000 exceeds max duration 60000")
				}
				r = c.post("a video", id)
				r.expect(t, tt.post)
				if tt.post == 403 {
					r.expect(t, 403, "longer than 1 minutes")
				}
			})
		}
	}
	c := newCaller(t, sim.Options{})
	c.w.X().Change(func(r *sim.XRules) { r.CheckAfter = 5 * time.Minute })
	slow, r := c.sent("tweet_video", "video/mp4", sim.VideoBytes(1, 1))
	r.is(t, "data.processing_info.check_after_secs", "300")
	c.status(slow).is(t, "data.processing_info.check_after_secs", "300")
	id, r := c.sent("tweet_video", "video/mp4", append(sim.VideoBytes(1, 1), "hvc1"...))
	r.expect(t, 200)
	c.status(id).is(t, "data.processing_info.state", "failed")
	id, r = c.sent("tweet_gif", "image/gif", gifOf(1281, 10))
	r.expect(t, 200)
	c.status(id).is(t, "data.processing_info.state", "failed")
}
