package alert

import (
	"net/http"
	"strings"
	"testing"
)

// TestCallHidesItsAddress: the address of a hook is a secret, and the error of a call that fails
// does not show it, whoever prints the error.
func TestCallHidesItsAddress(t *testing.T) {
	r := &Run{HTTP: http.DefaultClient}
	for _, address := range []string{
		"http://127.0.0.1:1/T0/secret-path", "://T0/secret-path", "ftp://x.example/secret-path",
	} {
		err := r.call(t.Context(), http.MethodPost, address, nil)
		if err == nil || strings.Contains(err.Error(), "secret-path") {
			t.Errorf("%s: got %v", address, err)
		}
	}
}
