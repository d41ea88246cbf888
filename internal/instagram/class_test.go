package instagram

import (
	"bufio"
	"fmt"
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

// documented is what is made of each body in testdata/errors. Where a source shows the message
// alone, the rest of the file is Graph's usual shape, with an id that says that it is made up.
var documented = map[string]httpx.Error{
	"1-with-user-message": {
		Code:    1,
		Subcode: 1965014,
		Type:    "OAuthException",
		TraceID: "EmOAvxDPlF2",
		Version: "v25.0",
		Class:   httpx.Transient,
		Message: "An unknown error occurred (Fundraisers Have a 90 Day Limit: Please choose" +
			" another end date.)",
	},
	"1-reduce": {
		Status:  500,
		Code:    1,
		Type:    TypeTooMuch,
		TraceID: "MadeUpHeaderTrace",
		Class:   httpx.Transient,
		Message: "Please reduce the amount of data you're asking for, then retry your request",
	},
	"4": {
		Code:    4,
		Type:    "OAuthException",
		TraceID: "FlQgl+5U8pF",
		Class:   httpx.RateLimited,
		ResetAt: now.Add(time.Hour),
		Message: "(#4) Application request limit reached",
	},
	"10-facebook": {
		Code:    10,
		Type:    "OAuthException",
		TraceID: "MadeUp10facebook",
		Version: "v12.0",
		Class:   httpx.Forbidden,
		Message: "(#10) Application does not have permission for this action",
	},
	"10-instagram": {
		Status:  403,
		Code:    10,
		Type:    "IGApiException",
		TraceID: "MadeUp10instagram",
		Version: "v25.0",
		Class:   httpx.Forbidden,
		Message: "Application does not have permission for this action",
	},
	"33": {
		Code: 33, Type: "OAuthException", TraceID: "AcfbMHVZsk2EzX4e4eR4siZ",
		Class:   httpx.NotFound,
		Message: "(#33) This object does not exist or does not support this action",
	},
	"100-33": {
		Code:    100,
		Subcode: 33,
		Type:    "IGApiException",
		TraceID: "AkLl12hQO-eJrTGPABAL-o6",
		Class:   httpx.NotFound,
		Message: "Unsupported get request. Object with ID 'USER-ID' does not exist, cannot be" +
			" loaded due to missing permissions, or does not support this operation",
	},
	"100-field": {
		Code:    100,
		Type:    "OAuthException",
		TraceID: "MadeUp100field",
		Version: "v25.0",
		Class:   httpx.Invalid,
		Message: "(#100) Tried accessing nonexisting field (accounts) on node type (Page)",
	},
	"190-460": {
		Code:    190,
		Subcode: 460,
		Type:    "OAuthException",
		TraceID: "EJplcsCHuLu",
		Version: "v25.0",
		Class:   httpx.Unauthorized,
		Message: "Message describing the error (A title: A message)",
	},
	"190-463": {
		Code:    190,
		Subcode: 463,
		Type:    TypeTokenExpired,
		TraceID: "MadeUpRequestId",
		Class:   httpx.Unauthorized,
		Message: "Error validating access token: Session has expired on Feb 7, 2014 9:54am. The" +
			" current time is Feb 8, 2014 8:58am.",
	},
	"190-cannot-parse": {
		Code:    190,
		Type:    "OAuthException",
		TraceID: "MadeUp190parse",
		Class:   httpx.Unauthorized,
		Message: "Invalid OAuth access token - Cannot parse access token",
	},
	"190-no-subcode-expired": {
		Code:    190,
		Type:    TypeTokenExpired,
		TraceID: "MadeUp190nosubcodeexpired",
		Class:   httpx.Unauthorized,
		Message: "Error validating access token: Session has expired on Tuesday, 01-Dec-20" +
			" 02:00:00 PST. The current time is Tuesday, 01-Dec-20 06:01:12 PST.",
	},
	"190-no-subcode-password": {
		Code:    190,
		Type:    TypePasswordChanged,
		TraceID: "MadeUp190nosubcodepassword",
		Class:   httpx.Unauthorized,
		Message: "Error validating access token: The session has been invalidated because the" +
			" user changed their password or Facebook has changed the session for security reasons.",
	},
	"100-appsecret": {
		Code:    100,
		Type:    TypeAppSecret,
		TraceID: "MadeUp100appsecret",
		Class:   httpx.Forbidden,
		Message: "Invalid appsecret_proof provided in the API argument",
	},
	"1-app-secret": {
		Code:    1,
		Type:    TypeAppSecret,
		TraceID: "F0n/KYH+Z5K",
		Class:   httpx.Forbidden,
		Message: "Error validating client secret.",
	},
	"101": {
		Code:    101,
		Type:    TypeAppSecret,
		TraceID: "A0IOBZ89Nm1tCYi7Xw2GuGJ",
		Class:   httpx.Forbidden,
		Message: "Error validating application. Cannot get application info due to a system error.",
	},
	"100-method-type": {
		Code:    100,
		Type:    TypeReconnect,
		TraceID: "MadeUp100methodtype",
		Class:   httpx.Unauthorized,
		Message: "Unsupported request - method type: get",
	},
	"803": {Code: 803, Type: "OAuthException", TraceID: "FY+d86fbxcW", Class: httpx.NotFound,
		Message: "(#803) Some of the aliases you requested do not exist: 461951327"},
	"2500": {
		Code:    2500,
		Type:    "IGApiException",
		TraceID: "A7OjVVCXwSdfpIERKqntSKo",
		Class:   httpx.Invalid,
		Message: "Unknown path components: /impressions/day",
	},
	"80002": {
		Code:    80002,
		Type:    "OAuthException",
		TraceID: "MadeUp80002",
		Class:   httpx.RateLimited,
		ResetAt: now.Add(19 * time.Minute),
		Message: "(#80002) There have been too many calls to this Instagram account. Wait a bit" +
			" and try again.",
	},
	"app-data-use-checkup": {
		Code:    200,
		Type:    TypeAppDisabled,
		TraceID: "MadeUpCheckup",
		Class:   httpx.Forbidden,
		Message: "API access disrupted. Go to the App Dashboard and complete Data Use Checkup.",
	},
	"app-deactivated": {
		Code:    190,
		Type:    TypeAppDisabled,
		TraceID: "MadeUpDeactivated",
		Class:   httpx.Forbidden,
		Message: "API access deactivated. To reactivate, go to the app dashboard.",
	},
	"oauth": {Code: 400, Type: "OAuthException", Class: httpx.Invalid,
		Message: "Error validating verification code. Please make sure your redirect_uri is" +
			" identical to the one you used in the OAuth dialog request"},
}

// fixture reads a file of testdata/errors: the source's address on the first line, then an HTTP
// answer.
func fixture(t *testing.T, path string) *http.Response {
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

func TestDocumentedErrors(t *testing.T) {
	files, _ := filepath.Glob("testdata/errors/*.http")
	if len(files) != len(documented) {
		t.Errorf("%d fixtures, %d in the table", len(files), len(documented))
	}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".http")
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, err := client(script(fixture(t, path))).Me(t.Context())
				want, ok := documented[name]
				if !ok {
					t.Fatal("not in the table")
				}
				want.Service, want.Op = "instagram", "GET /me"
				if want.Status == 0 {
					want.Status = 400
				}
				if d := cmp.Diff(refused(t, err), &want); d != "" {
					t.Errorf("error (-got +want):\n%s", d)
				}
			})
		})
	}
}

