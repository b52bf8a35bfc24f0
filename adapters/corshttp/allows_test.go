package corshttp_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

// A WebSocket upgrader asks before it accepts a handshake.
func ExampleAllows() {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}})
	for _, origin := range []string{"https://app.example.com", "https://chat.example.net", "https://evil.example"} {
		r := httptest.NewRequest(http.MethodGet, "https://chat.example.net/ws", nil)
		r.Header.Set("Origin", origin)
		fmt.Println(corshttp.Allows(policy, r), origin)
	}
	// Output:
	// true https://app.example.com
	// true https://chat.example.net
	// false https://evil.example
}

func TestAllows(t *testing.T) {
	t.Parallel()
	type key struct{}
	listed := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}})
	asked := cors.MustCompile(cors.Config{AllowOriginFunc: func(ctx context.Context, r cors.Request, o cors.Origin) (bool, error) {
		return ctx.Value(key{}) == o.Host && r.Host == "chat.example.net" && r.Path == "/ws", nil
	}})
	for _, tt := range []struct {
		name    string
		d       cors.Decider
		origins []string
		site    string
		want    bool
	}{
		{"listed", listed, []string{"https://app.example.com"}, "cross-site", true},
		{"not listed", listed, []string{"https://evil.example"}, "cross-site", false},
		{"not listed, and the browser says that it is the server's own", listed, []string{"https://evil.example"}, "same-origin", true},
		{"the server's own host, and the browser says cross-site", listed, []string{"https://chat.example.net"}, "cross-site", false},
		{"the server's own host", listed, []string{"http://chat.example.net"}, "", true},
		{"another port of it", listed, []string{"https://chat.example.net:8443"}, "", false},
		{"no Origin", listed, nil, "", true},
		{"two lines", listed, []string{"https://app.example.com", "https://app.example.com"}, "", false},
		{"null", listed, []string{"null"}, "", false},
		{"asked, with the request's context", asked, []string{"https://tenant.example"}, "", true},
		{"asked, and refused", asked, []string{"https://other.example"}, "", false},
		{"any", cors.MustCompile(cors.AllowAll()), []string{"https://evil.example"}, "", false},
		{"any, from the server's own host", cors.MustCompile(cors.AllowAll()), []string{"https://chat.example.net"}, "", true},
		{"no policy", (*cors.Policy)(nil), []string{"https://app.example.com"}, "", false},
		{"counted", new(cors.Tally).Of(listed), []string{"https://app.example.com"}, "", true},
	} {
		r := httptest.NewRequest(http.MethodGet, "https://chat.example.net/ws", nil)
		r = r.WithContext(context.WithValue(r.Context(), key{}, "tenant.example"))
		for _, origin := range tt.origins {
			r.Header.Add("Origin", origin)
		}
		if tt.site != "" {
			r.Header.Set("Sec-Fetch-Site", tt.site)
		}
		if got := corshttp.Allows(tt.d, r); got != tt.want {
			t.Errorf("%s: %t", tt.name, got)
		}
	}
}
