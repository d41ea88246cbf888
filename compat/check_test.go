package compat

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// small is a document of the same make as X's.
const small = `{"paths": {
  "/2/posts": {"post": {
    "security": [{"OAuth2UserToken": ["write"]}, {"UserToken": []}],
    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Post"}}}},
    "responses": {"201": {"content": {"application/json": {"schema": {"type": "object", "required": ["data"], "properties": {"data": {"type": "object", "properties": {"id": {"type": "string"}}}}}}}}}}},
  "/2/posts/{id}": {"get": {
    "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string", "pattern": "^[0-9]{1,19}$"}},
                   {"name": "max", "in": "query", "schema": {"type": "integer", "minimum": 5, "maximum": 100}},
                   {"name": "fields", "in": "query", "required": true, "schema": {"type": "array", "minItems": 1, "uniqueItems": true, "items": {"type": "string", "enum": ["a", "b"]}}}],
    "responses": {"200": {"content": {"application/json": {"schema": {"type": "array", "maxItems": 1, "items": {"type": "string", "format": "date-time"}}}}}}}},
  "/2/posts/{id}/append": {"post": {
    "requestBody": {"content": {"multipart/form-data": {"schema": {"type": "object", "required": ["index"], "properties": {"index": {"type": "integer"}, "media": {"anyOf": [{"type": "string", "maxLength": 4}, {"type": "boolean"}]}}}}}}}}},
 "components": {"schemas": {"Post": {"type": "object", "required": ["text"], "properties": {
    "text": {"type": "string", "minLength": 1}, "nullcast": {"type": "boolean", "nullable": true}, "odd": {"contentEncoding": "base64"},
    "labels": {"type": "object", "additionalProperties": {"type": "number"}}}}}}}`

// TestChecks: the comparison finds what is wrong, or it would prove nothing.
func TestChecks(t *testing.T) {
	jsonBody := http.Header{"Content-Type": {"application/json"}}
	multi := http.Header{"Content-Type": {"multipart/form-data; boundary=B"}}
	part := func(name, value string) string {
		return "--B\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"
	}
	for _, tt := range []struct {
		name, method, url string
		header            http.Header
		body, want        string // want is "" where nothing is wrong
	}{
		{"a post", "POST", "/2/posts", jsonBody, `{"text":"x","nullcast":null,"labels":{"a":1}}`, ""},
		{"no text", "POST", "/2/posts", jsonBody, `{}`, "body: text is missing"},
		{"an empty text", "POST", "/2/posts", jsonBody, `{"text":""}`, "0 characters, minLength is 1"},
		{"a wrong type", "POST", "/2/posts", jsonBody, `{"text":5}`, "body.text: 5 is no string"},
		{"a property that is not declared", "POST", "/2/posts", jsonBody, `{"text":"x","txet":"y"}`, "body: txet is not declared"},
		{"a wrong additional property", "POST", "/2/posts", jsonBody, `{"text":"x","labels":{"a":"b"}}`, "body.labels.a: b is no number"},
		{"a keyword that nobody knows", "POST", "/2/posts", jsonBody, `{"text":"x","odd":"y"}`, `the keyword "contentEncoding" is not known`},
		{"another content type", "POST", "/2/posts", http.Header{"Content-Type": {"text/plain"}}, `{"text":"x"}`, "a body of type text/plain is not declared"},
		{"no such path", "POST", "/2/tweets", jsonBody, `{"text":"x"}`, "no such operation"},
		{"no such method", "DELETE", "/2/posts", nil, "", "no such operation"},
		{"a read", "GET", "/2/posts/12?fields=a,b&max=5", nil, "", ""},
		{"an id that is none", "GET", "/2/posts/x?fields=a", nil, "", `id: "x" does not match`},
		{"too few", "GET", "/2/posts/12?fields=a&max=4", nil, "", "max: 4, minimum is 5"},
		{"no number", "GET", "/2/posts/12?fields=a&max=many", nil, "", "max: many is no integer"},
		{"an unknown value", "GET", "/2/posts/12?fields=a,c", nil, "", "fields[1]: c is not one of"},
		{"a value twice", "GET", "/2/posts/12?fields=a,a", nil, "", "something is in it twice"},
		{"a parameter that is missing", "GET", "/2/posts/12", nil, "", "fields is missing"},
		{"a parameter that is not declared", "GET", "/2/posts/12?fields=a&since=1", nil, "", "the parameter since"},
		{"a body where none is taken", "GET", "/2/posts/12?fields=a", jsonBody, `{"a":1}`, "it takes no body"},
		{"a form", "POST", "/2/posts/12/append", multi, part("index", "0") + part("media", "ab") + "--B--\r\n", ""},
		{"a form without a field", "POST", "/2/posts/12/append", multi, part("media", "ab") + "--B--\r\n", "body: index is missing"},
		{"a field of a form that is none of what it may be", "POST", "/2/posts/12/append", multi, part("index", "0") + part("media", "abcde") + "--B--\r\n", "body.media: it is none of 2"},
		{"a form that ends too early", "POST", "/2/posts/12/append", multi, part("index", "0"), "EOF"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := smallAPI(t)
			u, _ := url.Parse("https://api.x.com" + tt.url)
			wants(t, a.request(exchange{Method: tt.method, URL: u, Header: tt.header, Body: []byte(tt.body)}), tt.want)
		})
	}
}

func TestChecksAnswers(t *testing.T) {
	for _, tt := range []struct {
		name, method, url string
		status            int
		answer, want      string
	}{
		{"good", "POST", "/2/posts", 201, `{"data":{"id":"1"}}`, ""},
		{"another status", "POST", "/2/posts", 200, `{"data":{"id":"1"}}`, "the status 200 is not declared"},
		{"nothing", "POST", "/2/posts", 201, `{}`, "answer: data is missing"},
		{"a number for an id", "POST", "/2/posts", 201, `{"data":{"id":1}}`, "answer.data.id: 1 is no string"},
		{"no JSON", "POST", "/2/posts", 201, `<html>`, "invalid character"},
		{"too many", "GET", "/2/posts/1", 200, `["2026-11-23T09:00:00Z","2026-11-23T09:00:00Z"]`, "2 items, maxItems is 1"},
		{"no date", "GET", "/2/posts/1", 200, `["today"]`, `"today" is no date-time`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := smallAPI(t)
			u, _ := url.Parse("https://api.x.com" + tt.url)
			e := exchange{Method: tt.method, URL: u, Status: tt.status, Answer: []byte(tt.answer), AnswerHeader: http.Header{"Content-Type": {"application/json"}}}
			wants(t, a.answer(e), tt.want)
			if e.Method == "POST" && strings.Join(a.scopes(e), " ") != "write" {
				t.Errorf("scopes %q", a.scopes(e))
			}
		})
	}
}

func smallAPI(t *testing.T) openapi {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal([]byte(small), &doc); err != nil {
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
