package github

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/postferry/postferry/internal/vault"
)

// python finds one that has PyNaCl, libsodium's binding (Debian: python3-nacl).
func python(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import nacl").Run() == nil {
			return name
		}
	}
	t.Skip("no python3 with PyNaCl here")
	return ""
}

// script runs a few lines with arguments, and gives what they print.
func script(t *testing.T, lines string, args ...string) string {
	t.Helper()
	out, err := exec.Command(
		python(t),
		append([]string{"-c", "import sys, base64\n" + lines}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return strings.TrimSpace(string(out))
}

// publicKeyOnly is a GitHub that hands out one key and keeps what is sealed for it.
type publicKeyOnly struct {
	key    string
	sealed string
}

func (g *publicKeyOnly) RoundTrip(r *http.Request) (*http.Response, error) {
	body := `{"key_id":"1","key":"` + g.key + `"}`
	status := 200
	if r.Method == http.MethodPut {
		var put struct {
			Value string `json:"encrypted_value"`
		}
		if err := json.NewDecoder(r.Body).Decode(&put); err != nil {
			return nil, err
		}
		g.sealed, body, status = put.Value, "", 201
	}
	return &http.Response{
		StatusCode: status,
		Header:     http.Header{"Content-Type": {"application/json"}},
		Body:       io.NopCloser(bytes.NewBufferString(body)),
		Request:    r,
	}, nil
}

// TestLibsodiumOpensSecrets: GitHub opens with libsodium what we sealed with golang.org/x/crypto.
func TestLibsodiumOpensSecrets(t *testing.T) {
	pair := strings.Fields(script(t, `
from nacl.public import PrivateKey
k = PrivateKey.generate()
print(base64.b64encode(bytes(k)).decode(), base64.b64encode(bytes(k.public_key)).decode())`))
	for _, value := range []string{"a-refresh-token", "x", strings.Repeat("長い", 2000)} {
		g := &publicKeyOnly{key: pair[1]}
		s := &Secrets{
			Client: New(Options{
				Token: "t", Owner: "o", Repo: "r", HTTP: &http.Client{Transport: g},
			}),
		}
		if err := s.Put(context.Background(), "NAME", value); err != nil {
			t.Fatal(err)
		}
		got := script(t, `
from nacl.public import PrivateKey, SealedBox
box = SealedBox(PrivateKey(base64.b64decode(sys.argv[1])))
print(base64.b64encode(box.decrypt(base64.b64decode(sys.argv[2]))).decode())`, pair[0], g.sealed)
		if want := base64.StdEncoding.EncodeToString([]byte(value)); got != want {
			t.Errorf("libsodium read %.40q, want %.40q", got, want)
		}
	}
}

// TestLibsodiumOpensVault: the vault is an ordinary secretbox, so a person with the key is never
// without the tokens.
func TestLibsodiumOpensVault(t *testing.T) {
	const raw = "0123456789abcdef0123456789abcdef"
	key, err := vault.ParseKey(base64.StdEncoding.EncodeToString([]byte(raw)))
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := vault.Seal(key, vault.Bundle{Generation: 3, Refresh: "r"})
	if err != nil {
		t.Fatal(err)
	}
	got := script(t, `
from nacl.secret import SecretBox
print(SecretBox(sys.argv[1].encode()).decrypt(base64.b64decode(sys.argv[2])).decode())`, raw,
		sealed)
	if want := `{"generation":3,"refresh":"r"}`; got != want {
		t.Errorf("libsodium read %s, want %s", got, want)
	}
}

// TestLibsodiumOpensVaultOfAPhrase: so is that of a phrase, by the salt that stands before it.
func TestLibsodiumOpensVaultOfAPhrase(t *testing.T) {
	const phrase = "a ferry leaves at dawn, café"
	key, err := vault.ParseKey(phrase)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := vault.Seal(key, vault.Bundle{Generation: 3, Refresh: "r"})
	if err != nil {
		t.Fatal(err)
	}
	got := script(t, `
from nacl.secret import SecretBox
from nacl.pwhash import argon2id
_, kind, version, parameters, salt, box = sys.argv[2].split("$")
assert (kind, version, parameters) == ("argon2id", "v=19", "m=65536,t=3,p=1"), sys.argv[2]
key = argon2id.kdf(32, sys.argv[1].encode(), base64.b64decode(salt + "=="),
                   opslimit=3, memlimit=65536*1024)
print(SecretBox(key).decrypt(base64.b64decode(box)).decode())`, phrase, sealed)
	if want := `{"generation":3,"refresh":"r"}`; got != want {
		t.Errorf("libsodium read %s, want %s", got, want)
	}
}
