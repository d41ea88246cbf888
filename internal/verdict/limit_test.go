package verdict

import "testing"

func TestExceedsLimit(t *testing.T) {
	for _, tt := range []struct {
		name, key, words string
		size             int64
		want             bool
	}{
		{"a video that X has measured", "video-too-long",
			"This user is not allowed to post a video longer than 2 minutes.", 0, true},
		{"the actual length is above the maximum", "duration-too-long",
			"Duration too long, maximum:140000, actual:160000", 0, true},
		{"the actual length is the maximum", "duration-too-long",
			"Duration too long, maximum:140000, actual:140000", 0, false},
		{"the actual length is below the maximum", "duration-too-long",
			"Duration too long, maximum:160000, actual:140000", 0, false},
		{"one exceeds the other", "processing-failed",
			"Duration 1300000 exceeds max duration 1200000", 0, true},
		{"both are the same", "processing-failed",
			"Duration 1200000 exceeds max duration 1200000", 0, false},
		{"it exceeds no maximum", "processing-failed",
			"Duration 1300000 exceeds 1200000", 0, false},
		{"a file above the limit", "total-bytes",
			"$.total_bytes: number must be at most 5242880", 5242881, true},
		{"a file at the limit", "total-bytes",
			"$.total_bytes: number must be at most 5242880", 5242880, false},
		{"a file of unknown size", "total-bytes",
			"$.total_bytes: number must be at most 5242880", 0, false},
		{"a photo above the size that X names", "total-bytes",
			"File size exceeds 5242880 bytes.", 5242881, true},
		{"a photo of the size that X names", "total-bytes",
			"File size exceeds 5242880 bytes.", 5242880, false},
		{"a limit and a size of 63 bits", "total-bytes",
			"number must be at most 5000000000000000000", 4_700_000_000_000_000_000, false},
		{"words of no table", "",
			"Duration too long, maximum:140000, actual:160000", 0, false},
		{"words about the account", "usage-cap",
			"maximum:100, actual:101", 0, false},
		{"no limit in the words", "media-unrecognized", "media type unrecognized", 1 << 40, false},
		{"numbers that are too long to read", "duration-too-long",
			"maximum:99999999999999999999, actual:999999999999999999999", 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := ExceedsLimit(tt.key, tt.words, tt.size); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
