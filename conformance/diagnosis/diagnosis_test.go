package diagnosis_test

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/diagnosis"
	"github.com/crossgate/cors/conformance/internal/rawserver"
	"github.com/crossgate/cors/conformance/pasted"
	cors "github.com/crossgate/cors/core"
)

const app = "https://app.example.com"

// layer is CORS middleware with a list of one origin, like that of many libraries.
type layer struct {
	origin, methods, headers string
	credentials, noVary      bool
	preflight                int  // its status; 0 leaves OPTIONS to the handler
	quiet                    bool // nothing is sent to other origins
}

func (l layer) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		ok := l.origin == "*" || r.Header.Get("Origin") == l.origin
		if !l.noVary && (ok || !l.quiet) {
			h.Add("Vary", "Origin")
		}
		if ok {
			h.Add("Access-Control-Allow-Origin", l.origin)
			if l.credentials {
				h.Set("Access-Control-Allow-Credentials", "true")
			}
		}
		if r.Method == http.MethodOptions && l.preflight != 0 {
			if ok {
				h.Set("Access-Control-Allow-Methods", l.methods)
				h.Set("Access-Control-Allow-Headers", l.headers)
			}
			w.WriteHeader(l.preflight)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// onlyPreflights applies CORS only to OPTIONS.
func (l layer) onlyPreflights(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodOptions {
			l.around(next).ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// refusing answers 403 to every request with an Origin, without CORS headers.
func refusing(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Origin") != "" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func sends(status int, lines ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for _, line := range lines {
			name, value, _ := strings.Cut(line, ": ")
			w.Header().Add(name, value)
		}
		w.WriteHeader(status)
	})
}

