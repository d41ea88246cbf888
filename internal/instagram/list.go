package instagram

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/lazyregexp"
	"github.com/postferry/postferry/internal/message"
)

const (
	// maxPages bounds one walk. Graph shows the newest 10,000 media, which are 200 full pages; many
	// pages are shorter.
	maxPages = 400
	// maxUnread bounds what is told of media that can't be read.
	maxUnread = 20
)

// shape is how much the list call asks for: an index into shapes.
type shape int

const (
	essential = "id,caption,media_type,media_url,thumbnail_url,permalink,timestamp," +
		"children{id,media_type,media_url,thumbnail_url}"
	wanted = "id,caption,media_type,media_product_type,media_url,thumbnail_url,permalink,timestamp," +
		"username,alt_text,children{id,media_type,media_url,thumbnail_url,alt_text}"
)

// shapes go from all that is wanted to what can't be done without. One field that a version or an
// account does not have fails the complete call, and so does an answer that Graph finds too
// expensive.
var shapes = []struct {
	fields string
	limit  int
}{
	{wanted + ",is_ai_generated", 50},
	{wanted, 50},
	{essential, 50},
	{essential, 10},
}

// fewest is the last shape that differs from the one before it by its fields.
const fewest shape = 2

// LeftOut returns how many groups of optional fields List has come to leave out, because Instagram
// refused one of their fields.
func (c *Client) LeftOut() int {
	if _, s, _ := c.memory.recall(); s <= fewest {
		return int(s)
	}
	return 0 // it asks for less at a time, which is nothing about a field
}

// LeaveOut makes List leave out groups of optional fields from the start, as LeftOut of an earlier
// client counted them. 0 makes it ask for all fields.
func (c *Client) LeaveOut(groups int) {
	c.memory.mu.Lock()
	defer c.memory.mu.Unlock()
	c.memory.shape = min(max(shape(groups), 0), fewest)
}

// refusedField is the field that Graph names: "Tried accessing nonexisting field (alt_text) on …".
var refusedField = lazyregexp.New(`field \((\w+)\)`)

// narrower returns the shape to try after err, and reports whether err is about the shape at all.
func (s shape) narrower(err error) (shape, bool) {
	e := httpx.As(err)
	last := shape(len(shapes) - 1)
	switch {
	case e == nil || s == last:
		return s, false
	case e.Code == 1: // "reduce the amount of data", which is not always said so
		return last, true
	case !aboutFields(e):
		return s, false
	}
	// A field is not there, or not for some media of this account.
	next := s + 1
	if named := refusedField.FindStringSubmatch(e.Message); named != nil {
		for next < last-1 && strings.Contains(shapes[next].fields, named[1]) {
			next++
		}
	}
	return next, next < last
}

// aboutFields reports whether a refusal may be about a field that was asked for.
func aboutFields(e *httpx.Error) bool {
	switch {
	case e.Type == TypeAppSecret || e.Type == TypeReconnect:
		return false
	case e.Code == 100:
		return e.Subcode != 33
	}
	return e.Code == 9005
}

// List reads the account's media page by page, in Instagram's order, until enough reports that a
// page reaches far enough back, or there is no more; a nil enough reads all. It returns what it
// read, each once, newest first, and by id within a second. Media that can't be read are left out
// and named by Unread; if there is nothing else, that is an error. A quiet account costs one
// request. The error is an *httpx.Error; nothing is returned with it.
func (c *Client) List(ctx context.Context, enough func(page []Media) bool) ([]Media, error) {
	path, template := target(c)
	op := "GET " + template + "/media"
	var all []Media
	var unread []string
	ended := false
	err := walk(c, op, func(after string) (page, error) {
		return listPage(ctx, c, op, path+"/media", after)
	}, func(p page) bool {
		media, skipped := p.decode()
		all, unread = append(all, media...), append(unread, skipped...)
		ended = p.next() == ""
		return enough != nil && enough(media) || len(all) == 0 && len(unread) >= maxUnread
	})
	c.memory.setRead(bounded(c, unread), ended && err == nil)
	if err == nil && len(all) == 0 && len(unread) > 0 {
		err = malformed(c, op, "not one of the media that were listed can be read: "+unread[0])
	}
	if err != nil {
		return nil, err
	}
	return newestFirst(all), nil
}

// OlderThan returns a function for List, which ends the reading once the last ten media that were
// read are all older than a moment. Fewer prove nothing: pinned media stand first, whatever their
// time.
func OlderThan(moment time.Time) func(page []Media) bool {
	const proof = 10
	inARow := 0
	return func(page []Media) bool {
		for _, m := range page {
			inARow++
			if !m.Timestamp.Before(moment) {
				inARow = 0
			}
		}
		return inARow >= proof
	}
}

// Unread returns what the last List met and could not read, a sentence each, at most twenty: a
// media without an id or with a malformed time, and a carousel with more children than were sent.
func (c *Client) Unread() []string {
	_, _, unread := c.memory.recall()
	return slices.Clone(unread)
}

