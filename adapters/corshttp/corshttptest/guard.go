package corshttptest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// RunGuarded runs the conformance suite with each guard. An application that does not
// tamper with headers answers as it does without a guard.
func RunGuarded(t *testing.T, start conformance.Start, opts ...conformance.Option) {
	t.Helper()
	for _, mode := range []cors.GuardMode{cors.PolicyWins, cors.HandlerWins} {
		t.Run(mode.String(), func(t *testing.T) {
			t.Parallel()
			conformance.Run(t, func(tb testing.TB, app conformance.App) string {
				tb.Helper()
				app.Options = append(app.Options, cors.Guard(mode))
				return start(tb, app)
			}, opts...)
		})
	}
}

// GuardCase is one way in which a handler or middleware inside an adapter tampers with the
// headers of the response to GET /.
type GuardCase[R any] struct {
	Name   string
	Status int
	Body   string // what the response's body must contain
	Right  string // why the headers are right even without a guard
	NoVary bool   // it does not set Vary to Accept-Encoding; all others do, and the guard must keep that

	Routes R // registers the routes, or is the handler itself
}

// GuardCases checks the cases with a guard and without. serve returns the application with
// the routes, inside an adapter with d and the options.
func GuardCases[R any](t *testing.T, serve func(routes R, d cors.Decider, opts ...cors.Option) http.Handler, cases []GuardCase[R]) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			check := conformance.GuardCase{Name: c.Name, Status: c.Status, Body: c.Body, Right: c.Right,
				Start: func(tb testing.TB, d cors.Decider, opts ...cors.Option) string {
					tb.Helper()
					return Serve(tb, serve(c.Routes, d, opts...))
				}}
			if !c.NoVary && c.Right == "" {
				check.Keeps = []string{"Accept-Encoding"}
			}
			check.Check(t)
		})
	}
}

// Upstream serves Careless as an upstream server behind the application.
func Upstream(tb testing.TB) *url.URL {
	tb.Helper()
	return &url.URL{Scheme: "http", Host: Serve(tb, http.HandlerFunc(Careless))}
}

// hijacks checks that a handler behind a guard can set deadlines and hijack the connection.
func hijacks(t *testing.T, newApp New) {
	t.Helper()
	app := newApp()
	app.Install(Policy("whole"), cors.Guard(cors.PolicyWins))
	app.Handle(http.MethodGet, "/", func(w http.ResponseWriter, _ *http.Request) {
		control := http.NewResponseController(w)
		if err := control.SetWriteDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Error(err)
		}
		conn, buffer, err := control.Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = conn.Close() }()
		_, _ = buffer.WriteString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: test\r\nConnection: Upgrade\r\n\r\nhello\n")
		_ = buffer.Flush()
	})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+Serve(t, app), nil)
	Must(t, err)
	w, err := http.DefaultClient.Do(r)
	Must(t, err)
	defer func() { _ = w.Body.Close() }()
	if line, err := bufio.NewReader(w.Body).ReadString('\n'); w.StatusCode != http.StatusSwitchingProtocols || line != "hello\n" {
		t.Errorf("status %d, %q, %v", w.StatusCode, line, err)
	}
}

// Guard checks a guard against the methods of net/http, which handlers of every framework
// on net/http can use.
func Guard(t *testing.T, newApp New) {
	t.Helper()
	t.Run("late writers", func(t *testing.T) { t.Parallel(); lateWriters(t, newApp) })
	t.Run("trailers", func(t *testing.T) { t.Parallel(); trailers(t, newApp) })
	t.Run("CONNECT", func(t *testing.T) { t.Parallel(); connect(t, newApp) })
	t.Run("h2c", func(t *testing.T) { t.Parallel(); h2c(t, newApp) })
	t.Run("a second pass", func(t *testing.T) { t.Parallel(); secondPass(t, newApp) })
	t.Run("hijacking", func(t *testing.T) { t.Parallel(); hijacks(t, newApp) })
	t.Run("no policy", func(t *testing.T) { t.Parallel(); withoutPolicy(t, newApp) })
}

