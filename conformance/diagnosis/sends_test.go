package diagnosis_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/diagnosis"
)

// rewrites is a server that sends the lines of a cause in its answers: to preflights, or to
// all other requests. A line replaces what the server had sent of that name.
func rewrites(next http.Handler, preflights bool, sends []string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if preflights != (r.Method == http.MethodOptions) {
			next.ServeHTTP(w, r)
			return
		}
		got := httptest.NewRecorder()
		func() {
			defer func() { _ = recover() }() // of a server that hangs up
			next.ServeHTTP(got, r)
		}()
		status := got.Code
		for _, line := range sends {
			name, value, found := strings.Cut(line, ": ")
			if found {
				got.Header().Set(name, value)
			} else {
				status, _ = strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(line, "(status "), ")"))
			}
		}
		for name, values := range got.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(status)
	})
}

// The header lines that a cause names are enough, literally: a response with these lines
// passes the browser's check that failed.
func TestSendsAreEnough(t *testing.T) {
	t.Parallel()
	both := browser.Request{Method: "PUT", Header: []browser.Field{field("X-A", "1"), field("Authorization", "a")}}
	cookies := both
	cookies.Credentials = browser.Include
	all := strangers()
	const origin = "Access-Control-Allow-Origin: "
	all["neither methods nor headers"] = strange{settings: settings(origin + app), request: both}
	all["methods and headers of * and cookies"] = strange{settings: settings(origin+app, "Access-Control-Allow-Credentials: true", "Access-Control-Allow-Methods: *", "Access-Control-Allow-Headers: *"), request: cookies}
	all["methods and headers of *"] = strange{settings: settings(origin+app, "Access-Control-Allow-Methods: *", "Access-Control-Allow-Headers: *"), request: both}
	all["malformed methods, and no headers"] = strange{settings: settings(origin+app, "Access-Control-Allow-Methods: PUT GET"), request: both}
	all["two layers of a preflight"] = strange{settings: settings(origin+app, origin+app), request: both}
	all["twice true, of a preflight"] = strange{settings: settings(origin+app, "Access-Control-Allow-Credentials: true, true"), request: cookies}
	all["a sandboxed frame, preflighted"] = strange{settings: settings(origin + app), origin: "null", request: both}
	all["a failing preflight"] = strange{settings: settings2(answers(options, 500)), request: cookies}
	for name, s := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := s.examined(t, "")
			if before.Verdict.Allowed || len(before.Causes[0].Sends) == 0 || before.Causes[0].Kind == diagnosis.CacheWithoutVary {
				return // a cache has to forget first
			}
			c, last := before.Causes[0], before.Verdict.Exchanges[len(before.Verdict.Exchanges)-1]
			if c.Kind == diagnosis.RedirectToLogin { // which is the answer before the last one
				last = before.Verdict.Exchanges[0]
			}
			if c.Kind == diagnosis.MethodNotListed && strings.ToUpper(s.request.Method) != s.request.Method {
				s.request.Method = strings.ToUpper(s.request.Method) // in the script
			}
			outside := s.outside
			s.outside = func(next http.Handler) http.Handler {
				if outside != nil {
					next = outside(next)
				}
				return rewrites(next, last.Preflight, c.Sends)
			}
			after := s.examined(t, "")
			if n := len(after.Verdict.Exchanges); !after.Verdict.Allowed && after.Verdict.Exchanges[n-1].Preflight == last.Preflight {
				t.Errorf("%s sends %q, and then: %s", c.Kind, c.Sends, after.Verdict.Message)
			}
		})
	}
}

// Where the script is wrong, no server's settings are named that would make the wrong work.
func TestScripts(t *testing.T) {
	t.Parallel()
	const origin = "Access-Control-Allow-Origin: "
	response := browser.Request{Header: []browser.Field{field("Access-Control-Allow-Origin", "*")}}
	for name, test := range map[string]struct {
		strange
		says, code string // code is in all changes; "" is for none
	}{
		"a listed method in lower case":                     {strange{settings: allows().around, request: browser.Request{Method: "patch"}}, "PATCH in the script", ""},
		"a method in lower case, any allowed":               {strange{settings: settings(origin+app, "Access-Control-Allow-Methods: *"), request: browser.Request{Method: "patch"}}, "", ""},
		"a method in lower case, not listed":                {strange{settings: settings(origin+app, "Access-Control-Allow-Methods: PUT"), request: browser.Request{Method: "patch"}}, "PATCH in the script", "PATCH"},
		"a listed method in lower case, refused as a whole": {strange{settings: strict(204, "", "PATCH"), request: browser.Request{Method: "patch"}}, "PATCH in the script", ""},
		"a header of responses, refused as a whole":         {strange{settings: strict(403, ""), request: response}, "Only servers send this header", ""},
		"a header of responses":                             {strange{settings: allows().around, request: response}, "Only servers send this header", ""},
		"one and another, which is listed":                  {strange{settings: allows().around, request: browser.Request{Header: append(response.Header, field("X-A", "1"))}}, "Only servers send this header", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := test.examined(t, "")
			if test.says == "" && d.Verdict.Allowed {
				return
			}
			if len(d.Causes) != 1 || !strings.Contains(d.Causes[0].What, test.says) {
				t.Fatalf("%+v", d.Causes)
			}
			c := d.Causes[0]
			if test.code == "" && len(c.Changes())+len(c.Sends) > 0 {
				t.Errorf("changes %+v, sends %q", c.Changes(), c.Sends)
			}
			for _, change := range c.Changes() {
				if !strings.Contains(change.Code, test.code) || strings.Contains(change.Code, "patch") {
					t.Errorf("%s: %s", change.System, change.Code)
				}
			}
		})
	}
}

// Browsers refuse some ports before they connect, so what answers there does not matter.
func TestUnsafePort(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(allows().around(sends(200)))
	defer server.Close()
	for port, want := range map[string]bool{"6000": true, "10080": true, "8080": false, "443": false} {
		client := &browser.Client{Origin: app, Resolve: func(string) string { return server.Listener.Addr().String() }}
		d, err := diagnosis.Of(t.Context(), client, browser.Request{URL: "http://localhost:" + port + "/"})
		if err != nil {
			t.Fatal(err)
		}
		got := len(d.Causes) > 0 && d.Causes[0].Kind == diagnosis.NotAllowedAnywhere && strings.Contains(d.Causes[0].What, port)
		if got != want || d.Blocked() != want {
			t.Errorf("%s: %+v", port, d.Causes)
		}
	}
}