// authenticated answers 401 before next if there are no credentials.
func authenticated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			w.Header().Set("WWW-Authenticate", "Bearer")
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func get(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodOptions {
			w.Header().Set("Allow", "GET, PUT")
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func TestCauses(t *testing.T) {
	t.Parallel()
	ok := sends(200)
	whole := layer{origin: app, methods: "PUT, DELETE", headers: "x-a", credentials: true, preflight: 204}
	other := whole
	other.origin = "https://other.example.com"
	quiet := other
	quiet.quiet = true
	put := browser.Request{Method: "PUT"}
	with := func(r browser.Request, mode browser.Credentials, header ...browser.Field) browser.Request {
		r.Credentials, r.Header = mode, header
		return r
	}
	field := browser.Field{Name: "X-Debug", Value: "1"}
	for name, test := range map[string]struct {
		handler http.Handler
		request browser.Request
		origin  string
		want    diagnosis.Kind
		certain bool
		shows   string // in the evidence or in what is said
	}{
		"a right server":                                  {whole.around(ok), put, "", "", false, ""},
		"an origin that is not listed":                    {other.around(ok), put, "", diagnosis.OriginNotListed, true, "CORS settings"},
		"an origin that is not listed, of a GET":          {other.around(ok), browser.Request{}, "", diagnosis.OriginNotListed, true, "CORS settings"},
		"an origin that is not listed, with 403":          {layer{origin: "x", preflight: 403}.around(ok), put, "", diagnosis.OriginNotListed, true, "status 403"},
		"an origin that is not listed, and nothing shows": {quiet.around(ok), put, "", diagnosis.OriginNotListed, false, "or nobody is"},
		"an origin that is refused with 403 everywhere": {http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if o := r.Header.Get("Origin"); o != "" {
				w.WriteHeader(http.StatusForbidden)
			}
		}), put, "", diagnosis.OriginNotListed, true, "one without an Origin gets 200"},
		"another origin, to everybody":        {sends(200, "Access-Control-Allow-Origin: https://other.example.com"), browser.Request{}, "", diagnosis.OriginNotListed, true, "this one origin"},
		"no CORS at all, and a router":        {get(ok), put, "", diagnosis.NoCORS, false, "Allow: GET, PUT"},
		"no answer to OPTIONS":                {get(layer{origin: app}.around(ok)), put, "", diagnosis.PreflightUnanswered, true, "A GET with this Origin gets"},
		"CORS outside, 405 inside":            {layer{origin: app}.around(get(ok)), put, "", diagnosis.PreflightUnanswered, true, "status 405"},
		"authentication before CORS":          {authenticated(whole.around(ok)), put, "", diagnosis.AuthenticationFirst, true, "WWW-Authenticate: Bearer"},
		"authentication inside CORS":          {layer{origin: app}.around(authenticated(ok)), put, "", diagnosis.AuthenticationFirst, true, "status 401"},
		"a redirected preflight":              {sends(302, "Location: /login?next=%2Fitems"), put, "", diagnosis.RedirectToLogin, true, "preflight's answer"},
		"a redirect to a login":               {whole.around(sends(302, "Location: https://localhost:1/sso/authorize")), browser.Request{}, "", diagnosis.RedirectToLogin, true, "Redirect 1"},
		"a slash":                             {sends(301, "Location: /items/"), put, "", diagnosis.RedirectSlash, true, "Location: http://"},
		"a slash, of a GET":                   {sends(308, "Location: /items/"), browser.Request{}, "", diagnosis.RedirectSlash, true, ""},
		"a redirect to https":                 {sends(301, "Location: https://127.0.0.1:1/items"), put, "", diagnosis.RedirectElsewhere, true, "same path at another origin"},
		"an error that CORS does not cover":   {layer{origin: app, methods: "PUT", preflight: 204}.onlyPreflights(sends(404)), put, "", diagnosis.ResponseNotCovered, true, "status 404"},
		"a response that CORS does not cover": {layer{origin: app, methods: "PUT", preflight: 204}.onlyPreflights(ok), put, "", diagnosis.ResponseNotCovered, true, "status 200"},
		"a handler that writes another origin": {layer{origin: app, methods: "PUT", preflight: 204}.onlyPreflights(sends(200, "Access-Control-Allow-Origin: https://b.example.com")), put, "",
			diagnosis.TwoLayers, false, "The preflight is allowed"},
		"authentication with 403":                  {sends(403), put, "", diagnosis.AuthenticationFirst, false, "Without an Origin, a GET gets status 403"},
		"an unlisted origin before authentication": {refusing(authenticated(ok)), put, "", diagnosis.OriginNotListed, false, "Without an Origin, a GET gets status 401"},
		"a redirect to sign_in":                    {sends(302, "Location: /users/sign_in"), put, "", diagnosis.RedirectToLogin, true, ""},
		"a redirect that comes back":               {sends(302, "Location: https://localhost:1/x?return_to=%2Fitems"), put, "", diagnosis.RedirectToLogin, true, ""},
		"a slash, by a server behind a proxy":      {sends(301, "Location: https://127.0.0.1/items/"), put, "", diagnosis.RedirectSlash, true, ""},
		"any other redirect":                       {sends(302, "Location: https://localhost:1/a.json"), browser.Request{}, "", diagnosis.RedirectElsewhere, true, "Redirect 1"},
		"two layers":                               {layer{origin: app}.around(whole.around(ok)), browser.Request{}, "", diagnosis.TwoLayers, true, ", and Access-Control-Allow-Origin: https://"},
		"two layers that a proxy joins":            {sends(200, "Access-Control-Allow-Origin: "+app+", "+app), browser.Request{}, "", diagnosis.TwoLayers, true, ""},
		"a list in one line":                       {sends(200, "Access-Control-Allow-Origin: "+app+", https://b.example.com"), browser.Request{}, "", diagnosis.OriginMisspelt, true, "holds a list"},
		"a slash in the header":                    {sends(200, "Access-Control-Allow-Origin: "+app+"/"), browser.Request{}, "", diagnosis.OriginMisspelt, true, app + "/"},
		"a host alone in the header":               {sends(200, "Access-Control-Allow-Origin: app.example.com"), browser.Request{}, "", diagnosis.OriginMisspelt, true, ""},
		"no Vary":                                  {layer{origin: app, noVary: true}.around(ok), browser.Request{}, "", diagnosis.CacheWithoutVary, true, "Vary does not"},
		"a cache that mixed origins up":            {sends(200, "Access-Control-Allow-Origin: https://b.example.com", "Age: 12", "Via: 1.1 varnish"), browser.Request{}, "", diagnosis.CacheWithoutVary, false, "Age: 12"},
		"one fixed origin needs none":              {sends(200, "Access-Control-Allow-Origin: "+app), browser.Request{}, "", "", false, ""},
		"a method":                                 {whole.around(ok), browser.Request{Method: "PATCH"}, "", diagnosis.MethodNotListed, true, "PUT, DELETE"},
		"a header":                                 {whole.around(ok), with(put, "", field), "", diagnosis.HeaderNotListed, true, "x-debug"},
		"a malformed list":                         {layer{origin: app, methods: "PUT;DELETE", preflight: 204}.around(ok), put, "", diagnosis.ListMalformed, true, "PUT;DELETE"},
		"* with credentials":                       {layer{origin: "*", methods: "PUT", preflight: 204}.around(ok), with(put, browser.Include), "", diagnosis.WildcardWithCredentials, true, ""},
		"credentials that are not allowed": {layer{origin: app, methods: "PUT", preflight: 204}.around(ok), with(put, browser.Include), "",
			diagnosis.CredentialsNotAllowed, true, "no Access-Control-Allow-Credentials"},
		"a bad gateway":     {sends(502, "Server: cloudflare", "CF-Ray: 1"), browser.Request{}, "", diagnosis.ProxyFailed, false, "Server: cloudflare"},
		"an error":          {sends(500), browser.Request{}, "", diagnosis.ServerFailed, false, "status 500"},
		"a sandboxed frame": {whole.around(ok), browser.Request{}, "null", diagnosis.OpaqueOrigin, true, ""},
		"a cookie for its own site": {layer{origin: app, credentials: true}.around(sends(200, "Set-Cookie: sid=1; Path=/; SameSite=Lax")), with(browser.Request{}, browser.Include), "",
			diagnosis.CookiesKept, true, "The cookie sid"},
		"a cookie for all": {layer{origin: app, credentials: true}.around(sends(200, "Set-Cookie: sid=1; SameSite=None; Secure")), with(browser.Request{}, browser.Include), "", "", false, ""},
		"nobody signed in, from another site": {layer{origin: app, credentials: true}.around(sends(401)), with(browser.Request{}, browser.Include), "",
			diagnosis.CookiesKept, false, "another site"},
		"what no script may send": {whole.around(ok), browser.Request{Method: "TRACE"}, "", diagnosis.NotAllowedAnywhere, true, "unsupported"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(test.handler)
			defer server.Close()
			request := test.request
			request.URL = server.URL + "/items"
			client := &browser.Client{Origin: app, Engine: browser.Chromium()}
			if test.origin != "" {
				client.Origin = test.origin
			}
			d, err := diagnosis.Of(t.Context(), client, request)
			if err != nil {
				t.Fatal(err)
			}
			causes := slices.DeleteFunc(slices.Clone(d.Causes), func(c diagnosis.Cause) bool { return c.Kind == diagnosis.LocalNetwork })
			if test.want == "" {
				if len(causes) > 0 || d.Blocked() {
					t.Fatalf("it finds %+v", causes)
				}
				return
			}
			if len(causes) == 0 {
				t.Fatalf("it finds nothing: %+v", d.Verdict.Failure)
			}
			c := causes[0]
			text := c.What + strings.Join(c.Evidence, "\n")
			if n := len(d.Verdict.Exchanges); c.Kind == diagnosis.OriginNotListed && d.Verdict.Exchanges[n-1].Preflight &&
				!slices.Contains(c.Sends, "Access-Control-Allow-Methods: PUT") {
				t.Errorf("a preflight must be answered with more than %q", c.Sends)
			}
			if c.Kind != test.want || c.Certain != test.certain || !strings.Contains(text, test.shows) {
				t.Errorf("got %s, certain %t, %s; want %s, %t, %q", c.Kind, c.Certain, text, test.want, test.certain, test.shows)
			}
			if d.Blocked() == d.Verdict.Allowed {
				t.Errorf("blocked %t, and the model says allowed %t", d.Blocked(), d.Verdict.Allowed)
			}
		})
	}
}

