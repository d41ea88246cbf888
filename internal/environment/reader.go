package environment

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
)

// reader reads single variables and collects what is wrong with them.
type reader struct {
	getenv  func(string) string
	secrets *httpx.Redactor
	*Mistakes
}

// Get reads a variable without the spaces around it, which come from pasting. It is "" for the name
// "", which a configuration gives to what it does not use.
func (r reader) Get(name string) string {
	if name == "" {
		return ""
	}
	return strings.TrimSpace(r.getenv(name))
}

// secret reads a variable that must never be shown.
func (r reader) secret(name string) string {
	v := r.Get(name)
	r.secrets.Add(v)
	if strings.ContainsFunc(v, func(c rune) bool { return c <= ' ' || c > '~' }) {
		r.problem("environment.stored.pasted", "Name", name)
		r.withSecret = true
	}
	return v
}

// phrase reads a secret that may be words: spaces and every alphabet are part of it.
func (r reader) phrase(name string) string {
	v := r.Get(name)
	r.secrets.Add(v)
	if strings.ContainsFunc(v, unicode.IsControl) {
		r.problem("environment.stored.phrase", "Name", name)
		r.withSecret = true
	}
	return v
}

// address reads the address of a service.
func (r reader) address(name, def string) string {
	return r.checked(name, cmp.Or(r.Get(name), def))
}

// secretAddress reads an address whose path is a secret.
func (r reader) secretAddress(name string) string {
	r.secrets.Add(r.Get(name))
	return r.address(name, "")
}

// checked returns an address without its last slash. A bad one is reported under the name of its
// variable, and is not returned: nothing secret may be sent there.
func (r reader) checked(name, v string) string {
	if v == "" {
		return ""
	}
	u, err := url.Parse(v)
	if err == nil {
		err = httpx.CheckURL(u)
	} else {
		// url.Parse repeats the value, which may be a secret.
		err = message.Sentence("environment.stored.no-url")
	}
	if err != nil {
		r.Add(fmt.Errorf("%s: %w", name, err))
		return ""
	}
	return strings.TrimSuffix(v, "/")
}
