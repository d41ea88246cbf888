package sim

import (
	"bytes"
	"encoding/json"
	"image"
	"io"
	"net/http"
	"strings"
	"time"
)

// Subject is what a call to X is about, for a fault that meets only some: a post's text, whom it
// answers and its files, or the one file of an upload call. A file that is not whole yet has the
// digest of what has come so far.
type Subject struct {
	Text, InReplyTo string
	Files           []Upload
}

// Video reports whether the call is about a video.
func (s Subject) Video() bool {
	for _, f := range s.Files {
		if f.Category == "tweet_video" {
			return true
		}
	}
	return false
}

// about reads what a call to X is about, and leaves its body to be read again.
func (w *World) about(r *http.Request) Subject {
	var s Subject
	var ids []string
	switch call := r.Method + " " + r.URL.Path; {
	case call == callPost:
		var in newPost
		decodeAgain(r, &in)
		s.Text = in.Text
		if in.Reply != nil {
			s.InReplyTo = in.Reply.To
		}
		if in.Media != nil {
			ids = in.Media.IDs
		}
	case call == callInitialize:
		var in announcement
		decodeAgain(r, &in)
		s.Files = []Upload{{Category: in.Category, MediaType: in.MediaType, Size: in.Total}}
	case call == "POST /2/media/metadata":
		var in altText
		decodeAgain(r, &in)
		ids = []string{in.ID}
	default:
		ids = []string{uploadID(r)}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range ids {
		if u := w.x.uploads[id]; u != nil {
			s.Files = append(s.Files, u.sofar())
		}
	}
	return s
}

// uploadID is the upload that a path or a query names, "" for none.
func uploadID(r *http.Request) string {
	if id := r.URL.Query().Get("media_id"); id != "" {
		return id
	}
	rest, _ := strings.CutPrefix(r.URL.Path, "/2/media/upload/")
	id, _, _ := strings.Cut(rest, "/")
	return id
}

// decodeAgain decodes a JSON body leniently and puts it back.
func decodeAgain(r *http.Request, into any) {
	raw, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20)) // what is wrong with it, the call itself says
	r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(raw), r.Body))
	_ = json.Unmarshal(raw, into)
}

// sofar is a file as far as it has come.
func (u *upload) sofar() Upload {
	f := u.Upload
	if f.SHA256 == "" && len(u.head) > 0 {
		f.SHA256 = u.digest()
	}
	if c, _, err := image.DecodeConfig(bytes.NewReader(u.head)); err == nil {
		f.Width, f.Height = c.Width, c.Height
	}
	return f
}

// drip passes an answer's body on at a rate of bytes a second, in the world's time: a world whose
// clock goes on by itself waits, any other is moved on.
type drip struct {
	http.ResponseWriter
	w    *World
	r    *http.Request
	rate int
}

func (d *drip) Write(p []byte) (n int, err error) {
	for n < len(p) {
		k, err := d.ResponseWriter.Write(p[n:min(n+d.rate, len(p))])
		n += k
		if err != nil {
			return n, err
		}
		if !d.w.pass(d.r, time.Second) {
			return n, d.r.Context().Err()
		}
	}
	return n, nil
}

// pass lets time pass for a request. It reports whether somebody still waits for the answer.
func (w *World) pass(r *http.Request, d time.Duration) bool {
	if w.o.Real {
		return wait(r, d)
	}
	w.Advance(d)
	return r.Context().Err() == nil
}
