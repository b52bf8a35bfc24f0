package diagnosis

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/internal/probe"
)

// stranger is an origin that no server lists on purpose, because no .invalid domain can be
// registered.
const stranger = "https://corsdoctor-probe.invalid"

// asker asks a server questions with any Origin line, or none, which no browser's API can
// do.
type asker struct {
	client *probe.Client // nil if no questions may be asked
	target string
	asked  int
}

// answer holds the parts of a response that matter for CORS.
type answer struct {
	status int
	header http.Header
}

func newAsker(like *browser.Client, target string) (*asker, func()) {
	client := probe.New(like, false)
	return &asker{target: target, client: client}, client.Close
}

// get sends a GET on behalf of an origin; "" means no Origin line.
func (a *asker) get(ctx context.Context, origin string) (answer, bool) {
	return a.ask(ctx, http.MethodGet, a.target, origin, nil)
}

// getAt is get for another URL of the same server.
func (a *asker) getAt(ctx context.Context, target, origin string) (answer, bool) {
	return a.ask(ctx, http.MethodGet, target, origin, nil)
}

// preflight asks for permission for the page's request.
func (a *asker) preflight(ctx context.Context, origin string, wanted Asked) (answer, bool) {
	header := http.Header{"Access-Control-Request-Method": {wanted.Method}}
	if len(wanted.Headers) > 0 {
		header.Set("Access-Control-Request-Headers", strings.Join(wanted.Headers, ","))
	}
	return a.ask(ctx, http.MethodOptions, a.target, origin, header)
}

// ask sends one question. It returns false if no answer came. That is not a cause, because
// the page's own request was answered. A 429 does not count as an answer: it is about the
// number of requests, not about this one.
func (a *asker) ask(ctx context.Context, method, target, origin string, header http.Header) (answer, bool) {
	if a.client == nil {
		return answer{}, false
	}
	var origins []string
	if origin != "" {
		origins = []string{origin}
	}
	a.asked++
	got, err := a.client.Ask(ctx, method, target, origins, header)
	if err != nil || got.Status == http.StatusTooManyRequests {
		return answer{}, false
	}
	return answer{got.Status, got.Header}, true
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

// knowsCORS reports whether an answer shows that CORS is configured.
func (a answer) knowsCORS() bool {
	for name := range a.header {
		if strings.HasPrefix(name, "Access-Control-") {
			return true
		}
	}
	return a.variesByOrigin()
}

// ownOrigin returns the server's own origin.
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
