package state

import "testing"

func TestSound(t *testing.T) {
	for _, tt := range []struct {
		name string
		tok  XToken
		want bool
	}{
		{"well", XToken{Generation: 2}, true},
		{"open", XToken{Intent: &TokenIntent{}}, false},
		{"refused", XToken{Dead: RefusedToken{Count: 1}}, false},
		{"failing", XToken{Failing: true}, false},
	} {
		if got := tt.tok.Sound(); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestWrote(t *testing.T) {
	s := open(t, &memory{})
	if s.Wrote() {
		t.Error("it wrote before it did anything")
	}
	if err := s.Update(t.Context(), "spend", spend(1)); err != nil {
		t.Fatal(err)
	}
	if !s.Wrote() {
		t.Error("it did not write")
	}
}
