package sim

import (
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"golang.org/x/crypto/nacl/box"
)

// secret is a value with the only two things that can be read of it.
type secret struct {
	value            string
	created, updated time.Time
}

const keyID = "568250167242549743"

// Secret is a repository secret, opened with the repository's private key.
func (w *World) Secret(name string) (string, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s, ok := w.gh.secrets[name]
	return s.value, ok
}

// SetSecret is a person putting a secret in.
func (w *World) SetSecret(name, value string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gh.keep(name, value)
}

// Variable is a repository variable.
func (w *World) Variable(name string) (string, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	v, ok := w.gh.variables[name]
	return v, ok
}

func (g *ghSide) keep(name, value string) (existed bool) {
	s, existed := g.secrets[name]
	if !existed {
		s.created = g.w.clock()
	}
	s.value, s.updated = value, g.w.clock()
	g.secrets[name] = s
	return existed
}

// actions is /actions/secrets…, the same below an environment, /actions/variables… and /actions/workflows….
// https://docs.github.com/rest/actions/secrets
func (g *ghSide) actions(r *http.Request, p []string, body in) (int, any) {
	prefix := ""
	if p[0] == "environments" && len(p) > 2 {
		prefix, p = p[1]+"/", append([]string{"actions"}, p[2:]...)
	}
	if len(p) < 2 {
		return refuse(404, "Not Found")
	}
	name := strings.Join(p[2:], "/")
	switch {
	case p[1] == "secrets" && name == "public-key":
		return 200, object{"key_id": keyID, "key": base64.StdEncoding.EncodeToString(g.public[:])}
	case p[1] == "secrets":
		return g.secret(r, prefix+name, body)
	case p[1] == "variables":
		return g.variable(r, name, body)
	case p[1] == "workflows" && r.Method == http.MethodGet:
		return 200, object{"name": name, "path": ".github/workflows/" + name, "state": "active"}
	}
	return refuse(404, "Not Found")
}

func (g *ghSide) secret(r *http.Request, name string, body in) (int, any) {
	s, exists := g.secrets[name]
	switch r.Method {
	case http.MethodPut:
		sealed, err := base64.StdEncoding.DecodeString(body.EncryptedValue)
		plain, ok := box.OpenAnonymous(nil, sealed, g.public, g.private)
		if err != nil || !ok || body.KeyID != keyID {
			return refuse(422, "the encrypted value is not sealed for this repository's key")
		}
		if g.keep(name, string(plain)) {
			return 204, nil
		}
		return 201, object{}
	case http.MethodDelete:
		if !exists {
			return refuse(404, "Not Found")
		}
		delete(g.secrets, name)
		return 204, nil
	}
	if !exists {
		return refuse(404, "Not Found")
	}
	return 200, object{"name": name, "created_at": s.created.Format(time.RFC3339), "updated_at": s.updated.Format(time.RFC3339)}
}

func (g *ghSide) variable(r *http.Request, name string, body in) (int, any) {
	v, exists := g.variables[name]
	switch {
	case r.Method == http.MethodPost:
		if _, taken := g.variables[body.Name]; taken {
			return refuse(409, "Already exists - Variable already exists")
		}
		g.variables[body.Name] = body.Value
		return 201, object{}
	case !exists:
		return refuse(404, "Not Found")
	case r.Method == http.MethodPatch:
		g.variables[name] = body.Value
		return 204, nil
	}
	return 200, object{"name": name, "value": v}
}
