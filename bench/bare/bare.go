// Package bare makes the requests of postferry with the standard library alone. It is the lower
// bound that postferry is compared with: it never retries, it checks only the status of an answer,
// and it keeps no state.
package bare

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// Get requests url with a bearer token and reads the answer to its end.
func Get(ctx context.Context, url, token string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return send(http.DefaultClient, req, nil)
}

// The size of the pipe: four buffers of 4 MiB are what a programmer would choose without measuring.
const (
	Segment  = 4 << 20 // bytes of one append request
	InFlight = 4       // append requests at a time
)

// Pipe carries a video from the media host to X.
type Pipe struct {
	HTTP  *http.Client
	Media string // address of the video
	X     string // base URL of X's API
	Token string

	id string // of the upload, as X assigned it
}

// Run carries the video with InFlight segments at a time and returns X's media id.
func (p *Pipe) Run(ctx context.Context) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.Media, nil)
	if err != nil {
		return "", err
	}
	resp, err := p.HTTP.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.ContentLength <= 0 {
		return "", fmt.Errorf("GET video: status %d, %d bytes", resp.StatusCode, resp.ContentLength)
	}
	if err := p.initialize(ctx, resp.ContentLength); err != nil {
		return "", err
	}
	if err := p.segments(ctx, resp.Body, resp.ContentLength); err != nil {
		return "", err
	}
	return p.id, p.post(ctx, "/"+p.id+"/finalize", "application/json", text("{}"), nil)
}

func (p *Pipe) initialize(ctx context.Context, size int64) error {
	body := fmt.Sprintf(
		`{"media_type":"video/mp4","total_bytes":%d,"media_category":"tweet_video"}`, size)
	var out struct{ Data struct{ ID string } }
	err := p.post(ctx, "/initialize", "application/json", text(body), &out)
	p.id = out.Data.ID
	return err
}

// segments reads one buffer while up to InFlight others are being sent.
func (p *Pipe) segments(ctx context.Context, from io.Reader, size int64) error {
	free, done := make(chan []byte, InFlight), make(chan error, InFlight)
	for range InFlight {
		free <- make([]byte, Segment)
	}
	running := 0
	for n := 0; size > 0; n++ {
		for len(free) == 0 {
			running--
			if err := <-done; err != nil {
				return err
			}
		}
		buf := <-free
		b := buf[:min(size, Segment)]
		if _, err := io.ReadFull(from, b); err != nil {
			return err
		}
		size -= int64(len(b))
		running++
		go func() {
			err := p.append(ctx, n, b)
			free <- buf
			done <- err
		}()
	}
	for ; running > 0; running-- {
		if err := <-done; err != nil {
			return err
		}
	}
	return nil
}

const boundary = "0123456789abcdef0123456789abcdef"

// append sends one segment. The form is written by hand: mime/multipart would copy the segment.
func (p *Pipe) append(ctx context.Context, index int, b []byte) error {
	head := "--" + boundary + "\r\n" +
		`Content-Disposition: form-data; name="media"; filename="media"` + "\r\n" +
		"Content-Type: application/octet-stream\r\n\r\n"
	tail := "\r\n--" + boundary + "\r\n" +
		`Content-Disposition: form-data; name="segment_index"` + "\r\n\r\n" +
		strconv.Itoa(index) + "\r\n--" + boundary + "--\r\n"
	form := payload{
		io.MultiReader(strings.NewReader(head), bytes.NewReader(b), strings.NewReader(tail)),
		int64(len(head) + len(b) + len(tail)),
	}
	contentType := "multipart/form-data; boundary=" + boundary
	return p.post(ctx, "/"+p.id+"/append", contentType, form, nil)
}

// payload is a request's body and its length.
type payload struct {
	io.Reader
	length int64
}

func text(s string) payload { return payload{strings.NewReader(s), int64(len(s))} }

func (p *Pipe) post(ctx context.Context, path, contentType string, body payload, into any) error {
	address := p.X + "/2/media/upload" + path
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, body)
	if err != nil {
		return err
	}
	req.ContentLength = body.length
	req.Header.Set("Authorization", "Bearer "+p.Token)
	req.Header.Set("Content-Type", contentType)
	return send(p.HTTP, req, into)
}

func send(c *http.Client, req *http.Request, into any) error {
	resp, err := c.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: status %d", req.Method, req.URL.Path, resp.StatusCode)
	}
	if into != nil {
		return json.NewDecoder(resp.Body).Decode(into)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}