// Graph has sent its errors with status 200, too.
func TestDocumentedErrorsWithStatus200(t *testing.T) {
	files, _ := filepath.Glob("testdata/errors/*.http")
	for _, path := range files {
		resp := fixture(t, path)
		body, _ := io.ReadAll(resp.Body)
		e := refusal(&httpx.Response{Status: 200, Header: resp.Header, Body: body}, now, false)
		want := documented[strings.TrimSuffix(filepath.Base(path), ".http")]
		if e == nil || e.Class != want.Class || e.Code != want.Code || e.Subcode != want.Subcode {
			t.Errorf("%s: got %v, want %v", path, e, &want)
		}
	}
}

func TestClasses(t *testing.T) {
	// Source: https://developers.facebook.com/docs/graph-api/guides/error-handling. Each row of
	// the table is repeated here.
	want := map[[2]int]httpx.Class{
		{1, 0}: httpx.Transient, {2, 0}: httpx.Transient,
		{3, 0}: httpx.Forbidden,
		{4, 0}: httpx.RateLimited, {17, 0}: httpx.RateLimited, {32, 0}: httpx.RateLimited,
		{341, 0}: httpx.RateLimited,
		{613, 0}: httpx.RateLimited, {613, 1996}: httpx.RateLimited, {80001, 0}: httpx.RateLimited,
		{80002, 0}: httpx.RateLimited, {80014, 0}: httpx.RateLimited,
		{10, 0}: httpx.Forbidden, {200, 0}: httpx.Forbidden, {230, 0}: httpx.Forbidden,
		{299, 0}: httpx.Forbidden, {368, 0}: httpx.Forbidden,
		{33, 0}: httpx.NotFound, {100, 33}: httpx.NotFound, {803, 0}: httpx.NotFound,
		{100, 0}: httpx.Invalid, {100, 1349168}: httpx.Invalid, {2500, 0}: httpx.Invalid,
		{9005, 1452042}: httpx.Invalid,
		{102, 0}:        httpx.Unauthorized, {190, 0}: httpx.Unauthorized,
		{190, 458}: httpx.Unauthorized, {190, 459}: httpx.Unauthorized,
		{190, 460}: httpx.Unauthorized,
		{190, 463}: httpx.Unauthorized, {190, 464}: httpx.Unauthorized,
		{190, 467}: httpx.Unauthorized, {190, 492}: httpx.Unauthorized,
		{0, 0}: httpx.Unknown, {199, 0}: httpx.Unknown, {300, 0}: httpx.Unknown,
		{80000, 0}: httpx.Unknown, {80015, 0}: httpx.Unknown, {9005, 0}: httpx.Unknown,
	}
	met := map[row]bool{}
	for codes, class := range want {
		r := &httpx.Response{
			Status: 400,
			Header: http.Header{},
			Body:   []byte(graphError(codes[0], codes[1], "words")),
		}
		if got := refusal(r, now, false); got.Class != class || got.Code != codes[0] ||
			got.Subcode != codes[1] {
			t.Errorf("%v: got %v, want %s", codes, got, class)
		}
		for _, r := range classes {
			if r.from <= codes[0] && codes[0] <= r.to && (r.sub == 0 || r.sub == codes[1]) {
				met[r] = true
				break
			}
		}
	}
	for _, r := range classes {
		if !met[r] {
			t.Errorf("no test meets the row %v", r)
		}
	}
}

