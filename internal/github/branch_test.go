package github

import (
	"errors"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/state"
)

const main = "state/main.yaml"

// stale is GitHub still showing "one\n".
const stale = `{"type":"file","encoding":"base64",` +
	`"sha":"5626abf0f72e58d7a153368ba57db4c673c0e171","content":"b25lCg=="}`

var pages = map[string][]byte{"README.md": []byte("page")}

func TestReadIsOneRequest(t *testing.T) {
	h := newHub()
	h.commit(main, "one\n")
	read(t, h.branch(), main)
	if diff := cmp.Diff([]string{"GET /repos/o/r/contents/" + main}, h.calls()); diff != "" {
		t.Error(diff)
	}
}

func TestReadOfNothingKeepsTheRefusal(t *testing.T) {
	_, _, err := newHub().branch().Read(t.Context(), main)
	e := httpx.As(err)
	if !errors.Is(err, fs.ErrNotExist) || e == nil || e.Class != httpx.NotFound ||
		e.TraceID != "REQ" {
		t.Errorf("got %v (refusal %+v), want fs.ErrNotExist and the 404", err, e)
	}
}

func TestReadRefuses(t *testing.T) {
	tests := []struct {
		name, body string
		class      httpx.Class
		message    string
	}{
		{
			"over 1 MB",
			`{"type":"file","encoding":"none","content":"","size":1200000,"sha":"abc"}`,
			httpx.Invalid,
			"over 1 MB",
		},
		{"a folder", `[{"type":"file","name":"x"}]`, httpx.Invalid, "not a file"},
		{"a symlink", `{"type":"symlink","sha":"abc"}`, httpx.Invalid, "not a file"},
		{"an error with 200", `{"message":"Server Error"}`, httpx.Transient, "no sha"},
		{"half an answer", `{"type":"file","sha":"ab`, httpx.Transient, "not the JSON"},
		{"another shape", `{"type":7}`, httpx.Transient, "unmarshal"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHub()
				h.on(act{match: "GET", times: 9, answer: says(200, tt.body)})
				_, _, err := h.branch().Read(t.Context(), main)
				if httpx.ClassOf(err) != tt.class || !strings.Contains(err.Error(), tt.message) {
					t.Errorf("got %v (%s), want %s and %q", err, httpx.ClassOf(err), tt.class,
						tt.message)
				}
			})
		})
	}
}

// A write without pages is one request, with pages or without a branch three that write.
func TestWriteCounts(t *testing.T) {
	h := newHub()
	b := h.branch()
	one := write(t, b, main, "one\n", "")
	two := write(t, b, main, "two\n", one)
	if _, err := b.Write(t.Context(),
		state.Change{
			Path: main, Body: []byte("three\n"), Version: two, Message: "m", Also: pages,
		}); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"PUT /repos/o/r/contents/" + main, // there is no branch yet
		"POST /repos/o/r/git/trees", "POST /repos/o/r/git/commits", "POST /repos/o/r/git/refs",
		"PUT /repos/o/r/contents/" + main,
		"POST /repos/o/r/git/trees", "POST /repos/o/r/git/commits",
		"PATCH /repos/o/r/git/refs/heads/state",
	}
	if diff := cmp.Diff(want, h.writes()); diff != "" {
		t.Error(diff)
	}
	if h.depth() != 3 {
		t.Errorf("got %d commits from the head to a root, want 3", h.depth())
	}
}

func TestTheFirstCommitSaysWhatTheBranchIs(t *testing.T) {
	h := newHub()
	write(t, h.branch(), main, "one\n", "")
	if got := h.file("README.md"); got != about {
		t.Errorf("got README.md %q", got)
	}
	h = newHub()
	if _, err := h.branch().Write(t.Context(),
		state.Change{Path: main, Body: []byte("one\n"), Message: "m", Also: pages}); err != nil {
		t.Fatal(err)
	}
	if got := h.file("README.md"); got != "page" {
		t.Errorf("got README.md %q, want the one that came with the change", got)
	}
}

