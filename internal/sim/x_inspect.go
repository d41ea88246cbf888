package sim

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // so that image.DecodeConfig knows GIF
	_ "image/jpeg" // and JPEG
	_ "image/png"  // and PNG
	"io"
	"time"
)

// headSize is how much of a file is kept for looking at it. It holds the frame header of a JPEG
// with a large colour profile, and the movie header of a video that begins with it.
const headSize = 256 << 10

// kindOf tells a file by how it begins: "image", "gif", "video", or "" for anything else. HEIC,
// which X does not take, is a container like MP4 and known by its brand.
func kindOf(head []byte) string {
	has := func(at int, magic string) bool {
		return len(head) >= at+len(magic) && string(head[at:at+len(magic)]) == magic
	}
	switch {
	case has(0, "GIF87a"), has(0, "GIF89a"):
		return "gif"
	case has(0, "\xff\xd8\xff"), has(0, "\x89PNG\r\n\x1a\n"), has(0, "BM"),
		has(0, "RIFF") && has(8, "WEBP"), has(0, "II*\x00"), has(0, "MM\x00*"):
		return "image"
	case has(4, "ftyp") && !has(8, "hei") && !has(8, "hev") && !has(8, "mif1") && !has(8, "avif"):
		return "video"
	case has(0, "\x1a\x45\xdf\xa3"), has(0, "G") && has(188, "G"):
		return "video"
	}
	return ""
}

// inspect looks at a file that is complete. It returns the words in which X refuses the file, or
// "".
func (x *xSide) inspect(u *upload) (wrong string) {
	// https://github.com/sferik/x-ruby/issues/54: a refusal of some files, JPEGs among them.
	const unrecognized = "media type unrecognized"
	if x.w.o.NoHash {
		return ""
	}
	wanted := map[string]string{"tweet_image": "image", "tweet_gif": "gif", "tweet_video": "video"}
	if kindOf(u.head) != wanted[u.Category] {
		return unrecognized
	}
	if u.Category == "tweet_video" {
		u.length = lengthOf(u.head)
		switch {
		case x.rejects == "finalize":
			return unrecognized
		case x.rules.VideoLimitAt == "finalize" && u.length > x.maxVideo():
			// https://github.com/jublo/codebird-php/issues/188
			return fmt.Sprintf("Duration too long, maximum:%d, actual:%d",
				x.maxVideo().Milliseconds(), u.length.Milliseconds())
		}
		return ""
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(u.head))
	cut := errors.Is(err, io.ErrUnexpectedEOF) && u.total > headSize
	// BMP, TIFF and WebP are not looked into
	if err != nil && !cut && !errors.Is(err, image.ErrFormat) {
		return unrecognized
	}
	u.Width, u.Height = c.Width, c.Height
	if err == nil && (min(c.Width, c.Height) < 4 || max(c.Width, c.Height) > 8192) {
		// https://github.com/DocNow/diffengine/issues/18
		return "Image dimensions must be >= 4x4 and <= 8192x8192"
	}
	return ""
}

// maxVideo is the longest video that the account may post.
// https://docs.x.com/x-api/media/quickstart/best-practices, as of 2026-08: 0.5 s to 20 min
func (x *xSide) maxVideo() time.Duration {
	if x.rules.MaxVideo > 0 {
		return x.rules.MaxVideo
	}
	return 20 * time.Minute
}

// reason is why X can't use a file that it has looked at: the name and the words of STATUS's error.
type reason string

// json is a failure as STATUS tells it. https://github.com/plhery/node-twitter-api-v2/issues/243
func (r reason) json() object {
	if r == "" {
		r = "Duration 1300000 exceeds max duration 1200000"
	}
	return object{"code": 3, "name": "UnsupportedMedia", "message": string(r)}
}

// unplayable says why X can't use a video or a GIF, "" if it can.
func (x *xSide) unplayable(u *upload) reason {
	at := x.rules.VideoLimitAt
	switch {
	case u.Category == "tweet_gif" && (u.Width > 1280 || u.Height > 1080):
		return "GIF dimensions exceed 1280x1080" // the words are ours: X's are not known
	case u.Category != "tweet_video":
		return ""
	case bytes.Contains(u.head, []byte("hvc1")), bytes.Contains(u.head, []byte("hev1")):
		return "file is currently unsupported" // H.265: X wants H.264
	case (at == "" || at == "status") && u.length > x.maxVideo():
		return reason(fmt.Sprintf("Duration %d exceeds max duration %d",
			u.length.Milliseconds(), x.maxVideo().Milliseconds()))
	}
	return ""
}

// lengthOf reads a video's length from its movie header, 0 where the head does not hold it.
func lengthOf(head []byte) time.Duration {
	i := bytes.Index(head, []byte("mvhd"))
	if i < 0 || len(head) < i+24 || head[i+4] != 0 {
		return 0
	}
	scale := binary.BigEndian.Uint32(head[i+16:])
	length := binary.BigEndian.Uint32(head[i+20:])
	if scale == 0 {
		return 0
	}
	return time.Duration(length) * time.Second / time.Duration(scale)
}
