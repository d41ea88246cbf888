package token

import (
	"strings"

	"github.com/postferry/postferry/internal/message"
)

// english makes the texts of errors and of reasons. They are stored messages: who prints one says
// it in the person's language.
var english message.Words

// An error with a Cause method names the diagnosis that explains it, by its key. Package
// diagnosis asks for that method, because a decision must not import a flow.

// PutOffError says that this run leaves the tokens to a later run, which reads newer secrets. It is
// not a failure, so it has no cause.
type PutOffError struct{ Why string }

func (e *PutOffError) Error() string { return english.Text("token.stored.put-off", "Why", e.Why) }

// NoStoreError says that a new refresh token could not be stored, so the old one was not spent.
type NoStoreError struct {
	Name string // the secret that can't be written; "" if no store is configured at all
	Err  error
}

func (e *NoStoreError) Error() string {
	if e.Err == nil {
		return english.Text("token.stored.nowhere")
	}
	return english.Text("token.stored.no-store", "Why", e.Err)
}

func (e *NoStoreError) Unwrap() error { return e.Err }

// Cause tells a missing store from one that refuses the token.
func (e *NoStoreError) Cause() string {
	if e.Err == nil {
		return "nowhere-to-store"
	}
	return "secrets-not-writable"
}

// NoLoginError says that neither a secret nor the vault holds a refresh token.
type NoLoginError struct{ Name string }

func (e *NoLoginError) Error() string {
	return english.Text("token.stored.no-login", "Name", e.Name)
}

// Cause is the key of the diagnosis.
func (*NoLoginError) Cause() string { return "no-x-login" }

// VaultKeyError says that the newest tokens are in a vault that this run can't open. Nothing is
// spent and nothing is overwritten then.
type VaultKeyError struct {
	Err error // nil if VAULT_KEY is not set
}

func (e *VaultKeyError) Error() string {
	if e.Err == nil {
		return english.Text("token.stored.vault-no-key")
	}
	return english.Text("token.stored.vault-other-key", "Why", e.Err)
}

func (e *VaultKeyError) Unwrap() error { return e.Err }

// Cause is the diagnosis that package vault's own error has too.
func (*VaultKeyError) Cause() string { return "vault-sealed" }

// RefusedError says that X refuses the newest refresh token, which is no proof yet that the token
// is dead.
type RefusedError struct{ Err error }

func (e *RefusedError) Error() string {
	return english.Text("token.stored.refused", "Why", e.Err)
}

func (e *RefusedError) Unwrap() error { return e.Err }

// Cause is a diagnosis of its own: there is nothing to do yet.
func (*RefusedError) Cause() string { return "x-refresh-refused" }

// DeadError says that it is proven that the refresh token is dead: a person has to log in again.
type DeadError struct {
	Lost bool // an earlier answer was lost on the wire, and the new token with it
	Err  error
}

func (e *DeadError) Error() string {
	if e.Lost {
		return english.Text("token.stored.dead-lost", "Why", e.Err)
	}
	return english.Text("token.stored.dead", "Why", e.Err)
}

func (e *DeadError) Unwrap() error { return e.Err }

// Cause is the same whether or not an answer was lost: the fix is a new login.
func (*DeadError) Cause() string { return "x-login-again" }

// LostError says that X issued a new pair and no store took it.
type LostError struct{ Err error }

func (e *LostError) Error() string {
	return english.Text("token.stored.lost", "Why", e.Err)
}

func (e *LostError) Unwrap() error { return e.Err }

// Cause is a diagnosis of its own: the stores need a repair as well as the login.
func (*LostError) Cause() string { return "token-lost" }

// ScopeError says that the login lacks scopes that posting needs. The token itself works.
type ScopeError struct{ Missing []string }

func (e *ScopeError) Error() string {
	return english.Text("token.stored.scopes", "Scopes", strings.Join(e.Missing, ", "))
}

// Cause is the diagnosis that X's own refusal of a missing scope has too.
func (*ScopeError) Cause() string { return "x-scope" }
