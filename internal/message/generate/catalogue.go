package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// text is a message in one language, as a file of go-i18n writes it.
type text struct {
	Description string `json:"description"`
	One         string `json:"one"`
	Other       string `json:"other"`
}

// pair is a message in both languages.
type pair struct{ en, ja text }

// catalogue holds the messages of one package by their keys.
type catalogue map[string]pair

// read returns the catalogues of a folder by the names of their packages.
func read(folder fs.FS) (map[string]catalogue, error) {
	paths, err := fs.Glob(folder, "*")
	if err != nil {
		return nil, err
	}
	all := map[string]catalogue{}
	var problems []error
	for _, path := range paths {
		name, language, ok := strings.Cut(strings.TrimSuffix(path, ".json"), ".")
		if !ok || language != "en" && language != "ja" || !strings.HasSuffix(path, ".json") {
			problems = append(problems, fmt.Errorf("%s: not named as report.en.json is", path))
			continue
		}
		texts, err := readFile(folder, path)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", path, err))
			continue
		}
		if all[name] == nil {
			all[name] = catalogue{}
		}
		all[name].add(language, texts)
	}
	return all, errors.Join(problems...)
}

// add puts the texts of one language into the catalogue.
func (c catalogue) add(language string, texts map[string]text) {
	for key, t := range texts {
		p := c[key]
		if language == "en" {
			p.en = t
		} else {
			p.ja = t
		}
		c[key] = p
	}
}

// readFile reads a file. It refuses a key that stands twice, which encoding/json does not, and a
// field that is none of a message's.
func readFile(folder fs.FS, path string) (map[string]text, error) {
	data, err := fs.ReadFile(folder, path)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	texts := map[string]text{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, _ := key.(string) // the decoder accepts no other key
		var t text
		if err := d.Decode(&t); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if _, twice := texts[name]; twice {
			return nil, fmt.Errorf("%s stands there twice", name)
		}
		texts[name] = t
	}
	_, err = d.Token()
	return texts, err
}

// check returns every mistake of the catalogue of a package, in the order of the keys.
func (c catalogue) check(name string) error {
	var problems []error
	for _, key := range slices.Sorted(maps.Keys(c)) {
		for _, complaint := range c[key].check(name, key) {
			problems = append(problems, fmt.Errorf("%s: %s", key, complaint))
		}
	}
	return errors.Join(problems...)
}

// keyForm is that of a key: report.held.next-try.
var keyForm = regexp.MustCompile(`^[a-z][a-z0-9]*(\.[a-z0-9]+(-[a-z0-9]+)*)+$`)

// check returns the mistakes of one message.
func (p pair) check(name, key string) (complaints []string) {
	complain := func(bad bool, complaint string) {
		if bad {
			complaints = append(complaints, complaint)
		}
	}
	complain(!keyForm.MatchString(key) || !strings.HasPrefix(key, name+"."),
		"the key is no "+name+".some-words")
	complain(p.en.Other == "", "there is no English text")
	complain(p.ja.Other == "", "there is no Japanese text")
	complain(p.en.Description == "", "the English text has no description")
	complain(p.ja.Description != "",
		"the description is for both languages: it stands in English")
	complain(p.ja.One != "", "Japanese has no form for one thing")
	complaints = append(complaints, p.checkPlaceholders()...)
	if strings.Contains(key, ".stored.") {
		complaints = append(complaints, p.en.checkStored()...)
	}
	return complaints
}

// placeholder is where a value goes. Nothing else of go-i18n's templates is allowed.
var placeholder = regexp.MustCompile(`\{\{\.([A-Z][A-Za-z]*)\}\}`)

// placeholders returns the names in a text, sorted, each once.
func placeholders(s string) []string {
	var names []string
	for _, found := range placeholder.FindAllStringSubmatch(s, -1) {
		names = append(names, found[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// checkPlaceholders compares the placeholders of the languages and forms.
func (p pair) checkPlaceholders() (complaints []string) {
	for _, s := range []string{p.en.One, p.en.Other, p.ja.Other} {
		if strings.Contains(placeholder.ReplaceAllString(s, ""), "{{") {
			complaints = append(complaints, fmt.Sprintf("%q has a {{ that is no {{.Name}}", s))
		}
	}
	en, ja, one := placeholders(p.en.Other), placeholders(p.ja.Other), placeholders(p.en.One)
	if p.en.Other != "" && p.ja.Other != "" && !slices.Equal(en, ja) {
		complaints = append(complaints,
			fmt.Sprintf("the placeholders differ: %v in English, %v in Japanese", en, ja))
	}
	counts := slices.Contains(en, "Count")
	if counts != (p.en.One != "") {
		complaints = append(complaints,
			"a text with {{.Count}} has an English form for one thing, and no other text has it")
	}
	// "one" may say the number in a word.
	without := slices.DeleteFunc(slices.Clone(en), func(s string) bool { return s == "Count" })
	if p.en.One != "" && !slices.Equal(one, en) && !slices.Equal(one, without) {
		complaints = append(complaints,
			fmt.Sprintf("the placeholders differ: %v for one thing, %v for others", one, en))
	}
	return complaints
}

// checkStored returns the reasons for which a sentence could not be found again.
func (t text) checkStored() (complaints []string) {
	for _, s := range []string{t.One, t.Other} {
		if s == "" {
			continue
		}
		if len(placeholder.ReplaceAllString(s, "")) < 7 {
			complaints = append(complaints, fmt.Sprintf("%q is too little to be found again", s))
		}
		if strings.Contains(s, "}}{{") {
			complaints = append(complaints, fmt.Sprintf("%q has two placeholders that touch", s))
		}
		if len(placeholder.FindAllString(s, -1)) != len(placeholders(s)) {
			complaints = append(complaints, fmt.Sprintf("%q has a placeholder twice", s))
		}
	}
	return complaints
}
