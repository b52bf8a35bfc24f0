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

// Client is a browser that shows a page of some origin. You may change its fields between
// fetches, but not during one. The preflight cache stays, as in a browser that opens
// another page. Several goroutines may call Fetch.
type Client struct {
	// Origin is the page's serialised origin: "https://app.example"; "null" for the opaque
	// origin of a sandboxed frame or a file; or the origin of an application with its own
	// scheme, such as "tauri://localhost", "chrome-extension://abc" or "file://".
	Origin string

	// AddressSpace is the address space that the page was loaded from. "" switches the check
	// off, as if the user had permitted the page to use the local network. See
	// Engine.LocalNetworkAccess.
	AddressSpace AddressSpace

	// Cookie is the value of the Cookie field in requests with credentials. It belongs to
	// the origin of the fetched URL. A redirect to another origin does not carry it along.
	Cookie string

	// StrictURLs refuses what browsers refuse before they send anything: bad ports, and http
	// from an https page, unless it goes to the user's own machine (see
	// Engine.LoopbackIsMixed). It is off by default, because a server under test rarely has
	// the address that pages use.
	StrictURLs bool

	// Handler answers every request in this process, for any scheme, host and port. The
	// Client then resolves no name, opens no connection and encrypts nothing, so Resolve,
	// Permit and TLS have no effect, and Local Network Access has no address to check. If it
	// is nil, requests go to the servers that the URLs name.
	Handler http.Handler

	// Resolve maps a URL's host and port ("api.example:443") to the address to connect to
	// ("127.0.0.1:40123"). If it is nil, the Client connects to the host and port of the
	// URL.
	Resolve func(hostPort string) string

	// Permit is called with the address before each connection. If it returns an error, the
	// fetch fails as if the connection had failed. nil permits all addresses.
	Permit func(netip.Addr) error

	// TLS configures https connections; nil is the zero configuration. The server name is
	// the URL's host, unless ServerName is set.
	TLS *tls.Config

	// Now is the clock of the preflight cache. nil means time.Now.
	Now func() time.Time

	// Timeout limits the time of a whole fetch, including preflights and redirects. 0 means
	// one minute.
	Timeout time.Duration

	// BodyLimit is the maximum number of body bytes to read. 0 means 1 MiB. If it is
	// negative, no body is read: a page gets its response before the body.
	BodyLimit int

	// Engine says how the browser differs from the standard.
	Engine Engine

	cache preflightCache
}

// Fetch does what fetch(r.URL, …) does in a page of the client's origin. It reads the
// body if the page could read it. If the page would see a rejected promise, Fetch returns
// a Verdict; this includes a failed connection and a cancelled ctx. It returns an error
// for requests that no page can make: an Origin that no page has, a URL that is not
// absolute http or https, or an unknown value of Mode, Credentials, Redirect or Cache.
func (c *Client) Fetch(ctx context.Context, r Request) (Verdict, error) {
	if !validPageOrigin(c.Origin) {
		write := "it like https://app.example.com"
		if meant, err := OriginOf(c.Origin); err == nil {
			write = meant
		}
		return Verdict{}, fmt.Errorf("the origin %q is not one that a browser sends; write %s, without a path, a default port or a slash at its end", c.Origin, write)
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

// now returns the time by the client's clock.
func (c *Client) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}
