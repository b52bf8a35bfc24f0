package corstest_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/corstest"
)

const (
	app      = "https://app.example.com"
	evil     = "https://evil.example"
	tenant   = "https://tenant.example.com"
	ownPages = "https://api.invalid"
)

// recorder is a testing.TB that records the errors of a check.
type recorder struct {
	testing.TB
	errors []string
	fatal  string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, arguments ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, arguments...))
}

func (r *recorder) Fatalf(format string, arguments ...any) {
	r.fatal = fmt.Sprintf(format, arguments...)
	runtime.Goexit()
}

// record runs a check and returns what it reports: the fatal error, or else all errors.
func record(t *testing.T, check func(testing.TB)) string {
	t.Helper()
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		check(r)
	}()
	<-done
	if r.fatal != "" {
		return "FATAL " + r.fatal
	}
	return strings.Join(r.errors, "\n")
}

// site is an application with hand-written CORS code: the origin app may do everything
// with cookies, and other origins nothing.
type site struct {
	http.ServeMux
	runs    atomic.Int64
	enforce bool
	vary    string
}

func newSite() *site {
	s := &site{vary: "Origin"}
	s.HandleFunc("GET /items", func(w http.ResponseWriter, r *http.Request) {
		s.runs.Add(1)
		w.Header().Set("X-Total", "3")
		_, _ = io.WriteString(w, "cookie: "+r.Header.Get("Cookie")+" host: "+r.Host)
	})
	s.HandleFunc("GET /private", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "private, max-age=60")
	})
	s.HandleFunc("PUT /items/{id}", func(w http.ResponseWriter, r *http.Request) {
		s.runs.Add(1)
		_, _ = io.Copy(w, r.Body)
	})
	s.HandleFunc("POST /transfers", func(http.ResponseWriter, *http.Request) { s.runs.Add(1) })
	s.HandleFunc("/panics", func(http.ResponseWriter, *http.Request) { panic("the handler is broken") })
	return s
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.vary != "" {
		w.Header().Add("Vary", s.vary)
	}
	origin := r.Header.Get("Origin")
	if origin == app {
		w.Header().Set("Access-Control-Allow-Origin", app)
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		w.Header().Set("Access-Control-Expose-Headers", "X-Total")
	}
	switch {
	case r.Method == http.MethodOptions && origin == app:
		w.Header().Set("Access-Control-Allow-Methods", "PUT")
		w.Header().Set("Access-Control-Allow-Headers", "content-type")
	case r.Method == http.MethodOptions:
		w.WriteHeader(http.StatusForbidden)
	case s.enforce && origin != "" && origin != app && origin != "https://"+r.Host:
		w.WriteHeader(http.StatusForbidden)
	default:
		s.ServeMux.ServeHTTP(w, r)
	}
}

