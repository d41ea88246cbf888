// Package report renders what a run did: the lines on the terminal, the annotations, the job
// summary, the step outputs, the issue. Everything in it is a function of values; whoever calls it
// writes the result, once, at the end.
//
// Text from outside (captions, messages of the services) is quoted everywhere: it can't become a
// workflow command, a step output, a mention or Markdown.
package report
