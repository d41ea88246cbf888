package report

// Fence quotes text from outside as a code block, in which nothing is a mention, a link or a marker.
func Fence(s string) string { return fence(s) }
