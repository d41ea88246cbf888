package vault

import (
	"fmt"
	"strings"
)

// PutOffError says that this run leaves the tokens to a later one, which will do better. It is no failure.
type PutOffError struct{ Why string }

func (e *PutOffError) Error() string { return "put off to the next run: " + e.Why }

// NoStoreError says that a successor could not be stored, so the refresh token was not spent.
type NoStoreError struct {
	Name string // the secret that can't be written; "" when no store is configured at all
	Err  error
}

func (e *NoStoreError) Error() string {
	if e.Err == nil {
		return "there is nowhere to store a rotated token: neither SECRETS_TOKEN nor VAULT_KEY is set"
	}
	return fmt.Sprintf("the refresh token was not spent, because its successor could not be stored: %v", e.Err)
}

func (e *NoStoreError) Unwrap() error { return e.Err }

// DeadError says that X refuses the refresh token for good: a person has to log in again.
type DeadError struct {
	Lost bool // an earlier answer was lost on the wire, and with it the successor
	Err  error
}

func (e *DeadError) Error() string {
	if e.Lost {
		return fmt.Sprintf("X's answer to an earlier rotation was lost, and with it the new token: %v", e.Err)
	}
	return fmt.Sprintf("X refuses the refresh token: %v", e.Err)
}

func (e *DeadError) Unwrap() error { return e.Err }

// LostError says that X gave a new pair and no store took it.
type LostError struct{ Err error }

func (e *LostError) Error() string {
	return fmt.Sprintf("X gave a new refresh token and it could be stored nowhere: %v", e.Err)
}

func (e *LostError) Unwrap() error { return e.Err }

// ScopeError says that the login lacks rights that posting needs. The token itself is fine.
type ScopeError struct{ Missing []string }

func (e *ScopeError) Error() string {
	return "the X login lacks the scopes " + strings.Join(e.Missing, ", ")
}
