package sim

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	maxAppend = 4<<20 + 4096 // a segment with its form
	mediaLife = 24 * time.Hour
)

// maxBytes is the most of each category. A video's is that of an account without Premium.
// https://docs.x.com/x-api/media/introduction and x-api/media/quickstart/best-practices
var maxBytes = map[string]int64{
	"tweet_image": 5 << 20, "tweet_gif": 15 << 20, "tweet_video": 8 << 30,
}

// upload is a file on its way. Segments may arrive in any order. Its digest is made as they become
// contiguous.
type upload struct {
	Upload
	owner     *xAccount
	total     int64
	sizes     map[int]int64
	waiting   map[int][]byte // segments that came before an earlier one
	next      int            // the first segment that is not in sum yet
	sum       hash.Hash
	head      []byte        // how the file begins
	length    time.Duration // of a video that says so in its head
	finalized time.Time
	asked     int // STATUS calls
}

// keyPrefix begins the media key of a category.
var keyPrefix = map[string]string{"tweet_image": "3_", "tweet_video": "7_", "tweet_gif": "16_"}

var mediaTypes = map[string][]string{
	"tweet_image": {"image/jpeg", "image/png", "image/webp", "image/bmp", "image/tiff", "image/pjpeg"},
	"tweet_video": {"video/mp4", "video/webm", "video/mp2t", "video/quicktime"},
	"tweet_gif":   {"image/gif"},
}

// announcement is the body of initialize.
type announcement struct {
	MediaType string   `json:"media_type"`
	Total     int64    `json:"total_bytes"`
	Category  string   `json:"media_category"`
	Owners    []string `json:"additional_owners"`
	Shared    bool     `json:"shared"`
}

// initialize is POST /2/media/upload/initialize.
// https://docs.x.com/x-api/media/initialize-media-upload
func (x *xSide) initialize(rw http.ResponseWriter, c xCall) {
	var in announcement
	if !strict(rw, c.Request, &in) {
		return
	}
	types, ok := mediaTypes[in.Category]
	if !ok || !slices.Contains(types, in.MediaType) || in.Total <= 0 {
		invalid(rw, "media_category, media_type or total_bytes is not valid")
		return
	}
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	most := maxBytes[in.Category]
	if x.rejects == "upload" && in.Category == "tweet_video" {
		most = in.Total - 1
	}
	// A photo that is too large is refused when it is finalized.
	if in.Total > most && in.Category != "tweet_image" {
		// https://github.com/linvi/tweetinvi/issues/399
		invalid(rw, fmt.Sprintf("$.total_bytes: number must be at most %d", most))
		return
	}
	u := &upload{total: in.Total, sizes: map[int]int64{}, waiting: map[int][]byte{}, sum: sha256.New()}
	u.ID = x.id()
	u.Key = keyPrefix[in.Category] + u.ID
	u.owner = c.as
	u.Category, u.MediaType = in.Category, in.MediaType
	x.uploads[u.ID] = u
	writeJSON(rw, 200,
		object{"data": object{"id": u.ID, "media_key": u.Key, "expires_after_secs": 86399}})
}

