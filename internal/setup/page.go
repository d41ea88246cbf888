package setup

import (
	"fmt"
	"html"
	"net/http"

	"github.com/postferry/postferry/internal/message"
)

// page is what the browser shows at the end of a login.
type page struct {
	language          message.Language
	title, text, foot string
}

// pageForm takes a title, a text, the mark's colour, the mark, the foot and the language. It is not an html/template: that
// package finds methods by name, so the linker would keep every method of every library, in the
// scheduled program too (2 MB more in memory).
const pageForm = `<!DOCTYPE html>
<html lang="%[6]s">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%[1]s · postferry</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 1.1rem/1.6 system-ui, sans-serif; margin: 0; min-height: 100vh;
         display: grid; place-items: center;
         background: light-dark(#f6f8fa, #0d1117); color: light-dark(#1f2328, #e6edf3); }
  main { max-width: 32rem; margin: 1.5rem; padding: 2rem 2.5rem; border-radius: 12px;
         background: light-dark(#fff, #161b22); border: 1px solid light-dark(#d0d7de, #30363d); }
  .mark { font-size: 2rem; line-height: 1; color: %[3]s; }
  h1 { font-size: 1.4rem; line-height: 1.4; margin: .6rem 0 .6rem; overflow-wrap: anywhere; }
  p { margin: 0; }
  small { display: block; margin-top: 1.4rem; color: light-dark(#59636e, #9198a1); }
</style>
<main>
  <div class="mark" aria-hidden="true">%[4]s</div>
  <h1>%[1]s</h1>
  <p>%[2]s</p>
  <small>%[5]s</small>
</main>
</html>
`

// fail writes the page of a login that did not work.
func (p page) fail(rw http.ResponseWriter) { p.write(rw, http.StatusBadRequest) }

// write writes the page. The words of X are text in it, never markup.
func (p page) write(rw http.ResponseWriter, status int) {
	colour, mark := "light-dark(#1a7f37, #3fb950)", "✓"
	if status != http.StatusOK {
		colour, mark = "light-dark(#cf222e, #f85149)", "✕"
	}
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	rw.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	rw.Header().Set("Referrer-Policy", "no-referrer") // The address holds the code.
	rw.Header().Set("Cache-Control", "no-store")
	rw.WriteHeader(status)
	_, _ = fmt.Fprintf(rw, pageForm, html.EscapeString(p.title), html.EscapeString(p.text), colour,
		mark, html.EscapeString(p.foot), p.language) // The browser may be gone.
}