// A check that passes reports nothing. A check that fails reports why, in the browser's
// words.
func TestChecks(t *testing.T) {
	t.Parallel()
	ours, theirs := corstest.From(app).WithCookies(), corstest.From(evil).WithCookies()
	open, enforcing, careless := newSite(), newSite(), newSite()
	enforcing.enforce, careless.vary = true, ""
	for name, tt := range map[string]struct {
		check func(testing.TB)
		want  []string // texts in the report; none for a check that passes
	}{
		"the listed page reads": {check: func(tb testing.TB) { ours.Get("/items").Allowed(tb, open) }},
		"a 404 is readable too": {check: func(tb testing.TB) { ours.Get("/nowhere").Allowed(tb, open) }},
		"a preflight passes": {check: func(tb testing.TB) {
			ours.Put("/items/1").Header("Content-Type", "application/json").Body("{}").Allowed(tb, open)
		}},
		"a page of the application itself needs no CORS": {check: func(tb testing.TB) { corstest.From(ownPages).Put("/items/1").Allowed(tb, enforcing) }},
		"a header is not allowed": {
			check: func(tb testing.TB) { ours.Put("/items/1").Header("X-Trace", "1").Allowed(tb, open) },
			want: []string{
				"PUT /items/1 with cookies, by a page of https://app.example.com: is blocked, and should be allowed",
				"browser: Access to fetch at 'https://api.invalid/items/1' from origin 'https://app.example.com' has been blocked by CORS policy: Request header field x-trace is not allowed by Access-Control-Allow-Headers in preflight response.",
				"> OPTIONS /items/1 HTTP/1.1", "> Access-Control-Request-Headers: x-trace", "< HTTP/1.1 200 OK", "< Access-Control-Allow-Headers: content-type",
			},
		},
		"a method is not allowed": {
			check: func(tb testing.TB) { ours.Delete("/items/1").Allowed(tb, open) },
			want:  []string{"DELETE /items/1", "Method DELETE is not allowed by Access-Control-Allow-Methods in preflight response."},
		},
		"a stranger is blocked": {check: func(tb testing.TB) { theirs.Get("/items").Blocked(tb, open) }},
		"a frame without origin is blocked": {check: func(tb testing.TB) {
			corstest.From("null").Patch("/items").Blocked(tb, open)
		}},
		"a stranger should read": {
			check: func(tb testing.TB) { theirs.Head("/items").Allowed(tb, open) },
			want:  []string{"HEAD /items", "No 'Access-Control-Allow-Origin' header is present on the requested resource."},
		},
		"the listed page should be blocked": {
			check: func(tb testing.TB) { ours.Get("/items").Blocked(tb, open) },
			want:  []string{"GET /items with cookies, by a page of https://app.example.com: is allowed, and should be blocked", "> GET /items HTTP/1.1", "< Access-Control-Allow-Origin: https://app.example.com"},
		},
		"a handler that panics blocks nothing": {
			check: func(tb testing.TB) { theirs.Get("/panics").Blocked(tb, open) },
			want:  []string{"fails, but not by CORS", "server: http: panic serving", "the handler is broken"},
		},
		"a handler that panics allows nothing": {
			check: func(tb testing.TB) { ours.Get("/panics").Allowed(tb, open) },
			want:  []string{"should be allowed", "the handler is broken"},
		},
		"a handler that panics is no untouched one": {
			check: func(tb testing.TB) {
				site := newSite()
				theirs.Get("/panics").Untouched(tb, site, site.runs.Load)
			},
			want: []string{"fails, but not by CORS"},
		},
		"a blocked call does its work": {
			check: func(tb testing.TB) {
				site := newSite()
				theirs.Post("/transfers").Blocked(tb, site)
				theirs.Post("/transfers").Untouched(tb, site, site.runs.Load)
			},
			want: []string{"POST /transfers with cookies, by a page of https://evil.example: the handler ran (the count went from 1 to 2), and should not", "> POST /transfers HTTP/1.1"},
		},
		"enforcement leaves the handler untouched": {check: func(tb testing.TB) { theirs.Post("/transfers").Untouched(tb, enforcing, enforcing.runs.Load) }},
		"an answer with Vary is cacheable":         {check: func(tb testing.TB) { ours.Get("/items").Cacheable(tb, open) }},
		"an answer without Vary is not": {
			check: func(tb testing.TB) { ours.Get("/items").Cacheable(tb, careless) },
			want:  []string{"GET /items with cookies, by a page of https://app.example.com: is allowed, but blocked when a cache has the answer to a page of https://api.invalid; the response needs Vary: Origin"},
		},
		"an answer that no shared cache keeps needs no Vary": {check: func(tb testing.TB) { ours.Get("/private").Cacheable(tb, careless) }},
		"a POST is not cacheable": {
			check: func(tb testing.TB) { ours.Post("/transfers").Cacheable(tb, open) },
			want:  []string{"FATAL POST /transfers", "caches store only the answers to GET and HEAD"},
		},
		"what is broken is not cacheable": {
			check: func(tb testing.TB) { ours.Get("/panics").Cacheable(tb, open) },
			want:  []string{"fails, but not by CORS"},
		},
		"a header that no script can set": {
			check: func(tb testing.TB) { ours.Get("/items").Header("Cookie", "session=1").Blocked(tb, open) },
			want:  []string{"FATAL GET /items", "no script can set the header Cookie: browsers drop it"},
		},
		"a page of https asks for http": {
			check: func(tb testing.TB) { ours.Get("http://api.example/items").Allowed(tb, open) },
			want:  []string{"is blocked, and should be allowed", "browser: Mixed Content: The page at 'https://app.example.com/'"},
		},
		"mixed content is not blocked by CORS": {
			check: func(tb testing.TB) { theirs.Get("http://api.example/items").Blocked(tb, open) },
			want:  []string{"fails, but not by CORS", "Mixed Content"},
		},
		"a page of https asks for http on its own machine": {check: func(tb testing.TB) { ours.Get("http://localhost:8080/items").Allowed(tb, open) }},
		"a page of http asks for http": {check: func(tb testing.TB) {
			corstest.From("http://evil.example").Get("http://api.example/items").Blocked(tb, open)
		}},
		"a port that browsers refuse": {
			check: func(tb testing.TB) { ours.Get("https://api.example:6000/items").Allowed(tb, open) },
			want:  []string{"is blocked, and should be allowed", "refuse the port 6000"},
		},
		"a pattern for an origin": {
			check: func(tb testing.TB) { corstest.From("https://*.example.com").Get("/items").Blocked(tb, open) },
			want:  []string{"FATAL", "From takes the origin of one page and no pattern; write one that the pattern matches"},
		},
		"any origin": {
			check: func(tb testing.TB) { corstest.From("*").Get("/items").Blocked(tb, open) },
			want:  []string{"FATAL", "no pattern"},
		},
		"a pattern for the origin of another page": {
			check: func(tb testing.TB) { ours.Get("/items").Cacheable(tb, open, "https://*.example.com") },
			want:  []string{"FATAL", "no pattern"},
		},
		"no origin": {
			check: func(tb testing.TB) { corstest.From("").Get("/items").Blocked(tb, open) },
			want:  []string{"FATAL", "is not one that a browser sends; write it like https://app.example.com"},
		},
		"no method": {
			check: func(tb testing.TB) { ours.Fetch("", "/items").Allowed(tb, open) },
			want:  []string{"FATAL", `there is no method; write one, such as "GET"`},
		},
		"a cookie that adds a header": {
			check: func(tb testing.TB) {
				corstest.From(evil).WithCookies("a=b\r\nX-Evil: y").Get("/items").Blocked(tb, open)
			},
			want: []string{"FATAL", `"a=b\r\nX-Evil: y" is not a cookie; write its name and value`},
		},
		"a cookie that is empty": {
			check: func(tb testing.TB) { corstest.From(evil).WithCookies("").Get("/items").Blocked(tb, open) },
			want:  []string{"FATAL", `"" is not a cookie`},
		},
		"a header that adds a header": {
			check: func(tb testing.TB) { theirs.Get("/items").Header("X-A", "a\nX-Evil: y").Blocked(tb, open) },
			want:  []string{"FATAL", `the value "a\nX-Evil: y" of the header X-A has a control character`},
		},
		"no count": {
			check: func(tb testing.TB) { theirs.Post("/transfers").Untouched(tb, open, nil) },
			want:  []string{"FATAL POST /transfers", "pass a function that returns how often the handler ran"},
		},
		"an origin that is not one": {
			check: func(tb testing.TB) { corstest.From("https://app.example.com/").Get("/items").Blocked(tb, open) },
			want:  []string{"FATAL", "no page can ask for this", "is not one that a browser sends"},
		},
		"a target that is not one": {
			check: func(tb testing.TB) { ours.Get("items").Blocked(tb, open) },
			want:  []string{"FATAL", "no page can ask for this"},
		},
		"a cacheable target that is not one": {
			check: func(tb testing.TB) { ours.Get("items").Cacheable(tb, open) },
			want:  []string{"FATAL", "no page can ask for this"},
		},
		"no application": {
			check: func(tb testing.TB) { ours.Get("/items").Blocked(tb, nil) },
			want:  []string{"FATAL", "there is no application; pass its http.Handler"},
		},
		"an error of a function that answers": {
			check: func(tb testing.TB) {
				theirs.Get("/items").Blocked(tb, corstest.Of(func(*http.Request) (*http.Response, error) { return nil, errors.New("test: timeout") }))
			},
			want: []string{"fails, but not by CORS", "test: timeout"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := record(t, tt.check)
			if len(tt.want) == 0 && got != "" {
				t.Errorf("the check fails: %s", got)
			}
			for _, want := range tt.want {
				if !strings.Contains(got, want) {
					t.Errorf("the report lacks %q:\n%s", want, got)
				}
			}
		})
	}
}

