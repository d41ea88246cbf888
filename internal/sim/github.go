package sim

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ghSide is one repository on GitHub, its issues and its secrets.
type ghSide struct {
	w      *World
	mux    *http.ServeMux
	tokens map[string]*identity
	expiry time.Time // of SECRETS_TOKEN

	id           int64 // the repository's
	made         int   // activities and comments
	activities   []activity
	protected    map[string]string // branch → how
	associations map[string]string // login → association

	blobs   map[string]string            // blob → content
	trees   map[string]map[string]string // tree → path → content
	commits map[string]commit
	heads   map[string]string // branch → commit

	issues   []*Issue
	noIssues bool

	quietSince time.Time // when the default branch got its last commit; zero for just now
	isPrivate  bool

	labels map[string]bool

	keys      map[string]sealing // by environment; "" is the repository's own
	secrets   map[string]secret  // "name", or "environment/name"
	variables map[string]string
	releases  []release
	writes    int
	requests  int
}

// commit is a commit. A root has no parent, a merge has two.
type commit struct {
	tree, message string
	parents       []string
}

// identity is whose token it is and what it may do: "contents", "issues", "secrets", "variables".
type identity struct {
	name, login, kind string
	may               map[string]bool
}

const ghPAT = "github_pat_11SIM0123456789abcdefghijklmnopqrstuvwxyzABCDEFGH"

// ghToken is a job's token, in the form that it is getting: the app's id and a JSON Web Token.
// https://github.com/githubnext/gh-aw/issues/35016
var ghToken = sync.OnceValue(func() string {
	part := base64.RawURLEncoding.EncodeToString
	payload := `{"iss":"github-actions","sub":"repo:stand-in","pad":"` + strings.Repeat("-_", 60) +
		`"}`
	signature := strings.Repeat("\xfb\xef\xbe a signature of the stand-in ", 6)
	return "ghs_15368_" + part([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + part([]byte(payload)) +
		"." + part([]byte(signature))
})

// ownID is the repository's id until SetRepositoryID.
const ownID = 900_000_001

func newGH(w *World) *ghSide {
	g := &ghSide{
		w: w, blobs: map[string]string{}, keys: map[string]sealing{},
		trees: map[string]map[string]string{}, commits: map[string]commit{}, heads: map[string]string{},
		labels: map[string]bool{}, protected: map[string]string{}, associations: map[string]string{},
		id: ownID, secrets: map[string]secret{}, variables: map[string]string{},
		tokens: map[string]*identity{
			ghToken(): {"GITHUB_TOKEN", "github-actions[bot]", "Bot", map[string]bool{"contents": true,
				"issues": true}},
			ghPAT: {"SECRETS_TOKEN", w.o.Owner, "User", map[string]bool{"secrets": true,
				"variables": true}},
		},
	}
	g.mux = g.routes()
	g.addKey("")
	first := g.store(map[string]string{"README.md": "# mirror\n"}, "first commit")
	g.advance("main", first, w.o.Owner)
	return g
}

// simVaultKey is 32 bytes in base64. Nothing in this world is secret.
var simVaultKey = base64.StdEncoding.EncodeToString([]byte("a vault key for stand-ins, only!"))

func (g *ghSide) env() map[string]string {
	return map[string]string{
		"GITHUB_TOKEN": ghToken(), "SECRETS_TOKEN": ghPAT, "VAULT_KEY": simVaultKey,
		"GITHUB_REPOSITORY_ID": strconv.FormatInt(g.id, 10),
	}
}

// SetPermission gives or takes "contents", "issues", "secrets" or "variables" of "GITHUB_TOKEN" or
// "SECRETS_TOKEN".
func (g GitHub) SetPermission(token, scope string, allowed bool) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	for _, id := range g.tokens {
		if id.name == token {
			id.may[scope] = allowed
		}
	}
}

// SetSecretsTokenExpiry makes SECRETS_TOKEN end. Every answer says when; after it there are only
// refusals.
func (g GitHub) SetSecretsTokenExpiry(at time.Time) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	g.expiry = at
}

// SetQuiet says that nobody has committed to the default branch since then, and whether the
// repository is private.
func (g GitHub) SetQuiet(since time.Time, private bool) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	g.quietSince, g.isPrivate = since, private
}

// SetRepositoryID gives the repository another id, as a copy of it has: all the rest is as it was.
func (g GitHub) SetRepositoryID(id int64) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	g.id = id
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

func text(s *string) string {
	if s == nil {
		return ""
	}
	if b, err := base64.StdEncoding.DecodeString(*s); err == nil {
		return string(b)
	}
	return *s
}
