// Package verdict decides what may be concluded from what a run has seen. Each kind of evidence is
// a type, and each verdict a method of it. A [Verdict] is either proven (with the proof as a
// sentence) or held (with what is missing, and when the question is asked again).
//
// A verdict ends something that can't be taken back: a media is given up, a post is called absent,
// a token is called dead, a closed issue is taken for a person's answer. A single ambiguous answer
// of a service never proves a verdict. The rules:
//
//   - A refusal of X is a media's own fault only if X took another media meanwhile; until then it
//     is everybody's, and nothing is counted against the media ([PostRefusal.Judge],
//     [UploadRefusal.Judge]).
//   - A [Try] counts an hour after the last one that counted. A run writes its tries down when it
//     ends, because only then it knows what else X took. A crash before that forgets them, which
//     is the safe side.
//   - Words that no table knows are held and told, never dropped.
//
// The package knows no network, no clock and no disk: the time arrives as an argument. It imports
// no decision, flow or client of this module. What it remembers between runs ([Refusal], [Missing],
// [Unlisted], [Look], [DeadToken]) is stored by package state.
package verdict
