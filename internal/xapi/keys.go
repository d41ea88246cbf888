package xapi

import (
	"context"
	"net/http"

	"github.com/dghubble/oauth1"
)

// Keys are the four values that X's developer portal shows for the owner's own account: OAuth 1.0a.
// They do not expire, so nothing is consented to and nothing is rotated.
// Source: https://docs.x.com/fundamentals/authentication/oauth-1-0a/api-key-and-secret
type Keys struct {
	APIKey, APISecret         string // the app's: "API Key and Secret"
	AccessToken, AccessSecret string // the account's: "Access Token and Secret"
}

// Transport returns a transport that signs every request and sends it by base; nil is
// http.DefaultTransport. The signature takes the place of a Client's AccessToken. It covers the
// query, but not a body of JSON or of several parts.
// Source: https://docs.x.com/fundamentals/authentication/oauth-1-0a/creating-a-signature
func (k Keys) Transport(base http.RoundTripper) http.RoundTripper {
	ctx := context.WithValue(context.Background(), oauth1.HTTPClient, &http.Client{Transport: base})
	config := oauth1.NewConfig(k.APIKey, k.APISecret)
	return config.Client(ctx, oauth1.NewToken(k.AccessToken, k.AccessSecret)).Transport
}

// KeysError says that X refuses the four keys: they were revoked or regenerated, or copied wrongly.
type KeysError struct{ Err error }

func (e *KeysError) Error() string { return "X refuses its own keys: " + e.Err.Error() }

func (e *KeysError) Unwrap() error { return e.Err }

// Cause names the diagnosis. X's words for a 401 are those of an access token that has ended, and
// the cure is another one.
func (*KeysError) Cause() string { return "x-keys" }
