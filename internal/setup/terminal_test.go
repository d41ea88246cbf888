package setup

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// fakeTerminal is a terminal of which a test types the lines.
type fakeTerminal struct {
	typed chan string
	echo  atomic.Bool
}

func (f *fakeTerminal) keyboard() *Keyboard {
	f.echo.Store(true)
	return &Keyboard{
		wakeup: make(chan struct{}, 1), echoes: f.echo.Load,
		restore: func() { f.echo.Store(true) },
		password: func() (string, error) {
			f.echo.Store(false)
			defer f.echo.Store(true) // ReadPassword puts back what it found
			line, ok := <-f.typed
			if !ok {
				return "", io.EOF
			}
			return line, nil
		},
	}
}

// TestKeyboard: an answer echoes if it may be seen, and nothing else does.
func TestKeyboard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeTerminal{typed: make(chan string)}
		k := f.keyboard()
		for _, echo := range []bool{true, false, true} {
			answered := make(chan string)
			go func() {
				line, err := k.Read(t.Context(), echo)
				if err != nil {
					t.Error(err)
				}
				answered <- line
			}()
			time.Sleep(time.Second)
			if f.echo.Load() != echo {
				t.Errorf("at a question with echo %v the terminal echoes: %v", echo, f.echo.Load())
			}
			f.typed <- "answer"
			if got := <-answered; got != "answer" {
				t.Errorf("got %q", got)
			}
			time.Sleep(time.Second)
			if f.echo.Load() {
				t.Error("it echoes after the answer")
			}
		}
		close(f.typed)
	})
}

// TestKeyboardForgets what was typed before the question.
func TestKeyboardForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeTerminal{typed: make(chan string)}
		k := f.keyboard()
		k.begin()
		f.typed <- "y"
		time.Sleep(time.Second)
		go func() {
			time.Sleep(time.Second)
			f.typed <- "n"
		}()
		if got, err := k.Read(t.Context(), true); got != "n" || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
		close(f.typed)
	})
}

// TestKeyboardIsLeft by Ctrl-C without Enter, with the terminal as it was; and by Ctrl-D.
func TestKeyboardIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeTerminal{typed: make(chan string)}
		k := f.keyboard()
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			time.Sleep(time.Second)
			cancel()
		}()
		if _, err := k.Read(ctx, false); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if f.echo.Load() {
			t.Error("it echoes while the program works")
		}
		k.Release()
		if !f.echo.Load() {
			t.Error("the terminal stays silent")
		}
		close(f.typed)
		if _, err := k.Read(t.Context(), true); !errors.Is(err, io.EOF) {
			t.Errorf("got %v", err)
		}
	})
}
