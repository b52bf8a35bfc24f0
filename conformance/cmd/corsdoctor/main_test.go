package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

const origin = "https://app.example.com"

// right decides like an adapter: it joins the lines of Origin.
func right(w http.ResponseWriter, r *http.Request) {
	r.Header.Set("Origin", strings.Join(r.Header.Values("Origin"), ", "))
	healthy(w, r)
}

// healthy decides like an adapter, but by the first of several Origin lines.
func healthy(w http.ResponseWriter, r *http.Request) {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{origin}, AllowCredentials: true, AllowMethods: []string{"PUT"}})
	d := policy.Decide(r.Context(), cors.Request{
		Method: r.Method, Origin: r.Header.Get("Origin"),
		RequestMethod: r.Header.Get("Access-Control-Request-Method"), RequestHeaders: r.Header.Get("Access-Control-Request-Headers"),
	})
	for name, value := range d.Headers() {
		w.Header().Add(name, value)
	}
	if d.Status() != 0 {
		w.WriteHeader(d.Status())
	}
}

// sends answers every request with the given headers.
func sends(status int, lines ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, line := range lines {
			name, value, _ := strings.Cut(line, ": ")
			w.Header().Add(name, strings.ReplaceAll(value, "$origin", r.Header.Get("Origin")))
		}
		w.WriteHeader(status)
	}
}

func TestDiagnoses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		args    []string
		exit    int
		says    []string
		silent  []string
	}{
		"a right server": {right, []string{"-method", "PUT", "-credentials", "include"}, exitHealthy,
			[]string{"ALLOWED: a page of https://app.example.com gets the response, status 200.", "> OPTIONS /items HTTP/1.1", "< Vary: Origin", "Nothing else is wrong"}, []string{"DANGER", "cause:"}},
		"an origin that is not allowed": {healthy, []string{"-origin", "https://other.example"}, exitIll,
			[]string{"BLOCKED: Access to fetch at 'http://", "No 'Access-Control-Allow-Origin'", "cause: origin-not-listed: The server does not list https://other.example", "send: Access-Control-Allow-Origin: https://other.example"}, nil},
		"a method that is not allowed": {healthy, []string{"-method", "DELETE"}, exitIll,
			[]string{"Method DELETE is not allowed", "cause: method-not-listed", "send: Access-Control-Allow-Methods: DELETE"}, nil},
		"a header that is not allowed": {healthy, []string{"-header", "X-Debug: 1"}, exitIll,
			[]string{"> Access-Control-Request-Headers: x-debug", "cause: header-not-listed", "send: Access-Control-Allow-Headers: x-debug"}, nil},
		"any origin reflected, with credentials": {sends(200, "Access-Control-Allow-Origin: $origin", "Access-Control-Allow-Credentials: true", "Vary: Origin"), nil, exitIll,
			[]string{"ALLOWED", "DANGER: any origin is reflected", "fix: Compare the Origin with a list"}, []string{"null", "by their beginning"}},
		"careless comparisons": {func(w http.ResponseWriter, r *http.Request) {
			if o := r.Header.Get("Origin"); o == "null" || strings.HasPrefix(o, origin) || strings.HasSuffix(o, "app.example.com") {
				sends(200, "Access-Control-Allow-Origin: $origin", "Access-Control-Allow-Credentials: true", "Vary: Origin")(w, r)
			}
		}, nil, exitIll, []string{"DANGER: null is allowed", "by their beginning", "by their end", "plain http"}, []string{"reflected"}},
		"any origin reflected, without": {sends(200, "Access-Control-Allow-Origin: $origin"), nil, exitHealthy,
			[]string{"note: any origin is reflected", "note: cache-without-vary", "Vary does not name Origin", "send: Vary: Origin"}, []string{"DANGER"}},
		"* with credentials": {sends(200, "Access-Control-Allow-Origin: *", "Access-Control-Allow-Credentials: true"), []string{"-credentials", "include"}, exitIll,
			[]string{"must not be the wildcard '*'", "cause: wildcard-with-credentials", "Or fetch without", "note: Access-Control-Allow-Credentials is sent with *"}, nil},
		"two layers": {sends(200, "Access-Control-Allow-Origin: $origin", "Access-Control-Allow-Origin: $origin", "Vary: Origin"), nil, exitIll,
			[]string{"multiple values", "cause: two-layers", "note: there are several"}, nil},
		"authentication before CORS": {sends(401, "Access-Control-Allow-Origin: *"), []string{"-method", "PUT"}, exitIll,
			[]string{"It does not have HTTP ok status", "cause: authentication-before-cors", "send: (status 204)"}, nil},
		"a redirected preflight": {sends(301, "Access-Control-Allow-Origin: *", "Location: /items/"), []string{"-method", "PUT"}, exitIll,
			[]string{"Redirect is not allowed for a preflight", "< Location: /items/"}, nil},
		"a 404 without CORS": {func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/items" {
				http.NotFound(w, r)
				return
			}
			healthy(w, r)
		}, nil, exitHealthy, []string{"note: a path that does not exist"}, []string{"DANGER"}},
		"no probes": {sends(200, "Access-Control-Allow-Origin: $origin", "Access-Control-Allow-Credentials: true"), []string{"-probe=false"}, exitHealthy,
			[]string{"ALLOWED"}, []string{"DANGER", "Nothing else"}},
		"the first of two Origin lines taken": {healthy, nil, exitHealthy,
			[]string{"note: two Origin lines are taken for one: https://app.example.com and https://corsdoctor-probe.invalid get Access-Control-Allow-Origin: https://app.example.com",
				"fix: Take a request with several Origin lines"}, []string{"DANGER"}},
		"the last of two Origin lines taken": {func(w http.ResponseWriter, r *http.Request) {
			lines := r.Header.Values("Origin")
			if len(lines) > 0 {
				r.Header.Set("Origin", lines[len(lines)-1])
			}
			healthy(w, r)
		}, nil, exitHealthy, []string{"note: two Origin lines are taken for one: https://corsdoctor-probe.invalid and https://app.example.com get"}, nil},
		"a line for each Origin": {func(w http.ResponseWriter, r *http.Request) {
			for _, o := range r.Header.Values("Origin") {
				if o == origin || len(r.Header.Values("Origin")) > 1 {
					w.Header().Add("Access-Control-Allow-Origin", o)
				}
			}
			w.Header().Set("Vary", "Origin")
		}, nil, exitHealthy, []string{"note: two Origin lines"}, nil},
		"bytes for the terminal": {sends(200, "Access-Control-Allow-Origin: \x1b[31m"), nil, exitIll, []string{`\x1b[31m`}, []string{"\x1b"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(c.handler)
			defer server.Close()
			var out, problems strings.Builder
			exit := run(t.Context(), append(c.args, server.URL+"/items"), strings.NewReader(""), &out, &problems)
			if exit != c.exit {
				t.Errorf("exit status %d, want %d", exit, c.exit)
			}
			flat := strings.Join(strings.Fields(out.String()), " ")
			for _, text := range c.says {
				if !strings.Contains(flat, text) {
					t.Errorf("%q is missing", text)
				}
			}
			for _, text := range c.silent {
				if strings.Contains(out.String(), text) {
					t.Errorf("%q is there", text)
				}
			}
			if problems.Len() > 0 {
				t.Errorf("it complains: %s", problems.String())
			}
			if t.Failed() {
				t.Log("\n" + out.String())
			}
		})
	}
}

