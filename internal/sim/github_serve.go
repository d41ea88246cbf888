package sim

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ghCall is one request, with whose token it bears and the fields of its body.
type ghCall struct {
	*http.Request
	header http.Header // of the answer
	id     *identity
	body   in
}

// ghRoute is what an endpoint needs and does. do gives the status and the body, nil for none.
type ghRoute struct {
	scope string // the permission that it needs; "" is none
	do    func(ghCall) (int, any)
}

// endpoints are the parts of the REST API that the stand-in has. https://docs.github.com/rest
func (g *ghSide) endpoints() map[string]ghRoute {
	all := map[string]ghRoute{
		"GET /user":                              {"", g.user},
		"GET /repos/{owner}/{repo}":              {"", g.repository},
		"GET /repositories/{id}":                 {"", g.repository},
		"GET /repositories/{id}/activity":        {"contents", g.listActivities},
		"GET /repositories/{id}/issues/{number}": {"issues", g.moved},
	}
	for scope, some := range map[string]map[string]func(ghCall) (int, any){
		"contents": {
			"GET /commits": g.listCommits, "GET /contents/{path...}": g.contents, "PUT /contents/{path...}": g.put,
			"GET /git/ref/{ref...}": g.ref, "POST /git/refs": g.newRef,
			"PATCH /git/refs/{ref...}": g.moveRef,
			"GET /git/commits/{sha}":   g.getCommit, "POST /git/commits": g.newCommit,
			"GET /git/trees/{sha}": g.getTree, "POST /git/trees": g.newTree,
			"GET /git/blobs/{sha}": g.getBlob, "POST /git/blobs": g.newBlob,
			"GET /activity": g.listActivities, "GET /compare/{basehead...}": g.compare,
		},
		"issues": {
			"GET /issues": g.listIssues, "POST /issues": g.newIssue,
			"GET /issues/{number}": g.getIssue, "PATCH /issues/{number}": g.editIssue,
			"POST /issues/{number}/comments": g.newComment, "GET /issues/{a}/{b}": g.belowIssues,
			"PATCH /issues/comments/{id}": g.editComment, "DELETE /issues/comments/{id}": g.deleteComment,
			"POST /labels": g.newLabel, "GET /labels/{name}": g.getLabel,
		},
		"secrets": {
			"GET /actions/secrets/public-key": g.publicKey, "GET /actions/secrets/{name}": g.getSecret,
			"PUT /actions/secrets/{name}": g.putSecret, "DELETE /actions/secrets/{name}": g.deleteSecret,
			"GET /environments/{environment}/secrets/public-key": g.publicKey,
			"GET /environments/{environment}/secrets/{name}":     g.getSecret,
			"PUT /environments/{environment}/secrets/{name}":     g.putSecret,
			"DELETE /environments/{environment}/secrets/{name}":  g.deleteSecret,
		},
		"variables": {
			"POST /actions/variables": g.newVariable, "GET /actions/variables/{name}": g.getVariable,
			"PATCH /actions/variables/{name}":  g.editVariable,
			"DELETE /actions/variables/{name}": g.deleteVariable,
		},
		"": {"GET /actions/workflows/{name}": g.workflow},
	} {
		for pattern, do := range some {
			method, path, _ := strings.Cut(pattern, " ")
			all[method+" /repos/{owner}/{repo}"+path] = ghRoute{scope, do}
		}
	}
	return all
}

func (g *ghSide) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for pattern, route := range g.endpoints() {
		mux.HandleFunc(pattern, g.handler(route))
	}
	mux.HandleFunc("GET /repos/{owner}/{repo}/releases", g.listReleases)
	mux.HandleFunc("/", g.handler(ghRoute{"", missing}))
	return mux
}

func missing(ghCall) (int, any) { return refuse(404, "Not Found") }

// handler reads a request, asks whether its token may do that, and writes the answer.
func (g *ghSide) handler(route ghRoute) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, 8<<20))
		g.w.mu.Lock()
		defer g.w.mu.Unlock()
		g.stamp(rw.Header())
		c := ghCall{Request: r, header: rw.Header(), id: g.identify(r)}
		if len(raw) > 0 && err == nil {
			err = json.Unmarshal(raw, &c.body)
		}
		status, out := 0, any(nil)
		switch {
		case c.id == nil:
			status, out = refuse(401, "Bad credentials")
		case err != nil:
			status, out = 400, object{"message": "Problems parsing JSON"}
		case !g.here(r):
			status, out = refuse(404, "Not Found")
		case !c.may(route.scope):
			status, out = c.forbid(route.scope)
		default:
			status, out = route.do(c)
		}
		g.stampEnd(rw.Header(), c.id)
		if r.Method != http.MethodGet && status < 300 {
			g.writes++
			if c.body.EncryptedValue == "" {
				g.w.watch("the repository", string(raw), text(c.body.Content))
			}
		}
		if status == 200 && c.unchanged(out) {
			status, out = http.StatusNotModified, nil
		}
		if out == nil {
			rw.WriteHeader(status)
			return
		}
		writeJSON(rw, status, out)
	}
}

// unchanged puts an ETag into an answer to a GET, and reports whether the caller has it already.
// https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api
func (c ghCall) unchanged(out any) bool {
	if c.Method != http.MethodGet {
		return false
	}
	b, err := json.Marshal(out)
	if err != nil {
		panic(err) // Unreachable: plain maps.
	}
	sum := sha256.Sum256(b)
	tag := `W/"` + hex.EncodeToString(sum[:]) + `"`
	c.header.Set("ETag", tag)
	return c.Header.Get("If-None-Match") == tag
}

