package httpx

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/postferry/postferry/internal/lazyregexp"
	"github.com/postferry/postferry/internal/message"
)

// Redactor hides known secrets in everything that is printed or sent to a person. The zero value
// and nil hide nothing. It is the second line of defence: secrets are kept out of texts in the
// first place.
type Redactor struct {
	mu sync.Mutex
	// forms are all known spellings, the longest first: one secret may be the start of another.
	forms []string
	repl  *strings.Replacer
}

// Add makes r hide secret: as it is, in base64 (padded or not, both alphabets), URL-encoded and
// escaped as JSON and Go do. Strings under 6 bytes are not hidden: hiding "on" would ruin every
// sentence.
func (r *Redactor) Add(secret string) {
	if r == nil || len(secret) < 6 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	quoted, _ := json.Marshal(secret)
	inGo := strconv.Quote(secret)
	r.forms = append(r.forms,
		secret,
		url.QueryEscape(secret),
		url.PathEscape(secret),
		string(quoted[1:len(quoted)-1]),
		inGo[1:len(inGo)-1],
		base64.StdEncoding.EncodeToString([]byte(secret)),
		base64.URLEncoding.EncodeToString([]byte(secret)),
		base64.RawStdEncoding.EncodeToString([]byte(secret)),
		base64.RawURLEncoding.EncodeToString([]byte(secret)),
	)
	slices.SortFunc(r.forms, func(a, b string) int {
		return cmp.Or(len(b)-len(a), strings.Compare(a, b))
	})
	r.forms = slices.Compact(r.forms)
	var pairs []string
	for _, form := range r.forms {
		pairs = append(pairs, form, "***")
	}
	// Of two that match, it takes the one that was given first.
	r.repl = strings.NewReplacer(pairs...)
}

// Clip returns a text from outside for a person: without secrets and URL queries, as valid UTF-8
// and of at most n bytes. It redacts before it cuts, so s must be complete: a Redactor does not
// recognize a secret of which the end is missing.
func (r *Redactor) Clip(s string, n int) string { return Truncate(r.String(stripQueries(s)), n) }

// Message is Clip to the length of Error.Message.
func (r *Redactor) Message(s string) string { return r.Clip(s, maxMessage) }

// String returns s with every known secret replaced by ***.
func (r *Redactor) String(s string) string {
	if r == nil {
		return s
	}
	r.mu.Lock()
	repl := r.repl
	r.mu.Unlock()
	if repl == nil {
		return s
	}
	return repl.Replace(s)
}

// Writer hides secrets in what is written to w. It looks at each Write by itself: our lines are
// written in one call.
func (r *Redactor) Writer(w io.Writer) io.Writer { return redacting{r, w} }

type redacting struct {
	r *Redactor
	w io.Writer
}

func (w redacting) Write(p []byte) (int, error) {
	if _, err := io.WriteString(w.w, w.r.String(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}

var queries = lazyregexp.New(`(https?://[^\s"'?<>]+)\?[^\s"'<>]*`)

// stripQueries cuts the query off every URL in s: queries hold tokens and signatures.
func stripQueries(s string) string { return queries.ReplaceAllString(s, "$1") }

// bare returns err without the *url.Error around it, which would show the address to whoever
// unwraps or dumps the error.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// Truncate returns the first bytes of s as valid UTF-8, at most n of them, with "…" where some
// were cut.
func Truncate(s string, n int) string {
	const ellipsis = "…"
	if s = strings.ToValidUTF8(s, "\uFFFD"); len(s) <= n {
		return s
	}
	n -= len(ellipsis)
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:max(n, 0)] + ellipsis
}

// CheckURL refuses anything but https, and http to this machine: neither a token nor a person's
// pictures travel in the clear.
func CheckURL(u *url.URL) error {
	switch {
	case u.Host == "":
		return message.Sentence("httpx.stored.no-host")
	case u.User != nil:
		return message.Sentence("httpx.stored.with-user")
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && loopback(u.Hostname()):
		return nil
	case u.Scheme == "http":
		return message.New("httpx.stored.plain", "Host", u.Hostname())
	}
	return message.Sentence("httpx.stored.scheme")
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// NoRedirect makes an http.Client return a redirect instead of following it: a token goes to no
// other host, and a POST does not silently become a GET.
func NoRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
