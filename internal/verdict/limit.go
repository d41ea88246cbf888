package verdict

import (
	"strconv"

	"github.com/postferry/postferry/internal/lazyregexp"
)

var (
	// "Duration too long, maximum:140000, actual:160000"
	maxActual = lazyregexp.New(`(?i)max\w*\W+(\d+)\D+actual\W+(\d+)`)
	// "Duration 1300000 exceeds max duration 1200000"
	exceeds = lazyregexp.New(`(?i)(\d+)\s+exceeds\s+max\D*(\d+)`)
	// "$.total_bytes: number must be at most 5242880", "File size exceeds 5242880 bytes."
	atMost = lazyregexp.New(`(?i)(?:at most|file size exceeds)\s+(\d+)`)
)

// ExceedsLimit reports whether the words of a refusal name a limit that this very file exceeds:
// that proves the file's fault at once. Only words of the closed list are read. size is the file's
// in bytes, 0 where it is not known.
// Sources: jublo/codebird-php#188 (maximum, actual), plhery/node-twitter-api-v2#243 (exceeds),
// linvi/tweetinvi#399 (at most), bear/python-twitter#662 (file size exceeds).
func ExceedsLimit(key, words string, size int64) bool {
	switch {
	case key == "video-too-long":
		return true // X has measured the video: "… longer than 2 minutes"
	case WhoseFault(key) != File:
		return false
	}
	if m := exceeds.FindStringSubmatch(words); m != nil {
		return number(m[1]) > number(m[2])
	}
	if m := maxActual.FindStringSubmatch(words); m != nil {
		return number(m[2]) > number(m[1])
	}
	if m := atMost.FindStringSubmatch(words); m != nil {
		return size > number(m[1])
	}
	return false
}

func number(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64) // digits only; too many of them are the largest number
	return n
}
