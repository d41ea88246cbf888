package build

import "testing"

func TestHome(t *testing.T) {
	defer func(home string) { Home = home }(Home)
	Home = "someone/ferry"
	for got, want := range map[string]string{
		URL():                    "https://github.com/someone/ferry",
		Issues():                 "https://github.com/someone/ferry/issues",
		Doc("docs/operating.md"): "https://github.com/someone/ferry/blob/main/docs/operating.md",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestVersion(t *testing.T) {
	if got := Version(); got == "" {
		t.Error("a build without a version")
	}
	defer func() { Release = "" }()
	Release = "v1.2.3"
	if got := Version(); got != "v1.2.3" {
		t.Errorf("got %s, want the release", got)
	}
}