// address is a path at the host that was asked.
func (c ghCall) address(path string) string {
	scheme := "http"
	if c.Host == githubAPI {
		scheme = "https"
	}
	return scheme + "://" + c.Host + path
}

// clock is GitHub's own time. Callers hold the lock.
func (g *ghSide) clock() time.Time { return g.w.clockOf("github") }

// stamp sets the headers that every answer carries.
func (g *ghSide) stamp(h http.Header) {
	g.requests++
	h.Set("X-GitHub-Request-Id", fmt.Sprintf("SIM0:%04X:%06X", g.requests, g.requests*7919))
	h.Set("X-RateLimit-Limit", "1000")
	h.Set("X-RateLimit-Remaining", "900")
	h.Set("X-RateLimit-Reset", strconv.FormatInt(g.clock().Add(time.Hour).Unix(), 10))
}

// stampEnd says when a personal token ends, as every answer to one does.
func (g *ghSide) stampEnd(h http.Header, id *identity) {
	if id != nil && id.name == "SECRETS_TOKEN" && !g.expiry.IsZero() {
		const layout = "2006-01-02 15:04:05 UTC"
		h.Set("GitHub-Authentication-Token-Expiration", g.expiry.UTC().Format(layout))
	}
}

// identify gives whose token a request bears, nil for nobody's or one that has ended.
func (g *ghSide) identify(r *http.Request) *identity {
	_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	id := g.tokens[token]
	if id == nil || id.name != "SECRETS_TOKEN" || g.expiry.IsZero() || g.clock().Before(g.expiry) {
		return id
	}
	return nil
}

// here reports whether a request is for the one repository, or for none.
func (g *ghSide) here(r *http.Request) bool {
	owner, repo, id := r.PathValue("owner"), r.PathValue("repo"), r.PathValue("id")
	if strings.HasPrefix(r.URL.Path, "/repositories/") {
		return id == strconv.FormatInt(g.id, 10) || id == strconv.Itoa(elsewhere)
	}
	return owner == "" || owner == g.w.o.Owner && repo == g.w.o.Repo
}

// may reports whether the token has a permission. Anybody may read a public repository's contents.
func (c ghCall) may(scope string) bool {
	return scope == "" || c.id.may[scope] || scope == "contents" && c.Method == http.MethodGet
}

// user is GET /user, which an app's token can't ask.
func (g *ghSide) user(c ghCall) (int, any) {
	if c.id.kind == "Bot" {
		return refuse(403, "Resource not accessible by integration")
	}
	return 200, object{"login": c.id.login, "type": c.id.kind}
}

// repository is GET /repos/{owner}/{repo}.
func (g *ghSide) repository(c ghCall) (int, any) {
	if id := c.PathValue("id"); id != "" && id != strconv.FormatInt(g.id, 10) {
		return refuse(404, "Not Found")
	}
	return 200, object{
		"id": g.id, "node_id": fmt.Sprintf("R_%d", g.id), "name": g.w.o.Repo,
		"owner": userJSON(g.w.o.Owner), "full_name": g.w.o.Owner + "/" + g.w.o.Repo, "private": g.isPrivate,
		"default_branch": "main",
		"has_issues":     !g.noIssues, "permissions": object{"push": c.id.may["contents"]},
	}
}

// listCommits lists the newest commit of the default branch. It is of this moment, unless the
// repository is quiet.
// https://docs.github.com/rest/commits/commits#list-commits
func (g *ghSide) listCommits(ghCall) (int, any) {
	at := g.quietSince
	if at.IsZero() {
		at = g.w.clock()
	}
	by := object{"name": g.w.o.Owner, "date": at.UTC().Format(time.RFC3339)}
	return 200, []object{{
		"sha":    strings.Repeat("c0ffee00", 5),
		"commit": object{"author": by, "committer": by, "message": "a commit"},
	}}
}

// forbid refuses a request and names the permission that it needs.
func (c ghCall) forbid(scope string) (int, any) {
	level := map[bool]string{true: "read", false: "write"}[c.Method == http.MethodGet]
	if scope == "variables" {
		scope = "actions_variables"
	}
	c.header.Set("X-Accepted-GitHub-Permissions", scope+"="+level)
	if c.id.kind == "Bot" {
		return refuse(403, "Resource not accessible by integration")
	}
	return refuse(403, "Resource not accessible by personal access token")
}

// page cuts a list as page and per_page say, and names the next page in the Link header.
func page[T any](c ghCall, list []T) []T {
	q := c.URL.Query()
	size := min(positive(q.Get("per_page"), 30), 100)
	number := positive(q.Get("page"), 1)
	start := min((number-1)*size, len(list))
	end := min(start+size, len(list))
	if end < len(list) {
		q.Set("page", itoa(number+1))
		c.header.Set("Link", fmt.Sprintf(`<%s?%s>; rel="next"`, c.address(c.URL.Path), q.Encode()))
	}
	return slices.Clone(list[start:end])
}

func positive(s string, otherwise int) int {
	if n, err := strconv.Atoi(s); err == nil && n > 0 {
		return min(n, 1<<20)
	}
	return otherwise
}
