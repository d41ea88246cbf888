package vault

import (
	"encoding/base64"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/postferry/postferry/internal/message"
)

// minPhrase is how many characters a pass phrase has at least. The state branch of a public
// repository can be attacked offline, so the documentation recommends twice as many.
const minPhrase = 20

// Key is VAULT_KEY: 32 random bytes, or a pass phrase. A phrase costs time and memory to turn into
// a key, so that happens when a vault is opened or sealed, and once for each salt.
type Key struct {
	raw    *[32]byte // nil for a phrase
	phrase string

	mu      sync.Mutex
	derived derivation // of the vault that was opened or sealed last
	secret  *[32]byte
}

// ParseKey reads VAULT_KEY: 32 bytes in base64, or a phrase of 20 characters and more.
func ParseKey(s string) (*Key, error) {
	s = strings.TrimSpace(s)
	for _, enc := range []*base64.Encoding{
		base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding,
	} {
		if b, err := enc.DecodeString(s); err == nil && len(b) == 32 {
			return &Key{raw: (*[32]byte)(b)}, nil
		}
	}
	// Keyboards spell "é" in two ways, which must be one phrase.
	if s = norm.NFC.String(s); utf8.RuneCountInString(s) < minPhrase {
		return nil, message.Sentence("vault.stored.key")
	}
	return &Key{phrase: s}, nil
}

// Digest identifies the key without revealing it, as [Digest] does a token. A phrase is named by
// the key that the vault's own salt makes of it: a plain digest of the phrase in a public document
// would let anybody try phrases without paying for the derivation. It is "" without a key or a
// vault.
func (k *Key) Digest(sealed string) string {
	if k == nil || sealed == "" {
		return ""
	}
	d, _, err := split(sealed)
	if err != nil || (k.raw == nil) != (d.salt != "") {
		return "other" // the key is of another kind than the vault's
	}
	return Digest("VAULT_KEY " + string(k.of(d)[:]))
}

// derivation says how a phrase becomes a key: Argon2id with one lane, as libsodium has it.
type derivation struct {
	salt   string // raw bytes
	passes uint32
	memory uint32 // KiB
}

// RFC 9106 §4 recommends three passes over 64 MiB where more memory can't be had.
const (
	passes   = 3
	memory   = 64 << 10 // KiB
	saltSize = 16       // bytes
)

// of returns the key of a derivation. With 32 random bytes there is nothing to derive.
func (k *Key) of(d derivation) *[32]byte {
	if k.raw != nil {
		return k.raw
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.secret == nil || k.derived != d {
		b := argon2.IDKey([]byte(k.phrase), []byte(d.salt), d.passes, d.memory, 1, 32)
		k.derived, k.secret = d, (*[32]byte)(b)
	}
	return k.secret
}

// last returns the derivation that was used last, if it is as costly as a new one would be. A vault
// that is sealed anew keeps its salt: the nonce is what must differ.
func (k *Key) last() (derivation, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	d := k.derived
	return d, k.secret != nil && d.passes == passes && d.memory == memory
}