// Delayed is middleware outside the adapter that sends the head only after the handler, as
// compression does for a short body.
func Delayed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d := &delayedWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(d, r)
		w.WriteHeader(d.status)
		_, _ = d.body.WriteTo(w) // fails only where the client has gone
	})
}

type delayedWriter struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (d *delayedWriter) WriteHeader(status int)      { d.status = status }
func (d *delayedWriter) Write(p []byte) (int, error) { return d.body.Write(p) }

// lateWriters changes headers after the head was committed, while outer middleware sends
// the head later.
func lateWriters(t *testing.T, newApp New) {
	t.Helper()
	tamper := func(h http.Header) {
		h.Set("Access-Control-Allow-Origin", "https://evil.example")
		h.Set("Access-Control-Allow-Credentials", "true")
		h.Set("access-control-expose-headers", "x-secret")
		h["access-control-allow-origin"] = []string{"*"}
		h.Set("Vary", "Accept-Encoding")
	}
	outside := map[string]func(http.Handler) http.Handler{
		"compression":    Delayed,
		"TimeoutHandler": func(h http.Handler) http.Handler { return http.TimeoutHandler(h, time.Minute, "") },
		"nothing":        func(h http.Handler) http.Handler { return h },
	}
	handlers := map[string]http.HandlerFunc{
		"before":            func(w http.ResponseWriter, _ *http.Request) { tamper(w.Header()); _, _ = io.WriteString(w, "hello") },
		"after WriteHeader": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200); tamper(w.Header()) },
		"between": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(200)
			tamper(w.Header())
			_, _ = io.WriteString(w, "hello")
		},
		"after Write": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello"); tamper(w.Header()) },
		"after a panic": func(w http.ResponseWriter, _ *http.Request) {
			defer func() { _ = recover() }()
			w.WriteHeader(500)
			tamper(w.Header())
			panic("the test asks for it")
		},
	}
	for name, install := range map[string]func(App){
		"New":      func(app App) { app.Install(Policy("whole"), cors.Guard(cors.PolicyWins)) },
		"NewMount": func(app App) { app.InstallMount(Policy("whole")) },
	} {
		for place, around := range outside {
			for when, handler := range handlers {
				app := newApp()
				install(app)
				app.Handle(http.MethodGet, "/", handler)
				for _, page := range []string{"whole", "other"} {
					w := Ask(around(app), page, "GET", "/")
					var got []string
					for field, lines := range w.Header {
						if strings.HasPrefix(strings.ToLower(field), "access-control-") {
							got = append(got, fmt.Sprintf("%s: %q", field, lines))
						}
					}
					slices.Sort(got)
					want := []string{`Access-Control-Allow-Credentials: ["true"]`, `Access-Control-Allow-Origin: ["https://whole.example"]`}
					if page == "other" {
						want = nil
					}
					if !slices.Equal(got, want) || !strings.Contains(strings.Join(w.Header["Vary"], ","), "Origin") {
						t.Errorf("%s, %s outside, tampered with %s, for the page of %s: %q, Vary %q", name, place, when, page, got, w.Header["Vary"])
					}
				}
			}
		}
	}
}

// trailers checks that an upstream's trailers do not carry CORS headers or Vary.
func trailers(t *testing.T, newApp New) {
	t.Helper()
	for name, handler := range map[string]http.HandlerFunc{
		"announced": func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Trailer"] = []string{"Vary, Access-Control-Allow-Origin", "X-Sum, access-control-max-age"}
			_, _ = io.WriteString(w, "hello")
			w.Header().Set("Access-Control-Allow-Origin", "*")
			w.Header().Set("Vary", "X-Other")
			w.Header().Set("X-Sum", "42")
		},
		"late": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "hello")
			if f, ok := w.(http.Flusher); ok {
				f.Flush()
			}
			w.Header().Set(http.TrailerPrefix+"Access-Control-Allow-Origin", "*")
			w.Header().Set(http.TrailerPrefix+"Vary", "X-Other")
			w.Header().Set(http.TrailerPrefix+"X-Sum", "42")
		},
	} {
		app := newApp()
		app.Install(Policy("whole"), cors.Guard(cors.PolicyWins))
		app.Handle(http.MethodGet, "/", handler)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+Serve(t, app), nil)
		Must(t, err)
		r.Header.Set("Origin", Origin("whole"))
		w, err := http.DefaultClient.Do(r)
		Must(t, err)
		_, err = io.Copy(io.Discard, w.Body)
		Must(t, err, w.Body.Close())
		if !reads(t, w, "whole") || w.Header.Get("Vary") != "Origin" {
			t.Errorf("%s: the head has %v", name, w.Header)
		}
		if len(w.Trailer) != 1 || w.Trailer.Get("X-Sum") != "42" {
			t.Errorf("%s: the trailer has %v", name, w.Trailer)
		}
	}
}

