package sim

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ghSide is one repository on GitHub, its issues and its secrets.
type ghSide struct {
	w      *World
	tokens map[string]*identity
	expiry time.Time // of SECRETS_TOKEN

	blobs   map[string]string            // blob → content
	trees   map[string]map[string]string // tree → path → content
	commits map[string]commit
	heads   map[string]string // branch → commit

	issues   []*Issue
	noIssues bool
	labels   map[string]bool

	keys      map[string]sealing // by environment; "" is the repository's own
	secrets   map[string]secret  // "name", or "environment/name"
	variables map[string]string
	writes    int
	requests  int
}

type commit struct{ tree, parent, message string }

// identity is whose token it is and what it may do: "contents", "issues", "secrets", "variables".
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
		w: w, blobs: map[string]string{}, keys: map[string]sealing{}, trees: map[string]map[string]string{}, commits: map[string]commit{}, heads: map[string]string{}, labels: map[string]bool{},
		secrets: map[string]secret{}, variables: map[string]string{},
		tokens: map[string]*identity{
			ghToken: {"GITHUB_TOKEN", "github-actions[bot]", "Bot", map[string]bool{"contents": true, "issues": true}},
			ghPAT:   {"SECRETS_TOKEN", w.o.Owner, "User", map[string]bool{"secrets": true, "variables": true}},
		},
	}
	g.addKey("")
	g.heads["main"] = g.store(map[string]string{"README.md": "# mirror\n"}, "", "first commit")
	return g
}

// simVaultKey is 32 bytes that are as good as any in a world where nothing is secret.
var simVaultKey = base64.StdEncoding.EncodeToString([]byte("a vault key for stand-ins, only!"))

func (g *ghSide) env() map[string]string {
	return map[string]string{"GITHUB_TOKEN": ghToken, "SECRETS_TOKEN": ghPAT, "VAULT_KEY": simVaultKey}
}

// SetPermission gives or takes "contents", "issues", "secrets" or "variables" of "GITHUB_TOKEN" or "SECRETS_TOKEN".
func (g GitHub) SetPermission(token, scope string, allowed bool) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	for _, id := range g.tokens {
		if id.name == token {
			id.may[scope] = allowed
		}
	}
}

// SetSecretsTokenExpiry makes SECRETS_TOKEN end. Every answer says when; after it there are only refusals.
func (g GitHub) SetSecretsTokenExpiry(at time.Time) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	g.expiry = at
}

// Writes counts the requests that changed something.
func (g GitHub) Writes() int {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	return g.writes
}

// in is every field that a request of ours may have.
type in struct {
	Message, SHA, Branch, Ref, Tree, Encoding string
	Content                                   *string
	Parents                                   []string
	Force                                     bool
	BaseTree                                  string `json:"base_tree"`
	Entries                                   []entry
	Title, Body, State                        *string
	StateReason                               string `json:"state_reason"`
	Labels, Assignees                         []string
	Name, Color, Description, Value           string
	EncryptedValue                            string `json:"encrypted_value"`
	KeyID                                     string `json:"key_id"`
}

// entry is a file of a tree: its content or its blob; a blob that is null takes the file away.
type entry struct {
	Path, Mode, Type string
	Content          *string
	SHA              json.RawMessage
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
	rw.Header().Set("X-RateLimit-Reset", strconv.FormatInt(g.w.clock().Add(time.Hour).Unix(), 10))
	id := g.tokens[strings.TrimPrefix(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), "token ")]
	ends := id != nil && id.name == "SECRETS_TOKEN" && !g.expiry.IsZero()
	if id == nil || ends && !g.w.clock().Before(g.expiry) {
		writeJSON(rw, 401, object{"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest"})
		return
	}
	if ends {
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
		if body.EncryptedValue == "" {
			g.w.watch("the repository", string(raw), text(body.Content))
		}
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
	scope := permission(p)
	if scope != "" && !id.may[scope] && !(scope == "contents" && r.Method == http.MethodGet) {
		return g.forbid(rw, r, id, scope)
	}
	switch p[0] {
	case "":
		return 200, object{"full_name": g.w.o.Owner + "/" + g.w.o.Repo, "private": false, "default_branch": "main", "has_issues": !g.noIssues, "permissions": object{"push": id.may["contents"]}}
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

// permission is what a path behind the repository needs.
func permission(p []string) string {
	if p[0] == "actions" && len(p) > 1 {
		return map[string]string{"secrets": "secrets", "variables": "variables"}[p[1]]
	}
	return map[string]string{"contents": "contents", "git": "contents", "issues": "issues", "labels": "issues", "environments": "secrets"}[p[0]]
}

// forbid is GitHub's no, with the permission that would do.
func (g *ghSide) forbid(rw http.ResponseWriter, r *http.Request, id *identity, scope string) (int, any) {
	level := map[bool]string{true: "read", false: "write"}[r.Method == http.MethodGet]
	if scope == "variables" {
		scope = "actions_variables"
	}
	rw.Header().Set("X-Accepted-GitHub-Permissions", scope+"="+level)
	if id.kind == "Bot" {
		return refuse(403, "Resource not accessible by integration")
	}
	return refuse(403, "Resource not accessible by personal access token")
}

// page cuts a list as page and per_page say.
func page[T any](r *http.Request, list []T) []T {
	size := positive(r.URL.Query().Get("per_page"), 30)
	number := positive(r.URL.Query().Get("page"), 1)
	start := min((number-1)*min(size, 100), len(list))
	return slices.Clone(list[start:min(start+min(size, 100), len(list))])
}

func positive(s string, otherwise int) int {
	if n, err := strconv.Atoi(s); err == nil && n > 0 {
		return min(n, 1<<20)
	}
	return otherwise
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	if b, err := base64.StdEncoding.DecodeString(*s); err == nil {
		return string(b)
	}
	return *s
}