// An API's own path may look like a login page's. The target of a redirect counts.
func TestLoginsByPath(t *testing.T) {
	t.Parallel()
	for path, test := range map[string]struct {
		location string
		want     diagnosis.Kind
	}{
		"/api/session":    {"/login", diagnosis.RedirectToLogin},
		"/auth/me":        {"/auth/login", diagnosis.RedirectToLogin},
		"/auth/me/":       {"/auth/me", diagnosis.RedirectSlash},
		"/items":          {"https://login.localhost:1/items", diagnosis.RedirectToLogin},
		"/login":          {"https://localhost:1/login", diagnosis.RedirectElsewhere},
		"/blog":           {"/blog-in-depth", diagnosis.RedirectElsewhere},
		"/authors":        {"/authors/list", diagnosis.RedirectElsewhere},
		"/items?page=2":   {"/items/?page=2", diagnosis.RedirectSlash},
		"/items?page=two": {"/items/?page=2", diagnosis.RedirectElsewhere},
	} {
		server := httptest.NewServer(sends(302, "Location: "+test.location))
		d, err := diagnosis.Of(t.Context(), &browser.Client{Origin: app}, browser.Request{Method: "PUT", URL: server.URL + path})
		if err != nil || d.Causes[0].Kind != test.want {
			t.Errorf("%s to %s: %+v, %v, want %s", path, test.location, d.Causes[0], err, test.want)
		}
		server.Close()
	}
}

