package recipes_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"connectrpc.com/connect"
	connectcors "connectrpc.com/cors"
	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/corstest"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/examples/recipes"
)

// script is the transport of a client library that runs in a page. It sends a request as
// fetch does, with a preflight. The response has only the headers that the page can read.
type script struct {
	page browser.Client
	mu   sync.Mutex
	sent map[string]bool // names of headers, in lower case
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	request := browser.Request{Method: r.Method, URL: r.URL.String()}
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err := errors.Join(err, r.Body.Close()); err != nil {
			return nil, err
		}
		request.Body = string(body)
	}
	s.mu.Lock()
	for name, values := range r.Header {
		// The browser sends its own User-Agent and Accept-Encoding.
		if name != "User-Agent" && name != "Accept-Encoding" {
			request.Header = append(request.Header, browser.Field{Name: name, Value: strings.Join(values, ", ")})
			s.sent[strings.ToLower(name)] = true
		}
	}
	s.mu.Unlock()
	v, err := s.page.Fetch(r.Context(), request)
	if err != nil {
		return nil, err
	}
	if !v.Allowed {
		return nil, errors.New(v.Console)
	}
	response := &http.Response{
		StatusCode: v.Status, Status: http.StatusText(v.Status), ProtoMajor: 1, ProtoMinor: 1,
		Header: make(http.Header), Body: io.NopCloser(strings.NewReader(v.Body)), ContentLength: -1, Request: r,
	}
	for _, f := range v.Header {
		response.Header.Add(f.Name, f.Value)
	}
	return response, nil
}

// inPage returns a client for a library that runs in a page of origin.
func inPage(origin, addr string) (*http.Client, *script) {
	s := &script{page: browser.Client{Origin: origin, Resolve: func(string) string { return addr }}, sent: make(map[string]bool)}
	return &http.Client{Transport: s}, s
}

// without returns, for each header that c allows or exposes, a Config without that header.
func without(c cors.Config) map[string]cors.Config {
	all := make(map[string]cors.Config)
	for i, name := range c.AllowHeaders {
		less := c
		less.AllowHeaders = slices.Delete(slices.Clone(c.AllowHeaders), i, i+1)
		all[strings.ToLower(name)] = less
	}
	for i, name := range c.ExposeHeaders {
		less := c
		less.ExposeHeaders = slices.Delete(slices.Clone(c.ExposeHeaders), i, i+1)
		all["exposed "+strings.ToLower(name)] = less
	}
	return all
}

// checkSet checks that a page can use each method, send each header and read each header of
// a set, that a page of another origin cannot, and that every entry is necessary.
func checkSet(t *testing.T, c cors.Config, methods, requestHeaders, responseHeaders []string) {
	t.Helper()
	serve := func(c cors.Config) http.Handler {
		return corshttp.New(compiled(t, c))(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for _, name := range responseHeaders {
				w.Header().Set(name, "1")
			}
		}))
	}
	handler := serve(c)
	for _, method := range methods {
		call := corstest.From(app).Fetch(method, "/")
		for _, name := range requestHeaders {
			call = call.Header(name, "application/json")
		}
		v := call.Allowed(t, handler)
		for _, name := range responseHeaders {
			_, readable := v.Get(name)
			assert.True(t, readable, "%s %s", method, name)
		}
	}
	for _, name := range c.AllowHeaders {
		assert.True(t, slices.ContainsFunc(requestHeaders, func(h string) bool { return strings.EqualFold(h, name) }), "%s is for nothing", name)
		less := without(c)[strings.ToLower(name)]
		corstest.From(app).Post("/").Header(name, "application/json").Blocked(t, serve(less))
	}
	for _, name := range c.ExposeHeaders {
		assert.True(t, slices.ContainsFunc(responseHeaders, func(h string) bool { return strings.EqualFold(h, name) }), "%s is for nothing", name)
		_, readable := corstest.From(app).Get("/").Allowed(t, serve(without(c)["exposed "+strings.ToLower(name)])).Get(name)
		assert.False(t, readable, name)
	}
	corstest.From(other).Put("/").Blocked(t, handler)
	for _, w := range compiled(t, c).Warnings() {
		assert.Equal(t, "method-options", w.Code, "%v", w)
	}
}

func TestJSONAPI(t *testing.T) {
	t.Parallel()
	checkSet(t, recipes.JSONAPI(app), []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"},
		[]string{"Content-Type", "Authorization", "If-Match", "If-None-Match", "Idempotency-Key"},
		[]string{"ETag", "Link", "Location", "Retry-After", "Content-Type", "Cache-Control", "Last-Modified"})
}

