package config

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// schemaValue is the schema as decoded JSON.
func schemaValue(t testing.TB) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(jsonSchema(), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// yamlValue reads a file as plain data, as an editor does. A date is a text, as in YAML 1.2, and so
// is every key.
func yamlValue(in string) (any, error) {
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(in), &n); err != nil {
		return nil, err
	}
	asInEditors(&n)
	var v any
	err := n.Decode(&v)
	return v, err
}

func asInEditors(n *yaml.Node) {
	if n.Tag == "!!timestamp" {
		n.Tag = "!!str"
	}
	for i, c := range n.Content {
		asInEditors(c)
		if n.Kind == yaml.MappingNode && i%2 == 0 && c.Kind == yaml.ScalarNode &&
			c.Tag != "!!merge" {
			c.Tag = "!!str"
		}
	}
}

// validator is the part of JSON Schema that Schema makes use of.
// https://json-schema.org/draft/2020-12/json-schema-validation
type validator struct{ root map[string]any }

// validate returns what is wrong with v. A keyword that it does not know is a problem too, because
// it would assert nothing.
func validate(root, schema map[string]any, v any, at string) []string {
	return validator{root}.check(schema, v, at)
}

// annotations are the keywords that assert nothing.
var annotations = []string{
	"$schema", "$id", "$defs", "title", "description", "default", "examples",
}

func (c validator) check(schema map[string]any, v any, at string) (out []string) {
	for keyword, arg := range schema {
		known, problems := c.assert(schema, keyword, arg, v, at)
		if !known && !slices.Contains(annotations, keyword) {
			problems = []string{"unknown keyword " + keyword}
		}
		out = append(out, problems...)
	}
	slices.Sort(out)
	return out
}

func (c validator) assert(
	schema map[string]any, keyword string, arg, v any, at string,
) (known bool, problems []string) {
	fails := func(ok bool) (bool, []string) {
		if ok {
			return true, nil
		}
		return true, []string{fmt.Sprintf("%s: %v: %s %v", at, v, keyword, arg)}
	}
	text, isText := v.(string)
	items, isList := v.([]any)
	object, isObject := v.(map[string]any)
	number, isNumber := asNumber(v)
	switch keyword {
	case "$ref":
		name := strings.TrimPrefix(arg.(string), "#/$defs/")
		return true, c.check(c.root["$defs"].(map[string]any)[name].(map[string]any), v, at)
	case "type":
		return fails(hasType(v, arg))
	case "enum":
		return fails(slices.ContainsFunc(arg.([]any), func(w any) bool {
			return reflect.DeepEqual(v, w)
		}))
	case "pattern":
		return fails(!isText || regexp.MustCompile(arg.(string)).MatchString(text))
	case "not":
		return fails(len(c.check(arg.(map[string]any), v, at)) > 0)
	case "anyOf":
		return fails(slices.ContainsFunc(arg.([]any), func(s any) bool {
			return len(c.check(s.(map[string]any), v, at)) == 0
		}))
	case "minimum":
		return fails(!isNumber || number >= arg.(float64))
	case "maximum":
		return fails(!isNumber || number <= arg.(float64))
	case "minItems":
		return fails(!isList || len(items) >= int(arg.(float64)))
	case "maxItems":
		return fails(!isList || len(items) <= int(arg.(float64)))
	case "uniqueItems":
		return fails(!isList || !repeats(items))
	case "items":
		return true, c.each(arg, items, at)
	case "minProperties":
		return fails(!isObject || len(object) >= int(arg.(float64)))
	case "propertyNames", "properties", "additionalProperties":
		return true, c.members(schema, keyword, object, at)
	}
	return false, nil
}

func (c validator) each(schema any, items []any, at string) (out []string) {
	for i, item := range items {
		out = append(out, c.check(schema.(map[string]any), item, fmt.Sprintf("%s[%d]", at, i))...)
	}
	return out
}