// The answer to each writing call in turn is lost, before or after its effect: the change is made
// once all the same.
func TestLostAnswers(t *testing.T) {
	tests := []struct {
		name  string
		match string
		also  map[string][]byte
		first bool // there is no branch yet
	}{
		{"put", "PUT", nil, false},
		{"tree", "POST /repos/o/r/git/trees", pages, false},
		{"commit", "POST /repos/o/r/git/commits", pages, false},
		{"ref", "PATCH", pages, false},
		{"first put", "PUT", nil, true},
		{"first ref", "POST /repos/o/r/git/refs", pages, true},
	}
	answers := map[string]func() act{
		"reset before": func() act { return act{answer: reset} },
		"reset after":  func() act { return act{answer: reset, after: true} },
		"502 before":   func() act { return act{answer: says(502, "<html>")} },
		"502 after":    func() act { return act{answer: says(502, "<html>"), after: true} },
		"html after":   func() act { return act{answer: says(200, "<html>"), after: true} },
	}
	for _, tt := range tests {
		for name, answer := range answers {
			t.Run(tt.name+"/"+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					h := newHub()
					c := state.Change{
						Path: main, Body: []byte("two\n"), Message: "m", Also: tt.also,
					}
					if !tt.first {
						h.commit(main, "one\n")
						c.Version = blobSHA([]byte("one\n"))
					}
					a := answer()
					a.match = tt.match
					h.on(a)
					before := h.depth()
					version, err := h.branch().Write(t.Context(), c)
					if err != nil || version != blobSHA([]byte("two\n")) {
						t.Fatalf("got version %q, error %v", version, err)
					}
					if got := h.depth() - before; h.file(main) != "two\n" || got != 1 {
						t.Errorf("got %q after %d commits, want the change once", h.file(main), got)
					}
				})
			})
		}
	}
}

// The answer is lost every time, or after it GitHub says that it is enough: what is there decides.
func TestLostAnswersForEver(t *testing.T) {
	tests := []struct {
		name string
		acts []act
	}{
		{
			"all lost, the last has the effect",
			[]act{
				{match: "PUT", times: 3, answer: says(502, "")},
				{match: "PUT", answer: says(502, ""), after: true},
			},
		},
		{"lost, then limited", []act{
			{match: "PUT", answer: reset, after: true}, {match: "GET", answer: says(200, stale)},
			{match: "PUT", answer: says(429, `{"message":"slow down"}`)},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHub()
				h.commit(main, "one\n")
				for _, a := range tt.acts {
					h.on(a)
				}
				_, err := h.branch().Write(
					t.Context(),
					state.Change{
						Path:    main,
						Body:    []byte("two\n"),
						Version: blobSHA([]byte("one\n")),
						Message: "m",
					},
				)
				if err != nil || h.file(main) != "two\n" {
					t.Errorf("got error %v and %q, want it found written", err, h.file(main))
				}
			})
		})
	}
}

// Somebody else's change, made while our answer was lost, is not taken for ours and not
// overwritten.
func TestLostAnswerAndAnotherWriter(t *testing.T) {
	for _, also := range []map[string][]byte{nil, pages} {
		synctest.Test(t, func(t *testing.T) {
			h := newHub()
			h.commit(main, "one\n")
			lose := func(match string) {
				h.on(act{match: match, answer: func(*http.Request) (*http.Response, error) {
					h.add("state", main, "theirs\n")
					return nil, errReset
				}})
			}
			lose("PUT")
			lose("PATCH")
			_, err := h.branch().Write(
				t.Context(),
				state.Change{
					Path:    main,
					Body:    []byte("ours\n"),
					Version: blobSHA([]byte("one\n")),
					Message: "m",
					Also:    also,
				},
			)
			if !errors.Is(err, state.ErrConflict) || h.file(main) != "theirs\n" {
				t.Errorf("got error %v and %q, want ErrConflict and theirs", err, h.file(main))
			}
		})
	}
}

// Without a lost answer equal bytes are somebody else's: two runs that both commit an intent must
// not both win.
func TestEqualBytesOfAnotherWriter(t *testing.T) {
	h := newHub()
	h.commit(main, "two\n")
	_, err := h.branch().Write(
		t.Context(),
		state.Change{
			Path: main, Body: []byte("two\n"), Version: blobSHA([]byte("one\n")), Message: "m",
		},
	)
	if !errors.Is(err, state.ErrConflict) {
		t.Errorf("got error %v, want ErrConflict", err)
	}
}

