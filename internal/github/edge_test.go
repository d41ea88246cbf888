package github

import (
	"testing"
	"time"

	"github.com/postferry/postferry/internal/httpx"
)

// TestEdge: a 4xx without JSON came from in front of GitHub, and passes. A permission that is
// missing is said in JSON.
func TestEdge(t *testing.T) {
	decode := decoder(time.Now)
	for _, tt := range []struct {
		status int
		body   string
		want   httpx.Class
	}{
		{403, "<html>Forbidden</html>", httpx.Transient},
		{403, "", httpx.Transient},
		{404, "<!DOCTYPE html>", httpx.Transient},
		{401, "", httpx.Transient},
		{403, `{"message":"Resource not accessible by integration"}`, httpx.Forbidden},
		{404, `{"message":"Not Found"}`, httpx.NotFound},
		{401, `{"message":"Bad credentials"}`, httpx.Unauthorized},
	} {
		e := decode(&httpx.Response{Status: tt.status, Body: []byte(tt.body)})
		if e == nil || e.Class != tt.want {
			t.Errorf("%d %q: got %v, want class %s", tt.status, tt.body, e, tt.want)
		}
	}
}