// Probes are safe: they use only GET and OPTIONS, and send no cookie and no Authorization.
func TestQuestionsAreSafe(t *testing.T) {
	t.Parallel()
	var posts int
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodPost:
			posts++
		case http.MethodGet, http.MethodOptions:
			if r.Header.Get("Cookie") != "" || r.Header.Get("Authorization") != "" {
				t.Error("a question has credentials")
			}
		default:
			t.Errorf("a question with %s", r.Method)
		}
	}))
	defer server.Close()
	_, err := diagnosis.Of(t.Context(), &browser.Client{Origin: app, Cookie: "a=b"}, browser.Request{Method: "POST", URL: server.URL, Credentials: browser.Include})
	if err != nil || posts != 1 {
		t.Errorf("%v; %d POSTs", err, posts)
	}
}

// Addresses are enough to find mixed content and Local Network Access.
func TestBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	client := &browser.Client{Origin: app, Resolve: func(string) string { return "127.0.0.1:1" }}
	safari := &browser.Client{Origin: app, Engine: browser.WebKit(), Resolve: client.Resolve}
	d, err := diagnosis.Of(t.Context(), safari, browser.Request{URL: "http://localhost:8080/"})
	if err != nil || d.Causes[0].Kind != diagnosis.MixedContent || !d.Causes[0].Blocks {
		t.Errorf("WebKit, to this machine: %+v, %v", d.Causes, err)
	}
	for target, want := range map[string]diagnosis.Kind{
		"http://api.example.com/":  diagnosis.MixedContent,
		"https://api.example.com/": diagnosis.NoResponse,
		"http://192.168.1.5/":      diagnosis.MixedContent,
		"http://127.0.0.1/":        diagnosis.NoResponse,
	} {
		d, err := diagnosis.Of(t.Context(), client, browser.Request{URL: target})
		if err != nil || d.Causes[0].Kind != want {
			t.Errorf("%s: %+v, %v, want %s", target, d.Causes, err, want)
		}
		last := d.Causes[len(d.Causes)-1]
		local := strings.Contains(target, "192.") || strings.Contains(target, "127.")
		if (last.Kind == diagnosis.LocalNetwork && !last.Blocks) != local {
			t.Errorf("%s: %+v", target, last)
		}
	}
}

// If Chromium does not send a request to this machine, the diagnosis says whether an http
// page or the user's permission is the reason.
func TestLocalNetworkAccess(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(layer{origin: "*"}.around(sends(200)))
	defer server.Close()
	for origin, says := range map[string]string{app: "ask the user", "http://app.example.com": "Serve the page with https"} {
		client := &browser.Client{Origin: origin, Engine: browser.Chromium(), AddressSpace: browser.Public}
		d, err := diagnosis.Of(t.Context(), client, browser.Request{URL: server.URL})
		if err != nil || d.Causes[0].Kind != diagnosis.LocalNetwork || !d.Causes[0].Blocks || !strings.Contains(d.Causes[0].What, says) || !strings.Contains(d.Causes[0].Evidence[0], "loopback") {
			t.Errorf("%s: %+v, %v", origin, d.Causes, err)
		}
	}
}

