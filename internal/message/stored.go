package message

import (
	"strconv"
	"strings"
	"time"
)

// storedPart is the part of a key that marks a message whose English sentence is kept, and is read
// in the person's language later.
const storedPart = ".stored."

// Stored returns an English sentence of a stored message in the person's language and zone. It
// returns a sentence that fits no such message as it is. If several fit, the one with the longest
// text of its own is meant. A remark may follow the sentence, such as the words of a service:
// "sentence: words" or "sentence (words)".
func (w Words) Stored(sentence string) string { return reader{w, maxNesting}.said(sentence) }

// maxNesting bounds how deep a stored sentence may contain others, as one that says why.
const maxNesting = 5

// reader says stored sentences in the person's language, down to a depth of sentences in sentences.
type reader struct {
	Words
	depth int
}

// inner is the reader of a sentence within the sentence.
func (r reader) inner() reader { return reader{r.Words, r.depth - 1} }

// said is a stored sentence in the person's language.
func (r reader) said(sentence string) string {
	if r.depth == 0 || r.Words == (Words{}) {
		return sentence
	}
	e, args := storedMessage(sentence)
	if e == nil {
		return r.remarked(sentence)
	}
	for i := 1; i < len(args); i += 2 {
		if value, ok := args[i].(string); ok {
			args[i] = r.inner().restored(value)
		}
	}
	return fill(r.Words, e.in(r.Language).choose(count(args)), args)
}

// remarked returns a stored sentence that a remark follows, and any other text as it is.
func (r reader) remarked(text string) string {
	for at := range text {
		sentence, more := text[:at], text[at:]
		key := "message.more"
		switch {
		case strings.HasPrefix(more, ": "):
			more = more[len(": "):]
		case strings.HasPrefix(more, " (") && strings.HasSuffix(more, ")"):
			key, more = "message.remark", more[len(" ("):len(more)-len(")")]
		default:
			continue
		}
		if e, _ := storedMessage(sentence); e != nil {
			return r.Text(key, "Sentence", r.said(sentence), "More", r.inner().said(more))
		}
	}
	return text
}

// storedMessage returns the stored message that a sentence was made from, and the arguments. It
// returns nil if there is none.
func storedMessage(sentence string) (best *entry, args []any) {
	most := 0
	for _, t := range tables {
		for i := range t.entries {
			e := &t.entries[i]
			if !strings.Contains(e.key, storedPart) {
				continue
			}
			own, values := e.made(sentence)
			if own > most {
				best, args, most = e, values, own
			}
		}
	}
	return best, args
}

// made returns the arguments with which the message makes the English sentence, and how much of it
// is the message's own text, in bytes: 0 if the message does not make it.
func (e *entry) made(sentence string) (own int, args []any) {
	if args, ok := match(e.en.other, sentence); ok && numbered(args) {
		return ownText(e.en.other), args
	}
	if args, ok := match(e.en.one, sentence); ok && e.en.one != "" && numbered(args) {
		if count(args) < 0 {
			args = append(args, countName, 1) // the text says the number in a word
		}
		return ownText(e.en.one), args
	}
	return 0, nil
}

// numbered makes the value of Count a number. It reports whether that is possible.
func numbered(args []any) bool {
	for i := 0; i < len(args); i += 2 {
		if args[i] != countName {
			continue
		}
		n, err := strconv.Atoi(args[i+1].(string))
		if err != nil {
			return false
		}
		args[i+1] = n
	}
	return true
}

// restored returns a value of a stored sentence for the person: a moment in the person's zone, and
// a kind of media or a sentence within the sentence in the person's language.
func (r reader) restored(value string) string {
	if at, err := time.Parse(timeForm, value); err == nil {
		return r.Time(at)
	}
	if find("message.word."+value) != nil {
		return r.Text("message.word." + value)
	}
	return r.said(value)
}

// ownText counts the bytes of a template outside its placeholders.
func ownText(template string) (n int) {
	for {
		text, rest, found := strings.Cut(template, opening)
		n += len(text)
		if !found {
			return n
		}
		_, template, _ = strings.Cut(rest, closing)
	}
}

// match reports whether a sentence was made from a template, and returns the arguments. No value is
// empty, and two placeholders never touch: the generator refuses such a stored message.
func match(template, sentence string) (args []any, ok bool) {
	text, template, found := strings.Cut(template, opening)
	rest, ok := strings.CutPrefix(sentence, text)
	if !found {
		return nil, ok && rest == ""
	}
	for ok && found {
		var name, value string
		name, template, _ = strings.Cut(template, closing)
		text, template, found = strings.Cut(template, opening)
		if found {
			value, rest, ok = strings.Cut(rest, text)
		} else {
			value, ok = strings.CutSuffix(rest, text)
		}
		if value == "" {
			return nil, false
		}
		args = append(args, name, value)
	}
	return args, ok
}
