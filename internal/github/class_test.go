package github

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/httpx"
)

func unix(t time.Time) string { return fmt.Sprint(t.Unix()) }

// Bodies as GitHub sends them; sources are beside the rows of class.go.
func TestRefusals(t *testing.T) {
	// synctest's clock starts here, and no answer below makes a client wait.
	now := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		name   string
		status int
		body   string
		header []string
		want   httpx.Error
	}{
		{
			"dead token",
			401,
			`{"message":"Bad credentials","documentation_url":"https://docs.github.com/rest",` +
				`"status":"401"}`,
			nil,
			httpx.Error{Class: httpx.Unauthorized, Message: "Bad credentials"},
		},
		{
			"missing right",
			403,
			`{"message":"Resource not accessible by personal access token"}`,
			[]string{"X-Accepted-GitHub-Permissions", "secrets=write"},
			httpx.Error{
				Class:   httpx.Forbidden,
				Message: "Resource not accessible by personal access token",
				Needs:   "secrets=write",
			},
		},
		{"archived", 403, `{"message":"Repository was archived so is read-only."}`, nil,
			httpx.Error{
				Class: httpx.Forbidden, Type: TypeArchived,
				Message: "Repository was archived so is read-only.",
			}},
		{
			"primary limit",
			403,
			`{"message":"API rate limit exceeded for installation ID 1."}`,
			[]string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", unix(now.Add(time.Hour))},
			httpx.Error{
				Class:   httpx.RateLimited,
				Message: "API rate limit exceeded for installation ID 1.",
				ResetAt: now.Add(time.Hour),
			},
		},
		{
			"primary limit, 429",
			429,
			`{"message":"API rate limit exceeded"}`,
			[]string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", unix(now.Add(time.Hour))},
			httpx.Error{
				Class:   httpx.RateLimited,
				Message: "API rate limit exceeded",
				ResetAt: now.Add(time.Hour),
			},
		},
		{
			"secondary limit",
			403,
			`{"message":"You have exceeded a secondary rate limit."}`,
			[]string{
				"Retry-After",
				"60",
				"X-RateLimit-Remaining",
				"4000",
				"X-RateLimit-Reset",
				unix(now.Add(time.Hour)),
			},
			httpx.Error{
				Class:   httpx.RateLimited,
				Message: "You have exceeded a secondary rate limit.",
				ResetAt: now.Add(time.Minute),
			},
		},
		{
			"secondary limit without a time",
			403,
			`{"message":"You have exceeded a secondary rate limit."}`,
			[]string{
				"X-RateLimit-Remaining", "4000", "X-RateLimit-Reset", unix(now.Add(time.Hour)),
			},
			httpx.Error{
				Class:   httpx.RateLimited,
				Message: "You have exceeded a secondary rate limit.",
				ResetAt: now.Add(time.Minute),
			},
		},
		{"abuse", 403, `{"message":"You have triggered an abuse detection mechanism."}`, nil,
			httpx.Error{
				Class:   httpx.RateLimited,
				Message: "You have triggered an abuse detection mechanism.",
				ResetAt: now.Add(time.Minute),
			}},
		{
			"not there",
			404,
			`{"message":"Not Found"}`,
			nil,
			httpx.Error{Class: httpx.NotFound, Message: "Not Found"},
		},
		{
			"another sha",
			409,
			`{"message":"state/main.yaml does not match 0123"}`,
			nil,
			httpx.Error{Class: httpx.Conflict, Message: "state/main.yaml does not match 0123"},
		},
		{
			"empty repository",
			409,
			`{"message":"Git Repository is empty."}`,
			nil,
			httpx.Error{
				Class: httpx.Invalid, Type: "empty-repository",
				Message: "Git Repository is empty.",
			},
		},
		{
			"ruleset",
			422,
			`{"message":"Repository ` +
				`rule violations found\n\nCommits must have verified signatures."}`,
			nil,
			httpx.Error{
				Class: httpx.Forbidden,
				Type:  TypeProtectedBranch,
				Message: "Repository rule violations found\n\nCommits must have verified" +
					" signatures.",
			},
		},
		{
			"issues off",
			410,
			`{"message":"Issues are disabled for this repo"}`,
			nil,
			httpx.Error{
				Class:   httpx.Forbidden,
				Type:    "issues-disabled",
				Message: "Issues are disabled for this repo",
			},
		},
		{
			"issue deleted",
			410,
			`{"message":"This issue was deleted"}`,
			nil,
			httpx.Error{Class: httpx.NotFound, Message: "This issue was deleted"},
		},
		{
			"moved on",
			422,
			`{"message":"Update is not a fast forward"}`,
			nil,
			httpx.Error{Class: httpx.Conflict, Message: "Update is not a fast forward"},
		},
		{
			"branch made",
			422,
			`{"message":"Reference already exists"}`,
			nil,
			httpx.Error{Class: httpx.Conflict, Message: "Reference already exists"},
		},
		{
			"file made",
			422,
			`{"message":"Invalid request.\n\n\"sha\" wasn't supplied."}`,
			nil,
			httpx.Error{
				Class: httpx.Conflict, Message: "Invalid request.\n\n\"sha\" wasn't supplied.",
			},
		},
		{
			"branch gone",
			422,
			`{"message":"Reference does not exist"}`,
			nil,
			httpx.Error{Class: httpx.NotFound, Message: "Reference does not exist"},
		},
		{
			"label made",
			422,
			`{"message":"Validation Failed","errors":[{"resource":"Label",` +
				`"code":"already_exists","field":"name"}]}`,
			nil,
			httpx.Error{Class: httpx.Conflict, Message: "Validation Failed (name already_exists)"},
		},
		{
			"body too long",
			422,
			`{"message":"Validation Failed","errors":[{"resource":"Issue","field":"body",` +
				`"code":"custom","message":"body is too long (maximum is 65536 characters)"}]}`,
			nil,
			httpx.Error{
				Class: httpx.Invalid,
				Message: "Validation Failed (body custom body is too long (maximum is 65536" +
					" characters))",
			},
		},
		{
			"details as texts",
			422,
			`{"message":"No","errors":["one","two"]}`,
			nil,
			httpx.Error{Class: httpx.Invalid, Message: "No (one; two)"},
		},
		{
			"details as a text",
			422,
			`{"message":"No","errors":"one"}`,
			nil,
			httpx.Error{Class: httpx.Invalid, Message: "No (one)"},
		},
		{
			"blocked",
			451,
			`{"message":"Repository access blocked"}`,
			nil,
			httpx.Error{Class: httpx.Forbidden, Message: "Repository access blocked"},
		},
		{
			"unicorn",
			502,
			`<!DOCTYPE html><title>Unicorn!</title>`,
			nil,
			httpx.Error{
				Class: httpx.Transient,
				Message: `the ` +
					`answer is not the JSON that was asked for: "<!DOCTYPE html><title>Unicorn!</title>"`,
			},
		},
		{
			"down, with a time", 503, `{"message":"Service unavailable"}`,
			[]string{"Retry-After", "120"},
			httpx.Error{
				Class:   httpx.Transient,
				Message: "Service unavailable",
				ResetAt: now.Add(2 * time.Minute),
			},
		},
		{
			"never seen",
			418,
			`{"message":"teapot"}`,
			nil,
			httpx.Error{Class: httpx.Unknown, Message: "teapot"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				answer := says(tt.status, tt.body,
					append(tt.header, "X-GitHub-Request-Id", "ABCD:1")...)
				calls := 0
				got := get(t, tripper(func(req *http.Request) (*http.Response, error) {
					calls++
					return answer(req)
				}))
				tt.want.Service, tt.want.Op = "github", "GET /repos/{repo}"
				tt.want.Status, tt.want.TraceID = tt.status, "ABCD:1"
				// The first try's clock is the one above; what is repeated comes later.
				if tt.want.Class != httpx.Transient && calls != 1 {
					t.Errorf("got %d calls, want 1", calls)
				}
				if diff := cmp.Diff(tt.want, *got); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

func TestRefusalsAreShortAndRedacted(t *testing.T) {
	var secrets httpx.Redactor
	secrets.Add("ghs_0123456789")
	body := `{"message":"token ghs_0123456789 at https://example.com/x?sig=abc ` + strings.Repeat(
		"é",
		400,
	) + `"}`
	c := New(Options{Secrets: &secrets, HTTP: &http.Client{Transport: tripper(says(404, body))}})
	_, err := c.About(t.Context())
	got := httpx.As(err).Message
	if strings.Contains(got, "ghs_") || strings.Contains(got, "sig=") || len(got) > 310 {
		t.Errorf("got %d bytes: %s", len(got), got)
	}
}