// ReadAll reports whether the last List came to the end of the list.
func (c *Client) ReadAll() bool {
	c.memory.mu.Lock()
	defer c.memory.mu.Unlock()
	return c.memory.ended
}

// bounded redacts the sentences of Unread, and keeps maxUnread of them.
func bounded(c *Client, unread []string) []string {
	for i, sentence := range unread {
		unread[i] = c.secrets().Message(sentence)
	}
	if n := len(unread); n > maxUnread {
		more := message.Words{}.Text("mirror.stored.listed-more", "Number", n-maxUnread+1)
		return append(unread[:maxUnread-1:maxUnread-1], more)
	}
	return unread
}

// listPage reads one page. As long as the refusal is about what was asked for, it asks for less,
// and goes on so. The error is the first one that is not about that, or the first of all if asking
// for less was no cure.
func listPage(ctx context.Context, c *Client, op, path, after string) (page, error) {
	_, s, _ := c.memory.recall()
	p, refused := ask(ctx, c, op, path, after, s)
	for err := refused; err != nil; {
		less, ok := s.narrower(err)
		if !ok {
			if _, about := shape(0).narrower(err); about {
				err = refused
			}
			return p, err
		}
		s = less
		p, err = ask(ctx, c, op, path, after, s)
	}
	c.memory.narrow(s)
	return p, nil
}

func ask(ctx context.Context, c *Client, op, path, after string, s shape) (page, error) {
	q := url.Values{"fields": {shapes[s].fields}, "limit": {strconv.Itoa(shapes[s].limit)}}
	if after != "" {
		q.Set("after", after)
	}
	return get[page](ctx, c, call{op: op, path: path, query: q})
}

// FirstMedia asks for one media's id on a Graph version ("" is the client's own): the cheapest
// proof that the media can be read. The id is "" for an account without media.
func (c *Client) FirstMedia(ctx context.Context, version string) (string, error) {
	path, template := target(c)
	p, err := get[page](ctx, c, call{
		op: "GET " + template + "/media", path: path + "/media", version: version,
		query: url.Values{"fields": {"id"}, "limit": {"1"}},
	})
	if err != nil || len(p.Data) == 0 {
		return "", err
	}
	var m wireMedia
	if json.Unmarshal(p.Data[0], &m) != nil || m.ID == "" {
		return "", malformed(c, "GET "+template+"/media", "the media that was listed has no id")
	}
	return string(m.ID), nil
}

// page is one page of any edge.
type page struct {
	Data   []json.RawMessage `json:"data"`
	Paging paging            `json:"paging"`
}

type paging struct {
	Cursors struct {
		After text `json:"after"`
	} `json:"cursors"`
	// Next holds the token. Only that it is there counts, and the cursor in it if there is no
	// other.
	Next text `json:"next"`
}

// complete reports whether a page is a list, which an empty one is. A further page must have a
// cursor: what is on it would be lost without a word.
func (p page) complete() bool {
	return p.Data != nil && (p.Paging.Next == "" || p.next() != "")
}

// next returns the cursor of the next page, "" if there is none. A short or even empty page may
// have one.
// Source: https://developers.facebook.com/docs/graph-api/results
func (p page) next() string {
	if p.Paging.Next == "" {
		return ""
	}
	if p.Paging.Cursors.After != "" {
		return string(p.Paging.Cursors.After)
	}
	u, err := url.Parse(string(p.Paging.Next))
	if err != nil {
		return ""
	}
	return u.Query().Get("after")
}

// walk reads pages until each reports that it has enough, or there are no more.
func walk(c *Client, op string, read func(after string) (page, error), each func(page) bool) error {
	seen := map[string]bool{}
	after := ""
	for range maxPages {
		p, err := read(after)
		if err != nil {
			return err
		}
		if each(p) || p.next() == "" {
			return nil
		}
		if after = p.next(); seen[after] {
			return malformed(c, op, fmt.Sprintf(
				"the list goes in circles: page %d leads back to an earlier one", len(seen)+1))
		}
		seen[after] = true
	}
	return malformed(c, op,
		fmt.Sprintf("the list has no end: there is more after %d pages", maxPages))
}

// malformed is a refusal of our own, for answers that are well formed and make no sense together.
func malformed(c *Client, op, message string) error {
	return &httpx.Error{
		Service: service, Op: op, Status: http.StatusOK, Class: httpx.Transient,
		Message: c.secrets().Message(message), Version: c.Answered(),
	}
}

// newestFirst sorts, and removes what is there twice: a media that is published between two pages
// shifts the list.
func newestFirst(media []Media) []Media {
	slices.SortStableFunc(media, func(a, b Media) int {
		// Ids are numbers: a longer one is larger.
		byID := cmp.Or(cmp.Compare(len(b.ID), len(a.ID)), strings.Compare(b.ID, a.ID))
		return cmp.Or(b.Timestamp.Compare(a.Timestamp), byID)
	})
	seen := make(map[string]bool, len(media))
	return slices.DeleteFunc(media, func(m Media) bool {
		again := seen[m.ID]
		seen[m.ID] = true
		return again
	})
}
