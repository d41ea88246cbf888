package cli

import (
	"github.com/postferry/postferry/internal/token"
	"github.com/postferry/postferry/internal/xapi"
)

// A route posts by a login, whose tokens rotate, or by X's own four keys.

// keysOf returns the route's keys, nil if it posts by a login.
func keysOf(r *route) *xapi.Keys { return r.creds[r.conf.Name].keys }

// complete reports whether all four keys are set. doctor asks for none of them.
func complete(k *xapi.Keys) bool {
	return k != nil && k.APIKey != "" && k.APISecret != "" && k.AccessToken != "" &&
		k.AccessSecret != ""
}

// lacks lists the secrets of the route's four keys that are not set.
func lacks(r *route) (out []string) {
	k := keysOf(r)
	if k == nil {
		return nil
	}
	for _, s := range []struct{ name, value string }{
		{r.conf.X.APIKey, k.APIKey}, {r.conf.X.APISecret, k.APISecret},
		{r.conf.X.AccessToken, k.AccessToken}, {r.conf.X.AccessTokenSecret, k.AccessSecret},
	} {
		if s.value == "" {
			out = append(out, s.name)
		}
	}
	return out
}

// xOf makes the client of the route's X account. With keys the client signs its calls; otherwise a
// flow sets the access token.
func xOf(r *route) *xapi.Client {
	if k := keysOf(r); k != nil {
		return r.signed(*k)
	}
	return r.xClient("")
}

// chainOf makes what keeps X's tokens. It is nil with keys, which nothing rotates.
func chainOf(r *route) *token.Manager {
	if keysOf(r) != nil {
		return nil
	}
	return r.tokens()
}
