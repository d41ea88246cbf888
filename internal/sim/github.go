package sim

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/nacl/box"
)

// ghSide is one repository on GitHub, its issues and its secrets.
type ghSide struct {
	w      *World
	tokens map[string]*identity
	expiry time.Time // of SECRETS_TOKEN

	trees   map[string]map[string]string // tree → path → content
	commits map[string]commit
	heads   map[string]string // branch → commit

	issues   []*Issue
	noIssues bool
	labels   map[string]bool

	public, private *[32]byte
	secrets         map[string]secret // "name", or "environment/name"
	variables       map[string]string
	writes          int
	requests        int
}

type commit struct{ tree, parent string }

// identity is whose token it is and what it may do: "contents", "issues", "secrets".
type identity struct {
	name, login, kind string
	may               map[string]bool
}

const (
	ghToken = "ghs_simGithubToken0123456789abcdefghijkl"
	ghPAT   = "github_pat_11SIM0123456789abcdefghijklmnopqrstuvwxyzABCDEFGH"
)

func newGH(w *World) *ghSide {
	g := &ghSide{
		w: w, trees: map[string]map[string]string{}, commits: map[string]commit{}, heads: map[string]string{}, labels: map[string]bool{},
		secrets: map[string]secret{}, variables: map[string]string{},
		tokens: map[string]*identity{
			ghToken: {"GITHUB_TOKEN", "github-actions[bot]", "Bot", map[string]bool{"contents": true, "issues": true}},
			ghPAT:   {"SECRETS_TOKEN", w.o.Owner, "User", map[string]bool{"secrets": true}},
		},
	}
	var err error
	if g.public, g.private, err = box.GenerateKey(rand.Reader); err != nil {
		panic(err) // Unreachable: crypto/rand does not fail.
	}
	g.heads["main"] = g.store(map[string]string{"README.md": "# mirror\n"}, "")
	return g
}

// simVaultKey is 32 bytes that are as good as any in a world where nothing is secret.
var simVaultKey = base64.StdEncoding.EncodeToString([]byte("a vault key for stand-ins, only!"))

func (g *ghSide) env() map[string]string {
	return map[string]string{"GITHUB_TOKEN": ghToken, "SECRETS_TOKEN": ghPAT, "VAULT_KEY": simVaultKey}
}

// SetPermission gives or takes "contents", "issues" or "secrets" of "GITHUB_TOKEN" or "SECRETS_TOKEN".
func (w *World) SetPermission(token, scope string, allowed bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range w.gh.tokens {
		if id.name == token {
			id.may[scope] = allowed
		}
	}
}

// SetSecretsTokenExpiry makes SECRETS_TOKEN end.
func (w *World) SetSecretsTokenExpiry(at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gh.expiry = at
}

// GitHubWrites counts the requests that changed something.
func (w *World) GitHubWrites() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.gh.writes
}

// in is every field that a request of ours may have.
type in struct {
	Message, Content, SHA, Branch, Ref, Tree string
	Parents                                  []string
	Force                                    *bool
	BaseTree                                 string `json:"base_tree"`
	Entries                                  []struct{ Path, Mode, Type, Content, SHA string }
	Title, Body, State                       *string
	StateReason                              string `json:"state_reason"`
	Labels, Assignees                        []string
	Name, Color, Description, Value          string
	EncryptedValue                           string `json:"encrypted_value"`
	KeyID                                    string `json:"key_id"`
}

// UnmarshalJSON: "tree" is a list in one request and an id in another.
func (i *in) UnmarshalJSON(b []byte) error {
	type plain in
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	if t, ok := raw["tree"]; ok && strings.HasPrefix(strings.TrimSpace(string(t)), "[") {
		if err := json.Unmarshal(t, &i.Entries); err != nil {
			return err
		}
		delete(raw, "tree")
		b, _ = json.Marshal(raw)
	}
	return json.Unmarshal(b, (*plain)(i))
}

type object = map[string]any

func refuse(status int, message string) (int, any) {
	return status, object{"message": message, "documentation_url": "https://docs.github.com/rest"}
}

