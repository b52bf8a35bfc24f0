package diagnosis

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/internal/probe"
)

// stranger is an origin that nobody lists: no such domain can be registered.
const stranger = "https://corsdoctor-probe.invalid"

// asker asks a server questions as no browser's API would: with any Origin, or none.
type asker struct {
	client *probe.Client // nil if nobody is to be asked
	target string
	asked  int
}

// answer is what CORS looks at in a response.
type answer struct {
	status int
	header http.Header
}

func newAsker(like *browser.Client, target string) (*asker, func()) {
	client := probe.New(like, false)
	return &asker{target: target, client: client}, client.Close
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
// since the page's own request has had one. A 429 is no answer: it says how often was asked,
// and nothing of what.
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