// members applies one of the keywords for objects.
func (c validator) members(
	schema map[string]any, keyword string, object map[string]any, at string,
) (out []string) {
	properties, _ := schema["properties"].(map[string]any)
	for name, v := range object {
		own, listed := properties[name].(map[string]any)
		switch other, isSchema := schema["additionalProperties"].(map[string]any); {
		case keyword == "propertyNames":
			out = append(out, c.check(schema[keyword].(map[string]any), name, at)...)
		case keyword == "properties" && listed:
			out = append(out, c.check(own, v, at+"."+name)...)
		case keyword == "additionalProperties" && !listed && isSchema:
			out = append(out, c.check(other, v, at+"."+name)...)
		case keyword == "additionalProperties" && !listed:
			out = append(out, at+": no property "+name)
		}
	}
	return out
}

func asNumber(v any) (float64, bool) {
	switch r := reflect.ValueOf(v); {
	case v == nil:
		return 0, false
	case r.CanInt():
		return float64(r.Int()), true
	case r.CanUint():
		return float64(r.Uint()), true
	case r.CanFloat():
		return r.Float(), true
	}
	return 0, false
}

func hasType(v, types any) bool {
	names, ok := types.([]any)
	if !ok {
		names = []any{types}
	}
	number, isNumber := asNumber(v)
	_, isText := v.(string)
	_, isFlag := v.(bool)
	_, isList := v.([]any)
	_, isObject := v.(map[string]any)
	is := map[any]bool{
		"null": v == nil, "string": isText, "boolean": isFlag, "array": isList, "object": isObject,
		"number": isNumber, "integer": isNumber && number == math.Trunc(number),
	}
	return slices.ContainsFunc(names, func(name any) bool { return is[name] })
}

func repeats(items []any) bool {
	for i, v := range items {
		if slices.ContainsFunc(items[:i], func(w any) bool { return reflect.DeepEqual(v, w) }) {
			return true
		}
	}
	return false
}

// A keyword that never fails would make the tests of the schema worth nothing.
func TestValidator(t *testing.T) {
	for _, tt := range []struct{ schema, good, bad string }{
		{`{"type": "string"}`, "a", "1"},
		{`{"type": ["integer", "null"]}`, "1", "1.5"},
		{`{"type": ["integer", "null"]}`, "~", "x"},
		{`{"type": "boolean"}`, "true", "'true'"},
		{`{"type": "number"}`, "1.5", "'1.5'"},
		{`{"type": "object"}`, "{}", "[]"},
		{`{"enum": ["a", null]}`, "~", "b"},
		{`{"pattern": "^a$"}`, "1", "ab"},
		{`{"not": {"type": "string", "pattern": "a"}}`, "~", "bab"},
		{`{"anyOf": [{"type": "null"}, {"minimum": 3}]}`, "3", "2"},
		{`{"maximum": 3}`, "3", "4"},
		{`{"minItems": 1}`, "[a]", "[]"},
		{`{"maxItems": 1}`, "[a]", "[a, b]"},
		{`{"uniqueItems": true}`, "[a, b]", "[a, b, a]"},
		{`{"items": {"type": "string"}}`, "[a]", "[a, 1]"},
		{`{"minProperties": 1}`, "{a: 1}", "{}"},
		{`{"propertyNames": {"pattern": "^a"}}`, "{ab: 1}", "{b: 1}"},
		{`{"properties": {"a": {"type": "null"}}}`, "{b: 1}", "{a: 1}"},
		{`{"properties": {"a": {}}, "additionalProperties": false}`, "{a: 1}", "{b: 1}"},
		{`{"additionalProperties": {"$ref": "#/$defs/x"}, "$defs": {"x": {"type": "string"}}}`,
			"{a: b}", "{a: 1}"},
		{`{"title": "x"}`, "1", ""},
		{`{"maxLength": 3}`, "", "a"},
	} {
		var schema map[string]any
		if err := json.Unmarshal([]byte(tt.schema), &schema); err != nil {
			t.Fatal(err)
		}
		for in, want := range map[string]bool{tt.good: true, tt.bad: false} {
			v, err := yamlValue(in)
			if err != nil {
				t.Fatal(err)
			}
			if got := validate(schema, schema, v, ""); in != "" && (len(got) == 0) != want {
				t.Errorf("%s: %s: got %q, want accepted: %v", tt.schema, in, got, want)
			}
		}
	}
}
