// Package probe asks servers questions as no browser's API would: with any lines of Origin,
// or none. It follows no redirect, and keeps to the addresses that a browser.Client may
// connect to.
package probe

import (
	"context"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/crossgate/cors/conformance/browser"
)

// Client asks.
type Client struct {
	http      *http.Client
	transport *http.Transport
	keep      bool
}

// Answer is what CORS looks at in a response.
type Answer struct {
	Status int
	Header http.Header
}

// New returns a Client that connects as like does. With keep it asks for more on the same
// connection, and so reads short bodies; without, it reads none.
func New(like *browser.Client, keep bool) *Client {
	transport := &http.Transport{
		TLSClientConfig: like.TLS, DisableCompression: true, DisableKeepAlives: !keep,
		MaxResponseHeaderBytes: int64(browser.Firefox().HeadLimit), // the most of the three engines
		ResponseHeaderTimeout:  10 * time.Second, TLSHandshakeTimeout: 10 * time.Second,
		DialContext: like.Dial,
	}
	if like.Handler != nil {
		transport.DialTLSContext = like.Dial // which does not encrypt to a Handler
	}
	return &Client{transport: transport, keep: keep, http: &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Close ends the connections that are kept.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Ask sends one request with these lines of Origin.
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
	if n := response.ContentLength; c.keep && n >= 0 && n <= 64<<10 { // a stream has no end
		_, _ = io.Copy(io.Discard, response.Body)
	}
	return Answer{response.StatusCode, response.Header}, response.Body.Close()
}
