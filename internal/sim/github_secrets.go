package sim

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"golang.org/x/crypto/nacl/box"
)

// secret is a value with the only two things that can be read of it.
type secret struct {
	value            string
	created, updated time.Time
}

// sealing is a key pair that secrets are sealed for: the repository has one, and each environment.
type sealing struct {
	id              string
	public, private *[32]byte
}

// AddEnvironment makes an environment, with a key of its own.
func (g GitHub) AddEnvironment(name string) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	g.addKey(name)
}

func (g *ghSide) addKey(environment string) {
	public, private, err := box.GenerateKey(rand.Reader)
	if err != nil {
		panic(err) // Unreachable: crypto/rand does not fail.
	}
	g.keys[environment] = sealing{fmt.Sprintf("56825016724254%04d", len(g.keys)), public, private}
}

// Secret is a secret, opened with the private key: "NAME", or "environment/NAME".
func (g GitHub) Secret(name string) (string, bool) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	s, ok := g.secrets[name]
	return s.value, ok
}

// SetSecret is a person putting a secret in.
func (g GitHub) SetSecret(name, value string) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	g.keep(name, value)
}

// Variable is a repository variable.
func (g GitHub) Variable(name string) (string, bool) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	v, ok := g.variables[name]
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
	environment, prefix := "", ""
	if p[0] == "environments" && len(p) > 2 {
		environment, prefix, p = p[1], p[1]+"/", append([]string{"actions"}, p[2:]...)
	}
	key, exists := g.keys[environment]
	if len(p) < 2 || !exists {
		return refuse(404, "Not Found")
	}
	name, get := strings.Join(p[2:], "/"), r.Method == http.MethodGet
	switch {
	case p[1] == "secrets" && name == "public-key" && get:
		return 200, object{"key_id": key.id, "key": base64.StdEncoding.EncodeToString(key.public[:])}
	case p[1] == "secrets" && get:
		s, ok := g.secrets[prefix+strings.ToUpper(name)]
		if !ok {
			return refuse(404, "Not Found")
		}
		return 200, object{"name": strings.ToUpper(name), "created_at": s.created.Format(time.RFC3339), "updated_at": s.updated.Format(time.RFC3339)}
	case p[1] == "secrets":
		return g.secret(r, key, prefix, strings.ToUpper(name), body)
	case p[1] == "variables":
		return g.variable(r, strings.ToUpper(name), body)
	case p[1] == "workflows" && get:
		return 200, object{"name": name, "path": ".github/workflows/" + name, "state": "active"}
	}
	return refuse(404, "Not Found")
}

// named says whether a secret or a variable may have a name, which GitHub keeps in capitals.
func named(name string) bool {
	return nameForm.MatchString(name) && !strings.HasPrefix(name, "GITHUB_")
}

var nameForm = regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`)

// maxSecret is the size of the largest secret.
const maxSecret = 48 << 10

func (g *ghSide) secret(r *http.Request, key sealing, prefix, name string, body in) (int, any) {
	switch r.Method {
	case http.MethodPut:
		sealed, err := base64.StdEncoding.DecodeString(body.EncryptedValue)
		plain, ok := box.OpenAnonymous(nil, sealed, key.public, key.private)
		if err != nil || !ok || body.KeyID != key.id || !named(name) || len(plain) > maxSecret {
			return refuse(422, "the name is not valid, or the encrypted value is not sealed for this key")
		}
		if g.keep(prefix+name, string(plain)) {
			return 204, nil
		}
		return 201, object{}
	case http.MethodDelete:
		if _, exists := g.secrets[prefix+name]; !exists {
			return refuse(404, "Not Found")
		}
		delete(g.secrets, prefix+name)
		return 204, nil
	}
	return refuse(404, "Not Found")
}

func (g *ghSide) variable(r *http.Request, name string, body in) (int, any) {
	v, exists := g.variables[name]
	wanted := strings.ToUpper(body.Name)
	switch {
	case r.Method == http.MethodPost && name == "":
		if _, taken := g.variables[wanted]; taken {
			return refuse(409, "Already exists - Variable already exists")
		}
		if !named(wanted) || len(body.Value) > maxSecret {
			return refuse(422, "Variable name is invalid, or its value is too long")
		}
		g.variables[wanted] = body.Value
		return 201, object{}
	case !exists:
		return refuse(404, "Not Found")
	case r.Method == http.MethodPatch:
		g.variables[name] = body.Value
		return 204, nil
	case r.Method == http.MethodDelete:
		delete(g.variables, name)
		return 204, nil
	case r.Method == http.MethodGet:
		return 200, object{"name": name, "value": v}
	}
	return refuse(404, "Not Found")
}
