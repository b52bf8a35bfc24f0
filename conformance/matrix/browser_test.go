package matrix

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/crossgate/cors/conformance/browser"
	cors "github.com/crossgate/cors/core"
)

// TestBrowserAgreesWithPolicy compares the model of a browser with the decisions of
// policies, through every adapter. A page must get what the policy allows. If the policy
// refuses, the browser must refuse for the same reason. The policy is replaced for each
// check while the adapters serve.
func TestBrowserAgreesWithPolicy(t *testing.T) {
	t.Parallel()
	var live cors.Live
	all := sites(t, &live)
	rapid.Check(t, func(t *rapid.T) {
		policy, err := cors.Compile(configs().Draw(t, "config"))
		require.NoError(t, err)
		live.Store(policy)
		page := rapid.OneOf(origins(), origins(), rapid.Just("null")).Draw(t, "page")
		fetches := rapid.SliceOfN(rapid.Custom(drawFetch), 1, 3).Draw(t, "fetches")
		for _, s := range all {
			// One page makes all fetches, so that later fetches use its preflight cache.
			client := &browser.Client{Origin: page, Cookie: "session=1"}
			for _, f := range fetches {
				f.URL = "http://" + s.addr + f.URL
				v, err := client.Fetch(context.Background(), f)
				require.NoError(t, err)
				want, reason := expected(policy, page, f)
				assert.Equal(t, want, v.Code, "%s, %s: %+v: %s", s.name, reason, f, v.Message)
				assert.Equal(t, want == "", v.Allowed, "%s, %s: %+v: %s", s.name, reason, f, v.Message)
				if v.Allowed {
					for _, name := range []string{"x-total", "etag"} {
						_, readable := v.Get(name)
						assert.Equal(t, has(v.Exchanges[len(v.Exchanges)-1].Header, name) && exposes(policy, name), readable, "%s: %+v: %s", s.name, f, name)
					}
				}
			}
		}
	})
}

// drawFetch draws a fetch whose URL is a path.
func drawFetch(t *rapid.T) browser.Request {
	f := browser.Request{
		Method:      rapid.SampledFrom([]string{"", "GET", "HEAD", "POST", "PUT", "put", "DELETE", "PATCH"}).Draw(t, "method"),
		URL:         rapid.SampledFrom([]string{"/", "/", "/vary", "/fail", "/panic", "/none"}).Draw(t, "path"),
		Credentials: rapid.SampledFrom([]browser.Credentials{browser.Omit, browser.SameOrigin, browser.Include}).Draw(t, "credentials"),
	}
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(append(headerNames(), "X-A", "accept")), 0, 3, strings.ToLower).Draw(t, "headers") {
		value := "1"
		if name == "content-type" {
			value = rapid.SampledFrom([]string{"application/json", "text/plain"}).Draw(t, "contentType")
		}
		f.Header = append(f.Header, browser.Field{Name: name, Value: value})
	}
	return f
}

// expected returns the browser's error for the fetch according to the policy's own
// decision, or "", and the reason of that decision. A policy cannot know whether
// credentials are sent, so the page's mode is compared with the configuration.
func expected(policy *cors.Policy, page string, f browser.Request) (browser.Code, cors.Reason) {
	ctx := context.Background()
	method := strings.ToUpper(f.Method)
	if method == "" {
		method = http.MethodGet
	}
	prefix, d := browser.Code(""), policy.Decide(ctx, cors.Request{Method: method, Origin: page})
	if names := unsafeNames(f.Header); len(names) > 0 || !slices.Contains([]string{"GET", "HEAD", "POST"}, method) {
		prefix = "Preflight"
		d = policy.Decide(ctx, cors.Request{Method: http.MethodOptions, Origin: page, RequestMethod: method, RequestHeaders: strings.Join(names, ",")})
	}
	config := policy.Config()
	switch reason := d.Reason(); {
	case reason == cors.OriginNotAllowed:
		return prefix + browser.MissingAllowOriginHeader, reason
	case f.Credentials == browser.Include && !config.AllowCredentials && slices.Equal(config.AllowOrigins, []string{"*"}):
		return prefix + browser.WildcardOriginNotAllowed, reason
	case f.Credentials == browser.Include && !config.AllowCredentials:
		return prefix + browser.InvalidAllowCredentials, reason
	case reason == cors.MethodNotAllowed:
		return browser.MethodDisallowedByPreflightResponse, reason
	case reason == cors.HeaderNotAllowed:
		return browser.HeaderDisallowedByPreflightResponse, reason
	case reason == cors.Allowed:
		return "", reason
	default:
		return "a reason that a browser's request cannot have", reason
	}
}

// unsafeNames returns the names that need permission in drawFetch's requests, as a
// browser writes them.
func unsafeNames(header []browser.Field) (names []string) {
	for _, f := range header {
		if f.Name != "accept" && f.Value != "text/plain" {
			names = append(names, strings.ToLower(f.Name))
		}
	}
	slices.Sort(names)
	return names
}

func exposes(policy *cors.Policy, name string) bool {
	exposed := policy.Config().ExposeHeaders
	return slices.Contains(exposed, name) || slices.Contains(exposed, "*")
}

func has(header []browser.Field, name string) bool {
	return slices.ContainsFunc(header, func(f browser.Field) bool { return strings.EqualFold(f.Name, name) })
}
