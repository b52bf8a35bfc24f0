package websocket_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/examples/websocket"
)

// protected returns the site's resource behind a CrossOriginProtection without trusted
// origins. The policy does not enforce, so every refusal comes from Protect.
func protected(live *cors.Live) http.Handler {
	config := websocket.Config()
	config.Enforce = cors.EnforceNone
	live.Store(cors.MustCompile(config))
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders", websocket.Order)
	allows := func(origin string) bool { return live.Load().AllowsOrigin(origin) }
	return corshttp.New(live)(websocket.Protect(http.NewCrossOriginProtection(), allows, mux))
}

// enforced returns the site, whose policy enforces.
func enforced(live *cors.Live) http.Handler {
	live.Store(cors.MustCompile(websocket.Config()))
	return websocket.Site(live)
}

// send returns the response to a request with the given Sec-Fetch-Site, if any, and
// Origin lines.
func send(t *testing.T, method, url, site string, lines ...string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url+"/orders", http.NoBody)
	require.NoError(t, err)
	if lines != nil {
		req.Header["Origin"] = lines
	}
	if site != "" {
		req.Header.Set("Sec-Fetch-Site", site)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp
}

func TestWritesAreForTheSameOriginSet(t *testing.T) {
	t.Parallel()
	for way, handler := range map[string]func(*cors.Live) http.Handler{
		"CrossOriginProtection": protected,
		"Config.Enforce":        enforced,
	} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			url := serve(t, handler(new(cors.Live)))
			for _, c := range []struct {
				name, site string
				lines      []string
				status     int
			}{
				{"same-origin", "same-origin", []string{url}, 201},
				{"same-origin of an old browser", "", []string{url}, 201},
				{"by the user", "none", []string{"null"}, 201},
				{"no browser", "", nil, 201},
				{"a listed origin", "cross-site", []string{"https://shop.example.org"}, 201},
				{"a listed origin in an old browser", "", []string{"https://shop.example.org"}, 201},
				{"a subdomain", "cross-site", []string{"https://app.example.com"}, 201},
				{"a subdomain in an old browser", "", []string{"https://a.b.example.com"}, 201},
				{"the domain of the subdomains", "cross-site", []string{"https://example.com"}, 403},
				{"another origin", "cross-site", []string{"https://other.example.net"}, 403},
				{"another origin of the same site", "same-site", []string{"https://other.example.net"}, 403},
				{"another origin in an old browser", "", []string{"https://other.example.net"}, 403},
				{"a domain that ends alike", "cross-site", []string{"https://evilexample.com"}, 403},
				{"a domain that ends alike in an old browser", "", []string{"https://evilexample.com"}, 403},
				{"null", "cross-site", []string{"null"}, 403},
				{"null in an old browser", "", []string{"null"}, 403},
				{"upper case", "cross-site", []string{"HTTPS://SHOP.EXAMPLE.ORG"}, 403},
				{"two lines, the first listed", "cross-site", []string{"https://shop.example.org", "https://evil.test"}, 403},
				{"two lines in an old browser", "", []string{"https://shop.example.org", "https://evil.test"}, 403},
				{"cross-site without Origin", "cross-site", nil, 403},
			} {
				assert.Equal(t, c.status, send(t, http.MethodPost, url, c.site, c.lines...).StatusCode, c.name)
			}
		})
	}
}

// A page of a listed origin can read the answer, and Protect does not refuse its preflight.
func TestProtectStandsInsideOfCORS(t *testing.T) {
	t.Parallel()
	url := serve(t, protected(new(cors.Live)))
	const origin = "https://app.example.com"
	resp := send(t, http.MethodPost, url, "cross-site", origin)
	assert.Equal(t, origin, resp.Header.Get("Access-Control-Allow-Origin"))
	assert.Equal(t, []string{"Origin"}, resp.Header.Values("Vary"))

	req, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, url+"/orders", http.NoBody)
	require.NoError(t, err)
	req.Header = http.Header{
		"Origin": {origin}, "Sec-Fetch-Site": {"cross-site"}, "Access-Control-Request-Method": {"POST"},
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	resp, err = transport.RoundTrip(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, 204, resp.StatusCode)
	assert.Equal(t, origin, resp.Header.Get("Access-Control-Allow-Origin"))
}

func TestWritesFollowALivePolicy(t *testing.T) {
	t.Parallel()
	for way, handler := range map[string]func(*cors.Live) http.Handler{
		"CrossOriginProtection": protected,
		"Config.Enforce":        enforced,
	} {
		live := new(cors.Live)
		url := serve(t, handler(live))
		const shop, other = "https://shop.example.org", "https://other.example.net"
		assert.Equal(t, 201, send(t, http.MethodPost, url, "cross-site", shop).StatusCode, way)
		assert.Equal(t, 403, send(t, http.MethodPost, url, "cross-site", other).StatusCode, way)

		config := live.Load().Config()
		config.AllowOrigins = []string{other}
		live.Store(cors.MustCompile(config))
		assert.Equal(t, 403, send(t, http.MethodPost, url, "cross-site", shop).StatusCode, way)
		assert.Equal(t, 201, send(t, http.MethodPost, url, "cross-site", other).StatusCode, way)
	}
}

// AddTrustedOrigin alone is not enough: it accepts a pattern without an error, and then
// trusts none of its origins.
func TestTrustedOriginsHaveNoPatterns(t *testing.T) {
	t.Parallel()
	protection := http.NewCrossOriginProtection()
	for _, origin := range websocket.Config().AllowOrigins {
		require.NoError(t, protection.AddTrustedOrigin(origin))
	}
	url := serve(t, protection.Handler(http.HandlerFunc(websocket.Order)))
	assert.Equal(t, 201, send(t, http.MethodPost, url, "cross-site", "https://shop.example.org").StatusCode)
	assert.Equal(t, 403, send(t, http.MethodPost, url, "cross-site", "https://app.example.com").StatusCode)
}

// A page that may read is not a page that you trust. Protect believes AllowsOrigin.
func TestAnyOriginUnderBothWays(t *testing.T) {
	t.Parallel()
	config := cors.AllowAll()
	config.Enforce = cors.EnforceUnsafe
	policy := cors.MustCompile(config)
	order := http.HandlerFunc(websocket.Order)
	for _, c := range []struct {
		way    string
		h      http.Handler
		status int
	}{
		{"Config.Enforce", corshttp.New(policy)(order), 403},
		{"CrossOriginProtection", websocket.Protect(http.NewCrossOriginProtection(), policy.AllowsOrigin, order), 201},
	} {
		resp := send(t, http.MethodPost, serve(t, c.h), "cross-site", "https://evil.test")
		assert.Equal(t, c.status, resp.StatusCode, c.way)
	}
}
