package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
)

// schemaURL is where editors find the schema.
const schemaURL = "https://raw.githubusercontent.com/postferry/postferry/main/" +
	"docs/postferry.schema.json"

// jsonSchema generates docs/postferry.schema.json (draft 2020-12, ASCII) from the tables in
// keys.go. The schema accepts some files that Parse refuses: it can't see that two routes share
// a token's variable, or that no calendar has a date.
func jsonSchema() []byte {
	var c Config
	var r Route
	root := object{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"$id", schemaURL},
		{"title", "postferry configuration"},
	}
	root = append(root, grouped("", c.keys())...)
	root = append(root, member{"$defs", object{{"route", grouped("", r.keys())}}})
	var b bytes.Buffer
	if err := json.Indent(&b, root.json(), "", "  "); err != nil {
		panic(err) // Unreachable: the same text was encoded a line ago.
	}
	return ascii(b.String() + "\n")
}

// described is a value that the schema can describe. Each kind of value is one.
type described interface{ schema() object }

// object is a JSON object that keeps its order.
type object []member

type member struct {
	name  string
	value any
}

// grouped describes the mapping of those keys whose paths begin with prefix.
func grouped(prefix string, keys []key) object {
	var properties object
	done := map[string]bool{}
	for _, k := range keys {
		rest, ok := strings.CutPrefix(k.path, prefix)
		name, _, nested := strings.Cut(rest, ".")
		if !ok || done[name] {
			continue
		}
		done[name] = true
		if nested {
			properties = append(properties, member{name, grouped(prefix+name+".", keys)})
			continue
		}
		k.value.reset()
		property := append(object{{"description", k.doc}}, k.value.(described).schema()...)
		properties = append(properties, member{name, property})
	}
	return object{
		{"type", orNull("object")},
		{"properties", properties},
		{"additionalProperties", false},
	}
}

// orNull lists the types of a value that may be left empty: its key then means the default.
func orNull(name string) []string { return []string{name, "null"} }

func (t text) schema() object {
	return append(object{{"default", t.def}}, t.shape.schema(true)...)
}

func (v variable) schema() object {
	return append(object{{"default", v.def}}, variableName.schema(true)...)
}

func (l list) schema() object {
	s := object{
		{"type", orNull("array")},
		{"default", append([]string{}, l.def...)},
		{"items", l.shape.schema(false)},
		{"uniqueItems", true},
	}
	if l.least > 0 {
		s = append(s, member{"minItems", l.least})
	}
	if l.most > 0 {
		s = append(s, member{"maxItems", l.most})
	}
	return s
}

func (v number) schema() object {
	s := object{{"type", orNull("integer")}, {"default", v.def}, {"minimum", v.least}}
	if v.most > 0 {
		s = append(s, member{"maximum", v.most})
	}
	return s
}

func (v money) schema() object {
	return object{{"type", orNull("number")}, {"default", v.def}, {"minimum", 0}}
}

func (v duration) schema() object {
	s := append(object{{"default", v.String()}}, period.schema(true)...)
	return append(s, member{"examples", []string{"90s", "30m", "1h30m"}})
}

func (v zone) schema() object {
	return append(object{{"default", "UTC"}}, zoneName.schema(true)...)
}

func (v account) schema() object {
	return append(object{{"default", ""}}, v.shape.schema(true)...)
}

func (v flag) schema() object { return object{{"type", orNull("boolean")}, {"default", v.def}} }

// schema has two branches, because editors offer the words of an enumeration.
func (v start) schema() object {
	date := `^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])` +
		`(T[0-9]{1,2}:[0-9]{2}:[0-9]{2}([.,][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2}))?$`
	return object{
		{"default", string(*v.at)},
		{"anyOf", []any{
			object{{"enum", []any{"now", "all", nil}}},
			object{{"type", "string"}, {"pattern", date}},
		}},
		{"examples", []string{"now", "all", "2026-11-01"}},
	}
}

func (v routes) schema() object {
	return object{
		{"type", orNull("object")},
		{"minProperties", 1},
		{"propertyNames", routeName.schema(false)},
		{"additionalProperties", object{{"$ref", "#/$defs/route"}}},
	}
}

// schema describes texts of the shape. With null, the value may be null instead.
func (sh shape) schema(null bool) object {
	var s object
	switch {
	case sh.words != nil:
		words := make([]any, len(sh.words))
		for i, w := range sh.words {
			words[i] = w
		}
		if null {
			words = append(words, nil)
		}
		return object{{"enum", words}}
	case null:
		s = object{{"type", orNull("string")}}
	default:
		s = object{{"type", "string"}}
	}
	s = append(s, member{"pattern", sh.pattern})
	if sh.refuse != "" {
		s = append(s, member{"not", object{{"type", "string"}, {"pattern", sh.refuse}}})
	}
	if sh.example != "" {
		s = append(s, member{"examples", []string{sh.example}})
	}
	return s
}

// json encodes o on one line. json.Marshal would write < and & as escapes.
func (o object) json() []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(plainJSON(m.name))
		b.WriteByte(':')
		b.Write(plainJSON(m.value))
	}
	b.WriteByte('}')
	return b.Bytes()
}

// MarshalJSON encodes objects that stand in lists.
func (o object) MarshalJSON() ([]byte, error) { return o.json(), nil }

func plainJSON(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // Unreachable: a schema holds texts, numbers, lists and objects only.
	}
	return bytes.TrimSpace(b.Bytes())
}

// ascii escapes all other characters of a JSON text: some in the patterns are invisible.
func ascii(s string) []byte {
	var b bytes.Buffer
	for _, r := range s {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.Bytes()
}
