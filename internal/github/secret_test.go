package github

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/nacl/box"

	"github.com/postferry/postferry/internal/httpx"
)

// safe is a store of secrets that can open what was sealed for its current key.
type safe struct {
	t            *testing.T
	id           string
	public, priv *[32]byte
	opened       map[string]string // path → value
	log          []string
}

func newSafe(t *testing.T) *safe {
	s := &safe{t: t, opened: map[string]string{}}
	s.turn()
	return s
}

// turn replaces the key.
func (s *safe) turn() {
	public, priv, err := box.GenerateKey(rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	s.public, s.priv, s.id = public, priv, s.id+"1"
}

func (s *safe) secrets(environment string) *Secrets {
	c := New(Options{Owner: "o", Repo: "r", HTTP: &http.Client{Transport: s}})
	return &Secrets{Client: c, Environment: environment}
}

func (s *safe) RoundTrip(req *http.Request) (*http.Response, error) {
	path := req.URL.EscapedPath()
	s.log = append(s.log, req.Method+" "+path)
	switch {
	case strings.HasSuffix(path, "/public-key"):
		return says(
			200,
			fmt.Sprintf(`{"key_id":%q,"key":%q}`, s.id,
				base64.StdEncoding.EncodeToString(s.public[:])),
		)(req)
	case req.Method == "PUT":
		return s.put(path, req)
	case req.Method == "DELETE" && s.opened[path] != "":
		delete(s.opened, path)
		return says(204, "")(req)
	case req.Method == "GET" && s.opened[path] != "":
		return says(
			200,
			`{"name":"X","created_at":"2026-01-02T03:04:05Z",`+
				`"updated_at":"2026-11-23T18:00:00+09:00"}`,
		)(req)
	}
	return says(404, `{"message":"Not Found"}`)(req)
}

func (s *safe) put(path string, req *http.Request) (*http.Response, error) {
	var in map[string]string
	raw, err := io.ReadAll(req.Body)
	if err == nil {
		err = json.Unmarshal(raw, &in)
	}
	if err != nil || len(in) != 2 || in["key_id"] != s.id {
		return says(422, `{"message":"Bad key_id"}`)(req)
	}
	sealed, err := base64.StdEncoding.DecodeString(in["encrypted_value"])
	value, ok := box.OpenAnonymous(nil, sealed, s.public, s.priv)
	if err != nil || !ok {
		return says(422, `{"message":"Could not decrypt"}`)(req)
	}
	s.opened[path] = string(value)
	return says(204, "")(req)
}

func TestSecrets(t *testing.T) {
	tests := []struct{ environment, scope string }{
		{"", "/repos/o/r/actions/secrets/"},
		{"prod/eu west", "/repos/o/r/environments/prod%2Feu%20west/secrets/"},
	}
	for _, tt := range tests {
		t.Run(tt.environment, func(t *testing.T) {
			safe := newSafe(t)
			s := safe.secrets(tt.environment)
			if _, err := s.UpdatedAt(t.Context(), "X"); httpx.ClassOf(err) != httpx.NotFound {
				t.Errorf("got error %v, want NotFound", err)
			}
			for _, name := range []string{"X", "Y"} {
				if err := s.Put(t.Context(), name, "value of "+name); err != nil {
					t.Fatal(err)
				}
			}
			want := map[string]string{tt.scope + "X": "value of X", tt.scope + "Y": "value of Y"}
			if diff := cmp.Diff(want, safe.opened); diff != "" {
				t.Error(diff)
			}
			at, err := s.UpdatedAt(t.Context(), "X")
			if want := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC); err != nil || at != want {
				t.Errorf("got %v and error %v, want %v", at, err, want)
			}
			for range 2 { // the second finds nothing, and that is what was wanted
				if err := s.Delete(t.Context(), "X"); err != nil {
					t.Error(err)
				}
			}
			wantLog := []string{
				"GET X", "GET public-key", "PUT X", "PUT Y", "GET X", "DELETE X", "DELETE X",
			}
			for i, w := range wantLog {
				wantLog[i] = strings.Replace(w, " ", " "+tt.scope, 1)
			}
			if diff := cmp.Diff(wantLog, safe.log); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A key that was replaced since it was read costs one more try; a refusal with the current key is
// final.
func TestSecretsKeyTurns(t *testing.T) {
	safe := newSafe(t)
	s := safe.secrets("")
	if id, err := s.PublicKey(t.Context()); err != nil || id != safe.id {
		t.Errorf("got key %q and error %v, want %q", id, err, safe.id)
	}
	safe.turn()
	if err := s.Put(t.Context(), "X", "value"); err != nil ||
		safe.opened["/repos/o/r/actions/secrets/X"] != "value" {
		t.Errorf("got error %v and %q", err, safe.opened)
	}
	h := newHub()
	h.on(
		act{
			match: "GET",
			times: 9,
			answer: says(
				200,
				`{"key_id":"1","key":"`+base64.StdEncoding.EncodeToString(make([]byte, 32))+`"}`,
			),
		},
	)
	h.on(act{match: "PUT", times: 9, answer: says(422, `{"message":"no"}`)})
	err := (&Secrets{Client: h.client()}).Put(t.Context(), "X", "value")
	if httpx.ClassOf(err) != httpx.Invalid || len(h.writes()) != 1 {
		t.Errorf("got error %v after %d writes, want Invalid after 1", err, len(h.writes()))
	}
}

func TestSecretsKeyIsNone(t *testing.T) {
	for _, body := range []string{
		`{}`, `{"key_id":"1","key":"c2hvcnQ="}`, `{"key_id":"1","key":"%"}`,
		`{"key":"` + base64.StdEncoding.EncodeToString(make([]byte, 32)) + `"}`,
	} {
		h := newHub()
		h.on(act{match: "GET", times: 9, answer: says(200, body)})
		err := (&Secrets{Client: h.client()}).Put(t.Context(), "X", "value")
		if httpx.ClassOf(err) != httpx.Transient || len(h.writes()) != 0 {
			t.Errorf("%s: got error %v after %d writes, want Transient and none", body, err,
				len(h.writes()))
		}
	}
}

func TestSecretsBounds(t *testing.T) {
	safe := newSafe(t)
	for _, value := range []string{"", strings.Repeat("x", 48<<10+1)} {
		if err := safe.secrets("").Put(t.Context(), "X",
			value); httpx.ClassOf(err) != httpx.Invalid ||
			len(safe.log) != 0 {
			t.Errorf("%d bytes: got error %v after %q, want Invalid and no call", len(value), err,
				safe.log)
		}
	}
}
