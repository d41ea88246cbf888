package compat

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// schemas checks values against the schemas of an OpenAPI 3.0 document. It is stricter than they are: a property that is not
// declared is a problem even where they allow others, because X refuses it, and so is a keyword that is not known here.
// https://spec.openapis.org/oas/v3.0.3#schema-object
type schemas struct{ doc map[string]any }

// resolve follows a reference into the document.
func (s schemas) resolve(v any) (map[string]any, error) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%v is no object", v)
	}
	ref, ok := m["$ref"].(string)
	if !ok {
		return m, nil
	}
	var at any = s.doc
	for _, name := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		in, ok := at.(map[string]any)
		if !ok || in[name] == nil {
			return nil, fmt.Errorf("%s leads nowhere", ref)
		}
		at = in[name]
	}
	return s.resolve(at)
}

// check says what is wrong with a value as encoding/json decodes it. at is where it is, for a reader.
func (s schemas) check(schema, v any, at string) (wrong []string) {
	m, err := s.resolve(schema)
	if err != nil {
		return []string{at + ": " + err.Error()}
	}
	if v == nil && m["nullable"] == true {
		return nil
	}
	for keyword, arg := range m {
		if text := s.keyword(m, keyword, arg, v, at); len(text) > 0 {
			wrong = append(wrong, text...)
		}
	}
	slices.Sort(wrong)
	return wrong
}

func (s schemas) keyword(m map[string]any, keyword string, arg, v any, at string) []string {
	bad := func(format string, args ...any) []string { return []string{at + ": " + fmt.Sprintf(format, args...)} }
	text, isText := v.(string)
	number, isNumber := v.(float64)
	list, isList := v.([]any)
	switch keyword {
	case "description", "example", "default", "discriminator", "nullable", "title", "deprecated", "properties", "additionalProperties":
		if keyword == "properties" || keyword == "additionalProperties" && m["properties"] == nil {
			return s.object(m, v, at)
		}
	case "type":
		if !isType(arg, v) {
			return bad("%v is no %v", v, arg)
		}
	case "format":
		if isText && arg == "date-time" {
			if _, err := time.Parse(time.RFC3339, text); err != nil {
				return bad("%q is no date-time", text)
			}
		}
	case "enum":
		if !slices.Contains(arg.([]any), v) {
			return bad("%v is not one of %v", v, arg)
		}
	case "pattern":
		if isText && !regexp.MustCompile(arg.(string)).MatchString(text) {
			return bad("%q does not match %v", text, arg)
		}
	case "minLength", "maxLength":
		if n := float64(utf8.RuneCountInString(text)); isText && (keyword == "minLength" && n < arg.(float64) || keyword == "maxLength" && n > arg.(float64)) {
			return bad("%d characters, %s is %v", int(n), keyword, arg)
		}
	case "minimum", "maximum":
		if isNumber && (keyword == "minimum" && number < arg.(float64) || keyword == "maximum" && number > arg.(float64)) {
			return bad("%v, %s is %v", number, keyword, arg)
		}
	case "minItems", "maxItems":
		if n := float64(len(list)); isList && (keyword == "minItems" && n < arg.(float64) || keyword == "maxItems" && n > arg.(float64)) {
			return bad("%d items, %s is %v", len(list), keyword, arg)
		}
	case "uniqueItems":
		if isList && arg == true && twice(list) {
			return bad("something is in it twice")
		}
	case "items":
		var wrong []string
		for i, one := range list {
			wrong = append(wrong, s.check(arg, one, fmt.Sprintf("%s[%d]", at, i))...)
		}
		return wrong
	case "required":
		var wrong []string
		in, _ := v.(map[string]any)
		for _, name := range arg.([]any) {
			if _, there := in[name.(string)]; !there {
				wrong = append(wrong, bad("%v is missing", name)...)
			}
		}
		return wrong
	case "allOf":
		var wrong []string
		for _, one := range arg.([]any) {
			wrong = append(wrong, s.check(one, v, at)...)
		}
		return wrong
	case "anyOf", "oneOf":
		var wrong []string
		for _, one := range arg.([]any) {
			w := s.check(one, v, at)
			if len(w) == 0 {
				return nil
			}
			wrong = append(wrong, w...)
		}
		return bad("it is none of %d: %s", len(arg.([]any)), strings.Join(wrong, "; "))
	default:
		return bad("the keyword %q is not known here", keyword)
	}
	return nil
}

// object checks the properties of an object, of which none may be undeclared.
func (s schemas) object(m map[string]any, v any, at string) (wrong []string) {
	in, _ := v.(map[string]any)
	declared, _ := m["properties"].(map[string]any)
	for name, value := range in {
		schema, known := declared[name]
		if !known {
			schema, known = m["additionalProperties"].(map[string]any)
		}
		if !known {
			wrong = append(wrong, fmt.Sprintf("%s: %s is not declared", at, name))
			continue
		}
		wrong = append(wrong, s.check(schema, value, at+"."+name)...)
	}
	return wrong
}

func isType(want, v any) bool {
	switch v := v.(type) {
	case string:
		return want == "string"
	case float64:
		return want == "number" || want == "integer" && v == math.Trunc(v)
	case bool:
		return want == "boolean"
	case []any:
		return want == "array"
	case map[string]any:
		return want == "object"
	}
	return false
}

func twice(list []any) bool {
	seen := map[string]bool{}
	for _, one := range list {
		body, _ := json.Marshal(one)
		if seen[string(body)] {
			return true
		}
		seen[string(body)] = true
	}
	return false
}
