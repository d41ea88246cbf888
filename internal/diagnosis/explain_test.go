package diagnosis

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
	"github.com/postferry/postferry/internal/vault"
	"github.com/postferry/postferry/internal/xapi"
)

var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// caused is an error that names its diagnosis.
type caused string

func (c caused) Error() string { return "an error of " + string(c) }
func (c caused) Cause() string { return string(c) }

// Every row of the tables explains something, can be reached, and says what to do.
func TestEveryRefusalIsExplained(t *testing.T) {
	for i, row := range refusals {
		e := &httpx.Error{
			Service: row.service, Op: row.op, Class: row.class, Type: row.typ, Code: row.code,
			Subcode: row.subcode,
		}
		if row.codes[1] != 0 {
			e.Code = row.codes[0]
		}
		got := Explain(fmt.Errorf("wrapped: %w", e))
		if got != row.In(message.Words{}) {
			t.Errorf("row %d (%s) is hidden by an earlier one: %s", i, row.Key, got.Key)
		}
		if got.Key == "" || got.Title == "" || got.Cause == "" || got.Fix == "" {
			t.Errorf("row %d (%s) is not complete", i, row.Key)
		}
	}
	if got := Explain(errors.New("what?")); got.Key != "unexplained" {
		t.Errorf("an unknown error is explained as %q", got.Key)
	}
}

// TestExplainOwnErrors: each error of our own leads to its diagnosis, wrapped as it may be.
func TestExplainOwnErrors(t *testing.T) {
	refused := &httpx.Error{Service: "github", Class: httpx.Forbidden}
	for _, tt := range []struct {
		err  error
		want string
	}{
		{&state.UnreadableError{Path: "state/main.yaml"}, "state-unreadable"},
		{&token.DeadError{}, "x-login-again"},
		{&token.NoLoginError{}, "no-x-login"},
		{&token.RefusedError{}, "x-refresh-refused"},
		{&token.VaultKeyError{}, "vault-sealed"},
		{&token.LostError{}, "token-lost"},
		{&token.NoStoreError{}, "nowhere-to-store"},
		{&token.NoStoreError{Err: refused}, "secrets-not-writable"},
		{&token.ScopeError{Missing: []string{"media.write"}}, "x-scope"},
		{&xapi.KeysError{Err: errors.New("401")}, "x-keys"},
		{vault.ErrSealed, "vault-sealed"},
		{caused("schedule-off"), "schedule-off"},
	} {
		got := Explain(fmt.Errorf("wrapped: %w", tt.err))
		if got.Key != tt.want {
			t.Errorf("%T: got %s, want %s", tt.err, got.Key, tt.want)
		}
		if got.Anchor() != "docs/operating.md#"+got.Key {
			t.Errorf("%s: anchor %s", got.Key, got.Anchor())
		}
	}
}