// A name counts as its address: the machine's own name is in this machine or network.
func TestNamesOfPrivateAddresses(t *testing.T) {
	t.Parallel()
	name, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	addrs, err := net.DefaultResolver.LookupNetIP(t.Context(), "ip", name)
	if err != nil || len(addrs) == 0 || browser.AddressSpaceOf(addrs[0]) == browser.Public {
		t.Skipf("the machine's name %s has no private address: %v, %v", name, addrs, err)
	}
	for given, want := range map[string]*browser.Client{
		"asked":       {Origin: app},
		"given":       {Origin: app, Resolve: func(string) string { return "127.0.0.1:1" }},
		"a near page": {Origin: "http://localhost:3000"},
	} {
		d, err := diagnosis.Of(t.Context(), want, browser.Request{URL: "https://" + name + ":1/"})
		noted := slices.ContainsFunc(d.Causes, func(c diagnosis.Cause) bool {
			return c.Kind == diagnosis.LocalNetwork && strings.Contains(c.Evidence[0], addrs[0].Unmap().String())
		})
		if err != nil || noted != (given == "asked") {
			t.Errorf("%s: %+v, %v", given, d.Causes, err)
		}
	}
}

// Servers with a numeric address, with TLS and only HTTP/2, and with a certificate that
// nobody trusts.
func TestConnections(t *testing.T) {
	t.Parallel()
	right := allows().around(sends(200))
	six, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Fatal(err)
	}
	literal := &http.Server{Handler: right, ReadHeaderTimeout: time.Minute}
	go func() { _ = literal.Serve(six) }()
	defer func() { _ = literal.Close() }()
	two := httptest.NewUnstartedServer(right)
	two.EnableHTTP2, two.TLS = true, &tls.Config{NextProtos: []string{"h2"}, MinVersion: tls.VersionTLS12}
	two.Config.ErrorLog = log.New(io.Discard, "", 0)
	two.StartTLS()
	defer two.Close()
	trust := x509.NewCertPool()
	trust.AddCert(two.Certificate())
	for target, test := range map[string]struct {
		tls  *tls.Config
		want diagnosis.Kind
	}{
		"http://" + six.Addr().String() + "/": {nil, ""},
		two.URL + "/trusted":                  {&tls.Config{RootCAs: trust, MinVersion: tls.VersionTLS12}, ""},
		two.URL + "/untrusted":                {nil, diagnosis.NoResponse},
	} {
		d, err := diagnosis.Of(t.Context(), &browser.Client{Origin: app, TLS: test.tls}, browser.Request{Method: "PUT", URL: target})
		if err != nil {
			t.Fatal(err)
		}
		got := diagnosis.Kind("")
		if d.Causes[0].Kind != diagnosis.LocalNetwork { // all are on loopback
			got = d.Causes[0].Kind
		}
		if got != test.want || d.Blocked() != (test.want != "") {
			t.Errorf("%s: %+v", target, d.Causes)
		}
	}
}

// Every cause that settings can fix has a change for every system, with the values of the
// request. A value that a language could interpret is not written into code.
func TestChanges(t *testing.T) {
	t.Parallel()
	m := pasted.Message{Engine: "chromium", Codes: []browser.Code{browser.PreflightMissingAllowOriginHeader}, Origin: app}
	asked := diagnosis.Asked{Method: "PUT", Headers: []string{"x-a", "authorization"}, Credentials: true}
	for _, c := range diagnosis.OfMessage(m, asked) {
		changes := c.Changes()
		if c.Kind == diagnosis.ProxyFailed {
			continue
		}
		if len(changes) < len(diagnosis.Systems()) {
			t.Errorf("%s: %d changes", c.Kind, len(changes))
		}
		for _, change := range changes {
			for _, part := range []string{app, "PUT", "x-a", "authorization"} {
				if !strings.Contains(change.Code, part) {
					t.Errorf("%s, %s: no %s in %s", c.Kind, change.System, part, change.Code)
				}
			}
		}
	}
	for _, bad := range []diagnosis.Asked{
		{Origin: "https://a'b.example", Method: "GET"}, {Origin: app, Method: "X`id`"}, {Origin: app, Method: "GET", Headers: []string{"x-$h"}},
	} {
		m.Origin = bad.Origin
		for _, c := range diagnosis.OfMessage(m, bad) {
			if len(c.Changes()) > 0 {
				t.Errorf("%+v gets code: %v", bad, c.Changes())
			}
		}
	}
}

