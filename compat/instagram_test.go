package compat

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
)

// node is the Graph API spec of one kind of node: its fields and its edges.
type node struct {
	APIs []struct {
		Method, Endpoint, Name string
		Params                 []named
	}
	Fields []named
}

type named struct{ Name string }

func (n node) field(name string) bool {
	declared := slices.ContainsFunc(n.Fields, func(f named) bool { return f.Name == name })
	return declared || newFields[name] != ""
}

// edge reports whether a node has an edge that can be read, and returns its parameters. The edge ""
// is the node itself.
func (n node) edge(name string) (params []string, ok bool) {
	for _, a := range n.APIs {
		found := a.Endpoint == name
		if name == "" {
			found = a.Name == "#get"
		}
		if found && a.Method == "GET" {
			for _, p := range a.Params {
				params = append(params, p.Name)
			}
			return params, true
		}
	}
	return nil, false
}

// generic are the parameters that every edge accepts.
// Source: https://developers.facebook.com/docs/graph-api/guides/field-expansion and its neighbours
// results and securing-requests.
var generic = []string{"fields", "limit", "after", "appsecret_proof"}

// outsideGraph are the calls that no published spec describes, with their documentation.
var outsideGraph = map[string]string{
	"/debug_token":        metaDocs + "graph-api/reference/debug_token",
	"/me/permissions":     metaDocs + "graph-api/reference/user/permissions",
	"/me/accounts":        metaDocs + "graph-api/reference/user/accounts",
	"/oauth/access_token": metaDocs + "facebook-login/guides/access-tokens/get-long-lived",
	"/me":                 metaDocs + "graph-api/reference/user", // of Facebook's user
	"/{id}":               metaDocs + "instagram-platform/instagram-graph-api/reference/ig-user",
}

// newFields are fields that Meta's changelog names and the published specs do not have yet.
var newFields = map[string]string{
	"is_ai_generated": "of IG Media, for both logins and all versions: changelog of 2026-06-22",
}

const metaDocs = "https://developers.facebook.com/docs/"

// TestInstagram: every field, edge and parameter that postferry requests is in the Graph specs.
func TestInstagram(t *testing.T) {
	var user, media, pageMedia, refresh, exchanged node
	for name, into := range map[string]*node{
		"IGUserForIGOnlyAPI": &user, "IGMediaForIGOnlyAPI": &media, "IGMedia": &pageMedia,
		"IGRefreshAccessTokenForIGOnlyAPI": &refresh, "IGAccessTokenForIGOnlyAPI": &exchanged,
	} {
		specs(t, "instagram/"+name+".json", into)
	}
	seen := map[string]int{}
	for _, e := range play(t) {
		ask := question{e, strings.TrimPrefix(e.URL.Host, "graph."), graphPath(e.URL.Path)}
		switch ask.host + ask.path {
		case "instagram.com/refresh_access_token":
			ask.wants(t, refresh, "")
		case "instagram.com/access_token":
			ask.wants(t, exchanged, "")
		case "instagram.com/me", "instagram.com/{id}":
			ask.wants(t, user, "")
			ask.fields(t, user, node{})
		case "instagram.com/me/media", "instagram.com/{id}/media":
			ask.wants(t, user, "media")
			ask.fields(t, media, media)
		case "facebook.com/{id}/media":
			ask.wants(t, user, "media")
			ask.fields(t, pageMedia, pageMedia)
		default:
			if !strings.HasPrefix(e.URL.Host, "graph.") {
				continue
			}
			if outsideGraph[ask.path] == "" || ask.host == "instagram.com" {
				t.Errorf("%s is in no spec", e)
			}
		}
		seen[ask.host+ask.path]++
	}
	for _, path := range []string{
		"instagram.com/refresh_access_token", "instagram.com/access_token", "instagram.com/me",
		"instagram.com/me/media", "facebook.com/{id}/media",
	} {
		if seen[path] == 0 {
			t.Errorf("%s was never called", path)
		}
	}
	t.Logf("%v", seen)
}

// graphPath returns a path without its version and with {id} in place of an id.
func graphPath(path string) string {
	path = regexp.MustCompile(`^/v\d+\.\d+`).ReplaceAllString(path, "")
	return regexp.MustCompile(`/\d+`).ReplaceAllString(path, "/{id}")
}

// question is a call of the Graph API.
type question struct {
	e          exchange
	host, path string
}

// wants checks that the edge exists and takes the request's parameters.
func (q question) wants(t *testing.T, n node, edge string) {
	t.Helper()
	params, ok := n.edge(edge)
	if q.e.Method != "GET" || !ok {
		t.Errorf("%s: there is no such edge", q.e)
	}
	for name := range q.e.URL.Query() {
		if !slices.Contains(generic, name) && !slices.Contains(params, name) {
			t.Errorf("%s: the parameter %s is not declared", q.e, name)
		}
	}
}

