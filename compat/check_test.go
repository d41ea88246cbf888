package compat

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
)

// TestChecks proves that the comparison finds each kind of error in a request.
func TestChecks(t *testing.T) {
	jsonBody := http.Header{"Content-Type": {"application/json"}}
	multi := http.Header{"Content-Type": {"multipart/form-data; boundary=B"}}
	part := func(name, value string) string {
		head := "--B\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n"
		return head + value + "\r\n"
	}
	for _, tt := range []struct {
		name, method, url string
		header            http.Header
		body, want        string // want is "" if the request is right
	}{
		{"a post", "POST", "/2/posts", jsonBody, `{"text":"x","nullcast":null,"labels":{"a":1}}`,
			""},
		{"no text", "POST", "/2/posts", jsonBody, `{}`, "body: text is missing"},
		{"an empty text", "POST", "/2/posts", jsonBody, `{"text":""}`,
			"0 characters, minLength is 1"},
		{"a wrong type", "POST", "/2/posts", jsonBody, `{"text":5}`, "body.text: 5 is no string"},
		{"a property that is not declared", "POST", "/2/posts", jsonBody, `{"text":"x","txet":"y"}`,
			"body: txet is not declared"},
		{"a wrong additional property", "POST", "/2/posts", jsonBody,
			`{"text":"x","labels":{"a":"b"}}`, "body.labels.a: b is no number"},
		{"an unknown keyword", "POST", "/2/posts", jsonBody, `{"text":"x","odd":"y"}`,
			`the keyword "contentEncoding" is not known`},
		{"another content type", "POST", "/2/posts", http.Header{"Content-Type": {"text/plain"}},
			`{"text":"x"}`, "a body of type text/plain is not declared"},
		{"no such path", "POST", "/2/tweets", jsonBody, `{"text":"x"}`, "no such operation"},
		{"no such method", "DELETE", "/2/posts", nil, "", "no such operation"},
		{"a read", "GET", "/2/posts/12?fields=a,b&max=5", nil, "", ""},
		{"an id that is none", "GET", "/2/posts/x?fields=a", nil, "", `id: "x" does not match`},
		{"too few", "GET", "/2/posts/12?fields=a&max=4", nil, "", "max: 4, minimum is 5"},
		{"no number", "GET", "/2/posts/12?fields=a&max=many", nil, "", "max: many is no integer"},
		{"an unknown value", "GET", "/2/posts/12?fields=a,c", nil, "",
			"fields[1]: c is not one of"},
		{"a value twice", "GET", "/2/posts/12?fields=a,a", nil, "", "two items are equal"},
		{"a parameter that is missing", "GET", "/2/posts/12", nil, "", "fields is missing"},
		{"a parameter that is not declared", "GET", "/2/posts/12?fields=a&since=1", nil, "",
			"the parameter since"},
		{"a body where none is taken", "GET", "/2/posts/12?fields=a", jsonBody, `{"a":1}`,
			"it takes no body"},
		{"a form", "POST", "/2/posts/12/append", multi, part("index", "0") + part("media",
			"ab") + "--B--\r\n", ""},
		{"a form without a field", "POST", "/2/posts/12/append", multi, part("media",
			"ab") + "--B--\r\n", "body: index is missing"},
		{"a field that matches no schema", "POST", "/2/posts/12/append", multi, part("index",
			"0") + part("media", "abcde") + "--B--\r\n", "body.media: none of the 2"},
		{"a form that ends too early", "POST", "/2/posts/12/append", multi, part("index", "0"),
			"EOF"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := smallAPI(t)
			u, _ := url.Parse("https://api.x.com" + tt.url)
			e := exchange{Method: tt.method, URL: u, Header: tt.header, Body: []byte(tt.body)}
			wants(t, a.request(e), tt.want)
		})
	}
}

// TestChecksAnswers proves the same for answers.
func TestChecksAnswers(t *testing.T) {
	for _, tt := range []struct {
		name, method, url string
		status            int
		answer, want      string
	}{
		{"good", "POST", "/2/posts", 201, `{"data":{"id":"1"}}`, ""},
		{"another status", "POST", "/2/posts", 200, `{"data":{"id":"1"}}`,
			"the status 200 is not declared"},
		{"nothing", "POST", "/2/posts", 201, `{}`, "answer: data is missing"},
		{"a number for an id", "POST", "/2/posts", 201, `{"data":{"id":1}}`,
			"answer.data.id: 1 is no string"},
		{"no JSON", "POST", "/2/posts", 201, `<html>`, "invalid character"},
		{"too many", "GET", "/2/posts/1", 200, `["2026-11-23T09:00:00Z","2026-11-23T09:00:00Z"]`,
			"2 items, maxItems is 1"},
		{"no date", "GET", "/2/posts/1", 200, `["today"]`, `"today" is no date-time`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := smallAPI(t)
			u, _ := url.Parse("https://api.x.com" + tt.url)
			e := exchange{
				Method: tt.method, URL: u, Status: tt.status, Answer: []byte(tt.answer),
				AnswerHeader: http.Header{"Content-Type": {"application/json"}},
			}
			wants(t, a.answer(e), tt.want)
			if e.Method == "POST" && strings.Join(a.scopes(e), " ") != "write" {
				t.Errorf("scopes %q", a.scopes(e))
			}
		})
	}
}

// smallAPI is a document with the same structure as X's.
func smallAPI(t *testing.T) openapi {
	t.Helper()
	small, err := os.ReadFile("testdata/small.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(small, &doc); err != nil {
		t.Fatal(err)
	}
	return openapi{schemas{doc}}
}

func wants(t *testing.T, wrong []string, want string) {
	t.Helper()
	got := strings.Join(wrong, "\n")
	if want == "" && got != "" || !strings.Contains(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