// Every error that Chromium names has a cause, and every cause has a sentence.
func TestEveryCodeHasACause(t *testing.T) {
	t.Parallel()
	for _, code := range codes() {
		causes := diagnosis.OfMessage(pasted.Message{Codes: []browser.Code{code}}, diagnosis.Asked{Origin: app, Method: "PUT"})
		if len(causes) == 0 {
			t.Errorf("%s has no cause", code)
		}
		for _, c := range causes {
			if c.What == "" || c.Kind == diagnosis.NoResponse {
				t.Errorf("%s: %s has no sentence, or no cause", code, c.Kind)
			}
		}
	}
}

func codes() []browser.Code {
	all := []browser.Code{
		browser.PreflightInvalidStatus, browser.PreflightDisallowedRedirect, browser.InvalidAllowMethodsPreflightResponse,
		browser.InvalidAllowHeadersPreflightResponse, browser.MethodDisallowedByPreflightResponse, browser.HeaderDisallowedByPreflightResponse,
		browser.RedirectContainsCredentials, browser.CorsDisabledScheme, browser.LocalNetworkAccessPermissionDenied, browser.InsecureLocalNetwork,
	}
	for _, code := range []browser.Code{
		browser.WildcardOriginNotAllowed, browser.MissingAllowOriginHeader, browser.MultipleAllowOriginValues, browser.InvalidAllowOriginValue,
		browser.AllowOriginMismatch, browser.InvalidAllowCredentials,
	} {
		all = append(all, code, "Preflight"+code)
	}
	return all
}

// FuzzHostile: for any answer of a server, the diagnosis succeeds and ends.
func FuzzHostile(f *testing.F) {
	f.Add("HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: " + app + "\r\n\r\nok")
	f.Add("HTTP/1.1 302 Found\r\nLocation: \x1b[31m\r\n\r\n")
	f.Add("HTTP/1.1 301 Found\r\nLocation: //\r\nLocation: /x/\r\n\r\n")
	f.Add("HTTP/1.1 401 No\r\nWWW-Authenticate: \xff\r\nVary: *\r\n\r\n")
	f.Add("HTTP/1.1 103 x\r\n\r\nHTTP/1.1 200\r\nSet-Cookie: ;;=\r\nAccess-Control-Allow-Origin: " + app + "\r\nAccess-Control-Allow-Credentials: true\r\n\r\n")
	f.Fuzz(func(t *testing.T, raw string) {
		target := rawserver.Start(t, raw, "")
		for _, request := range []browser.Request{
			{URL: target, Credentials: browser.Include}, {URL: target, Method: "PUT", Header: []browser.Field{{Name: "X-A", Value: "1"}}},
		} {
			d, err := diagnosis.Of(t.Context(), &browser.Client{
				Origin: app, Engine: browser.Chromium(), BodyLimit: 1 << 10,
				Resolve: func(string) string { return strings.TrimSuffix(strings.TrimPrefix(target, "http://"), "/items") }, // wherever a redirect goes
			}, request)
			if err != nil {
				t.Fatal(err)
			}
			if !d.Verdict.Allowed && len(d.Causes) == 0 {
				t.Errorf("blocked, and no cause: %+v", d.Verdict.Failure)
			}
			for _, c := range d.Causes {
				_ = fmt.Sprint(c.What, c.Changes())
			}
		}
	})
}