func TestProbesAreSafe(t *testing.T) {
	t.Parallel()
	puts := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodPut:
			puts++
		case http.MethodGet, http.MethodOptions:
		default:
			t.Errorf("a probe with %s", r.Method)
		}
		healthy(w, r)
	}))
	var out strings.Builder
	run(t.Context(), []string{"-method", "PUT", server.URL}, strings.NewReader(""), &out, &out)
	server.Close()
	if puts != 1 {
		t.Errorf("%d PUTs, want the one that was asked for", puts)
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"no URL":         {nil, "want one URL, such as https://api.example.com/items"},
		"no such flag":   {[]string{"-x", "http://a.example"}, "unknown flag -x"},
		"no command":     {[]string{"chekc"}, `"chekc" is neither a URL nor a command; the commands are check, explain, diff and fetch`},
		"no scheme":      {[]string{"api.example.com"}, `the URL "api.example.com"`},
		"no origin":      {[]string{"-origin", "app.example.com/", "http://a.example"}, "is not one that a browser sends"},
		"no credentials": {[]string{"-credentials", "yes", "http://a.example"}, `the credentials mode "yes" does not exist`},
		"no colon":       {[]string{"-header", "X", "http://a.example"}, "write it as 'Name: value'"},
		"no policy":      {[]string{"-policy", "testdata/none.json", "http://a.example"}, "testdata/none.json: no such file"},
		"bad JSON":       {[]string{"-policy", "testdata/misspelt.json", "http://a.example"}, `testdata/misspelt.json:2:3: allowOrigin: there is no such field; write "allowOrigins"`},
		"bad policy":     {[]string{"-policy", "testdata/dangerous.json", "http://a.example"}, "testdata/dangerous.json:2:20: allowOrigins[0]"},
		"no server":      {[]string{closed.URL}, "no response"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, problems strings.Builder
			if exit := run(t.Context(), c.args, strings.NewReader(""), &out, &problems); exit != exitUsage {
				t.Errorf("exit status %d, want %d", exit, exitUsage)
			}
			if !strings.Contains(strings.Join(strings.Fields(problems.String()), " "), c.says) || out.Len() > 0 {
				t.Errorf("%q lacks %q, or something is printed: %q", problems.String(), c.says, out.String())
			}
		})
	}
}
