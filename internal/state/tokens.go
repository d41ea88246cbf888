package state

import (
	"slices"
	"time"
)

// Tokens describes a route's tokens. The tokens themselves are in the repository's secrets and,
// sealed with VAULT_KEY, in Vault. A digest is the first 8 hex digits of a token's SHA-256.
type Tokens struct {
	X         XToken         `yaml:"x,omitempty"`
	Instagram InstagramToken `yaml:"instagram,omitempty"`
	Vault     string         `yaml:"vault,omitempty"` // the sealed bundle, as package vault writes it
}

// XToken describes the newest generation of X's pair.
type XToken struct {
	Generation int       `yaml:"generation,omitempty"`
	Refresh    string    `yaml:"refresh,omitempty"` // digest of the refresh token
	Access     string    `yaml:"access,omitempty"`  // digest of the access token
	Expires    time.Time `yaml:"expires,omitempty"` // of the access token
	Rotated    time.Time `yaml:"rotated,omitempty"` // when the successor was stored
	Scope      string    `yaml:"scope,omitempty"`
	// Secret is the generation that the repository's secrets are known to hold. It is behind
	// Generation after a write that failed.
	Secret int `yaml:"secret,omitempty"`
	// SecretAt is the updated_at of the refresh token's secret after our last write. Another value
	// shows that somebody else wrote the secret.
	SecretAt time.Time `yaml:"secret_at,omitempty"`
	Spent    []string  `yaml:"spent,omitempty,flow"` // digests of earlier refresh tokens, newest last
	// Given is the digest of the environment's token at the last rotation. With a vault alone it
	// stays the first token's, long after Spent has dropped that one.
	Given  string       `yaml:"given,omitempty"`
	Intent *TokenIntent `yaml:"intent,omitempty"`
	Dead   string       `yaml:"dead,omitempty"` // digest of the refresh token that X refuses for good
}

// TokenIntent is a refresh token that is about to be spent, committed before the call.
type TokenIntent struct {
	At      time.Time `yaml:"at"`
	Run     string    `yaml:"run,omitempty"`
	Nonce   string    `yaml:"nonce"`
	Refresh string    `yaml:"refresh"` // digest of the token that is spent
	// SecretAt is the secret's updated_at before the call. A later value shows that the successor
	// was stored.
	SecretAt time.Time `yaml:"secret_at,omitempty"`
	// Unanswered reports whether the process that made the call gave up waiting for the answer.
	Unanswered bool `yaml:"unanswered,omitempty"`
}

// keepSpent is how many digests of spent tokens are remembered. No run waits in the queue for as
// many rotations.
const keepSpent = 30

// Rotate records a new generation and settles the intent, if there was one.
func (t *XToken) Rotate(next XToken) {
	spent := t.Spent
	for _, old := range []string{t.Refresh, intentRefresh(t.Intent)} {
		if old != "" && old != next.Refresh && !slices.Contains(spent, old) {
			spent = append(spent, old)
		}
	}
	next.Spent = spent[max(0, len(spent)-keepSpent):]
	next.Generation = t.Generation + 1
	if next.Secret == 0 {
		next.Secret, next.SecretAt = t.Secret, t.SecretAt
	}
	*t = next
}

func intentRefresh(i *TokenIntent) string {
	if i == nil {
		return ""
	}
	return i.Refresh
}

// InstagramToken describes Instagram's long-lived token.
type InstagramToken struct {
	Digest     string    `yaml:"digest,omitempty"`
	Given      string    `yaml:"given,omitempty"` // digest of the secret when this token was stored
	Seen       time.Time `yaml:"seen,omitempty"`  // when this token was first seen
	Refreshed  time.Time `yaml:"refreshed,omitempty"`
	Expires    time.Time `yaml:"expires,omitempty"`
	DataAccess time.Time `yaml:"data_access,omitempty"`
}
