package report

import "strings"

// Body is the text of an issue as GitHub has it. Hidden comments on lines of their own say what
// postferry knows of the issue. Text from outside never stands at the beginning of a line.
type Body string

// closedByUs is the mark that our own closing of an issue writes into its body in the same request.
// An issue that is closed without it was closed by somebody else.
const closedByUs = "<!-- postferry:closed -->"

// AsClosed is the body with the mark of our own closing, before the marker at its end.
func (b Body) AsClosed() string { return b.asOpen().with(closedByUs) }

// with puts a mark before the marker at the end of the body.
func (b Body) with(mark string) string {
	body := string(b)
	at := strings.LastIndex(body, "<!-- postferry:incident ")
	if at < 0 {
		return body + "\n\n" + mark
	}
	return body[:at] + mark + "\n" + body[at:]
}

// asOpen is the body without the mark of our own closing: the issue is open again.
func (b Body) asOpen() Body {
	body := strings.ReplaceAll(string(b), closedByUs+"\n", "")
	return Body(strings.TrimSuffix(body, "\n\n"+closedByUs))
}

// lines is the body with our ends of lines. A body that was saved in a browser has others.
func (b Body) lines() Body { return Body(strings.ReplaceAll(string(b), "\r\n", "\n")) }

// hasLine reports whether a line of the body is this one.
func (b Body) hasLine(line string) bool {
	return strings.Contains("\n"+string(b)+"\n", "\n"+line+"\n")
}

// ClosedByUs reports whether a closed issue's body has the mark of our own closing.
func (b Body) ClosedByUs() bool { return b.hasLine(closedByUs) }

// reopenedByUs is the mark of an issue that was reopened because its closing was no answer. It is
// reopened once.
const reopenedByUs = "<!-- postferry:reopened -->"

// AsReopened is the body with the mark of a reopened issue, before the marker at its end.
func (b Body) AsReopened() string { return b.with(reopenedByUs) }

// WasReopened reports whether the body has the mark of a reopened issue.
func (b Body) WasReopened() bool { return b.hasLine(reopenedByUs) }
