// Package probe sends requests to servers with any Origin lines, or none, which no
// browser's API can do. It follows no redirects, and connects only to the addresses that a
// browser.Client may connect to.
package probe

import (
	"context"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/crossgate/cors/conformance/browser"
)

// Client sends the requests.
type Client struct {
	http      *http.Client
	transport *http.Transport
	keep      bool
}

// Answer holds the parts of a response that matter for CORS.
type Answer struct {
	Status int
	Header http.Header
}

// New returns a Client that connects like the client like. With keep it reuses connections,
// so it must read short bodies; without, it reads no bodies.
func New(like *browser.Client, keep bool) *Client {
	transport := &http.Transport{
		TLSClientConfig: like.TLS, DisableCompression: true, DisableKeepAlives: !keep,
		MaxResponseHeaderBytes: int64(browser.Firefox().HeadLimit), // the largest limit of the three engines
		ResponseHeaderTimeout:  10 * time.Second, TLSHandshakeTimeout: 10 * time.Second,
		DialContext: like.Dial,
	}
	if like.Handler != nil {
		transport.DialTLSContext = like.Dial // like.Dial does not encrypt connections to a Handler
	}
	return &Client{transport: transport, keep: keep, http: &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Close closes the idle connections.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Ask sends one request with these Origin lines.
func (c *Client) Ask(ctx context.Context, method, target string, origins []string, header http.Header) (Answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, target, nil)
	if err != nil {
		return Answer{}, err
	}
	if header != nil {
		request.Header = header.Clone()
	}
	request.Header.Set("User-Agent", "corsdoctor")
	request.Header.Set("Accept", "*/*")
	if len(origins) > 0 {
		request.Header["Origin"] = slices.Clone(origins)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return Answer{}, err
	}
	if n := response.ContentLength; c.keep && n >= 0 && n <= 64<<10 { // not a stream, which may never end
		_, _ = io.Copy(io.Discard, response.Body)
	}
	return Answer{response.StatusCode, response.Header}, response.Body.Close()
}
