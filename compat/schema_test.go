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

// schemas checks values against the schemas of an OpenAPI 3.0 document. It is stricter than the
// document in two ways. An undeclared property is an error even where the schema allows others,
// because X refuses it. A keyword that is not in the table below is an error too, or the check
// would silently skip a rule. Source: https://spec.openapis.org/oas/v3.0.3#schema-object
type schemas struct{ doc map[string]any }

// resolve follows a $ref into the document.
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

// check returns what is wrong with a value as encoding/json decodes it. at is the value's path,
// such as "body.text".
func (s schemas) check(schema, v any, at string) (wrong []string) {
	m, err := s.resolve(schema)
	if err != nil {
		return []string{at + ": " + err.Error()}
	}
	if v == nil && m["nullable"] == true {
		return nil
	}
	for keyword, arg := range m {
		check := keywords[keyword]
		if check == nil {
			check = nested(keyword)
		}
		switch {
		case check != nil:
			wrong = append(wrong, check(s, rule{m, keyword, arg}, v, at)...)
		case !slices.Contains(ignored, keyword):
			wrong = append(wrong, fmt.Sprintf("%s: the keyword %q is not known here", at, keyword))
		}
	}
	slices.Sort(wrong)
	return wrong
}

// rule is one keyword of a schema with its argument.
type rule struct {
	schema  map[string]any
	keyword string
	arg     any
}

type checker func(s schemas, r rule, v any, at string) []string

// ignored are keywords that say nothing about a value, or that another keyword's check reads.
var ignored = []string{
	"description", "example", "default", "discriminator", "nullable", "title", "deprecated",
}

// keywords are the checks that look at the value alone.
var keywords = map[string]checker{
	"type": func(_ schemas, r rule, v any, at string) []string {
		return unless(isType(r.arg, v), at, "%v is no %v", v, r.arg)
	},
	"format": func(_ schemas, r rule, v any, at string) []string {
		text, isText := v.(string)
		if !isText || r.arg != "date-time" {
			return nil
		}
		_, err := time.Parse(time.RFC3339, text)
		return unless(err == nil, at, "%q is no date-time", text)
	},
	"enum": func(_ schemas, r rule, v any, at string) []string {
		return unless(slices.Contains(r.arg.([]any), v), at, "%v is not one of %v", v, r.arg)
	},
	"pattern": func(_ schemas, r rule, v any, at string) []string {
		text, isText := v.(string)
		matches := !isText || regexp.MustCompile(r.arg.(string)).MatchString(text)
		return unless(matches, at, "%q does not match %v", text, r.arg)
	},
	"minLength": characters, "maxLength": characters,
	"minItems": length, "maxItems": length,
	"minimum": number, "maximum": number,
	"uniqueItems": func(_ schemas, r rule, v any, at string) []string {
		list, _ := v.([]any)
		return unless(r.arg != true || !hasDuplicate(list), at, "two items are equal")
	},
	"required": func(_ schemas, r rule, v any, at string) (wrong []string) {
		in, _ := v.(map[string]any)
		for _, name := range r.arg.([]any) {
			_, present := in[name.(string)]
			wrong = append(wrong, unless(present, at, "%v is missing", name)...)
		}
		return wrong
	},
}

// nested returns the check of a keyword about the value's parts, or nil. It is no map beside
// keywords, because these checks call check again: the declarations would depend on each other in a
// circle.
func nested(keyword string) checker {
	switch keyword {
	case "properties":
		return schemas.object
	case "additionalProperties":
		return schemas.additional
	case "items":
		return schemas.items
	case "allOf":
		return schemas.allOf
	case "anyOf", "oneOf":
		return schemas.anyOf
	}
	return nil
}

// unless returns an error about the value at a path, or nothing if the value is fine.
func unless(fine bool, at, format string, args ...any) []string {
	if fine {
		return nil
	}
	return []string{at + ": " + fmt.Sprintf(format, args...)}
}

func characters(_ schemas, r rule, v any, at string) []string {
	text, isText := v.(string)
	n := utf8.RuneCountInString(text)
	fine := !isText || within(r, float64(n))
	return unless(fine, at, "%d characters, %s is %v", n, r.keyword, r.arg)
}

func length(_ schemas, r rule, v any, at string) []string {
	list, isList := v.([]any)
	fine := !isList || within(r, float64(len(list)))
	return unless(fine, at, "%d items, %s is %v", len(list), r.keyword, r.arg)
}

func number(_ schemas, r rule, v any, at string) []string {
	n, isNumber := v.(float64)
	return unless(!isNumber || within(r, n), at, "%v, %s is %v", n, r.keyword, r.arg)
}

// within reports whether n keeps to a minimum or a maximum.
func within(r rule, n float64) bool {
	if strings.HasPrefix(r.keyword, "min") {
		return n >= r.arg.(float64)
	}
	return n <= r.arg.(float64)
}

// items checks each item of a list.
func (s schemas) items(r rule, v any, at string) (wrong []string) {
	list, _ := v.([]any)
	for i, one := range list {
		wrong = append(wrong, s.check(r.arg, one, fmt.Sprintf("%s[%d]", at, i))...)
	}
	return wrong
}

// allOf accepts a value that all of the schemas accept.
func (s schemas) allOf(r rule, v any, at string) (wrong []string) {
	for _, one := range r.arg.([]any) {
		wrong = append(wrong, s.check(one, v, at)...)
	}
	return wrong
}

// anyOf accepts a value that one of the schemas accepts.
func (s schemas) anyOf(r rule, v any, at string) []string {
	choices := r.arg.([]any)
	var wrong []string
	for _, one := range choices {
		w := s.check(one, v, at)
		if len(w) == 0 {
			return nil
		}
		wrong = append(wrong, w...)
	}
	const format = "none of the %d schemas accepts it: %s"
	return unless(false, at, format, len(choices), strings.Join(wrong, "; "))
}

// additional checks an object that declares no properties. Where it declares some, the check of
// "properties" reads this keyword as well.
func (s schemas) additional(r rule, v any, at string) []string {
	if r.schema["properties"] != nil {
		return nil
	}
	return s.object(r, v, at)
}

// object checks the properties of an object; an undeclared property is an error.
func (s schemas) object(r rule, v any, at string) (wrong []string) {
	in, _ := v.(map[string]any)
	declared, _ := r.schema["properties"].(map[string]any)
	for name, value := range in {
		schema, known := declared[name]
		if !known {
			schema, known = r.schema["additionalProperties"].(map[string]any)
		}
		if !known {
			wrong = append(wrong, fmt.Sprintf("%s: %s is not declared", at, name))
			continue
		}
		wrong = append(wrong, s.check(schema, value, at+"."+name)...)
	}
	return wrong
}

// isType reports whether a decoded JSON value has the type that a schema names.
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

// hasDuplicate reports whether two items of a list are equal.
func hasDuplicate(list []any) bool {
	seen := map[string]bool{}
	for _, one := range list {
		body, _ := json.Marshal(one) // a value that was decoded from JSON can be encoded again
		if seen[string(body)] {
			return true
		}
		seen[string(body)] = true
	}
	return false
}
