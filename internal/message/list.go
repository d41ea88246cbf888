package message

import "strings"

// And writes a list that ends with a word for "and": "a, b and c".
func (w Words) And(items ...string) string { return list(w, "message.and", items) }

// Or writes a list that ends with a word for "or": "a, b or c".
func (w Words) Or(items ...string) string { return list(w, "message.or", items) }

// Join writes a list with nothing but commas: "a, b, c".
func (w Words) Join(items ...string) string {
	if w.Language == Japanese {
		return strings.Join(items, "、")
	}
	return strings.Join(items, ", ")
}

func list(w Words, key string, items []string) string {
	last := len(items) - 1
	if last < 1 {
		return strings.Join(items, "")
	}
	return w.Text(key, "List", w.Join(items[:last]...), "Last", items[last])
}

// Sentences puts sentences one behind the other. English has a blank between two, Japanese has
// none. Empty sentences are left out.
func (w Words) Sentences(all ...string) string {
	blank := " "
	if w.Language == Japanese {
		blank = ""
	}
	var b strings.Builder
	for _, s := range all {
		if b.Len() > 0 && s != "" {
			b.WriteString(blank)
		}
		b.WriteString(s)
	}
	return b.String()
}
