package report

import "strings"

// closedByUs is the mark that our own closing of an issue writes into its body in the same request.
// An issue that is closed without it was closed by somebody else.
const closedByUs = "<!-- postferry:closed -->"

// MarkClosed puts the mark of our own closing into an issue's body, before the marker at its end.
func MarkClosed(body string) string {
	body = UnmarkClosed(body)
	at := strings.LastIndex(body, "<!-- postferry:incident ")
	if at < 0 {
		return body + "\n\n" + closedByUs
	}
	return body[:at] + closedByUs + "\n" + body[at:]
}

// UnmarkClosed takes the mark out: the issue is open again.
func UnmarkClosed(body string) string {
	body = strings.ReplaceAll(body, closedByUs+"\n", "")
	return strings.TrimSuffix(body, "\n\n"+closedByUs)
}

// ClosedByUs reports whether a closed issue's body has the mark on a line of its own. Text from
// outside never stands at the beginning of a line there.
func ClosedByUs(body string) bool {
	return strings.Contains("\n"+body+"\n", "\n"+closedByUs+"\n")
}

// reopenedByUs is the mark of an issue that was reopened because its closing was no answer. It is
// reopened once.
const reopenedByUs = "<!-- postferry:reopened -->"

// MarkReopened puts the mark of a reopened issue into its body, before the marker at its end.
func MarkReopened(body string) string {
	at := strings.LastIndex(body, "<!-- postferry:incident ")
	if at < 0 {
		return body + "\n\n" + reopenedByUs
	}
	return body[:at] + reopenedByUs + "\n" + body[at:]
}

// WasReopened reports whether an issue's body has the mark of a reopened one on a line of its own.
func WasReopened(body string) bool {
	return strings.Contains("\n"+body+"\n", "\n"+reopenedByUs+"\n")
}
