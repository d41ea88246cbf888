package state

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func example(t testing.TB) []byte {
	t.Helper()
	body, err := os.ReadFile("../../state/example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// The example in state/ is a document as it is written: decoding and encoding it changes nothing.
func TestExampleIsWhatIsWritten(t *testing.T) {
	body := example(t)
	d, err := Decode("state/example.yaml", body)
	if err != nil {
		t.Fatal(err)
	}
	got, err := d.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(body), string(got)); diff != "" {
		t.Errorf("encoding the example gives another text (-example +encoded):\n%s", diff)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{"empty", "", "not a state document"},
		{"garbage", "\x00\x01 garbage", "not a state document"},
		{"html", "<!DOCTYPE html><html></html>", "not a state document"},
		{"no version", "route: main\n", "it has no version"},
		{
			"newer", "version: 3\nroute: main\nsomething_new: 1\n",
			"version 3 was written by a newer postferry",
		},
		{"unknown key", "version: 1\nroute: main\nledgre: []\n", "ledgre"},
		{"wrong type", "version: 1\nroute: main\nledger: many\n", "not a state document"},
		{"truncated", string(example(t)[:700]) + "\n    posts: [", "not a state document"},
		{
			"media twice",
			"version: 1\nledger:\n  - {media_id: '1', status: posted}\n  - {media_id: '1'," +
				" status: posted}\n",
			"in the ledger twice",
		},
		{"no id", "version: 1\nledger:\n  - {status: posted}\n", "has no media_id"},
		{
			"status", "version: 1\nledger:\n  - {media_id: '1', status: gone}\n",
			`unknown status "gone"`,
		},
		{"two documents", "version: 2\n---\nversion: 2\n", "something follows its end"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Decode("state/main.yaml", []byte(tt.body))
			var unreadable *UnreadableError
			if !errors.As(err, &unreadable) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an UnreadableError with %q", err, tt.want)
			}
			if err != nil && !strings.HasPrefix(err.Error(), "state/main.yaml: ") {
				t.Errorf("the error does not name the file: %v", err)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(example(f))
	f.Add([]byte("version: 1\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := Decode("x", body)
		if err != nil {
			return
		}
		once, err := d.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Decode("x", once)
		if err != nil {
			t.Fatalf("what was encoded does not decode: %v\n%s", err, once)
		}
		twice, err := again.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if string(once) != string(twice) {
			t.Errorf("encoding is not stable:\n%s\n---\n%s", once, twice)
		}
	})
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}
