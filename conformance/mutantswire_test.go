package conformance_test

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	cors "github.com/crossgate/cors/core"
)

// wireMutants are mutants whose defects show in the protocol, the content, the connection
// or the kind of response.
func wireMutants() []mutant {
	return []mutant{
		{"ignores upgrades", skipping(func(r *http.Request) bool { return r.Header.Get("Upgrade") != "" }),
			"upgrade/a handshake of a listed origin is completed, with the headers", "- Access-Control-Allow-Origin: https://app.example.com (missing)"},

		{"ignores requests that expect 100", skipping(func(r *http.Request) bool { return r.Header.Get("Expect") != "" }),
			"content/a request that waits for 100 gets the usual answer: its content is read", "- Access-Control-Allow-Origin: https://app.example.com (missing)"},

		{"ignores HTTP/1.0", skipping(func(r *http.Request) bool { return !r.ProtoAtLeast(1, 1) }),
			"protocol/HTTP 1.0 gets the headers on a stream, which only its end delimits", "- Vary: Origin (missing)"},

		{"treats a preflight with content as an actual request", reading(func(r *http.Request, req *cors.Request) {
			if r.ContentLength != 0 {
				req.RequestMethod = ""
			}
		}), "content/a preflight with content is a preflight: in chunks", "- Access-Control-Allow-Methods: PUT (missing)"},

		{"drops headers on 404", dropping(http.StatusNotFound),
			"static/every answer about a file has the headers: a file that does not exist", "- Vary: Origin (missing)"},

		{"drops headers on redirects", dropping(http.StatusFound),
			"application/the headers are on every response: a redirect", "- Vary: Origin (missing)"},

		{"drops headers on 304", dropping(http.StatusNotModified),
			"static/a file that has not changed has the headers on the 304: not newer than the date", "- Vary: Origin (missing)"},

		{"drops headers on 101", dropping(http.StatusSwitchingProtocols),
			"upgrade/under any origin the 101 has the headers", "- Access-Control-Allow-Origin: * (missing)"},

		{"hides that a response can be flushed", hiding(func(w http.ResponseWriter) http.ResponseWriter {
			return struct{ http.ResponseWriter }{w}
		}), "application/the headers are on every response: a stream", `! body "one\n", want "one\ntwo\nthree\n"`},

		{"hides that a connection can be taken over", hiding(func(w http.ResponseWriter) http.ResponseWriter {
			return struct {
				http.ResponseWriter
				http.Flusher
			}{w, w.(http.Flusher)}
		}), "upgrade/a handshake without an origin is completed", "! status 501, and without CORS 101"},

		{"reads a trailer as Origin", reading(func(r *http.Request, req *cors.Request) {
			content, _ := io.ReadAll(r.Body) // the rest is not needed if reading fails
			r.Body = io.NopCloser(bytes.NewReader(content))
			if req.Origin == "" {
				req.Origin = r.Trailer.Get("Origin")
			}
		}), "content/an Origin in a trailer does not count: announced", "+ Access-Control-Allow-Origin: https://app.example.com (not wanted)"},

		{"reads the content", reading(func(r *http.Request, _ *cors.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
		}), "content/a handler gets all content of a request: a few bytes", `! body "0 bytes\n", want "18 bytes\n"`},

		{"parses forms", reading(func(r *http.Request, _ *cors.Request) {
			_ = r.ParseForm()
		}), "content/a handler gets all content of a request: a form, which middleware might parse", `! body "0 bytes\n", want "18 bytes\n"`},

		{"limits the content", serving(func(a adapter, d cors.Decider, next http.Handler, w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
			serve(a, d, next, w, r)
		}), "content/a large request is handed on whole", "! status 400, and without CORS 200"},

		{"keeps to the first origin of a connection", reading(func() func(*http.Request, *cors.Request) {
			var first sync.Map
			return func(r *http.Request, req *cors.Request) {
				if req.Origin != "" {
					kept, _ := first.LoadOrStore(r.RemoteAddr, req.Origin)
					req.Origin = kept.(string)
				}
			}
		}()), "connection/pipelined requests are answered in order", "- Access-Control-Allow-Origin: https://a.example.org (missing)"},

		{"keeps the origin of a client that has disconnected", carrying(),
			"connection/a client that disconnects early does not affect the next request: in the answer", "+ Access-Control-Allow-Origin: https://a.example.org (not wanted)"},

		{"leaves out empty Origin lines", reading(func(r *http.Request, req *cors.Request) {
			req.Origin = strings.Trim(strings.Join(r.Header["Origin"], ""), " ")
		}), "limits/a thousand Origin lines match nothing: the first listed", "+ Access-Control-Allow-Origin: https://app.example.com (not wanted)"},

		{"decodes an Origin", reading(func(_ *http.Request, req *cors.Request) {
			if decoded, err := url.PathUnescape(req.Origin); err == nil {
				req.Origin = decoded
			}
		}), "patterns/an origin that is nearly right does not match: percent-encoding", "+ Access-Control-Allow-Origin: https://app.example.com (not wanted)"},

		{"folds letters that are not ASCII", reading(func(_ *http.Request, req *cors.Request) {
			req.Origin = strings.ReplaceAll(req.Origin, "\u212a", "k")
		}), "origins/a name that looks like a listed one does not match: a Kelvin sign", "+ Access-Control-Allow-Origin: https://kin.example (not wanted)"},

		{"leaves out a default port", reading(func(_ *http.Request, req *cors.Request) {
			req.Origin = strings.TrimSuffix(req.Origin, ":443")
		}), "patterns/an origin that is nearly right does not match: the default port", "+ Access-Control-Allow-Origin: https://app.example.com (not wanted)"},

		{"reads X-Forwarded-Host as Host", reading(func(r *http.Request, req *cors.Request) {
			if host := r.Header.Get("X-Forwarded-Host"); host != "" {
				req.Host = host
			}
		}), "enforce/other fields do not make a request same-origin: X-Forwarded-Host", "! a handler ran, and none may"},

		{"reads X-HTTP-Method-Override as the method", reading(func(r *http.Request, req *cors.Request) {
			if method := r.Header.Get("X-HTTP-Method-Override"); method != "" {
				req.Method = method
			}
		}), "enforce/other fields do not make a request same-origin: a method override", "! a handler ran, and none may"},

		{"takes the first of two Sec-Fetch-Site lines", reading(func(r *http.Request, req *cors.Request) {
			req.FetchSite = r.Header.Get("Sec-Fetch-Site")
		}), "enforce/several Sec-Fetch-Site lines do not make a request same-origin: first", "! status 200, want 403"},
	}
}

// skipping makes an adapter that ignores some requests.
func skipping(skips func(*http.Request) bool) adapter {
	return serving(func(a adapter, d cors.Decider, next http.Handler, w http.ResponseWriter, r *http.Request) {
		if skips(r) {
			next.ServeHTTP(w, r)
			return
		}
		serve(a, d, next, w, r)
	})
}

// dropping makes an adapter whose headers are missing in responses with a certain status.
func dropping(lost int) adapter {
	return serving(func(a adapter, d cors.Decider, next http.Handler, w http.ResponseWriter, r *http.Request) {
		decision := d.Decide(r.Context(), a.request(r))
		serve(a, decided{decision}, next, &writer{ResponseWriter: w, before: func(h http.Header, status int) {
			if status == lost {
				for name := range decision.Headers() {
					h.Del(name)
				}
			}
		}}, r)
	})
}

// hiding makes an adapter that gives the application a writer with fewer methods.
func hiding(hide func(http.ResponseWriter) http.ResponseWriter) adapter {
	return serving(func(a adapter, d cors.Decider, next http.Handler, w http.ResponseWriter, r *http.Request) {
		serve(a, d, next, hide(w), r)
	})
}
