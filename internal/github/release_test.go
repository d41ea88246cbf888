package github

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/httpx"
)

func TestReleases(t *testing.T) {
	h := newHub()
	h.on(act{match: "GET /repos/o/r/releases", answer: says(200, `[
		{"tag_name":"v1.3.0-rc1","prerelease":true,"published_at":"2026-11-21T00:00:00Z"},
		{"tag_name":"v1.2.0","published_at":"2026-11-20T08:00:00Z"},
		{"tag_name":"v9.9.9","draft":true},
		{"tag_name":"v1.1.0","published_at":"2026-10-01T08:00:00Z"}]`)})
	got, err := h.client().Releases(t.Context())
	want := []Release{
		{"v1.2.0", time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)},
		{"v1.1.0", time.Date(2026, 10, 1, 8, 0, 0, 0, time.UTC)},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	h = newHub()
	if _, err := h.client().Releases(t.Context()); httpx.ClassOf(err) != httpx.NotFound {
		t.Errorf("got %v, want NotFound", err)
	}
}
