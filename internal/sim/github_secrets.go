package sim

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
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

// Secret returns a secret, "NAME" or "environment/NAME", opened with the private key.
func (g GitHub) Secret(name string) (string, bool) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	s, ok := g.secrets[name]
	return s.value, ok
}

// SetSecret writes a secret as a person does.
func (g GitHub) SetSecret(name, value string) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	g.keep(name, value)
}

// Variable returns a variable of the repository, and whether it is there.
func (g GitHub) Variable(name string) (string, bool) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	v, ok := g.variables[name]
	return v, ok
}

func (g *ghSide) keep(name, value string) (existed bool) {
	s, existed := g.secrets[name]
	if !existed {
		s.created = g.clock()
	}
	s.value, s.updated = value, g.clock()
	g.secrets[name] = s
	return existed
}

// place is where a request's secrets are kept: in the repository, or in one of its environments.
// The prefix is of their names in ghSide.secrets. https://docs.github.com/rest/actions/secrets
func (g *ghSide) place(c ghCall) (key sealing, prefix string, ok bool) {
	environment := c.PathValue("environment")
	key, ok = g.keys[environment]
	if environment != "" {
		prefix = environment + "/"
	}
	return key, prefix, ok
}

func (g *ghSide) publicKey(c ghCall) (int, any) {
	key, _, ok := g.place(c)
	if !ok {
		return refuse(404, "Not Found")
	}
	return 200, object{"key_id": key.id, "key": base64.StdEncoding.EncodeToString(key.public[:])}
}

// getSecret is GET …/secrets/{name}, which tells when a secret was written and not what it is.
func (g *ghSide) getSecret(c ghCall) (int, any) {
	_, prefix, ok := g.place(c)
	name := upper(c)
	s, known := g.secrets[prefix+name]
	if !ok || !known {
		return refuse(404, "Not Found")
	}
	return 200, object{
		"name": name, "created_at": s.created.Format(time.RFC3339),
		"updated_at": s.updated.Format(time.RFC3339),
	}
}

// upper is the name of a secret or a variable, which GitHub keeps in capitals.
func upper(c ghCall) string { return strings.ToUpper(c.PathValue("name")) }

func (g *ghSide) workflow(c ghCall) (int, any) {
	name := c.PathValue("name")
	return 200, object{"name": name, "path": ".github/workflows/" + name, "state": "active"}
}

// named reports whether a secret or a variable may have a name.
func named(name string) bool {
	return nameForm.MatchString(name) && !strings.HasPrefix(name, "GITHUB_")
}

var nameForm = regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`)

// maxSecret is the size of the largest secret.
const maxSecret = 48 << 10

func (g *ghSide) putSecret(c ghCall) (int, any) {
	key, prefix, ok := g.place(c)
	if !ok {
		return refuse(404, "Not Found")
	}
	sealed, err := base64.StdEncoding.DecodeString(c.body.EncryptedValue)
	plain, opened := box.OpenAnonymous(nil, sealed, key.public, key.private)
	wellSealed := err == nil && opened && c.body.KeyID == key.id
	if !wellSealed || !named(upper(c)) || len(plain) > maxSecret {
		return refuse(422, "the name is not valid, or the encrypted value is not sealed for this key")
	}
	if g.keep(prefix+upper(c), string(plain)) {
		return 204, nil
	}
	return 201, object{}
}

func (g *ghSide) deleteSecret(c ghCall) (int, any) {
	_, prefix, _ := g.place(c)
	if _, exists := g.secrets[prefix+upper(c)]; !exists {
		return refuse(404, "Not Found")
	}
	delete(g.secrets, prefix+upper(c))
	return 204, nil
}

// newVariable is POST /actions/variables. https://docs.github.com/rest/actions/variables
func (g *ghSide) newVariable(c ghCall) (int, any) {
	name := strings.ToUpper(c.body.Name)
	if _, taken := g.variables[name]; taken {
		return refuse(409, "Already exists - Variable already exists")
	}
	if !named(name) || len(c.body.Value) > maxSecret {
		return refuse(422, "Variable name is invalid, or its value is too long")
	}
	g.variables[name] = c.body.Value
	return 201, object{}
}

func (g *ghSide) getVariable(c ghCall) (int, any) {
	v, exists := g.variables[upper(c)]
	if !exists {
		return refuse(404, "Not Found")
	}
	return 200, object{"name": upper(c), "value": v}
}

func (g *ghSide) editVariable(c ghCall) (int, any) {
	if _, exists := g.variables[upper(c)]; !exists {
		return refuse(404, "Not Found")
	}
	g.variables[upper(c)] = c.body.Value
	return 204, nil
}

func (g *ghSide) deleteVariable(c ghCall) (int, any) {
	if _, exists := g.variables[upper(c)]; !exists {
		return refuse(404, "Not Found")
	}
	delete(g.variables, upper(c))
	return 204, nil
}
