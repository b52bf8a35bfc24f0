package corstest

import (
	"context"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/crossgate/cors/conformance/browser"
)

const (
	ownOrigin = "https://api.invalid" // the origin of targets that are paths
	longest   = 10 * time.Second      // time limit of a call, also if the response never ends
)

// Of makes a handler from a function that answers requests, such as fiber's app.Test:
//
//	app := corstest.Of(func(r *http.Request) (*http.Response, error) { return fiberApp.Test(r) })
//
// If the function returns an error, the check fails.
func Of(answer func(*http.Request) (*http.Response, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		response, err := answer(r)
		if err != nil {
			panic(err) // the server closes the connection, so that no check sees an answer
		}
		defer func() { _ = response.Body.Close() }()
		maps.Copy(w.Header(), response.Header)
		w.WriteHeader(response.StatusCode)
		_, _ = io.Copy(w, response.Body)
	})
}

// At is the server that runs at base, such as "http://127.0.0.1:8080". Calls connect to
// it, and their targets are paths below base.
func At(base string) http.Handler {
	u, err := url.Parse(base)
	if err == nil && (u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		err = fmt.Errorf("%q is not an http or https URL with a host", base)
	}
	if err != nil {
		panic("corstest: At: " + err.Error())
	}
	return &remote{
		base: strings.TrimSuffix(base, "/"),
		ReverseProxy: httputil.ReverseProxy{
			Rewrite: func(r *httputil.ProxyRequest) { r.Out.URL.Scheme, r.Out.URL.Host = u.Scheme, u.Host },
		},
	}
}

// remote is a running server. Cacheable uses the proxy to put a cache in front of it.
type remote struct {
	base string
	httputil.ReverseProxy
}

// direct makes the call.
func (c Call) direct(tb testing.TB, app http.Handler) outcome {
	tb.Helper()
	url := c.url(tb, app)
	if _, running := app.(*remote); running {
		return c.fetch(tb, &browser.Client{}, url) // pages may use another address of the server
	}
	return c.through(tb, app, url)
}

// url returns the URL of the call. It fails the test if a page cannot make the call.
func (c Call) url(tb testing.TB, app http.Handler) string {
	tb.Helper()
	for _, field := range c.request.Header {
		if browser.ForbiddenRequestHeader(field.Name, field.Value) {
			tb.Fatalf("%s: no script can set the header %s: browsers drop it", c, field.Name)
		}
	}
	to, running := app.(*remote)
	path := strings.HasPrefix(c.target, "/")
	switch {
	case c.mistake() != "":
		tb.Fatalf("%s: %s", c, c.mistake())
	case app == nil:
		tb.Fatalf("%s: there is no application; pass its http.Handler", c)
	case running && !path:
		tb.Fatalf("%s: a target under At is a path, such as /items", c)
	case running:
		return to.base + c.target
	case path:
		return ownOrigin + c.target
	}
	return c.target
}

// mistake returns what the test should have written, or "". Without it, a check could
// pass for a call that no page can make.
func (c Call) mistake() string {
	control := func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }
	if strings.Contains(c.page.origin, "*") {
		return "From takes the origin of one page and no pattern; write one that the pattern matches, such as https://app.example.com"
	}
	if c.request.Method == "" {
		return `there is no method; write one, such as "GET"`
	}
	for _, field := range c.request.Header {
		if strings.ContainsFunc(field.Value, control) {
			return fmt.Sprintf("the value %q of the header %s has a control character, which no script can set; write one header for each call of Header", field.Value, field.Name)
		}
	}
	for _, cookie := range c.page.cookies {
		if cookie == "" || strings.ContainsFunc(cookie, control) {
			return fmt.Sprintf("%q is not a cookie; write its name and value, such as session=8f1c", cookie)
		}
	}
	return ""
}

// through makes the call to url and sends it to the handler's server.
func (c Call) through(tb testing.TB, app http.Handler, url string) outcome {
	tb.Helper()
	server := httptest.NewUnstartedServer(app)
	var logged serverLog
	server.Config.ErrorLog = log.New(&logged, "", 0)
	client := browser.Client{StrictURLs: true, Resolve: func(string) string { return server.Listener.Addr().String() }}
	if strings.HasPrefix(url, "https:") {
		server.StartTLS()
		client.TLS = server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
		client.TLS.ServerName = "example.com" // the name in the test certificate
	} else {
		server.Start()
	}
	defer server.Close()
	o := c.fetch(tb, &client, url)
	o.server = logged.first()
	return o
}

func (c Call) fetch(tb testing.TB, client *browser.Client, url string) outcome {
	tb.Helper()
	client.Origin, client.Cookie = c.page.origin, strings.Join(c.page.cookies, "; ")
	r := c.request
	r.URL = url
	if c.page.include {
		r.Credentials = browser.Include
	}
	ctx, cancel := context.WithTimeout(tb.Context(), longest)
	defer cancel()
	v, err := client.Fetch(ctx, r)
	if err != nil {
		tb.Fatalf("%s: no page can ask for this: %v", c, err)
	}
	return outcome{Verdict: v}
}

// serverLog records what a server logs, usually a panic of a handler.
type serverLog struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *serverLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// first returns the first line, without the stack that follows a panic.
func (l *serverLog) first() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	line, _, _ := strings.Cut(l.text.String(), "\n")
	return line
}
