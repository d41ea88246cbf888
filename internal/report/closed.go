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
	return strings.ReplaceAll(body, closedByUs+"\n", "")
}

// ClosedByUs reports whether a closed issue's body has the mark on a line of its own. Text from
// outside never stands at the beginning of a line there.
func ClosedByUs(body string) bool {
	return strings.Contains("\n"+body+"\n", "\n"+closedByUs+"\n")
}