func TestPassingAndPermanent(t *testing.T) {
	for _, tt := range []struct {
		name   string
		status int
		body   string
		want   httpx.Class
		kind   string
	}{
		{
			"is_transient counts", 400,
			`{"error":{"code":190,"is_transient":true,"message":"m"}}`, httpx.Transient, "",
		},
		{
			"as a number, too", 400, `{"error":{"code":10,"is_transient":1,"message":"m"}}`,
			httpx.Transient, "",
		},
		{
			"but a limit stays one", 400,
			`{"error":{"code":17,"is_transient":true,"message":"m"}}`, httpx.RateLimited, "",
		},
		{
			"false is not final", 400, `{"error":{"code":2,"is_transient":false,"message":"m"}}`,
			httpx.Transient, "",
		},
		{"5xx passes, whatever the code", 500, graphError(100, 0, "m"), httpx.Transient, ""},
		{"a limit with 5xx", 500, graphError(4, 0, "m"), httpx.RateLimited, ""},
		{
			"codes as strings", 400,
			`{"error":{"code":"190","error_subcode":"463","message":"m"}}`, httpx.Unauthorized,
			"",
		},
		{"no code, no sense", 400, `{"error":{"message":"what?"}}`, httpx.Unknown, ""},
		{"an unknown code", 400, graphError(4711, 0, "m"), httpx.Unknown, ""},
		{"an unknown code with 401", 401, graphError(4711, 0, "m"), httpx.Unauthorized, ""},
		{"an unknown code with 403", 403, graphError(4711, 0, "m"), httpx.Forbidden, ""},
		{"an unknown code with 404", 404, graphError(4711, 0, "m"), httpx.NotFound, ""},
		{"an unknown code with 408", 408, graphError(4711, 0, "m"), httpx.Transient, ""},
		{"an unknown code with 429", 429, graphError(4711, 0, "m"), httpx.RateLimited, ""},
		{"a proxy's string", 403, `{"error":"forbidden"}`, httpx.Forbidden, ""},
		{"odd types inside", 400, `{"error":{"code":{},"message":[]}}`, httpx.Transient, ""},
		{"HTML with 400", 400, "<html>", httpx.Transient, ""},
		{"HTML with 404", 404, "<html>", httpx.Transient, ""},
		{"HTML with 502", 502, "<html>", httpx.Transient, ""},
		{"HTML with 429", 429, "<html>", httpx.RateLimited, ""},
		{"a list with 400", 400, `{"data":[]}`, httpx.Transient, ""},
		{"no error, with 500", 500, `{"error":null}`, httpx.Transient, ""},
		{"a redirect", 302, "", httpx.Transient, ""},
		{
			"oauth: 403", 403,
			`{"error_type":"OAuthForbiddenException","code":403,"error_message":"m"}`,
			httpx.Forbidden, "OAuthForbiddenException",
		},
		{
			"oauth: 500", 500, `{"error_type":"X","code":500,"error_message":"m"}`,
			httpx.Transient, "X",
		},
		{"oauth: no code", 400, `{"error_type":"X","error_message":"m"}`, httpx.Unknown, "X"},
		{
			"blocked", 400, graphError(200, 0, "API access blocked."), httpx.Forbidden,
			TypeAppDisabled,
		},
		{
			"disrupted", 400, graphError(10, 0, "API Access Disrupted."), httpx.Forbidden,
			TypeAppDisabled,
		},
		{
			"an app that is off is no outage", 500,
			graphError(1, 0, "API access deactivated. To reactivate, go to the app dashboard."),
			httpx.Forbidden, TypeAppDisabled,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := refusal(
				&httpx.Response{Status: tt.status, Header: http.Header{}, Body: []byte(tt.body)},
				now,
				false,
			)
			if got == nil {
				t.Fatal("no refusal")
			}
			if got.Class != tt.want || tt.kind != "" && got.Type != tt.kind {
				t.Errorf("got %s type %q, want %s %q", got.Class, got.Type, tt.want, tt.kind)
			}
		})
	}
}

