package setup

import (
	"context"
	"sync"
	"time"

	"golang.org/x/term"
)

// Keyboard reads a terminal while somebody else may be writing to it. From the first question on,
// nothing is echoed but the answer to a question, and what was typed before a question is not taken
// for its answer.
//
// One goroutine is always inside ReadPassword, which switches the echo off. A question whose answer
// may be seen puts the terminal back as it was, so that the same read echoes.
type Keyboard struct {
	password func() (string, error) // reads a line without echo
	restore  func()                 // puts the terminal back as it was
	echoes   func() bool            // reports whether the terminal is as it was

	mu     sync.Mutex
	begun  bool
	err    error    // why no more lines come
	queue  []string // lines that nobody has asked for
	wakeup chan struct{}
}

// NewKeyboard takes the terminal behind a file descriptor. It touches nothing until the first
// question.
func NewKeyboard(fd int) *Keyboard {
	k := &Keyboard{wakeup: make(chan struct{}, 1)}
	saved, err := term.GetState(fd)
	k.password = func() (string, error) {
		b, err := term.ReadPassword(fd)
		return string(b), err
	}
	k.restore = func() {
		if err == nil {
			_ = term.Restore(fd, saved)
		}
	}
	k.echoes = func() bool {
		now, e := term.GetState(fd)
		return err != nil || e != nil || *now == *saved
	}
	return k
}

// Read returns the next line. It is a Reader.
func (k *Keyboard) Read(ctx context.Context, echo bool) (string, error) {
	k.begin()
	k.mu.Lock()
	k.queue = nil // typed before the question
	k.mu.Unlock()
	if echo {
		k.restore()
	}
	defer k.settle()
	for {
		k.mu.Lock()
		line, err := "", k.err
		if len(k.queue) > 0 {
			line, err = k.queue[0], nil
			k.queue = k.queue[1:]
			k.mu.Unlock()
			return line, nil
		}
		k.mu.Unlock()
		if err != nil {
			return "", err
		}
		select {
		case <-k.wakeup:
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// Release puts the terminal back as it was, when the dialogue is over or was left. A nil Keyboard
// has nothing to put back.
func (k *Keyboard) Release() {
	if k != nil {
		k.restore()
	}
}

// begin starts the goroutine, once, and waits until it has switched the echo off.
func (k *Keyboard) begin() {
	k.mu.Lock()
	begun := k.begun
	k.begun = true
	k.mu.Unlock()
	if !begun {
		go k.pump()
		k.settle()
	}
}

// pump queues lines until there are no more.
func (k *Keyboard) pump() {
	for {
		line, err := k.password()
		k.mu.Lock()
		if err != nil {
			k.err = err
		} else {
			k.queue = append(k.queue, line)
		}
		k.mu.Unlock()
		select {
		case k.wakeup <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// settle waits until the goroutine is inside ReadPassword again: if a question came earlier, its
// echo would be switched off behind its back.
func (k *Keyboard) settle() {
	for range 50 {
		k.mu.Lock()
		over := k.err != nil
		k.mu.Unlock()
		if over || !k.echoes() {
			return
		}
		time.Sleep(time.Millisecond)
	}
}
