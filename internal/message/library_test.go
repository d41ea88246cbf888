package message

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// TestLibrary loads the catalogue with the library whose format it has, and compares what the
// library says with what the tables say, for every message and for 0, 1, 2 and 1000 things.
func TestLibrary(t *testing.T) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	files, err := filepath.Glob("catalogue/*.json")
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	loaded := 0
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := bundle.ParseMessageFileBytes(data, path)
		if err != nil {
			t.Fatal(err)
		}
		loaded += len(file.Messages)
	}
	compared := 0
	for _, lang := range []Language{English, Japanese} {
		localizer := i18n.NewLocalizer(bundle, string(lang))
		for _, table := range tables {
			for _, e := range table.entries {
				compared++
				compare(t, localizer, Words{Language: lang}, e)
			}
		}
	}
	if compared != loaded {
		t.Errorf("%d messages in the files, %d in the tables", loaded, compared)
	}
}

func compare(t *testing.T, localizer *i18n.Localizer, w Words, e entry) {
	t.Helper()
	for _, n := range []int{0, 1, 2, 1000} {
		var args []any
		values := map[string]any{}
		for _, name := range names(e.en.other) {
			values[name] = "«" + name + ">" // the library must not escape, and neither must we
		}
		config := &i18n.LocalizeConfig{MessageID: e.key, TemplateData: values}
		if e.en.one != "" {
			values[countName], config.PluralCount = n, n
		}
		for name, value := range values {
			args = append(args, name, value)
		}
		want, err := localizer.Localize(config)
		if err != nil {
			t.Fatalf("%s: %v", e.key, err)
		}
		if got := w.Text(e.key, args...); got != want {
			t.Errorf("%s in %s, %d: got %q, want %q", e.key, w.Language, n, got, want)
		}
	}
}