// append is POST /2/media/upload/{id}/append. https://docs.x.com/x-api/media/append-media-upload
func (x *xSide) append(rw http.ResponseWriter, c xCall) {
	x.w.mu.Lock()
	u := x.uploads[c.PathValue("id")]
	x.w.mu.Unlock()
	if u == nil {
		notFound(rw, "no such media")
		return
	}
	if c.ContentLength > maxAppend {
		rw.WriteHeader(http.StatusRequestEntityTooLarge) // by the edge, with nothing to read
		return
	}
	index, size, body, ok := x.segment(c.Request)
	if !ok || index < 0 || index > 999 {
		invalid(rw, "media or segment_index is missing or not valid")
		return
	}
	if size > 4<<20 {
		rw.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	if !u.finalized.IsZero() {
		invalid(rw, "the upload is finalized")
		return
	}
	u.sizes[index] = size
	if !x.w.o.NoHash {
		u.take(index, body)
	}
	writeJSON(rw, 200, object{"data": object{"expires_at": x.clock().Add(mediaLife).Unix()}})
}

// take adds a segment to the digest, or keeps it until it is its turn. One that is sent again
// changes nothing.
func (u *upload) take(index int, body []byte) {
	if index < u.next {
		return
	}
	u.waiting[index] = body
	for {
		b, ok := u.waiting[u.next]
		if !ok {
			return
		}
		u.sum.Write(b)
		u.head = append(u.head, b[:min(len(b), headSize-len(u.head))]...)
		delete(u.waiting, u.next)
		u.next++
	}
}

// segment reads an append's body: a form, or JSON with base64. A form that breaks off is no
// segment.
func (x *xSide) segment(r *http.Request) (index int, size int64, body []byte, ok bool) {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		return segmentJSON(r.Body)
	}
	form, err := r.MultipartReader()
	if err != nil {
		return 0, 0, nil, false
	}
	index = -1
	for {
		part, err := form.NextPart()
		if err == io.EOF {
			return index, size, body, index >= 0 && size > 0
		}
		if err != nil {
			return 0, 0, nil, false
		}
		switch part.FormName() {
		case "media":
			size, body, err = x.content(part)
		case "segment_index":
			var b []byte
			b, err = io.ReadAll(io.LimitReader(part, 10))
			if err == nil {
				index, err = strconv.Atoi(string(b))
			}
		default:
			return 0, 0, nil, false
		}
		if err != nil {
			return 0, 0, nil, false
		}
	}
}

func segmentJSON(body io.Reader) (index int, size int64, media []byte, ok bool) {
	var in struct {
		Media []byte `json:"media"`
		Index *int   `json:"segment_index"`
	}
	raw, err := io.ReadAll(io.LimitReader(body, 2*maxAppend))
	if err != nil || decode(raw, &in) != "" || in.Index == nil || len(in.Media) == 0 {
		return 0, 0, nil, false
	}
	return *in.Index, int64(len(in.Media)), in.Media, true
}

func (x *xSide) content(part io.Reader) (int64, []byte, error) {
	if x.w.o.NoHash {
		n, err := io.Copy(io.Discard, part)
		return n, nil, err
	}
	var b bytes.Buffer
	n, err := io.Copy(&b, part)
	return n, b.Bytes(), err
}

// finalize is POST /2/media/upload/{id}/finalize: the segments must be contiguous and all there,
// and be a file of the category. The body is {} or none, as X's own clients have it.
// https://docs.x.com/x-api/media/finalize-media-upload
func (x *xSide) finalize(rw http.ResponseWriter, c xCall) {
	if c.ContentLength != 0 && !strict(rw, c.Request, &struct{}{}) {
		return
	}
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	u := x.uploads[c.PathValue("id")]
	if u == nil {
		notFound(rw, "no such media")
		return
	}
	if wrong := x.incomplete(u); wrong != "" {
		invalid(rw, wrong)
		return
	}
	if u.finalized.IsZero() {
		if wrong := x.inspect(u); wrong != "" {
			invalid(rw, wrong)
			return
		}
		u.finalized, u.Size = x.clock(), u.total
		if !x.w.o.NoHash {
			u.SHA256 = u.digest()
		}
	}
	writeJSON(rw, 200, object{"data": x.finalizedJSON(u)})
}

// incomplete says what is missing of a file, or too much.
func (x *xSide) incomplete(u *upload) (wrong string) {
	var sum int64
	for i := range len(u.sizes) {
		n, ok := u.sizes[i]
		if !ok {
			return "Segments do not add up to provided total file size."
		}
		sum += n
	}
	switch {
	case sum != u.total:
		return "Segments do not add up to provided total file size."
	case sum > maxBytes[u.Category]:
		// https://github.com/pybamm-team/BattBot/issues/62
		return fmt.Sprintf("File size exceeds %d bytes.", maxBytes[u.Category])
	}
	return ""
}

func (u *upload) digest() string { return hex.EncodeToString(u.sum.Sum(nil)) }

// checkAfter is in how many seconds a caller is to ask again.
func (x *xSide) checkAfter() int { return max(1, int(x.rules.CheckAfter.Seconds())) }