func TestTus(t *testing.T) {
	t.Parallel()
	c := recipes.Tus(app)
	// The names in tus 1.0.0, "Core Protocol" and "Protocol Extensions", and a token.
	// X-HTTP-Method-Override is not needed, because pages can send PATCH.
	checkSet(t, c, []string{"HEAD", "POST", "PATCH", "DELETE", "OPTIONS"},
		[]string{
			"Tus-Resumable", "Upload-Offset", "Upload-Length", "Upload-Defer-Length", "Upload-Metadata",
			"Upload-Checksum", "Upload-Concat", "Content-Type", "Authorization",
		},
		[]string{
			"Upload-Offset", "Upload-Length", "Tus-Version", "Tus-Resumable", "Tus-Extension", "Tus-Max-Size", "Tus-Checksum-Algorithm",
			"Upload-Defer-Length", "Upload-Metadata", "Upload-Expires", "Upload-Concat", "Location",
		})
	// A page that asks for the server's extensions sends OPTIONS itself, after a preflight.
	v := corstest.From(app).Fetch("OPTIONS", "/files").Allowed(t, corshttp.New(compiled(t, c))(http.HandlerFunc(hello)))
	assert.Equal(t, 1, v.Preflights())
	assert.Equal(t, "hello", v.Body)
}

// echoService answers each call with a header, a trailer and, on request, an error.
func echoService() http.Handler {
	return connect.NewUnaryHandler("/echo.Echo/Say", func(_ context.Context, r *connect.Request[wrapperspb.StringValue]) (*connect.Response[wrapperspb.StringValue], error) {
		if r.Msg.GetValue() == "fail" {
			err := connect.NewError(connect.CodeNotFound, errors.New("no echo"))
			detail, problem := connect.NewErrorDetail(wrapperspb.String("why"))
			if problem != nil {
				return nil, problem
			}
			err.AddDetail(detail)
			return nil, err
		}
		response := connect.NewResponse(r.Msg)
		response.Trailer().Set("X-Cost", "1")
		return response, nil
	})
}

// say makes a call from a page. It returns what the page sees: the answer, and the trailer
// if there is one.
func say(t *testing.T, c cors.Config, value string, options ...connect.ClientOption) (answer string, sent map[string]bool, err error) {
	t.Helper()
	client, page := inPage(app, listen(t, corshttp.New(compiled(t, c))(echoService())))
	options = append(options, connect.WithAcceptCompression("gzip", nil, nil)) // browsers decompress themselves
	call := connect.NewClient[wrapperspb.StringValue, wrapperspb.StringValue](client, "http://api.example.com/echo.Echo/Say", options...)
	request := connect.NewRequest(wrapperspb.String(value))
	request.Header().Set("Authorization", "Bearer 1")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // sends a timeout
	defer cancel()
	response, err := call.CallUnary(ctx, request)
	if err == nil {
		answer = response.Msg.GetValue() + response.Trailer().Get("X-Cost")
	}
	return answer, page.sent, err
}

// Connect's client library works in a page with both protocols, and needs each header.
func TestConnect(t *testing.T) {
	t.Parallel()
	c := recipes.Connect(app)
	answers := map[string]string{"Connect": "hello", "gRPC-Web": "hello1"} // gRPC-Web has trailers in the body
	needed := map[string]bool{"exposed grpc-status": true, "exposed grpc-message": true, "exposed grpc-status-details-bin": true}
	for name, protocol := range map[string][]connect.ClientOption{"Connect": nil, "gRPC-Web": {connect.WithGRPCWeb()}} {
		answer, sent, err := say(t, c, "hello", protocol...)
		require.NoError(t, err, name)
		assert.Equal(t, answers[name], answer, name)
		_, _, err = say(t, c, "fail", protocol...)
		require.Error(t, err, name)
		assert.Equal(t, connect.CodeNotFound, connect.CodeOf(err), "%s: %v", name, err)
		assert.ErrorContains(t, err, "no echo", name)
		var failure *connect.Error
		require.ErrorAs(t, err, &failure)
		assert.Len(t, failure.Details(), 1, name)
		for header := range sent {
			needed[header] = true
			less, listed := without(c)[header]
			require.True(t, listed, header)
			_, _, err := say(t, less, "hello", protocol...)
			assert.ErrorContains(t, err, header+" is not allowed by Access-Control-Allow-Headers", name)
		}
	}
	withTrailer := c
	withTrailer.ExposeHeaders = append(slices.Clone(c.ExposeHeaders), "Trailer-X-Cost")
	answer, _, err := say(t, withTrailer, "hello")
	require.NoError(t, err)
	assert.Equal(t, "hello1", answer)
	_, _, err = say(t, c, "hello", connect.WithGRPC())
	require.Error(t, err, "gRPC wants trailers, which scripts cannot read")

	// These are the lists that Connect's authors publish for CORS middleware. They also
	// have X-Grpc-Web, which only the library for browsers sends.
	published := append(connectcors.AllowedHeaders(), "Authorization")
	checkSet(t, c, connectcors.AllowedMethods(), published, connectcors.ExposedHeaders())
	for name := range without(c) {
		assert.True(t, needed[name] || name == "x-grpc-web", "%s is for nothing", name)
	}
}