// Every cause has a title and a fix, and the code of every change contains its line.
func TestKinds(t *testing.T) {
	t.Parallel()
	asked := diagnosis.Asked{Origin: app, Method: "PUT", Headers: []string{"x-a"}, Credentials: true}
	for _, kind := range diagnosis.Kinds() {
		cause := diagnosis.Describe(kind, asked)
		if kind.Title() == "" || kind.Fix() == "" || cause.What == "" {
			t.Errorf("%s has no words", kind)
		}
		for _, change := range cause.Changes() {
			for line := range strings.Lines(change.Line) {
				code, _, _ := strings.Cut(strings.TrimSpace(line), " // ")
				if change.Action != diagnosis.First && !strings.Contains(change.Code, code) {
					t.Errorf("%s, %s: %q is not in %s", kind, change.System, code, change.Code)
				}
			}
		}
	}
	for _, code := range codes() {
		for _, kind := range diagnosis.ByCode(code) {
			if !slices.Contains(diagnosis.Kinds(), kind) {
				t.Errorf("%s is not among all kinds", kind)
			}
		}
	}
}

// The code for Crossgate compiles and allows the request, for every origin that a page can
// have.
func TestCrossgateCompiles(t *testing.T) {
	t.Parallel()
	for _, origin := range []string{
		app, "http://app.example.com", "http://localhost:3000", "http://[::1]:8080", "http://192.168.1.5:8080", "null", "file://",
		"tauri://localhost", "capacitor://localhost", "app://.", "chrome-extension://abcdefghijklmnopabcdefghijklmnop", "https://user.github.io",
	} {
		for _, credentials := range []bool{false, true} {
			for _, method := range []string{"", "GET", "PUT", "patch", "QUERY"} {
				a := diagnosis.Asked{Origin: origin, Method: method, Headers: []string{"authorization", "x-a"}, Credentials: credentials}
				c := diagnosis.CrossgateConfig(a)
				p, err := cors.Compile(c)
				if err != nil {
					t.Errorf("%+v: %v", a, err)
					continue
				}
				asked := cors.Request{Method: "OPTIONS", Origin: origin, RequestMethod: cmp.Or(method, "GET"), RequestHeaders: "authorization,x-a"}
				if d := p.Decide(t.Context(), asked); d.Reason() != cors.Allowed {
					t.Errorf("%+v: %s", a, p.Explain(t.Context(), asked))
				}
				code := diagnosis.Describe(diagnosis.OriginNotListed, a).Changes()[0].Code
				for _, danger := range []string{"NullOrigin", "FileOrigin", "InsecureOrigins"} {
					if set := reflect.ValueOf(c.Dangerously).FieldByName(danger).Bool(); set != strings.Contains(code, danger) {
						t.Errorf("%+v: %s is %t, and the code is %s", a, danger, set, code)
					}
				}
				if c.AllowCredentials != strings.Contains(code, "AllowCredentials") {
					t.Errorf("%+v: %s", a, code)
				}
			}
		}
	}
}

// Evidence is short, however much a server sends.
func TestEvidenceIsShort(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"Access-Control-Allow-Origin: https://b.example.com\r\n", "Location: /x/\r\n", "Set-Cookie: a=b\r\n"} {
		target := rawserver.Start(t, "HTTP/1.1 302 Found\r\n"+strings.Repeat(line, 3000)+"\r\n", "")
		d, err := diagnosis.Of(t.Context(), &browser.Client{Origin: app}, browser.Request{URL: target, Credentials: browser.Include})
		if err != nil || len(d.Causes) == 0 {
			t.Fatalf("%+v, %v", d, err)
		}
		for _, c := range d.Causes {
			if n := len(strings.Join(c.Evidence, "")); n > 4000 {
				t.Errorf("%d bytes of evidence from lines of %s", n, line)
			}
		}
	}
}

// A console's message may not contain the page or the method. Then what the server must
// send has no empty values.
func TestNothingAsked(t *testing.T) {
	t.Parallel()
	for _, kind := range diagnosis.Kinds() {
		c := diagnosis.Describe(kind, diagnosis.Asked{})
		for _, line := range c.Sends {
			if strings.HasSuffix(line, ": ") {
				t.Errorf("%s: the line %q has no value", kind, line)
			}
		}
		if strings.Contains(c.What, "  ") || strings.Contains(c.What, " .") {
			t.Errorf("%s: %q has an empty place", kind, c.What)
		}
	}
}