// connect checks the response to a CONNECT, which WebTransport uses: its writer is not
// wrapped, but there is a decision.
func connect(t *testing.T, newApp New) {
	t.Helper()
	for name, install := range map[string]func(App){
		"New":      func(app App) { app.Install(Policy("whole", cors.EnforceAll), cors.Guard(cors.PolicyWins)) },
		"NewMount": func(app App) { app.InstallMount(Policy("whole", cors.EnforceAll)) },
	} {
		app, ran := newApp(), 0
		install(app)
		app.Handle(http.MethodConnect, "/session", func(w http.ResponseWriter, _ *http.Request) {
			ran++
			if adapt.GuardOf(w) != nil {
				t.Errorf("%s: the writer is wrapped", name)
			}
		})
		for page, status := range map[string]int{"whole": 200, "other": 403} {
			w := Ask(app, page, "CONNECT", "/session")
			if w.StatusCode != status || reads(t, w, page) != (page == "whole") {
				t.Errorf("%s: a CONNECT of the page of %s is answered with %d, %v", name, page, w.StatusCode, w.Header)
			}
		}
		if ran != 1 {
			t.Errorf("%s: the handler ran %d times", name, ran)
		}
	}
}

// h2c checks that a policy that enforces refuses to switch a connection to HTTP/2.
func h2c(t *testing.T, newApp New) {
	t.Helper()
	live := new0[cors.Live]()
	live.Store(Policy("whole", cors.EnforceUnsafe))
	// The paths and the origins of later requests on the connection are not known.
	part, err := cors.NewRoutes(map[string]cors.Decider{"/": Policy("whole"), "/group": Policy("group", cors.EnforceAll)})
	Must(t, err)
	mild, err := cors.NewRoutes(map[string]cors.Decider{"/": Policy("whole"), "/group": Policy("group"), "/off": nil})
	Must(t, err)
	for _, tt := range []struct {
		name    string
		install func(App)
		status  int
	}{
		{"New that enforces", func(app App) { app.Install(Policy("whole", cors.EnforceAll)) }, 403},
		{"New that enforces for unsafe methods", func(app App) { app.Install(live, cors.Guard(cors.PolicyWins)) }, 403},
		{"New", func(app App) { app.Install(Policy("whole")) }, 200},
		{"New with a function", func(app App) { app.Install(Observed(Policy("whole"))) }, 200},
		{"New with Routes of which one enforces", func(app App) { app.Install(part) }, 403},
		{"New with Routes in First in a wrapper", func(app App) { app.Install(Observed(cors.First(Policy("whole"), part, Policy("group")))) }, 403},
		{"New with First whose first enforces", func(app App) {
			app.Install(cors.First(Policy("whole", cors.EnforceAll), Policy("group")))
		}, 403},
		{"New with Routes", func(app App) { app.Install(mild) }, 200},
		{"a Mount whose group has Routes of which one enforces", func(app App) {
			Must(t, app.InstallMount(Policy("whole")).Group("/group", part))
		}, 403},
		{"a Mount whose group enforces", func(app App) {
			Must(t, app.InstallMount(Policy("whole")).Group("/group", Policy("group", cors.EnforceAll)))
		}, 403},
		{"a Mount", func(app App) { Must(t, app.InstallMount(Policy("whole")).Group("/group", Policy("group"))) }, 200},
	} {
		app := newApp()
		tt.install(app)
		app.Handle(http.MethodGet, "/", Named("hello"))
		app.Handle(http.MethodGet, "/group", Named("hello"))
		for _, upgrade := range []string{"h2c", "websocket, H2C"} {
			if w := Ask(app, "whole", "GET", "/", "Upgrade: "+upgrade, "Connection: Upgrade, HTTP2-Settings"); w.StatusCode != tt.status {
				t.Errorf("%s: Upgrade: %s is answered with %d, want %d", tt.name, upgrade, w.StatusCode, tt.status)
			}
		}
		if w := Ask(app, "whole", "GET", "/", "Upgrade: websocket", "Connection: Upgrade"); w.StatusCode != http.StatusOK {
			t.Errorf("%s: Upgrade: websocket is answered with %d", tt.name, w.StatusCode)
		}
		r := httptest.NewRequest("PRI", "/", nil)
		r.URL.Path, r.RequestURI = "*", "*"
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		if refused := w.Code == http.StatusForbidden; refused != (tt.status == http.StatusForbidden) {
			t.Errorf("%s: PRI * HTTP/2.0 is answered with %d", tt.name, w.Code)
		}
	}
}

