package xapi

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/httpx"
)

const (
	tokenCall  = tokenOp
	initialize = "POST /2/media/upload/initialize"
	appendCall = appendOp
	finalize   = "POST /2/media/upload/{id}/finalize"
	statusCall = "GET /2/media/upload"
	metadata   = "POST /2/media/metadata"
	postCall   = "POST /2/tweets"
	me         = "GET /2/users/me"
	timeline   = "GET /2/users/{id}/tweets"
)

// documented is what is made of each answer in testdata/errors, and the call that gets it. Where a
// source shows less than the whole answer, the rest of the file is X's usual shape.
var documented = map[string]httpx.Error{
	"token-spent": {Op: tokenCall, Status: 400, Class: httpx.Unauthorized, Type: TypeDeadGrant,
		Message: "invalid_request: Value passed for the token was invalid."},
	"token-invalid-grant": {
		Op: tokenCall, Status: 400, Class: httpx.Unauthorized, Type: TypeDeadGrant,
		Message: "invalid_grant: Value passed for the token was invalid.",
	},
	"token-code-expired": {
		Op: tokenCall, Status: 400, Class: httpx.Unauthorized, Type: TypeCodeInvalid,
		Message: "invalid_request: Value passed for the authorization code was invalid.",
	},
	"token-no-client": {Op: tokenCall, Status: 401, Class: httpx.Unauthorized,
		Message: "unauthorized_client: Missing valid authorization header"},
	"token-invalid-client": {
		Op: tokenCall, Status: 400, Class: httpx.Unauthorized, Message: "invalid_client",
	},
	"token-truncated": {
		Op: tokenCall, Status: 200, Class: httpx.Ambiguous,
		Message: "the answer is not the JSON that was asked for",
	},
	"token-without-access": {
		Op: tokenCall, Status: 200, Class: httpx.Ambiguous,
		Message: "the answer is not the JSON that was asked for",
	},

	"400-media-ids": {
		Op: postCall, Status: 400, Class: httpx.Invalid, Type: TypeMediaIDs,
		Message: "Your media IDs are invalid.",
	},
	"400-invalid-url": {
		Op: postCall, Status: 400, Class: httpx.Invalid, Type: TypeInvalidURL,
		Message: "The Tweet contains an invalid URL.",
	},
	"400-two-errors": {
		Op: postCall, Status: 400, Class: httpx.Unknown, Type: "invalid-request", Code: 214,
		Message: "The first says why.",
	},
	"400-finalize-without-body": {
		Op: finalize, Status: 400, Class: httpx.Unknown, Type: "invalid-request",
		Message: "Request body must be a JSON object.",
	},
	"400-status-forgotten": {
		Op: statusCall, Status: 400, Class: httpx.NotFound, Type: TypeUploadForgotten,
		Message: "BadRequest: Not found",
	},
	"401-expired": {
		Op: me, Status: 401, Class: httpx.Unauthorized, TraceID: "madeup401",
		Message: "Unauthorized",
	},
	"402-credits": {Op: postCall, Status: 402, Class: httpx.OutOfCredit, Type: "credits",
		Message: "Your enrolled account [1234567890] does not have any credits to fulfill this" +
			" request."},
	"402-credits-depleted": {
		Op: postCall, Status: 402, Class: httpx.OutOfCredit, Type: "credits-depleted",
		Message: "credits depleted",
	},
	"403-spend-cap": {
		Op: postCall, Status: 403, Class: httpx.OutOfCredit, Type: TypeSpendCap,
		Message: "The spend cap of this billing cycle is reached.",
	},
	"403-not-enrolled": {Op: postCall, Status: 403, Class: httpx.Forbidden, Type: TypeNotEnrolled,
		Message: "When authenticating requests to the Twitter API v2 endpoints, you must use keys" +
			" and tokens from a Twitter developer App that is attached to a Project."},
	"403-official-client": {
		Op: me, Status: 403, Class: httpx.Forbidden, Type: TypeNotEnrolled,
		Message: "This client is not allowed to do that.",
	},
	"403-suspended": {
		Op: postCall, Status: 403, Class: httpx.Forbidden, Type: TypeSuspended, Code: 63,
		Message: "User has been suspended.",
	},
	"403-locked": {Op: timeline, Status: 403, Class: httpx.Forbidden, Type: TypeLocked, Code: 326,
		Message: "To protect our users from spam and other malicious activity, this account is" +
			" temporarily locked. Please log in to https://twitter.com to unlock your account."},
	"403-unsupported-authentication": {
		Op: me, Status: 403, Class: httpx.Forbidden, Type: TypeUnsupported,
		Message: "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.",
	},
	"403-duplicate": {
		Op: postCall, Status: 403, Class: httpx.Duplicate, Type: TypeDuplicate,
		Message: "You are not allowed to create a Tweet with duplicate content.",
	},
	"403-video-too-long": {
		Op: postCall, Status: 403, Class: httpx.Invalid, Type: TypeVideoTooLong,
		Message: "This user is not allowed to post a video longer than 2 minutes.",
	},
	"403-video-too-long-upload": {
		Op: initialize, Status: 403, Class: httpx.Invalid, Type: TypeVideoTooLong,
		Message: "This user is not allowed to post a video longer than 2 minutes.",
	},
	"403-not-permitted": {
		Op: postCall, Status: 403, Class: httpx.Forbidden, Type: TypeNotPermitted,
		Message: "You are not permitted to perform this action.",
	},
	"403-feature": {
		Op: postCall, Status: 403, Class: httpx.Forbidden, Type: TypeFeature,
		Message: "Your account is not permitted to access this feature.",
	},
	"403-cashtag": {
		Op: postCall, Status: 403, Class: httpx.Invalid, Type: TypeCashtags,
		Message: "Your post exceeds the maximum of one cashtag.",
	},
	"403-missing-scope": {
		Op: initialize, Status: 403, Class: httpx.Forbidden, Type: TypeMissingScope,
		TraceID: "3eec9e13aa2ca73c", Message: "Forbidden",
	},
	"403-html": {Op: postCall, Status: 403, Class: httpx.Ambiguous,
		Message: "<!DOCTYPE html>\n<html><head><title>Attention Required! |" +
			" Cloudflare</title></head><body><h1>Sorry, you have been blocked</h1></body></html>"},
	"404-upload-outage": {Op: appendCall, Status: 404, Class: httpx.Transient},
	"404-empty":         {Op: timeline, Status: 404, Class: httpx.Transient},
	"413-empty":         {Op: appendCall, Status: 413, Class: httpx.Transient},

	"429-code-88": {
		Op: postCall, Status: 429, Class: httpx.RateLimited, Code: 88,
		Message: "Rate limit exceeded", ResetAt: now.Add(5 * time.Minute),
	},
	"429-user-day": {
		Op: postCall, Status: 429, Class: httpx.RateLimited, Message: "Too Many Requests",
		ResetAt: now.Add(6*time.Hour + 30*time.Minute),
	},
	"429-app-day": {
		Op: timeline, Status: 429, Class: httpx.RateLimited, Message: "Too Many Requests",
		ResetAt: now.Add(4*time.Hour + 30*time.Minute),
	},
	"429-usage-capped": {
		Op: timeline, Status: 429, Class: httpx.OutOfCredit, Type: TypeUsageCap,
		Message: "Usage cap exceeded: Monthly product cap",
	},
	"502-html": {
		Op: metadata, Status: 502, Class: httpx.Transient,
		Message: "<html><head><title>502 Bad Gateway</title></head></html>",
	},
	"503-post": {
		Op: postCall, Status: 503, Class: httpx.Ambiguous, TraceID: "madeup503",
		Message: "Service Unavailable",
	},
	"503-upload": {
		Op: initialize, Status: 503, Class: httpx.Transient, Message: "Service Unavailable",
	},

	"200-html": {
		Op: me, Status: 200, Class: httpx.Transient,
		Message: `the answer is not the JSON that was asked for: "<!doctype html><title>x.com</title>"`,
	},
	"200-errors-only": {Op: timeline, Status: 200, Class: httpx.Transient,
		Message: `the answer is not the JSON that was asked for: "{\n \"errors\": [\n  {\n   \"value\": \"1500000000000000001\",\n   \"detail\": \"Could not find user with id: [1500000000000000001].\",\n   \"title\": \"Not Found Error\",\n   \"type\": \"https://api.x.com/2/problems/resource-not-found\"\n  }\n ]\n}\n"`},
	"400-media-unrecognized": {Op: finalize, Status: 400, Class: httpx.Invalid,
		Type: TypeMediaUnrecognized, Message: "media type unrecognized"},
	"400-media-unrecognized-text": {Op: finalize, Status: 400, Class: httpx.Invalid,
		Type: TypeMediaUnrecognized, Message: "media type unrecognized"},
	"400-duration-too-long": {
		Op: finalize, Status: 400, Class: httpx.Invalid, Type: TypeDurationTooLong,
		Message: "Duration too long, maximum:140000, actual:160000 (MediaId:" +
			" snf:1880028106020515840)",
	},
	"400-total-bytes": {Op: initialize, Status: 400, Class: httpx.Invalid, Type: TypeTotalBytes,
		Message: "$.total_bytes: number must be at most 536870912"},
	"400-file-size": {Op: finalize, Status: 400, Class: httpx.Invalid, Type: TypeTotalBytes,
		Message: "File size exceeds 15728640 bytes."},
	"400-content-type": {Op: appendCall, Status: 400, Class: httpx.Unknown, Type: TypeContentType,
		Message: "Requests with bodies must have content-type of application/json."},
	"404-status-forgotten": {
		Op: statusCall, Status: 404, Class: httpx.NotFound, Type: TypeUploadForgotten,
	},
	"403-automated": {
		Op: postCall, Status: 403, Class: httpx.Forbidden, Type: TypeAutomated, Code: 226,
		Message: "This request looks like it might be automated. To protect our users from spam" +
			" and other malicious activity, we can't complete this action right now. Please try" +
			" again later.",
	},
	"403-automated-detail": {Op: postCall, Status: 403, Class: httpx.Forbidden, Type: TypeAutomated,
		Message: "This request looks like it might be automated. To protect our users from spam" +
			" and other malicious activity, we can't complete this action right now."},
	"403-temporarily-locked": {Op: postCall, Status: 403, Class: httpx.Forbidden, Type: TypeLocked,
		Message: "Your account is temporarily locked. Please log in to https://x.com to unlock" +
			" your account."},
	"403-authenticating-unknown": {
		Op: postCall, Status: 403, Class: httpx.Transient, Type: TypeAuthUnknown,
		Message: "Authenticating with Unknown is forbidden for this endpoint.  Supported" +
			" authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context].",
	},
	"403-oauth1-permissions": {Op: postCall, Status: 403, Class: httpx.Forbidden, Type: TypeOAuth1,
		Message: "Your client app is not configured with the appropriate oauth1 app permissions" +
			" for this endpoint."},
	"403-reply-gone": {Op: postCall, Status: 403, Class: httpx.Invalid, Type: TypeReplyGone,
		Message: "You attempted to reply to a Tweet that is deleted or not visible to you."},
	"403-reply-gone-code": {
		Op: postCall, Status: 403, Class: httpx.Invalid, Type: TypeReplyGone, Code: 385,
		Message: "You attempted to reply to a Tweet that is deleted or not visible to you.",
	},
	"403-code-187": {
		Op: postCall, Status: 403, Class: httpx.Duplicate, Type: TypeDuplicate, Code: 187,
		Message: "Status is a duplicate.",
	},
	"403-code-186": {
		Op: postCall, Status: 403, Class: httpx.Invalid, Type: TypeTextTooLong, Code: 186,
		Message: "Tweet needs to be a bit shorter.",
	},
	"403-code-64": {
		Op: postCall, Status: 403, Class: httpx.Forbidden, Type: TypeSuspended, Code: 64,
		Message: "Your account is not permitted to use this feature.",
	},
	"403-video-too-long-code": {
		Op: postCall, Status: 400, Class: httpx.Invalid, Type: TypeVideoTooLong, Code: 324,
		Message: "This user is not allowed to post a video longer than 20 minutes.",
	},
	"403-not-summoned": {Op: postCall, Status: 403, Class: httpx.Forbidden, Type: TypeReplies,
		Message: "Reply to this conversation is not allowed because you have not been mentioned" +
			" or otherwise engaged by the author of the post you are replying to."},
	"403-only-title": {
		Op: initialize, Status: 403, Class: httpx.Forbidden, Type: TypeMissingScope,
		Message: "Forbidden",
	},
	"403-detail-in-list": {
		Op: postCall, Status: 403, Class: httpx.Forbidden, Type: TypeNotPermitted,
		Message: "You are not permitted to perform this action.",
	},
	"200-processing-with-error": {
		Op: statusCall, Status: 200, Class: httpx.Invalid, Type: TypeProcessingFailed,
		Message: "X can't use the video: InvalidMedia: file is currently unsupported",
	},
	"token-other-words": {Op: tokenCall, Status: 400, Class: httpx.Unknown,
		Message: "invalid_request: Missing required parameter [client_id]."},

	"200-processing-failed": {
		Op: statusCall, Status: 200, Class: httpx.Invalid, Type: TypeProcessingFailed,
		Message: "X can't use the video: UnsupportedMedia: Duration 1300000 exceeds max duration" +
			" 1200000",
	},
	"201-truncated": {
		Op: postCall, Status: 201, Class: httpx.Ambiguous,
		Message: `the answer is not the JSON that was asked for: "{\"data\":{\"id\":\"21017122604689"`,
	},
	"201-without-id": {Op: postCall, Status: 201, Class: httpx.Ambiguous,
		Message: `the answer is not the JSON that was asked for: "{\n \"data\": {\n  \"text\": \"hi\",\n  \"edit_history_tweet_ids\": [\n   \"\"\n  ]\n }\n}\n"`},
}

