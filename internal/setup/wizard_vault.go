package setup

import (
	"context"
	"crypto/rand"
	"encoding/base64"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/vault"
)

// vaultStep makes the key that seals the newest tokens into the state branch.
type vaultStep struct{ *Wizard }

// run makes VAULT_KEY where there is none, and offers SECRETS_TOKEN as a second place.
func (w vaultStep) run(ctx context.Context) error {
	w.step(4, w.Text("setup.vault.step"))
	w.Say(w.Text("setup.vault.why"))
	_, err := w.secrets.UpdatedAt(ctx, "VAULT_KEY")
	if err != nil && httpx.ClassOf(err) != httpx.NotFound {
		return err
	}
	if err == nil {
		w.Say(w.Text("setup.vault.there"))
	} else if err := w.newVaultKey(ctx); err != nil {
		return err
	}
	if w.KeepToken {
		return w.put(ctx, secret{"SECRETS_TOKEN", w.githubToken})
	}
	if w.Yes || !w.Interactive {
		return nil
	}
	w.Say(w.Text("setup.vault.as-well"))
	keep, err := w.Confirm(ctx, w.Text("setup.vault.keep"))
	if err != nil || !keep {
		return err
	}
	return w.put(ctx, secret{"SECRETS_TOKEN", w.githubToken})
}

// newVaultKey takes the key that was given, or makes one.
func (w vaultStep) newVaultKey(ctx context.Context) error {
	key := w.given("VAULT_KEY")
	if key == "" {
		var b [32]byte
		_, _ = rand.Read(b[:]) // crypto/rand.Read never returns an error.
		key = base64.StdEncoding.EncodeToString(b[:])
	}
	w.Hide(key)
	parsed, err := vault.ParseKey(key)
	if err != nil {
		return err
	}
	w.key = parsed
	// Before the key is stored: a key that is there stays, and its vault with it.
	if w.DiscardVault != nil {
		if err := w.DiscardVault(ctx, parsed); err != nil {
			return told{w.Text("setup.vault.unbegun", "Why", err), err}
		}
	}
	return w.put(ctx, secret{"VAULT_KEY", key})
}
