package message

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Language is a language that postferry speaks. The empty Language is English.
type Language string

// The languages, by the names that the configuration uses.
const (
	English  Language = "en"
	Japanese Language = "ja"
)

// ForLocale returns the language of a locale, such as "ja_JP.UTF-8". It is English if there is no
// text for the locale.
func ForLocale(locale string) Language {
	if name, _, _ := strings.Cut(strings.ToLower(locale), "_"); name == "ja" || name == "ja.utf-8" {
		return Japanese
	}
	return English
}

// Words says things to a person. The zero value says them in English and in UTC.
type Words struct {
	Language Language
	Zone     *time.Location // of every time that the person reads; nil is UTC
}

// Text returns the message of a key. The arguments are pairs of a placeholder's name and its value:
// Text("report.posted", "Count", 3, "Name", "main"). A moment is written as Time writes it. The
// value of Count, an int, chooses between the forms of the message. A key that does not exist is
// returned as it is, and so is a placeholder without a value: both are visible, and neither stops a
// run that has something to report.
func (w Words) Text(key string, args ...any) string {
	e := find(key)
	if e == nil {
		return key
	}
	return fill(w, e.in(w.Language).choose(count(args)), args)
}

// fill puts the values into a template. It reads the template once, so a value that looks like a
// placeholder stays as it is.
func fill(w Words, template string, args []any) string {
	var b strings.Builder
	for {
		text, rest, found := strings.Cut(template, opening)
		b.WriteString(text)
		if !found {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, closing)
		b.WriteString(value(w, name, args))
		template = after
	}
}

// value returns the value of a placeholder as it is printed.
func value(w Words, name string, args []any) string {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] != name {
			continue
		}
		switch v := args[i+1].(type) {
		case string:
			return v
		case int:
			return strconv.Itoa(v)
		case time.Time:
			return w.Time(v)
		default:
			return fmt.Sprint(v)
		}
	}
	return opening + name + closing
}

// count returns the value of the placeholder Count, or -1 if there is none.
func count(args []any) int {
	for i := 0; i+1 < len(args); i += 2 {
		if n, ok := args[i+1].(int); ok && args[i] == countName {
			return n
		}
	}
	return -1
}

// A placeholder is {{.Name}}. The name countName is that of the number that chooses the form.
const (
	opening   = "{{."
	closing   = "}}"
	countName = "Count"
)

// entry is a message in both languages.
type entry struct {
	key    string
	en, ja forms
}

// in returns the texts of the message in a language.
func (e *entry) in(l Language) forms {
	if l == Japanese {
		return e.ja
	}
	return e.en
}

// forms are the texts of a message in one language. A message without a number has no one.
type forms struct{ one, other string }

// choose returns the form for n things. English has its own for one thing and Japanese has not.
// Source: https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html
func (f forms) choose(n int) string {
	if n == 1 && f.one != "" {
		return f.one
	}
	return f.other
}

// table holds the messages of one package, in the order of their keys.
type table struct {
	name    string
	entries []entry
}

// find returns the message of a key, or nil if there is none.
func find(key string) *entry {
	name, _, _ := strings.Cut(key, ".")
	for _, t := range tables {
		if t.name != name {
			continue
		}
		i := sort.Search(len(t.entries), func(i int) bool { return t.entries[i].key >= key })
		if i < len(t.entries) && t.entries[i].key == key {
			return &t.entries[i]
		}
	}
	return nil
}
