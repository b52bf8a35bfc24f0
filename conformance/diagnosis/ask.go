package diagnosis

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/crossgate/cors/conformance/browser"
)

// stranger is an origin that nobody lists: no such domain can be registered.
const stranger = "https://corsdoctor-probe.invalid"

// asker asks a server questions as no browser's API would: with any Origin, or none. It
// reads no body, and follows no redirect.
type asker struct {
	client *http.Client
	target string
	asked  int
}

// answer is what CORS looks at in a response.
type answer struct {
	status int
	header http.Header
}

func newAsker(like *browser.Client, target string) (*asker, func()) {
	transport := &http.Transport{
		TLSClientConfig: like.TLS, DisableCompression: true, DisableKeepAlives: true,
		MaxResponseHeaderBytes: int64(browser.Firefox().HeadLimit), // the most of the three engines
		ResponseHeaderTimeout:  10 * time.Second, TLSHandshakeTimeout: 10 * time.Second,
		DialContext: like.Dial,
	}
	if like.Handler != nil {
		transport.DialTLSContext = like.Dial // which does not encrypt to a Handler
	}
	a := &asker{target: target, client: &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	return a, transport.CloseIdleConnections
}

// get asks with GET on behalf of an origin; "" is for none.
func (a *asker) get(ctx context.Context, origin string) (answer, bool) {
	return a.ask(ctx, http.MethodGet, a.target, origin, nil)
}

// getAt is get for another URL of the same server.
func (a *asker) getAt(ctx context.Context, target, origin string) (answer, bool) {
	return a.ask(ctx, http.MethodGet, target, origin, nil)
}

// preflight asks for permission to do what the page wants.
func (a *asker) preflight(ctx context.Context, origin string, wanted Asked) (answer, bool) {
	header := http.Header{"Access-Control-Request-Method": {wanted.Method}}
	if len(wanted.Headers) > 0 {
		header.Set("Access-Control-Request-Headers", strings.Join(wanted.Headers, ","))
	}
	return a.ask(ctx, http.MethodOptions, a.target, origin, header)
}

// ask sends one question. It is false where no answer came: that is no cause by itself,
// since the page's own request has had one.
func (a *asker) ask(ctx context.Context, method, target, origin string, header http.Header) (answer, bool) {
	if a.client == nil { // nobody is to be asked
		return answer{}, false
	}
	request, err := http.NewRequestWithContext(ctx, method, target, nil)
	if err != nil {
		return answer{}, false
	}
	if header != nil {
		request.Header = header
	}
	request.Header.Set("User-Agent", "corsdoctor")
	request.Header.Set("Accept", "*/*")
	if origin != "" {
		request.Header.Set("Origin", origin)
	}
	a.asked++
	response, err := a.client.Do(request)
	if err != nil {
		return answer{}, false
	}
	_ = response.Body.Close() // unread: a body may have no end
	return answer{response.StatusCode, response.Header}, true
}

func (a answer) allowOrigin() string {
	return strings.Join(a.header.Values("Access-Control-Allow-Origin"), ", ")
}

// variesByOrigin reports whether Vary names Origin, or everything.
func (a answer) variesByOrigin() bool {
	return VariesByOrigin(a.header.Values("Vary"))
}

// VariesByOrigin reports whether the lines of Vary name Origin, or everything.
func VariesByOrigin(lines []string) bool {
	for _, line := range lines {
		for name := range strings.SplitSeq(line, ",") {
			if name = strings.TrimSpace(name); name == "*" || strings.EqualFold(name, "Origin") {
				return true
			}
		}
	}
	return false
}

// knowsCORS reports whether anything in an answer comes from CORS settings.
func (a answer) knowsCORS() bool {
	for name := range a.header {
		if strings.HasPrefix(name, "Access-Control-") {
			return true
		}
	}
	return a.variesByOrigin()
}

// ownOrigin is the origin of the server itself.
func ownOrigin(target string) string {
	origin, err := browser.OriginOf(target)
	if err != nil {
		return ""
	}
	return origin
}

func pathOf(u *url.URL) string {
	if u.Path == "" {
		return "/"
	}
	return u.Path
}
