package recipes_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/examples/recipes"
)

func TestTiming(t *testing.T) {
	t.Parallel()
	policy := compiled(t, cors.Config{AllowOrigins: []string{app, "https://*.team.example.com"}})
	addr := listen(t, corshttp.New(policy)(recipes.Timing(policy, http.HandlerFunc(hello))))
	for origin, want := range map[string][]string{
		app:                             {app},
		"https://a.team.example.com":    {"https://a.team.example.com"},
		"https://evil.example":          nil,
		"null":                          nil,
		"https://app.example.com, evil": nil,
	} {
		header := http.Header{"Origin": {origin}}
		response := ask(t, addr, "GET", "/items", header)
		assert.Equal(t, want, response.Header.Values("Timing-Allow-Origin"), origin)
		assert.Equal(t, []string{"Origin"}, response.Header.Values("Vary"), "it depends on the Origin, and says so")
	}
	response := ask(t, addr, "GET", "/items", http.Header{})
	assert.Empty(t, response.Header.Values("Timing-Allow-Origin"))
}