// serve answers one request of the REST API.
func (g *ghSide) serve(rw http.ResponseWriter, r *http.Request) {
	var body in
	raw, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, 8<<20))
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	g.requests++
	rw.Header().Set("X-GitHub-Request-Id", fmt.Sprintf("SIM0:%04X:%06X", g.requests, g.requests*7919))
	rw.Header().Set("X-RateLimit-Limit", "1000")
	rw.Header().Set("X-RateLimit-Remaining", "900")
	id := g.tokens[strings.TrimPrefix(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), "token ")]
	if id == nil {
		writeJSON(rw, 401, object{"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest"})
		return
	}
	if id.name == "SECRETS_TOKEN" && !g.expiry.IsZero() {
		rw.Header().Set("GitHub-Authentication-Token-Expiration", g.expiry.UTC().Format("2006-01-02 15:04:05 UTC"))
	}
	if len(raw) > 0 {
		err = json.Unmarshal(raw, &body)
	}
	if err != nil {
		writeJSON(rw, 400, object{"message": "Problems parsing JSON"})
		return
	}
	status, out := g.answer(rw, r, id, body)
	if r.Method != http.MethodGet && status < 300 {
		g.writes++
	}
	if out == nil {
		rw.WriteHeader(status)
		return
	}
	writeJSON(rw, status, out)
}

// answer routes by the first part of the path behind the repository.
func (g *ghSide) answer(rw http.ResponseWriter, r *http.Request, id *identity, body in) (int, any) {
	if r.URL.Path == "/user" {
		if id.kind == "Bot" {
			return refuse(403, "Resource not accessible by integration")
		}
		return 200, object{"login": id.login, "type": id.kind}
	}
	path, ok := strings.CutPrefix(r.URL.Path, "/repos/"+g.w.o.Owner+"/"+g.w.o.Repo)
	if !ok || path != "" && path[0] != '/' {
		return refuse(404, "Not Found")
	}
	p := strings.Split(strings.Trim(path, "/"), "/")
	scope := map[string]string{"contents": "contents", "git": "contents", "issues": "issues", "labels": "issues", "actions": "secrets", "environments": "secrets"}[p[0]]
	if p[0] == "actions" && len(p) > 1 && p[1] == "workflows" {
		scope = ""
	}
	if scope != "" && !id.may[scope] && !(scope == "contents" && r.Method == http.MethodGet) {
		return g.forbid(rw, r, id, scope)
	}
	switch p[0] {
	case "":
		return 200, object{"full_name": g.w.o.Owner + "/" + g.w.o.Repo, "private": false, "default_branch": "main", "has_issues": !g.noIssues, "permissions": object{"push": true}}
	case "contents":
		return g.contents(r, strings.Join(p[1:], "/"), body)
	case "git":
		return g.git(r, p[1:], body)
	case "issues":
		return g.issue(r, p[1:], id, body)
	case "labels":
		return g.label(r, p[1:], body)
	case "actions", "environments":
		return g.actions(r, p, body)
	}
	return refuse(404, "Not Found")
}

// forbid is GitHub's no, with the permission that would do.
func (g *ghSide) forbid(rw http.ResponseWriter, r *http.Request, id *identity, scope string) (int, any) {
	level := map[bool]string{true: "read", false: "write"}[r.Method == http.MethodGet]
	rw.Header().Set("X-Accepted-GitHub-Permissions", scope+"="+level)
	if id.kind == "Bot" {
		return refuse(403, "Resource not accessible by integration")
	}
	return refuse(403, "Resource not accessible by personal access token")
}

// page cuts a list as page and per_page say.
func page[T any](r *http.Request, list []T) []T {
	size, number := 30, 1
	_, _ = fmt.Sscan(r.URL.Query().Get("per_page"), &size)
	_, _ = fmt.Sscan(r.URL.Query().Get("page"), &number)
	start := min((number-1)*size, len(list))
	return slices.Clone(list[start:min(start+size, len(list))])
}