// Vary decides for whom a cache reuses an answer, whatever else the answer holds.
func TestCacheable(t *testing.T) {
	t.Parallel()
	reflects := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
	}
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		header  bool // whether the call has Authorization
		want    string
	}{
		"the same for all": {handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			w.Header().Set("Access-Control-Allow-Headers", "authorization")
		}},
		"for those who send Origin alone": {
			handler: func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Origin") != "" {
					w.Header().Set("Access-Control-Allow-Origin", "*")
				}
			},
			want: "is allowed, but blocked when a cache has the answer to a page of https://api.invalid",
		},
		"a stranger gets what was meant for the page": {
			handler: func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Origin") == "https://stranger.invalid" {
					w.Header().Set("Vary", "Origin") // but not if the page is allowed
				} else {
					w.Header().Set("Access-Control-Allow-Origin", "*")
				}
			},
			want: "by a page of https://stranger.invalid: is blocked, but allowed when a cache has the answer",
		},
		"reflected without Vary": {handler: reflects, want: "needs Vary: Origin"},
		"reflected, and Vary names other things": {handler: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Add("Vary", "Accept, Accept-Encoding")
			reflects(w, r)
		}, want: "needs Vary: Origin"},
		"reflected, with Vary on the second line": {handler: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Add("Vary", "Accept-Encoding")
			w.Header().Add("Vary", "accept, origin")
			reflects(w, r)
		}},
		"Vary: *": {handler: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Add("Vary", "*")
			reflects(w, r)
		}},
		"stale at once": {handler: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "max-age=0")
			reflects(w, r)
		}},
		"stale at once in browsers alone": {handler: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "max-age=0, s-maxage=60")
			reflects(w, r)
		}, want: "needs Vary: Origin"},
		"headers that only some may read": {handler: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			if r.Header.Get("Origin") == app {
				w.Header().Set("Access-Control-Expose-Headers", "X-Total")
			}
		}, want: "gets another Access-Control-Expose-Headers when a cache has the answer to a page of https://api.invalid; the response needs Vary: Origin"},
		"headers that others may read too": {handler: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			if r.Header.Get("Origin") != app {
				w.Header().Set("Access-Control-Expose-Headers", "X-Total")
			}
		}, want: "gets another Access-Control-Expose-Headers"},
		"headers that only some may read, with Vary": {handler: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Vary", "Origin")
			w.Header().Set("Access-Control-Allow-Origin", "*")
			if r.Header.Get("Origin") == app {
				w.Header().Set("Access-Control-Expose-Headers", "X-Total")
			}
		}},
		"one field is private": {handler: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", `private="Set-Cookie, X-A"`)
			reflects(w, r)
		}, want: "needs Vary: Origin"},
		"one field is not to be reused": {handler: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", `No-Cache="Set-Cookie", max-age=60`)
			reflects(w, r)
		}, want: "needs Vary: Origin"},
		"the header that lets pages read is private": {handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Cache-Control", `private="X-A, access-control-allow-origin"`)
			w.Header().Set("Access-Control-Allow-Origin", "*")
		}, want: "is allowed, but blocked when a cache has the answer"},
		"a quoted comma, and all is private": {handler: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", `no-cache="a, b", private`)
			reflects(w, r)
		}},
		"behind a login": {handler: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Access-Control-Allow-Headers", "authorization")
			reflects(w, r)
		}, header: true},
		"behind a login, and public": {handler: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "public")
			w.Header().Set("Access-Control-Allow-Headers", "authorization")
			reflects(w, r)
		}, header: true, want: "needs Vary: Origin"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			call := corstest.From(app).Get("/items")
			if tt.header {
				call = call.Header("Authorization", "Bearer x")
			}
			got := record(t, func(tb testing.TB) { call.Cacheable(tb, tt.handler, tenant) })
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("want %q, got %s", tt.want, got)
			}
		})
	}
}

