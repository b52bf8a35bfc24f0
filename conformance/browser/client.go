package browser

import (
	"context"
	"crypto/tls"
	"fmt"
	"time"
)

// Client is a browser with a page of some origin in it. Its fields may be changed
// between fetches, but not during one; the preflight cache stays, as a browser's
// does when it goes to another page. Fetch may be called by several goroutines.
type Client struct {
	// Origin is the page's, serialised: "https://app.example", or "null" for the
	// opaque origin of a sandboxed frame or a file.
	Origin string

	// Cookie is the value of the Cookie field of requests that carry credentials.
	Cookie string

	// Resolve maps a URL's host and port ("api.example:443") to the address to
	// connect to ("127.0.0.1:40123"). If nil, that is the host and port themselves.
	Resolve func(hostPort string) string

	// TLS configures https connections; nil is the zero configuration. The server's
	// name is that of the URL, unless ServerName is set.
	TLS *tls.Config

	// Now is the clock of the preflight cache; nil is time.Now.
	Now func() time.Time

	// Engine says in what the browser differs from the standard.
	Engine Engine

	cache preflightCache
}

// Fetch does what fetch(r.URL, …) does in a page of the client's origin, and reads
// the body if the page could. Whatever the page would see as a rejected promise, a
// failed connection and the end of ctx included, is a Verdict. The error is for what
// no page can ask: an Origin that is none, a URL that is not absolute http or https,
// or a value of Mode, Credentials, Redirect or Cache that does not exist.
func (c *Client) Fetch(ctx context.Context, r Request) (Verdict, error) {
	if !validPageOrigin(c.Origin) {
		return Verdict{}, fmt.Errorf("browser: Client.Origin %q is not a serialised origin, such as https://app.example or null", c.Origin)
	}
	target, err := parseTarget(r.URL)
	if err != nil {
		return Verdict{}, fmt.Errorf("browser: Request.URL: %w", err)
	}
	if err := r.checkEnums(); err != nil {
		return Verdict{}, err
	}
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