// fixture reads a file of testdata/errors: the source's address on the first line, then an HTTP
// answer.
func fixture(t testing.TB, path string) *http.Response {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	source, answer, _ := strings.Cut(string(b), "\n")
	if !strings.HasPrefix(source, "# https://") {
		t.Errorf("%s names no source on its first line", path)
	}
	resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(answer)), nil)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return resp
}

func fixtures(t testing.TB) map[string]*http.Response {
	t.Helper()
	files, _ := filepath.Glob("testdata/errors/*.http")
	out := map[string]*http.Response{}
	for _, path := range files {
		out[strings.TrimSuffix(filepath.Base(path), ".http")] = fixture(t, path)
	}
	return out
}

// Every documented answer becomes the error that it is, through the call that gets it.
func TestDocumentedAnswers(t *testing.T) {
	answers := fixtures(t)
	if len(answers) != len(documented) {
		t.Errorf("%d fixtures, %d in the table", len(answers), len(documented))
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			want, ok := documented[name]
			if !ok {
				t.Fatal("not in the table")
			}
			body, err := io.ReadAll(answer.Body)
			if err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) {
				w := answering(want.Op, func() *http.Response {
					return &http.Response{
						StatusCode: answer.StatusCode, Header: answer.Header,
						Body: io.NopCloser(bytes.NewReader(body)),
					}
				})
				err := everyCall(client(w), app(w))[want.Op](t.Context())
				want.Service = "x"
				if d := cmp.Diff(refused(t, err), &want); d != "" {
					t.Errorf("error (-got +want):\n%s", d)
				}
			})
		})
	}
}

