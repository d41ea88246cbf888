package sim_test

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/nacl/box"

	"github.com/postferry/postferry/internal/sim"
)

// seal closes a value for the key behind a path, and gives the body that puts it.
func (c *caller) seal(path, value string) (body, keyID string) {
	c.t.Helper()
	r := c.pat("GET", path+"/public-key", "")
	r.expect(c.t, 200)
	raw, err := base64.StdEncoding.DecodeString(r.at("key"))
	if err != nil || len(raw) != 32 {
		c.t.Fatalf("key %q: %v", r.at("key"), err)
	}
	sealed, err := box.SealAnonymous(nil, []byte(value), (*[32]byte)(raw), rand.Reader)
	if err != nil {
		c.t.Fatal(err)
	}
	return fmt.Sprintf(`{"encrypted_value":%q,"key_id":%q}`, base64.StdEncoding.EncodeToString(sealed),
		r.at("key_id")), r.at("key_id")
}

// TestSecret: made, replaced, read back but for its value, and taken away.
func TestSecret(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.pat("GET", "/actions/secrets/X_REFRESH_TOKEN", "").expect(t, 404)
	body, _ := c.seal("/actions/secrets", "first")
	c.pat("PUT", "/actions/secrets/X_REFRESH_TOKEN", body).expect(t, 201)
	c.w.Advance(time.Minute)
	body, _ = c.seal("/actions/secrets", "second")
	if r := c.pat("PUT", "/actions/secrets/x_refresh_token", body); r.status != 204 || r.body != "" {
		t.Errorf("the second time: %d %q, want 204 and nothing", r.status, r.body)
	}
	if got, ok := c.w.GitHub().Secret("X_REFRESH_TOKEN"); !ok || got != "second" {
		t.Errorf("secret = %q, %v", got, ok)
	}
	r := c.pat("GET", "/actions/secrets/X_REFRESH_TOKEN", "")
	if want := `{"created_at":"2026-11-23T09:00:00Z","name":"X_REFRESH_TOKEN","updated_at":"2026-11-23T09:01:00Z"}`; r.body != want {
		t.Errorf("secret = %s, want %s", r.body, want)
	}
	c.pat("DELETE", "/actions/secrets/X_REFRESH_TOKEN", "").expect(t, 204)
	c.pat("DELETE", "/actions/secrets/X_REFRESH_TOKEN", "").expect(t, 404)
	if _, ok := c.w.GitHub().Secret("X_REFRESH_TOKEN"); ok {
		t.Error("the secret is still there")
	}
	c.w.GitHub().SetSecret("BY_HAND", "v")
	c.pat("GET", "/actions/secrets/BY_HAND", "").expect(t, 200)
}

// TestSealedBox: a value that this repository can't open, or a name that it can't have, is refused
// and changes nothing.
func TestSealedBox(t *testing.T) {
	for _, tt := range []struct {
		name, secret string
		value        string
		spoil        func(body, keyID string) string
		status       int
	}{
		{"as it should be", "A", "v", nil, 201},
		{"the largest", "A", strings.Repeat("v", 48<<10), nil, 201},
		{"too large", "A", strings.Repeat("v", 48<<10+1), nil, 422},
		{"the wrong key", "A", "v", func(b, id string) string { return strings.Replace(b, id, "123", 1) },
			422},
		{"no key", "A", "v",
			func(b, id string) string { return strings.Replace(b, `"key_id"`, `"key"`, 1) }, 422},
		{"in the clear", "A", "v", func(_, id string) string {
			return fmt.Sprintf(`{"encrypted_value":%q,"key_id":%q}`, encoded("v"), id)
		}, 422},
		{"not base64", "A", "v",
			func(_, id string) string { return fmt.Sprintf(`{"encrypted_value":"*","key_id":%q}`, id) },
			422},
		{"a name of GitHub's own", "GITHUB_A", "v", nil, 422},
		{"a name that begins with a digit", "1A", "v", nil, 422},
		{"a name with a dash", "A-B", "v", nil, 422},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			body, id := c.seal("/actions/secrets", tt.value)
			if tt.spoil != nil {
				body = tt.spoil(body, id)
			}
			c.pat("PUT", "/actions/secrets/"+tt.secret, body).expect(t, tt.status)
			if _, ok := c.w.GitHub().Secret(tt.secret); ok != (tt.status == 201) {
				t.Errorf("kept = %v", ok)
			}
		})
	}
}

// TestEnvironmentSecrets: an environment has its own key, and its secrets are not the repository's.
func TestEnvironmentSecrets(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.pat("GET", "/environments/mirror/secrets/public-key", "").expect(t, 404)
	c.w.GitHub().AddEnvironment("mirror")
	own, ownKey := c.seal("/environments/mirror/secrets", "v")
	other, otherKey := c.seal("/actions/secrets", "v")
	if ownKey == otherKey {
		t.Error("both keys have the same id")
	}
	c.pat("PUT", "/environments/mirror/secrets/A", other).expect(t, 422)
	c.pat("PUT", "/environments/mirror/secrets/A", own).expect(t, 201)
	c.pat("GET", "/environments/mirror/secrets/A", "").expect(t, 200)
	c.pat("GET", "/actions/secrets/A", "").expect(t, 404)
	if got, _ := c.w.GitHub().Secret("mirror/A"); got != "v" {
		t.Errorf("secret = %q", got)
	}
}

// TestVariables: made once, changed, read and taken away.
func TestVariables(t *testing.T) {
	c := newCaller(t, sim.Options{})
	for _, tt := range []struct {
		name, method, path, body string
		status                   int
		want                     string
	}{
		{"none yet", "GET", "/POSTFERRY", "", 404, ""},
		{"change none", "PATCH", "/POSTFERRY", `{"name":"POSTFERRY","value":"on"}`, 404, ""},
		{"make", "POST", "", `{"name":"POSTFERRY","value":"on"}`, 201, ""},
		{"make again", "POST", "", `{"name":"postferry","value":"on"}`, 409, "Already exists"},
		{"read", "GET", "/POSTFERRY", "", 200, `{"name":"POSTFERRY","value":"on"}`},
		{"change", "PATCH", "/POSTFERRY", `{"name":"POSTFERRY","value":"off"}`, 204, ""},
		{"read the change", "GET", "/postferry", "", 200, `"value":"off"`},
		{"a bad name", "POST", "", `{"name":"POST-FERRY","value":"on"}`, 422, ""},
		{"delete", "DELETE", "/POSTFERRY", "", 204, ""},
		{"delete none", "DELETE", "/POSTFERRY", "", 404, ""},
	} {
		c.pat(tt.method, "/actions/variables"+tt.path, tt.body).expect(t, tt.status, tt.want)
		if t.Failed() {
			t.Fatal(tt.name)
		}
	}
	c.pat("POST", "/actions/variables", `{"name":"A","value":"b"}`)
	if got, ok := c.w.GitHub().Variable("A"); !ok || got != "b" {
		t.Errorf("variable = %q, %v", got, ok)
	}
}

// TestWorkflow: a workflow is there, and on.
func TestWorkflow(t *testing.T) {
	newCaller(t, sim.Options{}).gh("GET", "/actions/workflows/mirror.yml", "").expect(t, 200,
		`"state":"active"`)
}