// Observed returns d inside a wrapper that changes nothing.
func Observed(d cors.Decider) cors.Decider {
	return cors.Observe(d, func(cors.Request, cors.Decision) {})
}

// secondPass checks that the response has only the headers of the last decision.
func secondPass(t *testing.T, newApp New) {
	t.Helper()
	outer := cors.MustCompile(cors.Config{AllowOrigins: []string{Origin("whole"), Origin("group")}, AllowCredentials: true, ExposeHeaders: []string{"x-outer"}})
	inner := cors.MustCompile(cors.Config{AllowOrigins: []string{Origin("group")}})
	modes := map[string][]cors.Option{"no guard": nil, "PolicyWins": {cors.Guard(cors.PolicyWins)}, "HandlerWins": {cors.Guard(cors.HandlerWins)}}
	install := map[string]func(app App, d cors.Decider, opts []cors.Option){
		"New":      func(app App, d cors.Decider, opts []cors.Option) { app.Install(d, opts...) },
		"NewMount": func(app App, d cors.Decider, opts []cors.Option) { app.InstallMount(d, opts...) },
	}
	for outside, installOuter := range install {
		for inside, installInner := range install {
			for mode, opts := range modes {
				for innerMode, innerOpts := range modes {
					app := newApp()
					installOuter(app, outer, opts)
					installInner(app, inner, innerOpts)
					app.Handle(http.MethodGet, "/", Named("hello"))
					for page, want := range map[string]string{"group": `map[Access-Control-Allow-Origin:[https://group.example]]`, "whole": `map[]`} {
						w := Ask(app, page, "GET", "/")
						got := make(http.Header)
						for field, lines := range w.Header {
							if strings.HasPrefix(field, "Access-Control-") {
								got[field] = lines
							}
						}
						if fmt.Sprint(map[string][]string(got)) != want || w.Header["Vary"] == nil {
							t.Errorf("%s (%s) in %s (%s), for the page of %s: %v, want %s", inside, innerMode, outside, mode, page, got, want)
						}
					}
				}
			}
		}
	}
}

// withoutPolicy checks that a guard changes nothing if no policy is in force.
func withoutPolicy(t *testing.T, newApp New) {
	t.Helper()
	routes, err := cors.NewRoutes(map[string]cors.Decider{"/guarded/": Policy("whole")})
	Must(t, err)
	for name, install := range map[string]func(App){
		"New": func(app App) { app.Install(routes, cors.Guard(cors.PolicyWins)) },
		"NewMount": func(app App) {
			Must(t, app.InstallMount((*cors.Policy)(nil)).Group("/guarded", Policy("whole")))
		},
	} {
		app := newApp()
		install(app)
		app.Handle(http.MethodGet, "/own", Careless)
		app.Handle(http.MethodGet, "/guarded/own", Careless)
		for target, want := range map[string]string{"/own": "*", "/guarded/own": Origin("whole")} {
			if got := Ask(app, "whole", "GET", target).Header["Access-Control-Allow-Origin"]; !slices.Equal(got, []string{want}) {
				t.Errorf("%s, %s: Access-Control-Allow-Origin %q, want %q", name, target, got, want)
			}
		}
	}
}
