package verdict

import "testing"

// TestWhoseFault has the rows of the two lists: what X says of a file, and what it says of the
// account, the app or itself. A key that no row has is nobody's.
func TestWhoseFault(t *testing.T) {
	want := map[string]Whose{
		"processing-failed": File, "media-unrecognized": File, "duration-too-long": File,
		"total-bytes": File, "upload-forgotten": File, "video-too-long": File, "media-ids": File,

		"text-too-long": Text, "invalid-url": Text, "cashtags": Text,
		"reply-gone": ReplyGone, "duplicate": Repeated,

		"content-type": Everybody, "not-permitted": Everybody, "locked": Everybody,
		"suspended": Everybody, "authenticating-unknown": Everybody, "usage-cap": Everybody,
		"spend-cap": Everybody, "not-enrolled": Everybody, "missing-scope": Everybody,
		"unsupported-authentication": Everybody, "oauth1-permissions": Everybody,

		"automated": Automated, "replies": Replies,
	}
	for key, whose := range want {
		if got := WhoseFault(key); got != whose {
			t.Errorf("WhoseFault(%q) = %s, want %s", key, got, whose)
		}
	}
	for _, key := range []string{"", "invalid-request", "feature", "something-new"} {
		if got := WhoseFault(key); got != Unsaid {
			t.Errorf("WhoseFault(%q) = %s, want %s", key, got, Unsaid)
		}
	}
	if len(whoseFault) != len(want) {
		t.Errorf("%d rows are tested of %d", len(want), len(whoseFault))
	}
}

func TestUpload(t *testing.T) {
	for _, s := range []Step{Initialize, Append, Finalize, Processing} {
		if !s.Upload() {
			t.Errorf("%s is an upload step", s)
		}
	}
	for _, s := range []Step{AtPost, AtReply} {
		if s.Upload() {
			t.Errorf("%s is no upload step", s)
		}
	}
}
