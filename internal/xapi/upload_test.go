package xapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/sim"
)

// content is a video that nowhere repeats itself.
func content(n int) []byte {
	b := make([]byte, n)
	var seed [32]byte
	seed[0], seed[1], seed[2] = byte(n), byte(n>>8), byte(n>>16)
	_, _ = rand.NewChaCha8(seed).Read(b) // never fails
	copy(b, "\x00\x00\x00\x18ftypisom")  // X looks at how a file begins
	return b
}

func video(b []byte) File {
	return File{
		Body:      bytes.NewReader(b),
		Size:      int64(len(b)),
		MediaType: "video/mp4",
		Category:  "tweet_video",
	}
}

// expectFile checks that what X got is the file: no segment is missing, doubled in content or of
// another size.
func expectFile(t *testing.T, parts map[int][]byte, want []byte) {
	t.Helper()
	var got []byte
	for i := range len(parts) {
		part, ok := parts[i]
		if !ok {
			t.Fatalf("segment %d of %d is missing", i, len(parts))
		}
		if len(part) != segment && i != len(parts)-1 {
			t.Errorf("segment %d of %d has %d bytes, want %d", i, len(parts), len(part), segment)
		}
		got = append(got, part...)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%d bytes arrived, not the %d that were sent", len(got), len(want))
	}
}

func TestUploadIsWhole(t *testing.T) {
	for _, tt := range []struct{ size, segments int }{
		{1, 1}, {segment - 1, 1}, {segment, 1}, {segment + 1, 2}, {2 * segment, 2},
		{3*segment + 7, 4},
	} {
		t.Run(fmt.Sprint(tt.size), func(t *testing.T) {
			w := sim.New(sim.Options{NoHash: true})
			line := &tap{to: w.Transport()}
			b := content(tt.size)
			f := video(b)
			f.Body = iotest.HalfReader(
				io.MultiReader(f.Body, strings.NewReader("and more")),
			) // what follows is another's
			up, err := inWorld(w, line).Upload(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			parts, times := line.segments(t)
			if len(parts) != tt.segments {
				t.Errorf("%d segments, want %d", len(parts), tt.segments)
			}
			for i, n := range times {
				if n != 1 {
					t.Errorf("segment %d was sent %d times", i, n)
				}
			}
			expectFile(t, parts, b)
			want := Uploaded{
				ID:         up.ID,
				Key:        "7_" + up.ID,
				State:      "pending",
				CheckAfter: time.Second,
				Expires:    w.Now().Add(24 * time.Hour),
			}
			if d := cmp.Diff(up, want); up.ID == "" || d != "" {
				t.Errorf("uploaded (-got +want):\n%s", d)
			}
		})
	}
}

// An empty file has no segment; what X says to that is X's.
func TestUploadOfNothing(t *testing.T) {
	w := script(`{"data":{"id":"1"}}`)
	if _, err := client(w).Upload(t.Context(), video(nil)); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range w.seen {
		got = append(got, s.op)
	}
	if d := cmp.Diff(got, []string{initialize, "POST /2/media/upload/1/finalize"}); d != "" {
		t.Errorf("calls (-got +want):\n%s", d)
	}
	world := sim.New(sim.Options{})
	if _, err := inWorld(world, world.Transport()).Upload(t.Context(),
		video(nil)); httpx.ClassOf(err) != httpx.Unknown {
		t.Errorf("got %v, want it to be unknown", err)
	}
}

// The wire of the three calls: X refuses a field that it does not have, and a finalize without a
// body.
func TestUploadWire(t *testing.T) {
	w := script(
		`{"data":{"id":"1","media_key":"3_1","expires_after_secs":86399}}`,
		``,
		`{"data":{"id":"1","image":{"image_type":"image/jpeg"}}}`,
	)
	up, err := client(w).Upload(
		t.Context(),
		File{
			Body: strings.NewReader("jpg"), Size: 3, MediaType: "image/jpeg",
			Category: "tweet_image",
		},
	)
	if err != nil {
		t.Fatal(err)
	}
	// What finalize leaves out stands in the first answer.
	if want := (Uploaded{ID: "1", Key: "3_1", Expires: now.Add(86399 * time.Second)}); up != want ||
		!up.Ready() {
		t.Errorf("got %+v, want %+v", up, want)
	}
	for i, want := range []struct{ op, contentType, body string }{
		{
			"POST /2/media/upload/initialize", "application/json",
			`{"media_type":"image/jpeg","total_bytes":3,"media_category":"tweet_image"}`,
		},
		{"POST /2/media/upload/1/append", "multipart/form-data; boundary=", "jpg"},
		{"POST /2/media/upload/1/finalize", "application/json", `{}`},
	} {
		got := w.seen[i]
		if got.op != want.op ||
			!strings.HasPrefix(got.header.Get("Content-Type"), want.contentType) ||
			got.header.Get("Authorization") != "Bearer "+accessToken {
			t.Errorf("call %d: %s with %v, want %s", i, got.op, got.header, want.op)
		}
		if i != 1 && string(got.body) != want.body || !bytes.Contains(got.body, []byte(want.body)) {
			t.Errorf("call %d: body %q, want %q", i, got.body, want.body)
		}
	}
	if i, media := w.seen[1].segment(t); i != 0 || string(media) != "jpg" {
		t.Errorf("segment %d is %q", i, media)
	}
}

// A segment that fails in passing is sent again with its own index, and no other is.
func TestFailedSegmentIsRepeated(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault sim.Fault
		calls int // appends in all, for three segments
	}{
		{"503", sim.Fault{Status: 503}, 4},
		{"503 twice in a row", sim.Fault{Status: 503, Times: 2}, 5},
		{"404, an outage", sim.Fault{Status: 404}, 4},
		{
			"429 for two seconds",
			sim.Fault{Status: 429, Header: map[string]string{"Retry-After": "2"}}, 4,
		},
		{"the connection dies before", sim.Fault{Reset: sim.Before}, 4},
		{"the connection dies after", sim.Fault{Reset: sim.After}, 4},
		{"no answer in time", sim.Fault{Delay: 2 * time.Minute}, 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := sim.New(sim.Options{NoHash: true})
				line := &tap{to: w.Transport()}
				tt.fault.Service, tt.fault.Call, tt.fault.Skip = "x", "POST /2/media/upload/*/append", 1
				w.Fail(tt.fault)
				b := content(2*segment + 7)
				if _, err := inWorld(w, line).Upload(t.Context(), video(b)); err != nil {
					t.Fatal(err)
				}
				parts, times := line.segments(t)
				expectFile(t, parts, b)
				calls := 0
				for _, n := range times {
					calls += n
				}
				if calls != tt.calls {
					t.Errorf("%d appends, want %d: %v", calls, tt.calls, times)
				}
				synctest.Wait()
				if n := count(w, "POST", "/finalize"); n != 1 {
					t.Errorf("%d times finalized", n)
				}
			})
		})
	}
}

