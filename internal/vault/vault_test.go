package vault

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const rawKey = "0123456789abcdef0123456789abcdef"

// phrase is 20 characters long, the fewest that are taken.
const phrase = "a ferry leaves, café"

// parse reads a VAULT_KEY that is well-formed.
func parse(t testing.TB, s string) *Key {
	t.Helper()
	k, err := ParseKey(s)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func randomKey(t testing.TB) *Key {
	t.Helper()
	return parse(t, base64.StdEncoding.EncodeToString([]byte(rawKey)))
}

var bundle = Bundle{
	Generation: 7, Refresh: "refresh-secret", Access: "access-secret",
	Expires: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), Scope: "media.write",
	Instagram: "IG-secret",
}

func seal(t testing.TB, k *Key) string {
	t.Helper()
	sealed, err := Seal(k, bundle)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestSealOpen(t *testing.T) {
	key := randomKey(t)
	sealed := seal(t, key)
	got, err := Open(key, sealed)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(bundle, got); diff != "" {
		t.Error(diff)
	}
	if again := seal(t, key); again == sealed {
		t.Error("two seals of the same bundle are alike: the nonce is not random")
	}
	plain, _ := base64.StdEncoding.DecodeString(sealed)
	if strings.Contains(string(plain), "secret") {
		t.Error("the bundle is readable")
	}
}

// TestOpenRefuses: another key, and every change of a byte.
func TestOpenRefuses(t *testing.T) {
	key := randomKey(t)
	sealed := seal(t, key)
	other := parse(t, base64.StdEncoding.EncodeToString([]byte("1"+rawKey[1:])))
	if _, err := Open(other, sealed); !errors.Is(err, ErrSealed) {
		t.Errorf("another key: %v", err)
	}
	raw, _ := base64.StdEncoding.DecodeString(sealed)
	for i := range raw {
		raw[i] ^= 1
		if _, err := Open(key, base64.StdEncoding.EncodeToString(raw)); !errors.Is(err, ErrSealed) {
			t.Fatalf("byte %d was changed: %v", i, err)
		}
		raw[i] ^= 1
	}
	for _, bad := range []string{
		"", "x", "!!!", base64.StdEncoding.EncodeToString(raw[:23]),
		base64.StdEncoding.EncodeToString(raw[:24]),
	} {
		if _, err := Open(key, bad); !errors.Is(err, ErrSealed) {
			t.Errorf("%.10q: %v", bad, err)
		}
	}
}

func TestParseKey(t *testing.T) {
	for _, enc := range []*base64.Encoding{
		base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding,
	} {
		got, err := ParseKey(" " + enc.EncodeToString([]byte(rawKey)) + "\n")
		if err != nil || got.raw == nil || string(got.raw[:]) != rawKey {
			t.Errorf("%v %v", got, err)
		}
	}
	for _, bad := range []string{
		"", "c2hvcnQ=", "not base64", phrase[1:], "a " + strings.Repeat(" ", 40) + "\n",
	} {
		_, err := ParseKey(bad)
		if err == nil {
			t.Errorf("%q was taken", bad)
			continue
		}
		if bad != "" && strings.Contains(err.Error(), bad) {
			t.Errorf("the error shows the key: %v", err)
		}
	}
}

func TestDigest(t *testing.T) {
	for in, want := range map[string]string{"": "", "abc": "ba7816bf"} {
		if got := Digest(in); got != want {
			t.Errorf("Digest(%q) = %q, want %q", in, got, want)
		}
	}
}

// FuzzOpen: what is in the state document may be anything.
func FuzzOpen(f *testing.F) {
	key := randomKey(f)
	f.Add(seal(f, key))
	f.Add("")
	f.Add("$argon2id$v=19$m=65536,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA")
	f.Fuzz(func(t *testing.T, s string) {
		b, err := Open(key, s)
		if err == nil {
			if _, err := json.Marshal(b); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestPhrase: a vault of a phrase opens with the phrase alone, in this process and in the next.
func TestPhrase(t *testing.T) {
	sealed := seal(t, parse(t, phrase))
	if !strings.HasPrefix(sealed, "$argon2id$v=19$m=65536,t=3,p=1$") {
		t.Errorf("%.60q does not say how the key is made", sealed)
	}
	// The same phrase, typed on a keyboard that composes é.
	decomposed := parse(t, strings.ReplaceAll(phrase, "é", "e\u0301")+"\n")
	got, err := Open(decomposed, sealed)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(bundle, got); diff != "" {
		t.Error(diff)
	}
}

// cheap is a derivation that takes no time.
var cheap = derivation{salt: strings.Repeat("s", saltSize), passes: 1, memory: 8}

// sealCheap seals as a version with other parameters would.
func sealCheap(t *testing.T, k *Key) string {
	t.Helper()
	return k.prefix(cheap) + seal(t, &Key{raw: k.of(cheap)})
}

// TestPhraseOpensNothingElse: another phrase, and the other kind of key.
func TestPhraseOpensNothingElse(t *testing.T) {
	k := parse(t, phrase)
	sealed := sealCheap(t, k)
	if _, err := Open(k, sealed); err != nil {
		t.Error(err)
	}
	for name, other := range map[string]*Key{
		"another phrase": parse(t, phrase+"!"), "32 bytes": randomKey(t),
	} {
		if _, err := Open(other, sealed); !errors.Is(err, ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(k, seal(t, randomKey(t))); !errors.Is(err, ErrSealed) {
		t.Errorf("a vault of 32 bytes: %v", err)
	}
}

// TestPhraseIsDerivedOnce: a run opens and seals the vault several times.
func TestPhraseIsDerivedOnce(t *testing.T) {
	k := parse(t, phrase)
	first := seal(t, k)
	secret := k.secret
	second := seal(t, k)
	if _, err := Open(k, first); err != nil {
		t.Fatal(err)
	}
	if k.secret != secret {
		t.Error("the key was derived again")
	}
	cut := func(s string) string { return s[:strings.LastIndexByte(s, '$')] }
	if cut(first) != cut(second) || first == second {
		t.Errorf("one salt, two nonces: %.70s, %.70s", first, second)
	}
}

// TestCheapVault: a vault whose parameters are cheaper than today's opens, and is sealed anew with
// today's.
func TestCheapVault(t *testing.T) {
	k := parse(t, phrase)
	if _, err := Open(k, sealCheap(t, k)); err != nil {
		t.Fatal(err)
	}
	again := seal(t, k)
	if !strings.HasPrefix(again, "$argon2id$v=19$m=65536,t=3,p=1$") ||
		strings.Contains(again, k.prefix(cheap)[len("$argon2id$v=19$m=8,t=1,p=1"):]) {
		t.Errorf("sealed anew with the old salt or its parameters: %.70q", again)
	}
}

// TestOpenRefusesParameters: who can write to the state branch can't make a run spend memory or
// time, or crash it.
func TestOpenRefusesParameters(t *testing.T) {
	k := parse(t, phrase)
	_, box, _ := strings.Cut(sealCheap(t, k), "p=1$")
	for _, prefix := range []string{
		"$argon2id$v=19$m=4294967295,t=3,p=1$", "$argon2id$v=19$m=262145,t=3,p=1$",
		"$argon2id$v=19$m=65536,t=4294967295,p=1$", "$argon2id$v=19$m=65536,t=11,p=1$",
		"$argon2id$v=19$m=65536,t=0,p=1$", "$argon2id$v=19$m=0,t=3,p=1$",
		"$argon2id$v=19$m=65536,t=3,p=4$", "$argon2id$v=16$m=65536,t=3,p=1$",
		"$argon2i$v=19$m=65536,t=3,p=1$", "$argon2id$v=19$m=-1,t=3,p=1$", "$$$$$", "$",
		"$argon2id$v=19$m=065536,t=3,p=1$",
	} {
		k.derived, k.secret = derivation{}, nil
		if _, err := Open(k, prefix+box); !errors.Is(err, ErrSealed) {
			t.Errorf("%s: %v", prefix, err)
		}
		if k.secret != nil {
			t.Errorf("%s: a key was derived", prefix)
		}
	}
	for _, salt := range []string{"", "AAAA", strings.Repeat("A", 64), "!!!"} {
		bad := "$argon2id$v=19$m=65536,t=3,p=1$" + salt + box[strings.IndexByte(box, '$'):]
		if _, err := Open(k, bad); !errors.Is(err, ErrSealed) || k.secret != nil {
			t.Errorf("salt %q: %v", salt, err)
		}
	}
}

// A key is named alike as long as it and the vault's salt are the same. A plain digest of a phrase
// would be one that anybody can compute.
func TestKeyDigest(t *testing.T) {
	byPhrase, byBytes := parse(t,
		phrase), parse(t, base64.StdEncoding.EncodeToString([]byte(rawKey)))
	renewed := parse(t, phrase)
	vault, bytesVault, newVault := sealedBy(t, byPhrase), sealedBy(t, byBytes), sealedBy(t, renewed)
	if a, b := byPhrase.Digest(vault), byPhrase.Digest(sealedBy(t, byPhrase)); a != b ||
		len(a) != 8 {
		t.Errorf("one phrase is named %q and %q", a, b)
	}
	seen := map[string]string{"": "nothing"}
	for name, got := range map[string]string{
		"the phrase":            byPhrase.Digest(vault),
		"another phrase":        parse(t, "another phrase of many characters").Digest(vault),
		"another salt":          renewed.Digest(newVault),
		"the bytes":             byBytes.Digest(bytesVault),
		"a phrase for bytes":    byPhrase.Digest(bytesVault),
		"a plain digest":        Digest(phrase),
		"a plain digest beside": Digest("VAULT_KEY " + phrase),
	} {
		if was := seen[got]; was != "" {
			t.Errorf("%s and %s are both named %q", name, was, got)
		}
		seen[got] = name
	}
	var none *Key
	if none.Digest(bytesVault) != "" || byBytes.Digest("") != "" {
		t.Error("no key, or no vault, has a name")
	}
	if byBytes.Digest(vault) != "other" || byBytes.Digest("$argon2id$bad") != "other" {
		t.Error("a key of another kind than the vault's opens it by its name")
	}
}

func sealedBy(t *testing.T, k *Key) string {
	t.Helper()
	sealed, err := Seal(k, Bundle{Refresh: "r"})
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}