// The branch moves under another file while we write ours: we try again, and are not in conflict.
func TestContention(t *testing.T) {
	tests := []struct {
		name   string
		match  string
		status int
		body   string
		also   map[string][]byte
	}{
		{"put 409", "PUT", 409, `{"message":"is at 1234 but expected 5678"}`, nil},
		{"put 422", "PUT", 422, `{"message":"is at 1234 but expected 5678"}`, nil},
		{"ref 422", "PATCH", 422, `{"message":"Update is not a fast forward"}`, pages},
		{"stale object", "PATCH", 422, `{"message":"Object does not exist"}`, pages},
		{
			"stale tree",
			"POST /repos/o/r/git/commits",
			422,
			`{"message":"Tree SHA does not exist"}`,
			pages,
		},
		{"stale ref", "GET /repos/o/r/git/ref/", 404, `{"message":"Not Found"}`, pages},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHub()
				h.commit(main, "one\n")
				h.on(act{match: tt.match, times: 3, answer: says(tt.status, tt.body)})
				_, err := h.branch().Write(
					t.Context(),
					state.Change{
						Path:    main,
						Body:    []byte("two\n"),
						Version: blobSHA([]byte("one\n")),
						Message: "m",
						Also:    tt.also,
					},
				)
				if err != nil || h.file(main) != "two\n" {
					t.Errorf("got error %v and %q, want it written", err, h.file(main))
				}
			})
		})
	}
}

// Two routes' first runs at the same moment: one makes the branch, the other adds to it.
func TestTwoMakeTheBranch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub()
		all(2, func(i int) {
			path := []string{"state/a.yaml", "state/b.yaml"}[i]
			if _, err := h.branch().Write(t.Context(),
				state.Change{Path: path, Body: []byte(path), Message: "m"}); err != nil {
				t.Error(err)
			}
		})
		if h.file("state/a.yaml") == "" || h.file("state/b.yaml") == "" || h.depth() != 2 {
			t.Errorf("got %d commits, want both files in two", h.depth())
		}
	})
}

// GitHub shows for a moment what our own write has replaced.
func TestReadsThatLag(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub()
		b := h.branch()
		one := write(t, b, main, "one\n", "")
		two := write(t, b, main, "two\n", one)
		h.on(act{match: "GET", times: 2, answer: says(200, stale)})
		if got, version := read(t, b, main); got != "two\n" || version != two {
			t.Errorf("got %q at %s, want our own last write", got, version)
		}
		h.on(act{match: "GET", times: 1, answer: says(404, `{"message":"Not Found"}`)})
		if got, _ := read(t, b, main); got != "two\n" {
			t.Errorf("got %q, want our own last write", got)
		}
	})
}

// A person who puts an old file back is believed.
func TestReadOfWhatWasPutBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub()
		b := h.branch()
		one := write(t, b, main, "one\n", "")
		two := write(t, b, main, "two\n", one)
		h.commit(main, "one\n")
		got, version := read(t, b, main)
		if got != "one\n" || version != one || version == two {
			t.Errorf("got %q at %s, want what is there", got, version)
		}
	})
}

