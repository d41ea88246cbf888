package state

import (
	"bytes"
	"slices"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/postferry/postferry/internal/verdict"
)

// Tokens describes a route's tokens. The tokens themselves are in the repository's secrets and,
// sealed with VAULT_KEY, in Vault. A digest is the first 8 hex digits of a token's SHA-256.
type Tokens struct {
	X         XToken         `yaml:"x,omitempty"`
	Instagram InstagramToken `yaml:"instagram,omitempty"`
	// Vault is the sealed bundle, as package vault writes it.
	Vault string `yaml:"vault,omitempty"`
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
	// Spent are the digests of earlier refresh tokens, newest last.
	Spent []string `yaml:"spent,omitempty,flow"`
	// Given is the digest of the environment's token at the last rotation. With a vault alone it
	// stays the first token's, long after Spent has dropped that one.
	Given string `yaml:"given,omitempty"`
	// Login is the digest of the token with which a person began this chain. It is empty for a
	// chain that began under version 1.
	Login string `yaml:"login,omitempty"`
	// Owner is the login whose X account was asked. Another login may be another account's.
	Owner string `yaml:"owner,omitempty"`
	// Forced is when a 401 of X's API last cost a refresh token.
	Forced time.Time    `yaml:"forced,omitempty"`
	Intent *TokenIntent `yaml:"intent,omitempty"`
	Dead   RefusedToken `yaml:"dead,omitempty"`
	// Failing reports whether the last rotation failed for a reason that is no refusal of the
	// token.
	Failing bool `yaml:"failing,omitempty"`
}

// Sound reports whether the last rotation went well: nothing is open and nothing was refused. Only
// then an incident of the chain is over. An access token proves nothing, because it may go on
// working after its refresh token.
func (t XToken) Sound() bool { return t.Intent == nil && t.Dead.Count == 0 && !t.Failing }

// RefusedToken is what X's refusals of one refresh token have shown so far.
type RefusedToken verdict.DeadToken

// UnmarshalYAML also reads the bare digest that version 1 kept. It counts as one refusal.
func (r *RefusedToken) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*r = RefusedToken{Digest: n.Value, Count: 1}
		return nil
	}
	// n.Decode would let an unknown key pass.
	body, err := yaml.Marshal(n)
	if err != nil {
		return err
	}
	dec := yaml.NewDecoder(bytes.NewReader(body))
	dec.KnownFields(true)
	return dec.Decode((*verdict.DeadToken)(r))
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
	next.Owner = t.Owner
	if next.Forced.IsZero() && next.Login == t.Login {
		next.Forced = t.Forced
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
	Digest string `yaml:"digest,omitempty"`
	Given  string `yaml:"given,omitempty"` // digest of the secret when this token was stored
	// Login is the digest of the token that a person gave; a renewal keeps it. It is empty for a
	// token that version 1 recorded.
	Login      string    `yaml:"login,omitempty"`
	Seen       time.Time `yaml:"seen,omitempty"` // when this token was first seen
	Refreshed  time.Time `yaml:"refreshed,omitempty"`
	Expires    time.Time `yaml:"expires,omitempty"`
	DataAccess time.Time `yaml:"data_access,omitempty"`
	// Refused is how many runs in a row had the renewal refused for good, at most renewalRefusals.
	Refused int `yaml:"refused,omitempty"`
}

// renewalRefusals is how many runs in a row must have the renewal of Instagram's token refused for
// good until a person is told.
const renewalRefusals = 3

// RefuseRenewal counts one more run in which the renewal was refused for good. It stops counting
// where a person is told, so that no later run commits anything for it.
func (t *InstagramToken) RefuseRenewal() { t.Refused = min(t.Refused+1, renewalRefusals) }

// Unrenewable reports whether a person is to be told that the token can't be renewed.
func (t InstagramToken) Unrenewable() bool { return t.Refused >= renewalRefusals }