// undocumented are answers without a source that the table must have a word for, too.
var undocumented = []struct {
	name, op string
	status   int
	body     string
	class    httpx.Class
	typ      string
}{
	{"the token endpoint says 403 and nothing", tokenCall, 403, "", httpx.Transient, ""},
	{"the token endpoint says 403", tokenCall, 403, `{"error":"no"}`, httpx.Unknown, ""},
	{
		"invalid_grant in other words", tokenCall, 400, `{"error":"invalid_grant"}`,
		httpx.Unauthorized, TypeDeadGrant,
	},
	{
		"unauthorized_client", tokenCall, 400, `{"error":"unauthorized_client"}`,
		httpx.Unauthorized, "",
	},
	{
		"the older words for a spend cap", postCall, 403,
		`{"title":"Forbidden","detail":"Spend cap reached"}`, httpx.OutOfCredit, TypeSpendCap,
	},
	{
		"client-forbidden without a reason", postCall, 403,
		`{"type":"https://api.x.com/2/problems/client-forbidden"}`, httpx.Forbidden,
		TypeNotEnrolled,
	},
	{
		"the type in the list's element", postCall, 403,
		`{"errors":[{"type":"https://api.x.com/2/problems/client-forbidden"}]}`, httpx.Forbidden,
		TypeNotEnrolled,
	},
	{
		"the spend cap in one word", postCall, 403, `{"title":"SpendCapReached"}`,
		httpx.OutOfCredit, TypeSpendCap,
	},
	{
		"a monthly cap without a period", postCall, 429,
		`{"detail":"Usage cap exceeded: Monthly product cap"}`, httpx.OutOfCredit, TypeUsageCap,
	},
	{
		"a monthly cap in its period", postCall, 429,
		`{"title":"UsageCapExceeded","period":"Monthly"}`, httpx.OutOfCredit, TypeUsageCap,
	},
	{
		"a daily cap", postCall, 429, `{"title":"UsageCapExceeded","period":"Daily"}`,
		httpx.RateLimited, "",
	},
	{
		"STATUS without the scope", statusCall, 403, `{"title":"Forbidden"}`, httpx.Forbidden,
		TypeMissingScope,
	},
	{
		"metadata without the scope", metadata, 403, `{"title":"Forbidden"}`, httpx.Forbidden,
		TypeMissingScope,
	},
	{
		"an upload's 403 that says more", initialize, 403,
		`{"title":"Forbidden","detail":"Not today."}`, httpx.Unknown, "",
	},
	{
		"a lock without its code", postCall, 403,
		`{"detail":"this account is temporarily locked"}`, httpx.Forbidden, TypeLocked,
	},
	{
		"a code behind another", postCall, 403, `{"errors":[{"code":1},{"code":226}]}`,
		httpx.Forbidden, TypeAutomated,
	},
	{"any other 403", timeline, 403, `{"title":"Forbidden"}`, httpx.Unknown, ""},
	{
		"any other 403 to a post", postCall, 403, `{"title":"Forbidden","detail":"Not today."}`,
		httpx.Unknown, "",
	},
	{
		"any other 400 to a post", postCall, 400,
		`{"title":"Invalid Request","detail":"field renamed"}`, httpx.Unknown, "",
	},
	{
		"what is repeated of the request", postCall, 400,
		`{"errors":[{"parameters":{"text":["suspended"]},"message":"no"}]}`, httpx.Unknown, "",
	},
	{
		"words about replies", postCall, 403, `{"detail":"You have been blocked from replying."}`,
		httpx.Forbidden, TypeReplies,
	},
	{
		"words about replies, in another form", postCall, 403,
		`{"detail":"Who can reply is limited."}`, httpx.Forbidden, TypeReplies,
	},
	{
		"words about replies, in the plural", postCall, 403, `{"detail":"No replies."}`,
		httpx.Forbidden, TypeReplies,
	},
	{
		"words about a conversation", postCall, 403, `{"detail":"Not in this conversation."}`,
		httpx.Forbidden, TypeReplies,
	},
	{
		"words about a summons", postCall, 403, `{"detail":"You were not summoned."}`,
		httpx.Forbidden, TypeReplies,
	},
	{
		"STATUS with 404", statusCall, 404, `{"title":"Not Found"}`, httpx.NotFound,
		TypeUploadForgotten,
	},
	{"a 404 by X", timeline, 404, `{"title":"Not Found Error"}`, httpx.NotFound, ""},
	{
		"a 404 of an upload by X", appendCall, 404, `{"title":"Not Found Error"}`,
		httpx.Transient, "",
	},
	{"409", postCall, 409, `{"title":"Conflict"}`, httpx.Unknown, ""},
	{"a status that no row has", postCall, 418, `{"title":"Teapot"}`, httpx.Unknown, ""},
	{"a redirect", timeline, 302, "", httpx.Unknown, ""},
	{"an edge's page for 404", timeline, 404, " \n<html>", httpx.Transient, ""},
	{"an edge's page for 404 of STATUS", statusCall, 404, " \n<html>", httpx.Transient, ""},
	{"an edge's page for 401", timeline, 401, "<html>", httpx.Transient, ""},
	{"an edge's page for 400", tokenCall, 400, "<html>invalid_request</html>", httpx.Transient, ""},
	{"an edge's page for a post", postCall, 400, "<html>", httpx.Ambiguous, ""},
	{"an empty 400 for a post", postCall, 400, " ", httpx.Ambiguous, ""},
	{"an edge's page is still a limit", postCall, 429, "<html>", httpx.RateLimited, ""},
	{"any 5xx passes", postCall, 504, `{"title":"Gateway Timeout"}`, httpx.Transient, ""},
	{
		"odd types inside", postCall, 403, `{"title":7,"errors":{},"detail":"duplicate content"}`,
		httpx.Duplicate, TypeDuplicate,
	},
}

