package mediahost

import (
	"bytes"
	"slices"
	"strings"
)

// sniff tells a file's type by its first bytes, "" for what is neither a photo nor a video. Neither
// Content-Type nor Instagram's media_type is asked: both have been wrong.
// Source: https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern
func sniff(head []byte) string {
	has := func(at int, s string) bool {
		return len(head) >= at+len(s) && string(head[at:at+len(s)]) == s
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return "image/jpeg"
	case has(0, "\x89PNG\r\n\x1a\n"):
		return "image/png"
	case has(0, "GIF87a"), has(0, "GIF89a"):
		return "image/gif"
	case has(0, "RIFF") && has(8, "WEBP"):
		return "image/webp"
	case has(0, "\x1aE\xdf\xa3"):
		return "video/webm"
	case has(4, "ftyp") && len(head) >= 12:
		return container(string(head[8:12]))
	}
	return ""
}

// container tells what is in MP4's container by its major brand: X takes no HEIC and no AVIF.
// Source: https://mp4ra.org/registered-types/brands
func container(brand string) string {
	switch {
	case brand == "qt  ":
		return "video/quicktime"
	case brand == "avif" || brand == "avis":
		return "image/avif"
	case slices.Contains(strings.Fields("heic heix heim heis hevc hevx mif1 msf1"), brand):
		return "image/heic"
	}
	return "video/mp4"
}
