package token_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/postferry/postferry/internal/token"
)

// TestErrors: each error says what was lost and what was not, and holds the error that it wraps.
func TestErrors(t *testing.T) {
	inner := errors.New("inner words")
	for want, err := range map[string]error{
		"put off to the next run: because":       &token.PutOffError{Why: "because"},
		"neither SECRETS_TOKEN nor VAULT_KEY":    &token.NoStoreError{},
		"was not spent":                          &token.NoStoreError{Name: "X", Err: inner},
		"answer to an earlier rotation was lost": &token.DeadError{Lost: true, Err: inner},
		"X refuses the refresh token for good":   &token.DeadError{Err: inner},
		"X refuses the refresh token, which can": &token.RefusedError{Err: inner},
		"VAULT_KEY is not the key of the vault":  &token.VaultKeyError{Err: inner},
		"the vault, and VAULT_KEY is not set":    &token.VaultKeyError{},
		"could be stored nowhere":                &token.LostError{Err: inner},
		"lacks the scopes media.write, tweet.write": &token.ScopeError{
			Missing: []string{"media.write", "tweet.write"},
		},
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
		if strings.Contains(err.Error(), "inner") != errors.Is(err, inner) {
			t.Errorf("%q hides its cause", err)
		}
	}
}