// Allowed returns what the script can read.
func TestVerdict(t *testing.T) {
	t.Parallel()
	site := newSite()
	page := corstest.From(app)
	v := page.WithCookies("session=8f1c", "theme=dark").Get("https://tenant.example.com:8443/items").Allowed(t, site)
	if v.Body != "cookie: session=8f1c; theme=dark host: tenant.example.com:8443" {
		t.Errorf("the script reads %q", v.Body)
	}
	if total, _ := v.Get("X-Total"); total != "3" {
		t.Errorf("the script reads X-Total %q", total)
	}
	if v := page.Get("/items").Allowed(t, site); strings.Contains(v.Body, "session") {
		t.Error("WithCookies has changed the page that it was called on")
	}
	put := page.Put("/items/1").Header("Content-Type", "application/json")
	if v := put.Body("{}").Allowed(t, site); v.Body != "{}" || v.Preflights() != 1 {
		t.Errorf("the script reads %q after %d preflights", v.Body, v.Preflights())
	}
	if v := corstest.From(evil).Fetch("PUT", "https://api.example/items/1").Blocked(t, site); v.Code != browser.PreflightMissingAllowOriginHeader {
		t.Errorf("the browser says %s", v.Code)
	}
}

// Of passes on the function's answer, line by line.
func TestOf(t *testing.T) {
	t.Parallel()
	inner := newSite()
	twice := corstest.Of(func(r *http.Request) (*http.Response, error) {
		w := httptest.NewRecorder()
		inner.ServeHTTP(w, r)
		if r.URL.Path == "/nowhere" {
			w.Header().Add("Access-Control-Allow-Origin", app)
			w.Header().Add("Access-Control-Allow-Origin", app)
			w.Code = http.StatusTeapot
			return &http.Response{StatusCode: w.Code, Header: w.Header(), Body: io.NopCloser(w.Body)}, nil
		}
		return w.Result(), nil
	})
	page := corstest.From(app).WithCookies()
	page.Get("/items").Allowed(t, twice)
	page.Put("/items/1").Allowed(t, twice)
	page.Get("/items").Cacheable(t, twice)
	if v := page.Get("/nowhere").Blocked(t, twice); v.Code != browser.MultipleAllowOriginValues {
		t.Errorf("the browser says %s", v.Code)
	}
}