func TestNoRefusal(t *testing.T) {
	for _, body := range []string{
		`{"data":[]}`, `{"error":null,"data":[]}`, `{"data":[{"caption":"\"error\": none"}]}`,
		`<html>"error"`, `{"id":"1","name":"error"}`,
	} {
		if e := refusal(&httpx.Response{Status: 200, Header: http.Header{}, Body: []byte(body)},
			now, false); e != nil {
			t.Errorf("%s: got %v", body, e)
		}
	}
}

func TestResetTimes(t *testing.T) {
	usage := func(minutes string) string {
		return fmt.Sprintf(
			`{"1784":[{"type":"instagram","estimated_time_to_regain_access":%s},{"type":"pages","estimated_time_to_regain_access":0}],"22":[]}`,
			minutes,
		)
	}
	for _, tt := range []struct {
		name   string
		status int
		body   string
		header []string
		want   time.Duration // 0 is none
	}{
		{"a limit without a figure", 400, graphError(4, 0, "m"), nil, time.Hour},
		{
			"usage without a figure", 400, graphError(4, 0, "m"),
			[]string{"X-App-Usage", `{"call_count":103,"total_time":9,"total_cputime":9}`},
			time.Hour,
		},
		{
			"app usage with one", 400, graphError(4, 0, "m"),
			[]string{"X-App-Usage", `{"estimated_time_to_regain_access":7}`}, 7 * time.Minute,
		},
		{
			"business usage", 400, graphError(80002, 0, "m"),
			[]string{"X-Business-Use-Case-Usage", usage("25")}, 25 * time.Minute,
		},
		{
			"as a string", 400, graphError(80002, 0, "m"),
			[]string{"X-Business-Use-Case-Usage", usage(`"25"`)}, 25 * time.Minute,
		},
		{
			"zero minutes are no promise", 400, graphError(80002, 0, "m"),
			[]string{"X-Business-Use-Case-Usage", usage("0")}, time.Hour,
		},
		{
			"two years are a mistake", 400, graphError(80002, 0, "m"),
			[]string{"X-Business-Use-Case-Usage", usage("99999999999")}, 24 * time.Hour,
		},
		{
			"so are minus five", 400, graphError(80002, 0, "m"),
			[]string{"X-Business-Use-Case-Usage", usage("-5")}, time.Hour,
		},
		{
			"garbage", 400, graphError(80002, 0, "m"),
			[]string{"X-Business-Use-Case-Usage", `[{`}, time.Hour,
		},
		{"429", 429, "<html>", []string{"Retry-After", "30"}, 30 * time.Second},
		{
			"429 with a date", 429, "", []string{"Retry-After", "Mon, 23 Nov 2026 09:05:00 GMT"},
			5 * time.Minute,
		},
		{"429 without", 429, "", nil, time.Hour},
		{"503", 503, "", []string{"Retry-After", "120"}, 2 * time.Minute},
		{"503 for a year", 503, "", []string{"Retry-After", "31536000"}, 24 * time.Hour},
		{"503 without", 503, "", nil, 0},
		{
			"usage on what is no limit", 400, graphError(190, 0, "m"),
			[]string{"X-Business-Use-Case-Usage", usage("25")}, 0,
		},
		{
			"too much at once is no throttle", 500,
			graphError(1, 0, "Please reduce the amount of data"), nil, 0,
		},
	} {
		h := http.Header{}
		for i := 0; i < len(tt.header); i += 2 {
			h.Set(tt.header[i], tt.header[i+1])
		}
		e := refusal(&httpx.Response{Status: tt.status, Header: h, Body: []byte(tt.body)}, now,
			false)
		want := time.Time{}
		if tt.want != 0 {
			want = now.Add(tt.want)
		}
		if !e.ResetAt.Equal(want) {
			t.Errorf("%s: got %v, want %v", tt.name, e.ResetAt, want)
		}
	}
}