// fields checks the requested fields, and those of each child.
func (q question) fields(t *testing.T, n, child node) {
	t.Helper()
	names, err := split(q.e.URL.Query().Get("fields"))
	if err != nil {
		t.Errorf("%s: %v", q.e, err)
	}
	for _, name := range names {
		name, inner, expanded := strings.Cut(strings.TrimSuffix(name, "}"), "{")
		if !expanded && !n.field(name) {
			t.Errorf("%s: the field %s is not declared", q.e, name)
		}
		if !expanded {
			continue
		}
		if _, ok := n.edge(name); !ok {
			t.Errorf("%s: the edge %s is not declared", q.e, name)
		}
		for _, one := range strings.Split(inner, ",") {
			if !child.field(one) {
				t.Errorf("%s: the field %s of %s is not declared", q.e, one, name)
			}
		}
	}
}

// split splits a list of fields at its commas, but not at those in braces.
func split(fields string) (out []string, err error) {
	depth, begin := 0, 0
	for i, r := range fields + "," {
		switch {
		case r == '{':
			depth++
		case r == '}':
			depth--
		case r == ',' && depth == 0:
			out, begin = append(out, fields[begin:i]), i+1
		}
	}
	if depth != 0 || slices.Contains(out, "") {
		return nil, fmt.Errorf("%q is no list of fields", fields)
	}
	return out, nil
}

func TestSplit(t *testing.T) {
	for in, want := range map[string]string{
		"id":                                "id",
		"id,username":                       "id|username",
		"id,children{id,media_url},caption": "id|children{id,media_url}|caption",
		"id,":                               "",
		"id{":                               "",
		"":                                  "",
	} {
		got, err := split(in)
		if strings.Join(got, "|") != want || (err != nil) != (want == "") {
			t.Errorf("%q: got %q, %v", in, got, err)
		}
	}
}

// TestSamples reads bodies that the tests of another client recorded.
func TestSamples(t *testing.T) {
	specs(t, "instagram/samples/restfb-error-envelope.json", new(any)) // skips where there are none
	folder := filepath.Join(os.Getenv("POSTFERRY_SPECS"), "instagram", "samples")
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal("no samples", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) { sample(t, string(body)) }) // retries wait
		})
	}
}

func sample(t *testing.T, body string) {
	var envelope struct {
		Error struct {
			Message string
			Code    int
			Subcode int    `json:"error_subcode"`
			Trace   string `json:"fbtrace_id"`
		}
	}
	_ = json.Unmarshal([]byte(body), &envelope) // a body without an error leaves it empty
	want := envelope.Error
	switch {
	case want.Message != "":
		_, err := answering(400, body).Me(t.Context())
		e := httpx.As(err)
		if e == nil || e.Code != want.Code || e.Subcode != want.Subcode || e.TraceID != want.Trace {
			t.Fatalf("got %+v of %s", err, body)
		}
		if !strings.Contains(e.Message, want.Message) {
			t.Errorf("got the message %q of %s", e.Message, body)
		}
	case strings.Contains(body, "access_token"):
		tok, err := answering(200, body).ExchangeShort(t.Context())
		const needed = "instagram_business_basic"
		if err != nil || tok.Access == "" || !slices.Contains(tok.Permissions, needed) {
			t.Errorf("got %+v, %v", tok, err)
		}
	case strings.Contains(body, "media_type"):
		sampleMedia(t, body)
	}
}

func sampleMedia(t *testing.T, body string) {
	t.Helper()
	client := answering(200, `{"data":[`+body+`]}`)
	list, err := client.List(t.Context(), func([]instagram.Media) bool { return true })
	if err != nil || len(list) != 1 {
		t.Fatalf("got %+v, %v", list, err)
	}
	m := list[0]
	const permalink = "https://www.instagram.com/permalink"
	if m.ID != "123456789" || m.Permalink != permalink {
		t.Errorf("got %+v", m)
	}
	if m.Timestamp.Year() != 2018 || m.Caption == "" {
		t.Errorf("got %+v", m)
	}
	if strings.Contains(body, "CAROUSEL_ALBUM") && len(m.Children) != 2 {
		t.Errorf("%d children", len(m.Children))
	}
}

// answering returns a client whose every request is answered with one body.
func answering(status int, body string) *instagram.Client {
	answer := func(*http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: status,
			Header:     http.Header{"Content-Type": {"application/json"}},
			Body:       io.NopCloser(strings.NewReader(body)),
		}, nil
	}
	return &instagram.Client{
		Version: "v25.0", Token: "IGAAx", AppSecret: "s",
		HTTP: &http.Client{Transport: transport(answer)},
		Now:  func() time.Time { return time.Unix(1.8e9, 0) },
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