func TestWriteRefused(t *testing.T) {
	tests := []struct {
		name   string
		answer act
		class  httpx.Class
		words  string
		writes int
	}{
		{
			"empty repository",
			act{
				match:  "POST /repos/o/r/git/trees",
				answer: says(409, `{"message":"Git Repository is empty."}`),
			},
			httpx.Invalid,
			"push its first commit",
			2,
		},
		{
			"no right",
			act{
				match: "PUT",
				answer: says(
					403,
					`{"message":"Resource not accessible by integration"}`,
					"X-Accepted-GitHub-Permissions",
					"contents=write",
				),
			},
			httpx.Forbidden,
			"not accessible",
			1,
		},
		{
			"ruleset",
			act{
				match: "PUT",
				answer: says(
					409,
					`{"message":"Repository `+
						`rule violations found\n\nChanges must be made through a pull request."}`,
				),
			},
			httpx.Forbidden,
			"rule violations",
			1,
		},
		{
			"limit",
			act{match: "PUT", answer: says(429, `{"message":"slow down"}`)},
			httpx.RateLimited,
			"slow down",
			1,
		},
		{
			"for ever 502",
			act{match: "PUT", times: 99, answer: says(502, "<html>")},
			httpx.Ambiguous,
			"502",
			4,
		},
		{
			"for ever contended",
			act{match: "PUT", times: 99, answer: says(409, `{"message":"is at 1 but expected 2"}`)},
			httpx.Conflict,
			"expected",
			14,
		},
		{
			"for ever a conflict in unknown words",
			act{match: "PUT", times: 99, answer: says(409, `{"message":"Conflict of interest"}`)},
			httpx.Conflict,
			"interest",
			4,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHub()
				h.on(tt.answer)
				_, err := h.branch().Write(
					t.Context(),
					state.Change{Path: main, Body: []byte("one\n"), Message: "m"},
				)
				if httpx.ClassOf(err) != tt.class || !strings.Contains(err.Error(), tt.words) ||
					errors.Is(err, state.ErrConflict) {
					t.Errorf("got %v (%s), want %s and %q", err, httpx.ClassOf(err), tt.class,
						tt.words)
				}
				if got := len(h.writes()); got != tt.writes {
					t.Errorf("got %d writing calls, want %d", got, tt.writes)
				}
			})
		})
	}
}

// TestOnTopOfOurOwn: the commit after a put is made without a look at the branch; if somebody has
// written since, GitHub refuses it, and the change is made from what is there.
func TestOnTopOfOurOwn(t *testing.T) {
	for name, theirs := range map[string]string{
		"nobody": "", "another file": "state/other.yaml", "the same file": main,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHub()
				b := h.branch()
				two := write(t, b, main, "two\n", write(t, b, main, "one\n", ""))
				if theirs != "" {
					h.commit(theirs, "theirs\n")
				}
				before := len(h.calls())
				_, err := b.Write(
					t.Context(),
					state.Change{
						Path: main, Body: []byte("three\n"), Version: two, Message: "m",
						Also: pages,
					},
				)
				calls := h.calls()[before:]
				if want := []string{
					"POST /repos/o/r/git/trees", "POST /repos/o/r/git/commits",
					"PATCH /repos/o/r/git/refs/heads/state",
				}; !slices.Equal(
					calls[:3],
					want,
				) {
					t.Errorf("calls %q, want first %q", calls, want)
				}
				switch theirs {
				case "":
					if err != nil || len(calls) != 3 {
						t.Errorf("error %v after %q", err, calls)
					}
				case main:
					if !errors.Is(err, state.ErrConflict) || h.file(main) != "theirs\n" {
						t.Errorf("got error %v and %q, want ErrConflict and theirs", err,
							h.file(main))
					}
				default:
					if err != nil || h.file(main) != "three\n" || h.file(theirs) != "theirs\n" {
						t.Errorf("got error %v, %q and %q, want both changes", err, h.file(main),
							h.file(theirs))
					}
				}
			})
		})
	}
}

// TestTipIsTakenOnce, and for the very version that it holds.
func TestTipIsTakenOnce(t *testing.T) {
	var tp tip
	tp.set(at{path: "a", version: "1", commit: "c", tree: "t"})
	if _, ok := tp.take("a", "2"); ok {
		t.Error("another version's commit was given")
	}
	if _, ok := tp.take("a", "1"); ok {
		t.Error("it was given although it had been taken")
	}
	tp.set(at{path: "a", version: "1", commit: "c"})
	if _, ok := tp.take("a", "1"); ok {
		t.Error("a commit without its tree was given")
	}
	tp.set(at{path: "a", version: "1", commit: "c", tree: "t"})
	if got, ok := tp.take("a", "1"); !ok || got.commit != "c" || got.tree != "t" {
		t.Errorf("got %+v, %v", got, ok)
	}
}
