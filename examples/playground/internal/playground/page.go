package playground

import (
	"embed"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/crossgate/cors/examples/playground/internal/api"
	"github.com/crossgate/cors/examples/playground/internal/lab"
	"github.com/crossgate/cors/examples/playground/internal/wire"
)

//go:embed web
var web embed.FS

// pageHandler serves the page, and its own requests: the state, the policy, the
// explanations. Other pages may not read these (it sends no CORS headers) or change them.
func (p *Playground) pageHandler(pol *policy, pr *proof, log *wire.Log) http.Handler {
	mux := http.NewServeMux()
	serveFiles(mux, "page", "shared")
	mux.HandleFunc("GET /state", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, struct {
			Page    Site     `json:"page"`
			Other   Site     `json:"other"`
			APIs    []Site   `json:"apis"`
			Presets []preset `json:"presets"`
			Group   group    `json:"group"`
			inForce
		}{p.Page, p.Other, p.APIs, pol.presets, group{api.Group, pol.groupText}, pol.inForce()})
	})
	mux.HandleFunc("PUT /policy", pol.put)
	mux.HandleFunc("POST /lab/proof", pr.begin)
	mux.HandleFunc("POST /explain", func(w http.ResponseWriter, r *http.Request) { explain(w, r, log, pr.log) })

	lab.Register(mux)

	// This is not CORS middleware: CORS decides which pages may read, and this refuses
	// requests.
	sameOrigin := http.NewCrossOriginProtection().Handler(mux)
	return p.protect(sameOrigin, []string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src 'self'",
		"connect-src 'self' " + p.Other.Origin + " " + p.apiOrigins(),
		"frame-src " + p.Other.Origin,
		"frame-ancestors 'none'",
		"base-uri 'none'",
		"form-action 'none'",
	})
}

// group describes the group to the page.
type group struct {
	Prefix string `json:"prefix"`
	Policy string `json:"policy"`
}

// otherHandler serves the second page, which only the first page may embed, and the gateway
// of the proof.
func (p *Playground) otherHandler(pr *proof) http.Handler {
	mux := http.NewServeMux()
	serveFiles(mux, "other", "shared")
	_, port, _ := strings.Cut(strings.TrimPrefix(p.Page.Origin, "http://"), ":")
	page := p.protect(mux, []string{
		"default-src 'none'",
		"script-src 'self'",
		"img-src 'self'",
		"connect-src " + p.apiOrigins(),
		"frame-ancestors " + p.Page.Origin + " http://localhost:" + port + " http://*.localhost:" + port,
		"base-uri 'none'",
		"form-action 'none'",
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, proofPrefix) && local(r.Host) {
			pr.hand(w, r) // without the mux, which would redirect to a cleaner path
			return
		}
		page.ServeHTTP(w, r)
	})
}

func (p *Playground) apiOrigins() string {
	var all []string
	for _, a := range p.APIs {
		all = append(all, a.Origin)
	}
	return strings.Join(all, " ")
}

// serveFiles serves the files of folders of web at the root.
func serveFiles(mux *http.ServeMux, folders ...string) {
	for _, folder := range folders {
		files, err := fs.ReadDir(web, "web/"+folder)
		if err != nil {
			continue
		}
		for _, f := range files {
			path, name := "GET /"+f.Name(), "web/"+folder+"/"+f.Name()
			if f.Name() == "index.html" {
				path = "GET /{$}"
			}
			mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
				http.ServeFileFS(w, r, web, name)
			})
		}
	}
}

// protect sets the headers of every response, and refuses requests whose Host is not a name
// of this machine. Otherwise an attacker could let a name of theirs resolve to 127.0.0.1, and
// their page would have the same origin as this one.
func (p *Playground) protect(next http.Handler, csp []string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", strings.Join(csp, "; "))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store") // the next build may have another page
		if !local(r.Host) {
			http.Error(w, "This playground answers only as 127.0.0.1 or localhost.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// local reports whether a Host header names this machine: 127.0.0.1, localhost, or a
// subdomain of localhost, which DNS must not resolve elsewhere (RFC 6761, section 6.3).
func local(hostport string) bool {
	name, _, err := net.SplitHostPort(hostport)
	if err != nil {
		return false
	}
	u, err := url.Parse("http://" + hostport)
	return err == nil && u.Hostname() == name &&
		(name == host || name == "localhost" || strings.HasSuffix(name, ".localhost"))
}
