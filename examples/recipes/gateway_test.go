package recipes_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/examples/recipes"
)

func TestGateway(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 20)
	// An upstream that sends its own, wrong CORS headers.
	upstream := listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Method
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		w.Header().Set("Access-Control-Expose-Headers", "X-Internal")
		w.Header().Set("Vary", "Accept-Encoding")
		w.Header().Set("X-Internal", "1")
		hello(w, r)
	}))
	target, err := url.Parse("http://" + upstream)
	require.NoError(t, err)
	policy := compiled(t, recipes.Cookies())
	addr := listen(t, recipes.Gateway(policy, target))

	v := visit(t, addr, app, browser.Request{Method: "PUT", URL: "/items", Credentials: browser.Include})
	assert.True(t, v.Allowed, v.Console)
	assert.Equal(t, "PUT", <-asked, "the preflight ends at the gateway")
	_, readable := v.Get("X-Internal")
	assert.False(t, readable, "what the upstream exposes is not exposed")

	response := ask(t, addr, "GET", "/items", http.Header{"Origin": {app}})
	assert.Equal(t, []string{app}, response.Header.Values("Access-Control-Allow-Origin"))
	vary := response.Header.Values("Vary")
	assert.True(t, slices.Contains(vary, "Origin") && slices.Contains(vary, "Accept-Encoding"), "%q", vary)
	response = ask(t, addr, "GET", "/items", http.Header{"Origin": {other}})
	assert.Empty(t, response.Header.Values("Access-Control-Allow-Origin"), "the upstream's * does not get through")

	// Two layers without Guard, as if a proxy added its own headers.
	doubled := listen(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Access-Control-Allow-Origin"] = []string{app, app}
	}))
	assert.Equal(t, browser.MultipleAllowOriginValues, visit(t, doubled, app, get).Code)

	// An upstream that is down: the page reads the 502.
	down, err := url.Parse("http://127.0.0.1:1")
	require.NoError(t, err)
	v = visit(t, listen(t, recipes.Gateway(policy, down)), app, signed)
	assert.True(t, v.Allowed, v.Console)
	assert.Equal(t, http.StatusBadGateway, v.Status)
}