// counted is a file that knows how much of it was read.
type counted struct {
	io.Reader
	n int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

// A refusal that does not pass stops the rest: no more of the file is fetched, and nothing is
// finalized.
func TestFatalRefusalStopsTheRest(t *testing.T) {
	for _, tt := range []struct {
		status int
		class  httpx.Class
	}{
		{401, httpx.Unauthorized}, {402, httpx.OutOfCredit}, {403, httpx.Forbidden},
		{413, httpx.Unknown}, {503, httpx.Transient},
	} {
		t.Run(fmt.Sprint(tt.status), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := sim.New(sim.Options{NoHash: true})
				w.Fail(
					sim.Fault{
						Service: "x", Call: "POST /2/media/upload/*/append", Times: -1,
						Status: tt.status,
						Body:   `{"title":"Forbidden"}`,
					},
				)
				body := &counted{Reader: zeros{}}
				f := File{
					Body: body, Size: 200 * segment, MediaType: "video/mp4",
					Category: "tweet_video",
				}
				_, err := inWorld(w, w.Transport()).Upload(t.Context(), f)
				if e := refused(t, err); e.Class != tt.class || e.Op != appendCall {
					t.Errorf("got %v %s, want %s", err, e.Class, tt.class)
				}
				// Those on their way, the one that waits for its turn, and one that was being read.
				if body.n > (inFlight+2)*segment {
					t.Errorf("%d segments were read", body.n/segment)
				}
				synctest.Wait()
				if n := count(w, "POST", "/finalize"); n != 0 {
					t.Errorf("%d times finalized", n)
				}
			})
		})
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// A file that ends early is the media host's fault, and what its reader says of it is kept.
func TestBodyThatEndsEarly(t *testing.T) {
	own := &httpx.Error{
		Service: "media",
		Op:      "GET media file",
		Status:  403,
		Class:   httpx.Forbidden,
		Message: "its address has expired",
	}
	for _, tt := range []struct {
		name string
		body io.Reader
		want string
		same error // returned as it is, nil for none
	}{
		{
			"at once", strings.NewReader(""),
			fmt.Sprintf("broke off after 0 of %d bytes: it ended early", 2*segment), nil,
		},
		{
			"within a segment", strings.NewReader("abc"),
			fmt.Sprintf("broke off after 3 of %d bytes: it ended early", 2*segment), nil,
		},
		{
			"between two", bytes.NewReader(content(segment)),
			fmt.Sprintf("broke off after %d of %d bytes: it ended early", segment, 2*segment),
			nil,
		},
		{
			"its connection dies",
			io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(errors.New("reset by peer"))),
			"after 3 of 4194304 bytes: reset by peer", nil,
		},
		{"its host refuses", iotest.ErrReader(own), "its address has expired", own},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := sim.New(sim.Options{})
			f := File{
				Body: tt.body, Size: 2 * segment, MediaType: "video/mp4", Category: "tweet_video",
			}
			_, err := inWorld(w, w.Transport()).Upload(t.Context(), f)
			e := refused(t, err)
			if e.Service != "media" || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if tt.same == nil && e.Class != httpx.Transient || tt.same != nil && err != tt.same {
				t.Errorf("got class %s", e.Class)
			}
			if n := count(w, "POST", "/finalize"); n != 0 {
				t.Errorf("%d times finalized", n)
			}
		})
	}
}