// answerTool is a server with one tool, whose result is 42.
func answerTool(stateless bool) http.Handler {
	server := mcp.NewServer(&mcp.Implementation{Name: "answers", Version: "1"}, nil)
	mcp.AddTool(server, &mcp.Tool{Name: "answer"}, func(context.Context, *mcp.CallToolRequest, struct{}) (*mcp.CallToolResult, any, error) {
		return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: "42"}}}, nil, nil
	})
	return mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return server },
		&mcp.StreamableHTTPOptions{JSONResponse: true, Stateless: stateless, DisableLocalhostProtection: true})
}

// askTool calls the tool from a page, and ends the session.
func askTool(t *testing.T, c cors.Config, stateless bool) (sent map[string]bool, err error) {
	t.Helper()
	client, page := inPage(app, listen(t, corshttp.New(compiled(t, c))(answerTool(stateless))))
	transport := &mcp.StreamableClientTransport{Endpoint: "http://mcp.example.com/mcp", HTTPClient: client, MaxRetries: -1, DisableStandaloneSSE: true}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	session, err := mcp.NewClient(&mcp.Implementation{Name: "page", Version: "1"}, nil).Connect(ctx, transport, nil)
	if err != nil {
		return nil, err
	}
	result, err := session.CallTool(ctx, &mcp.CallToolParams{Name: "answer"})
	if err == nil {
		assert.Equal(t, "42", result.Content[0].(*mcp.TextContent).Text)
	}
	return page.sent, errors.Join(err, session.Close())
}

// The client of the MCP SDK works in a page, with sessions and without, and needs each
// header that it sends.
func TestMCP(t *testing.T) {
	t.Parallel()
	c := recipes.MCP(app)
	all := make(map[string]bool)
	for _, stateless := range []bool{false, true} {
		sent, err := askTool(t, c, stateless)
		require.NoError(t, err)
		for name := range sent {
			if name == "accept" {
				continue // safelisted
			}
			all[name] = true
			less, listed := without(c)[name]
			require.True(t, listed, name)
			sent, err := askTool(t, less, stateless)
			if name == "mcp-method" {
				// The client believes that the server knows no newer revision.
				require.NoError(t, err)
				assert.NotContains(t, sent, "mcp-name")
				continue
			}
			assert.ErrorContains(t, err, name+" is not allowed by Access-Control-Allow-Headers", "stateless: %t", stateless)
		}
	}
	for _, name := range []string{"mcp-session-id", "mcp-protocol-version", "mcp-method", "mcp-name"} {
		assert.True(t, all[name], "the client has not sent %s", name)
	}
	_, err := askTool(t, without(c)["exposed mcp-session-id"], false)
	require.Error(t, err, "without the session's id no second request succeeds")

	// The names in MCP 2025-11-25 and 2026-07-28, "Streamable HTTP", and in "Authorization".
	checkSet(t, c, []string{"GET", "POST", "DELETE"},
		[]string{"Content-Type", "Authorization", "MCP-Protocol-Version", "Mcp-Session-Id", "Last-Event-ID", "Mcp-Method", "Mcp-Name"},
		[]string{"Mcp-Session-Id", "WWW-Authenticate"})

	// DNS rebinding has led a page to this machine. The SDK compares Host.
	local := corshttp.New(compiled(t, c))(mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return nil }, nil))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+listen(t, local)+"/mcp", strings.NewReader("{}"))
	require.NoError(t, err)
	r.Host = "rebound.example"
	response, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	assert.Equal(t, http.StatusForbidden, response.StatusCode)

	// "If the Origin header is present and invalid, servers MUST respond with HTTP 403."
	addr := behind(t, compiled(t, c))
	for origin, status := range map[string]int{app: http.StatusOK, other: http.StatusForbidden, "null": http.StatusForbidden, "": http.StatusOK} {
		header := http.Header{}
		if origin != "" {
			header.Set("Origin", origin)
		}
		assert.Equal(t, status, ask(t, addr, "POST", "/mcp", header).StatusCode, origin)
	}

	// If a tool's schema mirrors a parameter into a header, the header needs an entry.
	region := corstest.From(app).Post("/mcp").Header("Mcp-Param-Region", "eu")
	region.Blocked(t, corshttp.New(compiled(t, c))(http.HandlerFunc(hello)))
	c.AllowHeaders = append(c.AllowHeaders, "Mcp-Param-Region")
	region.Allowed(t, corshttp.New(compiled(t, c))(http.HandlerFunc(hello)))
}