func TestUndocumentedAnswers(t *testing.T) {
	for _, tt := range undocumented {
		t.Run(tt.name, func(t *testing.T) {
			got := refusal(tt.op,
				&httpx.Response{Status: tt.status, Header: http.Header{}, Body: []byte(tt.body)},
				now)
			if got == nil || got.Class != tt.class || got.Type != tt.typ {
				t.Errorf("got %+v, want %s %q", got, tt.class, tt.typ)
			}
		})
	}
}

// A row that nothing reaches is wrong, or hidden by one above it.
func TestEveryRowIsMet(t *testing.T) {
	met := map[row]bool{}
	for name, answer := range fixtures(t) {
		body, _ := io.ReadAll(answer.Body) // a broken one is a case of its own
		met[meaning(documented[name].Op, answer.StatusCode, parse(body))] = true
	}
	for _, tt := range undocumented {
		met[meaning(tt.op, tt.status, parse([]byte(tt.body)))] = true
	}
	for _, r := range classes {
		if !met[r] {
			t.Errorf("no test meets the row %+v", r)
		}
	}
}

func TestNoRefusal(t *testing.T) {
	for _, status := range []int{200, 201, 204} {
		if e := refusal(postCall,
			&httpx.Response{Status: status, Header: http.Header{}, Body: []byte(`{"error":"no"}`)},
			now); e != nil {
			t.Errorf("%d: got %v", status, e)
		}
	}
}

