// Package report renders what a run did: the lines on the terminal, the job summary, the step
// outputs, the issue of an incident and its comments, and the status page with its chart.
//
// Each rendering is a function of values: the package makes no call, keeps no state and writes
// nothing. It reads the results of the flows and hands no decision back to them. The only text that
// it reads is the body of an issue, which it has written itself and finds again by its marker.
//
// The package refuses to print text from outside (captions, messages of the services) as it is. It
// quotes such text everywhere, so that the text can't become a workflow command, a step output, a
// mention or Markdown.
package report
