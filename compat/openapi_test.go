package compat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// openapi is an OpenAPI 3.0 document.
type openapi struct{ schemas }

// exchange is one request and its answer.
type exchange struct {
	Method       string
	URL          *url.URL
	Header       http.Header
	Body         []byte
	Status       int
	AnswerHeader http.Header
	Answer       []byte
}

func (e exchange) String() string { return e.Method + " " + e.URL.Host + e.URL.Path }

// operation finds the operation that a request belongs to. vars are the values of the variables in
// the path template.
func (a openapi) operation(method, path string) (
	template string, op map[string]any, vars map[string]string,
) {
	paths, _ := a.doc["paths"].(map[string]any)
	best := -1
	for t, item := range paths {
		found, ok := match(t, path)
		o, declared := item.(map[string]any)[strings.ToLower(method)].(map[string]any)
		// Two templates may match: the one with fewer variables is meant.
		if fixed := -len(found); ok && declared && (best == -1 || fixed > best) {
			template, op, vars, best = t, o, found, fixed
		}
	}
	return template, op, vars
}

func match(template, path string) (map[string]string, bool) {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	vars := map[string]string{}
	for i := range want {
		if strings.HasPrefix(want[i], "{") {
			vars[strings.Trim(want[i], "{}")] = got[i]
		} else if want[i] != got[i] {
			return nil, false
		}
	}
	return vars, true
}

// request returns what is wrong with a request.
func (a openapi) request(e exchange) []string {
	_, op, vars := a.operation(e.Method, e.URL.Path)
	if op == nil {
		return []string{"there is no such operation"}
	}
	wrong := a.parameters(op, vars, e.URL.Query())
	body, declared := op["requestBody"].(map[string]any)
	if !declared {
		if len(e.Body) > 0 {
			wrong = append(wrong, "it takes no body")
		}
		return wrong
	}
	return append(wrong, a.body(body, e)...)
}

func (a openapi) parameters(
	op map[string]any, vars map[string]string, query url.Values,
) (wrong []string) {
	known := map[string]bool{}
	list, _ := op["parameters"].([]any)
	for _, one := range list {
		p, err := a.resolve(one)
		if err != nil {
			return append(wrong, err.Error())
		}
		name := p["name"].(string)
		if p["in"] == "path" {
			wrong = append(wrong, a.parameter(p, vars[name])...)
			continue
		}
		known[name] = true
		if !query.Has(name) {
			if p["required"] == true {
				wrong = append(wrong, name+" is missing")
			}
			continue
		}
		wrong = append(wrong, a.parameter(p, query.Get(name))...)
	}
	for name, values := range query {
		if !known[name] || len(values) > 1 {
			const format = "the parameter %s=%q is not declared, or is given twice"
			wrong = append(wrong, fmt.Sprintf(format, name, values))
		}
	}
	return wrong
}

// parameter checks the value of one parameter. A list is one value with commas.
func (a openapi) parameter(p map[string]any, value string) []string {
	schema, err := a.resolve(p["schema"])
	if err != nil {
		return []string{err.Error()}
	}
	return a.check(schema, typed(schema, value), p["name"].(string))
}

// typed converts a parameter's text to the type of its schema, as encoding/json would decode it.
func typed(schema map[string]any, value string) any {
	switch schema["type"] {
	case "integer", "number":
		if n, err := strconv.ParseFloat(value, 64); err == nil {
			return n
		}
	case "array":
		var list []any
		for _, one := range strings.Split(value, ",") {
			list = append(list, one)
		}
		return list
	}
	return value
}

func (a openapi) body(declared map[string]any, e exchange) []string {
	kind, params, err := mime.ParseMediaType(e.Header.Get("Content-Type"))
	if err != nil {
		return []string{"Content-Type: " + err.Error()}
	}
	content, ok := declared["content"].(map[string]any)[kind].(map[string]any)
	if !ok {
		return []string{"a body of type " + kind + " is not declared"}
	}
	schema, err := a.resolve(content["schema"])
	if err != nil {
		return []string{err.Error()}
	}
	var v any
	if kind == "multipart/form-data" {
		v, err = form(schema, e.Body, params["boundary"])
	} else {
		err = json.Unmarshal(e.Body, &v)
	}
	if err != nil {
		return []string{err.Error()}
	}
	return a.check(schema, v, "body")
}

// form decodes a multipart body as an object.
func form(schema map[string]any, body []byte, boundary string) (any, error) {
	properties, _ := schema["properties"].(map[string]any)
	out := map[string]any{}
	r := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := r.NextPart()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		one, _ := properties[part.FormName()].(map[string]any)
		out[part.FormName()] = typed(one, string(value))
	}
}

// answer returns what is wrong with an answer of status 2xx.
func (a openapi) answer(e exchange) []string {
	_, op, _ := a.operation(e.Method, e.URL.Path)
	responses, _ := op["responses"].(map[string]any)
	declared, ok := responses[strconv.Itoa(e.Status)]
	if !ok {
		return []string{fmt.Sprintf("the status %d is not declared", e.Status)}
	}
	r, err := a.resolve(declared)
	if err != nil {
		return []string{err.Error()}
	}
	content, _ := r["content"].(map[string]any)
	kind, _, _ := mime.ParseMediaType(e.AnswerHeader.Get("Content-Type"))
	one, ok := content[kind].(map[string]any)
	if !ok {
		return []string{"an answer of type " + kind + " is not declared"}
	}
	var v any
	if err := json.Unmarshal(e.Answer, &v); err != nil {
		return []string{err.Error()}
	}
	return a.check(one["schema"], v, "answer")
}

// scopes returns the OAuth 2.0 scopes that a request needs.
func (a openapi) scopes(e exchange) (out []string) {
	_, op, _ := a.operation(e.Method, e.URL.Path)
	list, _ := op["security"].([]any)
	for _, one := range list {
		names, _ := one.(map[string]any)["OAuth2UserToken"].([]any)
		for _, s := range names {
			out = append(out, s.(string))
		}
	}
	slices.Sort(out)
	return out
}
