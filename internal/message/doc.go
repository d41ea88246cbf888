// Package message holds what postferry says to people, in English and Japanese, and how a moment,
// an amount of money and a list are written in each.
//
// The texts are in catalogue/, one pair of files for each package that speaks: report.en.json and
// report.ja.json. A file of its own lets people work on different packages without a conflict, and
// the two languages side by side show which one lacks a text. The format and the names of the files
// are those of go-i18n (JSON, version 2), which translation tools read. A program in generate/
// compiles them into tables of constants, so a start parses nothing and initializes nothing. A test
// loads the same files with go-i18n and compares every message. Nothing else uses that library.
//
// The package keeps no language of its own: Words is a value that whoever prints something is
// given. Its zero value speaks English and UTC. The package reads no environment and no file.
//
// # How the texts of a package move here
//
//  1. Write each text into catalogue/PACKAGE.en.json under a key that begins with the package's
//     name: {"report.posted": {"description": "…", "one": "…", "other": "…"}}. The description
//     tells a translator where the text stands and what the placeholders are. A whole sentence is
//     one message: other languages order their words otherwise.
//  2. A changing part is a placeholder, {{.Name}}. The one called Count chooses the form, so a text
//     with {{.Count}} has "one" and "other" in English, and only "other" in Japanese.
//  3. Write the Japanese text under the same key into catalogue/PACKAGE.ja.json, without a
//     description.
//  4. Run go generate ./internal/message, and after a conflict in a table run it again. Let the
//     package import this one in imports_test.go.
//  5. Call words.Text("report.posted", "Count", n, "Name", s) where the text is printed. A value is
//     never read as a template, but it is not quoted either: quote text from outside as before.
//  6. Write moments with words.Time and words.Date, which know the person's zone, and lists with
//     words.And. A table of causes holds keys as whole literals, so that the test below finds them.
//  7. A package that knows no language (a flow, a decision, what the state document keeps) goes on
//     making English sentences, with Words{}.Text and a key that has the part "stored", such as
//     "plan.stored.no-file". Whoever prints such a sentence calls words.Stored(sentence), which
//     finds the message that it was made from and says it in the person's language. A sentence that
//     no message fits (a service's words, one of an older version) is printed as it is.
//     Errors are such sentences: New makes one, Wrap makes one about another, a Sentence is one
//     that is compared with, and words.Error prints them.
//  8. The test TestUse reads the program's Go files. It fails for a key that does not exist, for a
//     placeholder that a call lacks or that the message does not have, and for an unused message.
//  9. The test TestSentences lists the strings in the program that look like sentences and are in
//     no catalogue. What it lets pass stands in its tables, with the reason.
package message

//go:generate go run ./generate