func TestProblemText(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{
			"the list's detail",
			`{"errors":[{"detail":"a","title":"b"}],"detail":"c","title":"d"}`, "a",
		},
		{"the list's title", `{"errors":[{"title":"b"}],"detail":"c","title":"d"}`, "b"},
		{
			"errors come first",
			`{"errors":[{"message":"a"},{"message":"b"}],"detail":"c","title":"d"}`, "a",
		},
		{
			"an error without words is passed over",
			`{"errors":[{"message":" "},{"message":"b"}],"detail":"c"}`, "b",
		},
		{"detail before title", `{"detail":"c","title":"d"}`, "c"},
		{"title alone", `{"title":"d"}`, "d"},
		{"OAuth's code and words", `{"error":"a","error_description":"b"}`, "a: b"},
		{"the same word twice", `{"error":"a","error_description":"a"}`, "a"},
		{"OAuth's code alone", `{"error":"a"}`, "a"},
		{"OAuth's words alone", `{"error_description":"b"}`, "b"},
		{"no words: the body", ` {"status":403} `, `{"status":403}`},
		{"no JSON: the body", "Forbidden\n", "Forbidden"},
	} {
		got := refusal(postCall,
			&httpx.Response{Status: 403, Header: http.Header{}, Body: []byte(tt.body)}, now)
		if got.Message != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got.Message, tt.want)
		}
	}
}

