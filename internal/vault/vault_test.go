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

var key = Key([]byte("0123456789abcdef0123456789abcdef"))

var bundle = Bundle{Generation: 7, Refresh: "refresh-secret", Access: "access-secret", Expires: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), Scope: "media.write", Instagram: "IG-secret"}

func seal(t *testing.T) string {
	t.Helper()
	sealed, err := Seal(&key, bundle)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestSealOpen(t *testing.T) {
	sealed := seal(t)
	got, err := Open(&key, sealed)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(bundle, got); diff != "" {
		t.Error(diff)
	}
	if again := seal(t); again == sealed {
		t.Error("two seals of the same bundle are alike: the nonce is not random")
	}
	plain, _ := base64.StdEncoding.DecodeString(sealed)
	if strings.Contains(string(plain), "secret") {
		t.Error("the bundle is readable")
	}
}

// TestOpenRefuses: another key, and every change of a byte.
func TestOpenRefuses(t *testing.T) {
	sealed := seal(t)
	other := key
	other[0]++
	if _, err := Open(&other, sealed); !errors.Is(err, ErrSealed) {
		t.Errorf("another key: %v", err)
	}
	raw, _ := base64.StdEncoding.DecodeString(sealed)
	for i := range raw {
		raw[i] ^= 1
		if _, err := Open(&key, base64.StdEncoding.EncodeToString(raw)); !errors.Is(err, ErrSealed) {
			t.Fatalf("byte %d was changed: %v", i, err)
		}
		raw[i] ^= 1
	}
	for _, bad := range []string{"", "x", "!!!", base64.StdEncoding.EncodeToString(raw[:23]), base64.StdEncoding.EncodeToString(raw[:24])} {
		if _, err := Open(&key, bad); !errors.Is(err, ErrSealed) {
			t.Errorf("%.10q: %v", bad, err)
		}
	}
}

func TestParseKey(t *testing.T) {
	for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		got, err := ParseKey(" " + enc.EncodeToString(key[:]) + "\n")
		if err != nil || *got != key {
			t.Errorf("%v %v", got, err)
		}
	}
	for _, bad := range []string{"", "c2hvcnQ=", "not base64", base64.StdEncoding.EncodeToString(make([]byte, 33)), base64.StdEncoding.EncodeToString(make([]byte, 31))} {
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
	sealed, err := Seal(&key, bundle)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		b, err := Open(&key, s)
		if err == nil {
			if _, err := json.Marshal(b); err != nil {
				t.Error(err)
			}
		}
	})
}