// At connects to a running server.
func TestAt(t *testing.T) {
	t.Parallel()
	site := newSite()
	server := httptest.NewServer(http.StripPrefix("/v1", site))
	t.Cleanup(server.Close)
	running := corstest.At(server.URL + "/v1/")
	page := corstest.From(app).WithCookies()
	if v := page.Get("/items").Allowed(t, running); v.URL != server.URL+"/v1/items" {
		t.Errorf("the script asked for %s", v.URL)
	}
	page.Get("/items").Cacheable(t, running)
	corstest.From(evil).Get("/items").Blocked(t, running)
	corstest.From(server.URL).Post("/transfers").Allowed(t, running)

	careless := newSite()
	careless.vary = ""
	other := httptest.NewServer(careless)
	t.Cleanup(other.Close)
	if got := record(t, func(tb testing.TB) { page.Get("/items").Cacheable(tb, corstest.At(other.URL)) }); !strings.Contains(got, "needs Vary: Origin") {
		t.Errorf("a missing Vary is not found behind At: %s", got)
	}
	if got := record(t, func(tb testing.TB) { page.Get(server.URL+"/items").Allowed(tb, running) }); !strings.Contains(got, "a target under At is a path") {
		t.Errorf("an absolute target under At: %s", got)
	}
	server.Close()
	if got := record(t, func(tb testing.TB) { page.Get("/items").Blocked(tb, running) }); !strings.Contains(got, "fails, but not by CORS") {
		t.Errorf("a server that does not answer: %s", got)
	}
	for _, base := range []string{"", "127.0.0.1:8080", "ftp://a.example", "https://", "http://[", "/items"} {
		t.Run(base, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if recover() == nil {
					t.Error("At takes it")
				}
			}()
			corstest.At(base)
		})
	}
}