// After a 429 nothing is tried before the reset, so no header may put that off for ever or into the
// past.
func TestResetTimes(t *testing.T) {
	at := func(d time.Duration) string { return epoch(now.Add(d)) }
	for _, tt := range []struct {
		name   string
		header []string
		want   time.Duration
	}{
		{"nothing said", nil, 15 * time.Minute},
		{
			"a window",
			[]string{"x-rate-limit-remaining", "0", "x-rate-limit-reset", at(time.Minute)},
			time.Minute,
		},
		{
			"a window that says no more than its end",
			[]string{"x-rate-limit-reset", at(time.Minute)}, time.Minute,
		},
		{
			"a window with something left",
			[]string{"x-rate-limit-remaining", "5", "x-rate-limit-reset", at(time.Minute)},
			15 * time.Minute,
		},
		{
			"the user's day",
			[]string{
				"x-user-limit-24hour-remaining", "0", "x-user-limit-24hour-reset", at(time.Hour),
			},
			time.Hour,
		},
		{
			"the app's day",
			[]string{
				"x-app-limit-24hour-remaining", "0", "x-app-limit-24hour-reset", at(time.Hour),
			},
			time.Hour,
		},
		{
			"the latest of three",
			[]string{
				"x-rate-limit-reset", at(time.Minute), "x-user-limit-24hour-reset",
				at(2 * time.Hour), "x-app-limit-24hour-reset", at(time.Hour),
			},
			2 * time.Hour,
		},
		{
			"a reset in the past",
			[]string{"x-rate-limit-remaining", "0", "x-rate-limit-reset", at(-time.Second)},
			15 * time.Minute,
		},
		{
			"a reset of zero", []string{"x-rate-limit-remaining", "0", "x-rate-limit-reset", "0"},
			15 * time.Minute,
		},
		{
			"no number", []string{"x-rate-limit-remaining", "0", "x-rate-limit-reset", "soon"},
			15 * time.Minute,
		},
		{
			"next year is a mistake",
			[]string{"x-rate-limit-remaining", "0", "x-rate-limit-reset", at(365 * 24 * time.Hour)},
			24 * time.Hour,
		},
		{
			"milliseconds are one, too",
			[]string{"x-rate-limit-remaining", "0", "x-rate-limit-reset", at(time.Minute) + "000"},
			24 * time.Hour,
		},
		{
			"Retry-After", []string{"Retry-After", "30", "x-rate-limit-reset", at(time.Hour)},
			30 * time.Second,
		},
		{
			"Retry-After as a date", []string{"Retry-After", "Mon, 23 Nov 2026 09:07:00 GMT"},
			7 * time.Minute,
		},
		{
			"Retry-After as a date gone by",
			[]string{"Retry-After", "Mon, 23 Nov 2026 08:59:00 GMT"}, 15 * time.Minute,
		},
		{
			"Retry-After without an end", []string{"Retry-After", "9223372036854775807"},
			24 * time.Hour,
		},
		{
			"Retry-After that says nothing",
			[]string{"Retry-After", "0", "x-rate-limit-reset", at(time.Minute)}, time.Minute,
		},
	} {
		h := http.Header{}
		for i := 0; i < len(tt.header); i += 2 {
			h.Set(tt.header[i], tt.header[i+1])
		}
		got := refusal(postCall, &httpx.Response{Status: 429, Header: h}, now)
		if want := now.Add(tt.want); !got.ResetAt.Equal(want) {
			t.Errorf("%s: got %v, want %v", tt.name, got.ResetAt, want)
		}
	}
	h := http.Header{"Retry-After": {"30"}}
	got := refusal(postCall, &httpx.Response{Status: 403, Header: h}, now)
	if !got.ResetAt.IsZero() {
		t.Errorf("a 403 has the reset %v", got.ResetAt)
	}
}

func TestIsDeadGrant(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{io.EOF, false},
		{&httpx.Error{Class: httpx.Unauthorized}, false},
		{&httpx.Error{Class: httpx.Unauthorized, Type: TypeDeadGrant}, true},
	} {
		if got := IsDeadGrant(tt.err); got != tt.want {
			t.Errorf("%v: got %v, want %v", tt.err, got, tt.want)
		}
	}
}
