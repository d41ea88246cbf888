// Package vault seals a route's newest tokens into its state document, so that a rotated token
// survives even if the repository's secrets can't be written, or were read before they were
// written.
//
// A bundle is JSON, sealed with NaCl's secretbox (XSalsa20-Poly1305) under VAULT_KEY, with a random
// 24-byte nonce in front, in standard base64. If VAULT_KEY is a pass phrase, Argon2id makes the key
// of it; salt and parameters then stand before the box. The package refuses a key that is neither
// 32 bytes nor a phrase of 20 characters, and a bundle that was sealed with another key; it never
// prints either.
package vault

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/nacl/secretbox"

	"github.com/postferry/postferry/internal/message"
)

// Bundle holds the tokens that are sealed. Generation counts rotations of X's pair.
type Bundle struct {
	Generation int       `json:"generation,omitempty"`
	Refresh    string    `json:"refresh,omitempty"`
	Access     string    `json:"access,omitempty"`
	Expires    time.Time `json:"expires,omitzero"`
	Scope      string    `json:"scope,omitempty"`
	Instagram  string    `json:"instagram,omitempty"` // the 60-day token, once it was refreshed
}

// Seal encrypts b under k.
func Seal(k *Key, b Bundle) (string, error) {
	plain, err := json.Marshal(b)
	if err != nil {
		return "", err
	}
	d, used := k.last()
	if !used {
		d = derivation{salt: string(random(saltSize)), passes: passes, memory: memory}
	}
	var nonce [24]byte
	copy(nonce[:], random(len(nonce)))
	sealed := secretbox.Seal(nonce[:], plain, &nonce, k.of(d))
	return k.prefix(d) + base64.StdEncoding.EncodeToString(sealed), nil
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // crypto/rand.Read never returns an error
	return b
}

// ErrSealed says that a bundle does not open: it was sealed with another VAULT_KEY, or it was
// changed.
const ErrSealed = message.Sentence("vault.stored.sealed")

// Open decrypts a bundle that Seal made.
func Open(k *Key, sealed string) (Bundle, error) {
	d, box, err := split(sealed)
	if err != nil || (k.raw == nil) != (d.salt != "") {
		return Bundle{}, ErrSealed
	}
	raw, err := base64.StdEncoding.DecodeString(box)
	if err != nil || len(raw) < 24 {
		return Bundle{}, ErrSealed
	}
	var b Bundle
	plain, ok := secretbox.Open(nil, raw[24:], (*[24]byte)(raw[:24]), k.of(d))
	if !ok || json.Unmarshal(plain, &b) != nil {
		return Bundle{}, ErrSealed
	}
	return b, nil
}

// prefix is what stands before a box that is sealed with a phrase, in the form of password hashes:
// "$argon2id$v=19$m=65536,t=3,p=1$<salt>$". It is empty for 32 random bytes.
func (k *Key) prefix(d derivation) string {
	if k.raw != nil {
		return ""
	}
	return fmt.Sprintf(format, d.memory, d.passes,
		base64.RawStdEncoding.EncodeToString([]byte(d.salt)))
}

const format = "$argon2id$v=19$m=%d,t=%d,p=1$%s$"

// split separates the prefix from the box. It refuses parameters that this program would not write:
// who can write to the state branch must not make a run spend gigabytes.
func split(sealed string) (d derivation, box string, err error) {
	if !strings.HasPrefix(sealed, "$") {
		return d, sealed, nil
	}
	parts := strings.Split(sealed, "$")
	if len(parts) != 6 {
		return d, "", ErrSealed
	}
	_, scanned := fmt.Sscanf(parts[3], "m=%d,t=%d,p=1", &d.memory, &d.passes)
	salt, decoded := base64.RawStdEncoding.DecodeString(parts[4])
	d.salt = string(salt)
	if errors.Join(scanned, decoded) != nil || !d.bearable() {
		return d, "", ErrSealed
	}
	rest := fmt.Sprintf(format, d.memory, d.passes, parts[4])
	box, ok := strings.CutPrefix(sealed, rest)
	if !ok {
		return d, "", ErrSealed
	}
	return d, box, nil
}

// bearable reports whether a run may be asked to derive a key so.
func (d derivation) bearable() bool {
	return len(d.salt) == saltSize && d.memory >= 8 && d.memory <= maxMemory &&
		d.passes >= 1 && d.passes <= maxPasses
}

// A vault may have been sealed by a later version that takes more.
const (
	maxMemory = 256 << 10 // KiB
	maxPasses = 10
)

// Digest identifies a token without revealing it: the first 8 hex digits of its SHA-256, "" for no
// token.
func Digest(token string) string {
	if token == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:4])
}
