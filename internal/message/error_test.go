package message

import (
	"errors"
	"fmt"
	"testing"
)

// TestError says errors in Japanese: one that is wrapped, one behind a route's name, several that
// are joined, and the words of a service, which stay as they are.
func TestError(t *testing.T) {
	refused := errors.New("GET /events: 502: Bad Gateway")
	whose := Wrap(refused, "guard.stored.whose", "Service", "X")
	if !errors.Is(whose, refused) {
		t.Error("the wrapped error is lost")
	}
	const english = "ask whose the X login is: GET /events: 502: Bad Gateway"
	if whose.Error() != english {
		t.Errorf("got %q, want %q", whose, english)
	}
	const japanese = "X のアカウントを確認できません: GET /events: 502: Bad Gateway"
	for _, tt := range []struct {
		err  error
		want string
	}{
		{whose, japanese},
		{fmt.Errorf("main: %w", whose), "main: " + japanese},
		{errors.Join(refused, whose), refused.Error() + "\n" + japanese},
		{Wrap(whose, "guard.stored.begin-anew"), "状態を新しく作成できません: " + japanese},
		{refused, refused.Error()},
	} {
		if got := (Words{Language: Japanese}).Error(tt.err); got != tt.want {
			t.Errorf("%v: got %q, want %q", tt.err, got, tt.want)
		}
		if got := (Words{}).Error(tt.err); got != tt.err.Error() {
			t.Errorf("in English: got %q, want %q", got, tt.err)
		}
	}
}