// A job that ends takes its upload with it, wherever that is.
func TestUploadEndsWithItsContext(t *testing.T) {
	for _, tt := range []struct {
		name string
		call string // the call that hangs
		full bool   // another upload has the whole budget
	}{
		{"while it announces", "POST /2/media/upload/initialize", false},
		{"while it sends", "POST /2/media/upload/*/append", false},
		{"while it finalizes", "POST /2/media/upload/*/finalize", false},
		{"while it waits for memory", "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := sim.New(sim.Options{})
				w.Fail(sim.Fault{Service: "x", Call: tt.call, Times: -1, Delay: time.Hour})
				c := inWorld(w, w.Transport())
				c.Budget = NewBudget(maxSegment)
				if tt.full {
					if _, err := c.Budget.take(t.Context(), maxSegment); err != nil {
						t.Fatal(err)
					}
				}
				ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
				defer cancel()
				begun := time.Now()
				_, err := c.Upload(ctx, video(content(3*segment)))
				if !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != 3*time.Second {
					t.Errorf("got %v after %v", err, time.Since(begun))
				}
				synctest.Wait()
				if n := count(w, "POST", "/finalize"); tt.full && n != 0 {
					t.Errorf("%d times finalized", n)
				}
			})
		})
	}
}

func TestSegmentSize(t *testing.T) {
	const mib = 1 << 20
	for _, tt := range []struct{ total, want int64 }{
		{0, 2 * mib}, {1, 2 * mib}, {segment * 999, 2 * mib}, {2000 * mib, 2 * mib},
		{2000*mib + 1, 3 * mib}, {3000 * mib, 3 * mib},
		{3000*mib + 1, 4 * mib}, {4000 * mib, 4 * mib},
	} {
		got := segmentSize(tt.total)
		if got != tt.want || (tt.total+got-1)/got > maxSegments {
			t.Errorf("%d bytes: segments of %d, want %d", tt.total, got, tt.want)
		}
	}
}

// A file for which a thousand segments do not do is refused before it is sent.
func TestUploadThatIsTooLarge(t *testing.T) {
	w := sim.New(sim.Options{})
	f := File{
		Body:      zeros{},
		Size:      maxSegments*maxSegment + 1,
		MediaType: "video/mp4",
		Category:  "tweet_video",
	}
	_, err := inWorld(w, w.Transport()).Upload(t.Context(), f)
	if e := refused(t, err); e.Class != httpx.Invalid || e.Type != TypeTotalBytes ||
		w.Calls("x") != 0 {
		t.Errorf("got %v after %d calls", err, w.Calls("x"))
	}
}

// late answers an append without having read it, and keeps its body.
type late struct {
	wire
	body io.Reader
}

func (l *late) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/append") {
		l.body = r.Body
		return said(403, `{"title":"Forbidden"}`), nil
	}
	return l.wire.RoundTrip(r)
}

// A transport may read on after it has answered: by then the buffer may hold another file's
// segment.
func TestBufferIsNotReadAfterwards(t *testing.T) {
	l := &late{wire: *script(`{"data":{"id":"1"}}`)}
	file := video([]byte("a file of its own"))
	if _, err := client(l).Upload(t.Context(), file); httpx.ClassOf(err) != httpx.Forbidden {
		t.Fatalf("got %v", err)
	}
	got, err := io.ReadAll(l.body)
	if err == nil || bytes.Contains(got, []byte("file of")) {
		t.Errorf("read %q, %v", got, err)
	}
}
