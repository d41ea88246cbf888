// Package vault seals a route's newest tokens into its state document, so that a rotated token
// survives even if the repository's secrets can't be written, or were read before they were
// written.
//
// A bundle is JSON, sealed with NaCl's secretbox (XSalsa20-Poly1305) under VAULT_KEY, with a
// random 24-byte nonce in front, in standard base64. The package refuses a key that is not 32
// bytes and a bundle that was sealed with another key; it never prints either.
package vault

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"golang.org/x/crypto/nacl/secretbox"
)

// Key is VAULT_KEY: 32 random bytes.
type Key [32]byte

// Bundle holds the tokens that are sealed. Generation counts rotations of X's pair.
type Bundle struct {
	Generation int       `json:"generation,omitempty"`
	Refresh    string    `json:"refresh,omitempty"`
	Access     string    `json:"access,omitempty"`
	Expires    time.Time `json:"expires,omitzero"`
	Scope      string    `json:"scope,omitempty"`
	Instagram  string    `json:"instagram,omitempty"` // the 60-day token, once it was refreshed
}

// ParseKey reads VAULT_KEY: 32 bytes in base64.
func ParseKey(s string) (*Key, error) {
	s = strings.TrimSpace(s)
	for _, enc := range []*base64.Encoding{
		base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding,
	} {
		if b, err := enc.DecodeString(s); err == nil && len(b) == len(Key{}) {
			return (*Key)(b), nil
		}
	}
	return nil, errors.New("must be 32 bytes in base64, as `openssl rand -base64 32` makes them")
}

// Seal encrypts b under k.
func Seal(k *Key, b Bundle) (string, error) {
	plain, err := json.Marshal(b)
	if err != nil {
		return "", err
	}
	var nonce [24]byte
	_, _ = rand.Read(nonce[:]) // crypto/rand.Read never returns an error
	sealed := secretbox.Seal(nonce[:], plain, &nonce, (*[32]byte)(k))
	return base64.StdEncoding.EncodeToString(sealed), nil
}

// ErrSealed says that a bundle does not open: it was sealed with another VAULT_KEY, or it was
// changed.
var ErrSealed = errors.New("the vault does not open with this VAULT_KEY")

// Open decrypts a bundle that Seal made.
func Open(k *Key, sealed string) (Bundle, error) {
	var b Bundle
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(raw) < 24 {
		return b, ErrSealed
	}
	plain, ok := secretbox.Open(nil, raw[24:], (*[24]byte)(raw[:24]), (*[32]byte)(k))
	if !ok || json.Unmarshal(plain, &b) != nil {
		return Bundle{}, ErrSealed
	}
	return b, nil
}

// Digest identifies a token without revealing it: the first 8 hex digits of its SHA-256, "" for no
// token.
func Digest(token string) string {
	if token == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:4])
}
