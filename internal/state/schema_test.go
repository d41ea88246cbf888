package state

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// schema is the part of a JSON Schema that names keys.
type schema struct {
	Ref                  string             `json:"$ref"`
	OneOf                []*schema          `json:"oneOf"`
	Properties           map[string]*schema `json:"properties"`
	Items                *schema            `json:"items"`
	AdditionalProperties json.RawMessage    `json:"additionalProperties"`
	Enum                 []string           `json:"enum"`
}

// TestSchema: state.schema.json names the keys that a document can have, and no others. It refuses
// unknown keys, so that a key that it lacks makes every document of today invalid.
func TestSchema(t *testing.T) {
	body, err := os.ReadFile("../../state/state.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var s schema
	if err := json.Unmarshal(body, &s); err != nil {
		t.Fatal(err)
	}
	compare(t, "", reflect.TypeFor[Document](), &s)
	statuses := s.Properties["ledger"].Items.Properties["status"].Enum
	for _, status := range []Status{Posting, Posted, Skipped, GivenUp, Withdrawn} {
		if !slices.Contains(statuses, string(status)) {
			t.Errorf("the schema lacks the status %s", status)
		}
	}
	held := s.Properties["ledger"].Items.Properties["evidence"].Properties["hold"].Enum
	for hold := range holds {
		if !slices.Contains(held, string(hold)) {
			t.Errorf("the schema lacks the hold %s", hold)
		}
	}
}

// compare compares the keys of a type, and of what it contains, with a schema.
func compare(t *testing.T, path string, typ reflect.Type, s *schema) {
	t.Helper()
	for typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	if s != nil && len(s.OneOf) > 0 {
		s = s.OneOf[len(s.OneOf)-1] // the forms of older versions stand first
	}
	switch {
	case s != nil && s.Ref != "": // it was compared where it stands
	case s == nil:
		t.Errorf("the schema lacks %s", path)
	case typ == reflect.TypeFor[time.Time]():
	case typ.Kind() == reflect.Slice:
		if typ.Elem().Kind() == reflect.Struct {
			compare(t, path+"[]", typ.Elem(), s.Items)
		}
	case typ.Kind() == reflect.Map && typ.Elem().Kind() == reflect.Struct &&
		typ.Elem() != reflect.TypeFor[time.Time]():
		values := &schema{}
		if err := json.Unmarshal(s.AdditionalProperties, values); err != nil {
			t.Errorf("the schema of %s: %v", path, err)
		}
		compare(t, path+"{}", typ.Elem(), values)
	case typ.Kind() == reflect.Struct:
		compareFields(t, path, typ, s)
	}
}

func compareFields(t *testing.T, path string, typ reflect.Type, s *schema) {
	t.Helper()
	var keys []string
	for i := range typ.NumField() {
		key, _, _ := strings.Cut(typ.Field(i).Tag.Get("yaml"), ",")
		if key == "-" {
			continue // It is not written.
		}
		keys = append(keys, key)
		compare(t, path+"."+key, typ.Field(i).Type, s.Properties[key])
	}
	for key := range s.Properties {
		if !slices.Contains(keys, key) {
			t.Errorf("the schema has %s.%s, and a document has not", path, key)
		}
	}
	if string(s.AdditionalProperties) != "false" {
		t.Errorf("the schema takes any key in %s", path)
	}
}

// TestReadme: state/README.md explains each key of a document.
func TestReadme(t *testing.T) {
	body, err := os.ReadFile("../../state/README.md")
	if err != nil {
		t.Fatal(err)
	}
	typ := reflect.TypeFor[Document]()
	for i := range typ.NumField() {
		key, _, _ := strings.Cut(typ.Field(i).Tag.Get("yaml"), ",")
		if key != "-" && !strings.Contains(string(body), "\n| `"+key) {
			t.Errorf("state/README.md does not explain %s", key)
		}
	}
}
