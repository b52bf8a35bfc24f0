package browser

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"net/netip"
	"time"
)

// Client is a browser with a page of some origin in it. Its fields may be changed
// between fetches, but not during one; the preflight cache stays, as a browser's
// does when it goes to another page. Fetch may be called by several goroutines.
type Client struct {
	// Origin is the page's, serialised: "https://app.example", "null" for the opaque
	// origin of a sandboxed frame or a file, or that of an application with a scheme of
	// its own, such as "tauri://localhost", "chrome-extension://abc" or "file://".
	Origin string

	// AddressSpace is where the page came from. "" checks nothing: as if the user had
	// permitted the page to use the local network. See Engine.LocalNetworkAccess.
	AddressSpace AddressSpace

	// Cookie is the value of the Cookie field of requests that carry credentials. It is
	// for the origin of the URL that is fetched: no redirect takes it to another.
	Cookie string

	// StrictURLs refuses what browsers refuse before they send anything: bad ports, and
	// http for a page of https, unless it is on the user's own machine (see Engine.LoopbackIsMixed). It is off by
	// default, since a server under test rarely has the address that pages ask for.
	StrictURLs bool

	// Handler answers every request in this process, whatever the URL's scheme, host and
	// port. Nothing is resolved or connected to, and nothing is encrypted, so Resolve,
	// Permit and TLS have no effect, and there is no address for Local Network Access to
	// look at. If nil, requests go to the servers that the URLs name.
	Handler http.Handler

	// Resolve maps a URL's host and port ("api.example:443") to the address to
	// connect to ("127.0.0.1:40123"). If nil, that is the host and port themselves.
	Resolve func(hostPort string) string

	// Permit is asked about an address before each connection to it; an error ends the
	// fetch as a failed connection does. nil permits all.
	Permit func(netip.Addr) error

	// TLS configures https connections; nil is the zero configuration. The server's
	// name is that of the URL, unless ServerName is set.
	TLS *tls.Config

	// Now is the clock of the preflight cache; nil is time.Now.
	Now func() time.Time

	// Timeout is how long a fetch may take, with everything that belongs to it; 0 is one
	// minute.
	Timeout time.Duration

	// BodyLimit is how many bytes of a body are read; 0 is 1 MiB. Where it is negative, no
	// body is read. A page gets its response before the body.
	BodyLimit int

	// Engine says in what the browser differs from the standard.
	Engine Engine

	cache preflightCache
}

// Fetch does what fetch(r.URL, …) does in a page of the client's origin, and reads
// the body if the page could. Whatever the page would see as a rejected promise, a
// failed connection and the end of ctx included, is a Verdict. The error is for what
// no page can ask: an Origin that no page has, a URL that is not absolute http or https,
// or a value of Mode, Credentials, Redirect or Cache that does not exist.
func (c *Client) Fetch(ctx context.Context, r Request) (Verdict, error) {
	if !validPageOrigin(c.Origin) {
		return Verdict{}, fmt.Errorf("the origin %q is not one that a browser sends; write it like https://app.example.com, without a path or a slash at its end", c.Origin)
	}
	target, err := parseTarget(r.URL)
	if err != nil {
		return Verdict{}, fmt.Errorf("the URL %w", err)
	}
	if err := r.checkEnums(); err != nil {
		return Verdict{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(c.Timeout, time.Minute))
	defer cancel()
	f := fetch{client: c, ctx: ctx, initialURL: target}
	failure := f.start(r)
	return f.verdict(failure), nil
}

// now is the time by the client's clock.
func (c *Client) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}
