package guard

import (
	"context"
	"time"

	"github.com/postferry/postferry/internal/message"
)

// Question is asked in an issue. Its answer is how a person closes it. Its texts are in the
// person's language.
type Question struct {
	Component string    // "state" or "account"
	Route     string    // "" for a question about the whole branch
	Service   string    // of a question about an account: "Instagram" or "X"
	Account   string    // the username of the other account
	Key       string    // what it is about: a commit, the id of a repository or of an account
	Event     time.Time // only a closing after it is an answer; zero for any
	Title     string
	Facts     string // what was found; Markdown, as are the texts below
	// Completed and NotPlanned say what closing the issue so does.
	Completed, NotPlanned string
	Safe                  string // what is not done before it is answered
	Otherwise             string // another way to answer, "" for none
	More                  string // the heading of docs/operating.md that explains it
}

// Answer is what is known of a question.
type Answer struct {
	Issue int
	URL   string
	New   bool // the issue was opened by this run
	// Completed and NotPlanned are a person's answers; neither while the issue is open.
	Completed, NotPlanned bool
	Opened, At            time.Time // when the issue was opened, and closed
}

// Asker opens the issue of a question, or finds it, and reads the answer.
type Asker interface {
	Ask(ctx context.Context, q Question) (Answer, error)
	// Reread reads the answer to a question whose issue is known, in one request.
	Reread(ctx context.Context, q Question, issue int) (Answer, error)
	// Settled closes the issue of a question that has answered itself, if there is one.
	Settled(ctx context.Context, q Question, why string) error
}

// HeldError says that a question has no answer yet, or that the answer is no.
type HeldError struct {
	Question Question
	Answer   Answer
}

// Cause is the key of the diagnosis.
func (e *HeldError) Cause() string {
	if e.Question.Component == "account" {
		return "another-account"
	}
	return "state-lost"
}

func (e *HeldError) Error() string {
	if e.Answer.Issue == 0 {
		return e.Question.Title
	}
	return message.Words{}.Text("guard.stored.held", "Title", e.Question.Title,
		"Issue", e.Answer.Issue)
}

// ask returns the answer, or a HeldError while there is none.
func ask(ctx context.Context, a Asker, q Question) (Answer, error) {
	if a == nil {
		return Answer{}, &HeldError{Question: q}
	}
	answer, err := a.Ask(ctx, q)
	if err != nil {
		return answer, message.Wrap(err, "guard.stored.ask", "Title", q.Title)
	}
	if !answer.Completed && !answer.NotPlanned {
		return answer, &HeldError{Question: q, Answer: answer}
	}
	return answer, nil
}
