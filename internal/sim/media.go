package sim

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// serveMedia is the media host: signed addresses that end, Range, no token.
func (g *igSide) serveMedia(rw http.ResponseWriter, r *http.Request) {
	what, id, _ := strings.Cut(strings.Trim(r.URL.Path, "/"), "/")
	g.w.mu.Lock()
	it, ok := g.files[id]
	genuine, expired := signed(r.URL, g.w.clockOf("media"))
	if r.Header.Get("Authorization") != "" || strings.Contains(r.URL.RawQuery, "token") {
		g.w.wrong = append(g.w.wrong, "a token was sent to the media host")
	}
	g.w.mu.Unlock()
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		http.Error(rw, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	case !ok || what != "file" && what != "cover":
		http.Error(rw, "Not Found", http.StatusNotFound)
		return
	case !genuine:
		http.Error(rw, "URL signature mismatch", http.StatusForbidden)
		return
	case expired:
		http.Error(rw, "URL signature expired", http.StatusForbidden)
		return
	}
	if what == "cover" {
		it = Item{Kind: "photo", Bytes: PhotoBytes(640, 800, len(id))}
	}
	rw.Header().Set("Content-Type", it.contentType())
	rw.Header().Set("ETag", fmt.Sprintf(`"%s"`, id))
	http.ServeContent(rw, r, "", time.Time{}, it.open())
}

// contentType is that of the bytes, or what the list calls the file where they tell nothing.
func (it Item) contentType() string {
	found := http.DetectContentType(it.Bytes)
	switch {
	case len(it.Bytes) > 12 && string(it.Bytes[4:12]) == "ftypheic":
		return "image/heic"
	case strings.HasPrefix(found, "image/"), strings.HasPrefix(found, "video/"):
		return found
	case it.Kind == "video":
		return "video/mp4"
	}
	return "image/jpeg"
}

// open is the file's content, a stream that is made as it is read where Size asks for one.
func (it Item) open() io.ReadSeeker {
	if it.Bytes != nil {
		return bytes.NewReader(it.Bytes)
	}
	head := PhotoBytes(64, 64, 1)
	if it.Kind == "video" {
		head = VideoBytes(1, 1)
	}
	return &stream{head: head[:min(len(head), int(min(it.Size, 1<<20)))], size: it.Size}
}

// stream is a file of any size: a real head, then bytes that follow from their offset.
type stream struct {
	head []byte
	size int64
	at   int64
}

// pattern is what the rest of a stream consists of. Its length is odd, so that shifted segments
// differ.
var pattern = sync.OnceValue(func() []byte {
	p := make([]byte, 65521)
	for i := range p {
		p[i] = byte(i*7 + i>>8)
	}
	return p
})

func (s *stream) Read(p []byte) (int, error) {
	if s.at >= s.size {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), s.size-s.at)]
	pattern := pattern()
	n := 0
	if s.at < int64(len(s.head)) {
		n = copy(p, s.head[s.at:])
	}
	for n < len(p) {
		n += copy(p[n:], pattern[(s.at+int64(n))%int64(len(pattern)):])
	}
	s.at += int64(n)
	return n, nil
}

func (s *stream) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += s.at
	case io.SeekEnd:
		offset += s.size
	}
	s.at = offset
	return offset, nil
}