func (x *xSide) finalizedJSON(u *upload) object {
	data := object{"id": u.ID, "media_key": u.Key, "size": u.Size, "expires_after_secs": 86400}
	if u.async() {
		data["processing_info"] = object{"state": "pending", "check_after_secs": x.checkAfter()}
	}
	switch u.Category {
	case "tweet_image":
		data["image"] = object{"image_type": u.MediaType}
	case "tweet_video":
		data["video"] = object{"video_type": u.MediaType}
	}
	return data
}

// async reports whether X looks at the file after it is there, so that it has a STATUS.
func (u *upload) async() bool { return u.Category != "tweet_image" }

// state is how far X is with a file: by the clock, and at the third question at the latest, so that
// a clock that stands still comes to an end too. Unless processing never ends.
func (u *upload) state(x *xSide) string {
	how := x.rejects
	if u.Category != "tweet_video" {
		how = ""
	}
	switch {
	case u.finalized.IsZero():
		return "pending"
	case !u.async():
		return "succeeded"
	case how == "processing" || x.unplayable(u) != "":
		return "failed"
	case how == "never" || how == "unfinished":
		return "in_progress"
	case u.asked >= 3 || !x.clock().Before(u.finalized.Add(x.w.o.Processing)):
		return "succeeded"
	case u.asked <= 1:
		return "pending"
	}
	return "in_progress"
}

// status is GET /2/media/upload?command=STATUS. A plain image has none.
// https://docs.x.com/x-api/media/get-media-upload-status
func (x *xSide) status(rw http.ResponseWriter, c xCall) {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	u := x.uploads[c.URL.Query().Get("media_id")]
	there := u != nil && u.async() && !u.finalized.IsZero() && !x.old(u)
	switch {
	case there && x.rejects == "gone":
		notFound(rw, "no such media")
		return
	case c.URL.Query().Get("command") != "STATUS", !there, x.rejects == "not-found":
		invalid(rw, "BadRequest: Not found")
		return
	}
	u.asked++
	info := object{"state": u.state(x)}
	switch {
	case info["state"] == "failed":
		info["progress_percent"], info["error"] = 100, x.unplayable(u).json()
	case x.rejects == "unfinished" && u.Category == "tweet_video":
		// A file that is refused while its state says that it is still looked at.
		// https://github.com/abraham/twitteroauth/issues/1185
		info["check_after_secs"], info["progress_percent"] = x.checkAfter(), 99
		info["error"] = object{"code": 1, "name": "InvalidMedia", "message": "file is invalid"}
	case info["state"] != "succeeded":
		info["check_after_secs"], info["progress_percent"] = x.checkAfter(), 50
	}
	writeJSON(rw, 200, object{"data": object{
		"id": u.ID, "media_key": u.Key, "size": u.Size, "processing_info": info,
	}})
}

func (x *xSide) old(u *upload) bool { return x.clock().Sub(u.finalized) > mediaLife }

// altText is the body of metadata.
type altText struct {
	ID       string `json:"id"`
	Metadata struct {
		Alt struct {
			Text string `json:"text"`
		} `json:"alt_text"`
	} `json:"metadata"`
}

// metadata is POST /2/media/metadata: alt text, which images and GIFs have and videos do not.
// https://docs.x.com/x-api/media/create-media-metadata
func (x *xSide) metadata(rw http.ResponseWriter, c xCall) {
	var in altText
	if !strict(rw, c.Request, &in) {
		return
	}
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	if x.broke(rw) {
		return
	}
	u := x.uploads[in.ID]
	if u == nil || u.finalized.IsZero() || x.old(u) || u.Category == "tweet_video" ||
		len([]rune(in.Metadata.Alt.Text)) > 1000 {
		invalid(rw, "the media id or the alt text is not valid")
		return
	}
	u.AltText = in.Metadata.Alt.Text
	x.bill(0.005)
	writeJSON(rw, 200,
		object{"data": object{"id": u.ID,
			"associated_metadata": object{"alt_text": map[string]string{"text": u.AltText}}}})
}
