package sim

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestReleases: a public repository's releases are for everybody, the latest first.
func TestReleases(t *testing.T) {
	w := New(Options{})
	at := time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)
	w.GitHub().Release("someone/ferry", "v1.0.0", at)
	w.GitHub().Release("someone/ferry", "v1.1.0", at.AddDate(0, 0, 7))
	for _, tt := range []struct {
		repository, token string
		status            int
		want              string
	}{
		{"someone/ferry", "", 200, `"tag_name":"v1.1.0"`},
		{"someone/ferry", w.Env()["GITHUB_TOKEN"], 200, `"published_at":"2026-11-08T08:00:00Z"`},
		{"someone/ferry", "ghp_dead", 401, "Bad credentials"},
		{"someone/else", "", 404, "Not Found"},
		{w.Env()["GITHUB_REPOSITORY"], "", 200, "[]"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/repos/"+tt.repository+"/releases", nil)
		if tt.token != "" {
			r.Header.Set("Authorization", "Bearer "+tt.token)
		}
		rw := httptest.NewRecorder()
		w.GitHub().ServeHTTP(rw, r)
		if rw.Code != tt.status || !strings.Contains(rw.Body.String(), tt.want) {
			t.Errorf("%s: got %d %s", tt.repository, rw.Code, rw.Body)
		}
	}
}
