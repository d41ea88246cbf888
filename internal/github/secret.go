package github

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/google/go-github/v60/github"
	"golang.org/x/crypto/nacl/box"

	"github.com/postferry/postferry/internal/httpx"
)

// maxSecret is the most bytes a secret may have.
// https://docs.github.com/actions/reference/security/secrets#limits-for-secrets
const maxSecret = 48 << 10

// Secrets are the repository's Actions secrets, or those of one of its environments. They can be
// written and never read.
//
// A workflow's own token can't write them. It takes a fine-grained personal access token or an app
// with "Secrets: read and write", for an environment also "Environments: read and write".
type Secrets struct {
	Client      *Client
	Environment string // "" is the repository itself

	mu  sync.Mutex
	key *publicKey // as last read; the repository's and each environment's are different ones
}

// publicKey is what a secret is sealed for.
type publicKey struct {
	id  string
	key [32]byte
}

// PublicKey reads the key that secrets are sealed for, and returns its id. It proves that secrets
// can be listed, and not that they can be written.
func (s *Secrets) PublicKey(ctx context.Context) (id string, err error) {
	k, err := s.fetch(ctx)
	if err != nil {
		return "", err
	}
	return k.id, nil
}

// Put writes a secret. It may be repeated: the same value twice changes nothing but the time of the
// last update.
func (s *Secrets) Put(ctx context.Context, name, value string) error {
	if value == "" || len(value) > maxSecret {
		return invalid(s.op("PUT", "{name}").name,
			fmt.Sprintf("%s has %d bytes, GitHub takes 1 to %d", name, len(value), maxSecret))
	}
	k, err := s.cached(ctx)
	if err != nil {
		return err
	}
	err = s.put(ctx, k, name, value)
	if httpx.ClassOf(err) != httpx.Invalid {
		return err
	}
	// The key may have been replaced since it was read.
	fresh, fetchErr := s.fetch(ctx)
	if fetchErr != nil || *fresh == *k {
		return err
	}
	return s.put(ctx, fresh, name, value)
}

func (s *Secrets) put(ctx context.Context, k *publicKey, name, value string) error {
	sealed, err := box.SealAnonymous(nil, []byte(value), &k.key, rand.Reader)
	if err != nil {
		return fmt.Errorf("seal %s: %w", name, err)
	}
	body := struct {
		KeyID string `json:"key_id"`
		Value string `json:"encrypted_value"`
	}{k.id, base64.StdEncoding.EncodeToString(sealed)}
	return s.do(ctx, s.op("PUT", "{name}"), "PUT", url.PathEscape(name), body, nil)
}

// UpdatedAt returns when a secret was last written, in seconds, which is all that can be read of
// it. The class of the error is NotFound if there is none.
func (s *Secrets) UpdatedAt(ctx context.Context, name string) (time.Time, error) {
	var secret github.Secret
	if err := s.do(ctx, s.op("GET", "{name}"), "GET", url.PathEscape(name), nil,
		&secret); err != nil {
		return time.Time{}, err
	}
	return secret.UpdatedAt.UTC(), nil
}

// Delete removes a secret. It is no error if there is none: an earlier try may have removed it.
func (s *Secrets) Delete(ctx context.Context, name string) error {
	err := s.do(ctx, s.op("DELETE", "{name}"), "DELETE", url.PathEscape(name), nil, nil)
	if httpx.ClassOf(err) == httpx.NotFound {
		return nil
	}
	return err
}

func (s *Secrets) cached(ctx context.Context) (*publicKey, error) {
	s.mu.Lock()
	k := s.key
	s.mu.Unlock()
	if k != nil {
		return k, nil
	}
	return s.fetch(ctx)
}

func (s *Secrets) fetch(ctx context.Context) (*publicKey, error) {
	o := s.op("GET", "public-key")
	var got github.PublicKey
	if err := s.do(ctx, o, "GET", "public-key", nil, &got); err != nil {
		return nil, err
	}
	raw, err := base64.StdEncoding.DecodeString(got.GetKey())
	if err == nil && (len(raw) != 32 || got.GetKeyID() == "") {
		err = errors.New("the answer holds no 32-byte key with an id")
	}
	if err != nil {
		return nil, s.Client.misfit(&call{op: o, status: http.StatusOK}, err)
	}
	k := &publicKey{id: got.GetKeyID(), key: [32]byte(raw)}
	s.mu.Lock()
	s.key = k
	s.mu.Unlock()
	return k, nil
}

// op names a call. All of them may be repeated.
func (s *Secrets) op(method, last string) op {
	if s.Environment != "" {
		return repeat(method + " /repos/{repo}/environments/{environment}/secrets/" + last)
	}
	return repeat(method + " /repos/{repo}/actions/secrets/" + last)
}

// do makes a call by hand, so that both scopes go one way: for an environment go-github v60 calls a
// path that is gone from GitHub's description, takes the repository's number for it, and does not
// escape the environment's name.
func (s *Secrets) do(ctx context.Context, o op, method, last string, body, into any) error {
	path := "actions/secrets/" + last
	if s.Environment != "" {
		path = "environments/" + url.PathEscape(s.Environment) + "/secrets/" + last
	}
	_, err := s.Client.byHand(ctx, o, method, path, nil, body, into)
	return err
}
