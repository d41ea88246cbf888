package sim_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/postferry/postferry/internal/sim"
)

const (
	graph    = "https://graph.instagram.com"
	facebook = "https://graph.facebook.com"
	xHost    = "https://api.x.com"
	ghHost   = "https://api.github.com"
	repo     = ghHost + "/repos/someone/mirror"
)

// caller sends raw requests to a world, as one process does.
type caller struct {
	t   *testing.T
	w   *sim.World
	way http.RoundTripper
	env map[string]string
}

func newCaller(t *testing.T, o sim.Options) *caller {
	w := sim.New(o)
	return &caller{t: t, w: w, way: w.Transport(), env: w.Env()}
}

// reply is an answer that was read to its end.
type reply struct {
	status int
	header http.Header
	body   string
}

// at is a value of a JSON answer, by a path like "data.0.id"; "" if it isn't there.
func (r reply) at(path string) string {
	dec := json.NewDecoder(strings.NewReader(r.body))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return ""
	}
	for step := range strings.SplitSeq(path, ".") {
		switch node := v.(type) {
		case map[string]any:
			v = node[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(node) {
				return ""
			}
			v = node[i]
		default:
			return ""
		}
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// try sends a request, whose headers are "Name: value", and reads the answer.
func (c *caller) try(method, address, body string, headers ...string) (reply, error) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	resp, err := c.way.RoundTrip(r)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, string(b)}, err
}

// send is try, for a request that is answered.
func (c *caller) send(method, address, body string, headers ...string) reply {
	c.t.Helper()
	r, err := c.try(method, address, body, headers...)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, address, err)
	}
	return r
}

// x calls X's API with the access token.
func (c *caller) x(method, path, body string) reply {
	c.t.Helper()
	return c.send(method, xHost+path, body, "Authorization: Bearer "+c.env["X_ACCESS_TOKEN"],
		"Content-Type: application/json")
}

// token calls X's token endpoint as the confidential client.
func (c *caller) token(form string) reply {
	c.t.Helper()
	return c.send("POST", xHost+"/2/oauth2/token", form,
		"Content-Type: application/x-www-form-urlencoded",
		"Authorization: "+basic(c.env["X_CLIENT_ID"], c.env["X_CLIENT_SECRET"]))
}

func basic(id, secret string) string {
	r := http.Request{Header: http.Header{}}
	r.SetBasicAuth(id, secret)
	return r.Header.Get("Authorization")
}

// ig reads from graph.instagram.com with the Instagram token.
func (c *caller) ig(path string) reply {
	c.t.Helper()
	return c.send("GET", graph+path, "", "Authorization: Bearer "+c.env["INSTAGRAM_TOKEN"])
}

// fb reads from graph.facebook.com with the Facebook token.
func (c *caller) fb(path string) reply {
	c.t.Helper()
	return c.send("GET", facebook+path, "",
		"Authorization: Bearer "+c.w.Instagram().FacebookEnv()["INSTAGRAM_TOKEN"])
}

// gh calls the repository with the job's token, pat with the one that may write secrets.
func (c *caller) gh(method, path, body string) reply {
	c.t.Helper()
	return c.send(method, repo+path, body, "Authorization: Bearer "+c.env["GITHUB_TOKEN"])
}

func (c *caller) pat(method, path, body string) reply {
	c.t.Helper()
	return c.send(method, repo+path, body, "Authorization: Bearer "+c.env["SECRETS_TOKEN"])
}

// expect checks the status and that the body has every part.
func (r reply) expect(t *testing.T, status int, parts ...string) {
	t.Helper()
	if r.status != status {
		t.Errorf("status = %d, want %d: %s", r.status, status, r.body)
	}
	for _, part := range parts {
		if !strings.Contains(r.body, part) {
			t.Errorf("body = %s, want %s in it", r.body, part)
		}
	}
}

// is checks one value of a JSON answer.
func (r reply) is(t *testing.T, path, want string) {
	t.Helper()
	if got := r.at(path); got != want {
		t.Errorf("%s = %q, want %q: %s", path, got, want, r.body)
	}
}

// start announces an upload and gives its id.
func (c *caller) start(category, mediaType string, total int) string {
	c.t.Helper()
	r := c.x("POST", "/2/media/upload/initialize",
		fmt.Sprintf(`{"media_category":%q,"media_type":%q,"total_bytes":%d}`, category, mediaType, total))
	r.expect(c.t, 200)
	return r.at("data.id")
}

// segment sends a part of an upload as a form.
func (c *caller) segment(id, index string, media []byte) reply {
	c.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile("media", "blob")
	if err != nil {
		c.t.Fatal(err)
	}
	_, _ = part.Write(media)
	_ = form.WriteField("segment_index", index)
	_ = form.Close()
	return c.send("POST", xHost+"/2/media/upload/"+id+"/append", b.String(),
		"Authorization: Bearer "+c.env["X_ACCESS_TOKEN"], "Content-Type: "+form.FormDataContentType())
}

func (c *caller) finalize(id string) reply {
	c.t.Helper()
	return c.x("POST", "/2/media/upload/"+id+"/finalize", "{}")
}

// uploaded is a whole small file on X.
func (c *caller) uploaded(category, mediaType string) string {
	c.t.Helper()
	file := map[string][]byte{
		"tweet_image": sim.PhotoBytes(8, 8, 1), "tweet_video": sim.VideoBytes(1, 1),
		"tweet_gif": []byte("GIF89a\x08\x00\x08\x00\x00\x00\x00"),
	}[category]
	id := c.start(category, mediaType, len(file))
	c.segment(id, "0", file).expect(c.t, 200)
	c.finalize(id).expect(c.t, 200)
	return id
}

func (c *caller) status(id string) reply {
	c.t.Helper()
	return c.x("GET", "/2/media/upload?command=STATUS&media_id="+id, "")
}

// post makes a post with media.
func (c *caller) post(text string, media ...string) reply {
	c.t.Helper()
	body := fmt.Sprintf(`{"text":%q}`, text)
	if media != nil {
		ids, _ := json.Marshal(media)
		body = fmt.Sprintf(`{"text":%q,"media":{"media_ids":%s}}`, text, ids)
	}
	return c.x("POST", "/2/tweets", body)
}

func form(pairs ...string) string {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v.Encode()
}
