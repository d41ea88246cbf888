package sim

import (
	"net/http"
	"time"
)

// release is a published release of any public repository.
type release struct {
	repository, version string
	at                  time.Time
}

// Release publishes a version of a repository "owner/name", which need not be the world's own: the
// releases of a public repository can be read with any token, and with none.
func (g GitHub) Release(repository, version string, at time.Time) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	g.releases = append(g.releases, release{repository, version, at})
}

// listReleases is GET /repos/{owner}/{repo}/releases, the latest first.
// Source: https://docs.github.com/rest/releases/releases#list-releases
func (g *ghSide) listReleases(rw http.ResponseWriter, r *http.Request) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	g.stamp(rw.Header())
	repository := r.PathValue("owner") + "/" + r.PathValue("repo")
	out := []object{}
	for i := len(g.releases) - 1; i >= 0; i-- {
		if one := g.releases[i]; one.repository == repository {
			out = append(out, object{
				"tag_name": one.version, "draft": false, "prerelease": false,
				"published_at": one.at.UTC().Format(time.RFC3339),
			})
		}
	}
	switch {
	case r.Header.Get("Authorization") != "" && g.identify(r) == nil:
		status, body := refuse(401, "Bad credentials")
		writeJSON(rw, status, body)
	case len(out) == 0 && repository != g.w.o.Owner+"/"+g.w.o.Repo:
		status, body := refuse(404, "Not Found")
		writeJSON(rw, status, body)
	default:
		writeJSON(rw, 200, out)
	}
}
