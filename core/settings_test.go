package cors_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	cors "github.com/crossgate/cors/core"
)

// TestSettings checks how single settings change the answer to an allowed preflight or the
// response to an allowed request.
func TestSettings(t *testing.T) {
	t.Parallel()
	const preflight, actual = "preflight allowed 204", "actual allowed 0"
	const origin = "\nAccess-Control-Allow-Origin: https://app.example.com"
	for _, tt := range []struct {
		name   string
		config cors.Config
		want   string
	}{
		{"no max age", cors.Config{}, preflight + origin + "\nVary: Origin"},
		{"a second", cors.Config{MaxAge: time.Second}, preflight + origin + "\nAccess-Control-Max-Age: 1\nVary: Origin"},
		{"a day", cors.Config{MaxAge: 24 * time.Hour}, preflight + origin + "\nAccess-Control-Max-Age: 86400\nVary: Origin"},
		{"no cache", cors.Config{MaxAge: cors.NoCache}, preflight + origin + "\nAccess-Control-Max-Age: 0\nVary: Origin"},
		{"status 200", cors.Config{PreflightStatus: 200}, "preflight allowed 200" + origin + "\nVary: Origin"},
		{"status 299", cors.Config{PreflightStatus: 299}, "preflight allowed 299" + origin + "\nVary: Origin"},
		{"pass", cors.Config{PassPreflight: true}, "preflight allowed 0" + origin + "\nVary: Origin"},
		{"pass with a status", cors.Config{PassPreflight: true, PreflightStatus: 200}, "preflight allowed 0" + origin + "\nVary: Origin"},
		{"any method", cors.Config{AllowMethods: []string{"*"}}, preflight + "\nAccess-Control-Allow-Methods: *, " + usualMethods + origin + "\nVary: Origin"},
		{"any header", cors.Config{AllowHeaders: []string{"*"}}, preflight + "\nAccess-Control-Allow-Headers: *, " + usualHeaders + origin + "\nVary: Origin"},
		{
			"any header and Authorization", cors.Config{AllowHeaders: []string{"Authorization", "*"}},
			preflight + "\nAccess-Control-Allow-Headers: *, authorization, " + usualHeaders + origin + "\nVary: Origin",
		},
		{
			"any method and header by name", cors.Config{AllowMethods: []string{"*", "PURGE", "DELETE"}, AllowHeaders: []string{"X-Tenant", "*"}},
			preflight + "\nAccess-Control-Allow-Headers: *, " + strings.Replace(usualHeaders, "x-user-agent", "x-tenant, x-user-agent", 1) +
				"\nAccess-Control-Allow-Methods: *, DELETE, HEAD, PATCH, PURGE, PUT" + origin + "\nVary: Origin",
		},
		{"HEAD without headers", cors.Config{AllowMethods: []string{"HEAD", "PUT"}}, preflight + "\nAccess-Control-Allow-Methods: PUT" + origin + "\nVary: Origin"},
		{
			"HEAD with headers", cors.Config{AllowMethods: []string{"GET", "head", "PUT"}, AllowHeaders: []string{"x-a"}}, // Firefox needs it in the list
			preflight + "\nAccess-Control-Allow-Headers: x-a\nAccess-Control-Allow-Methods: HEAD, PUT" + origin + "\nVary: Origin",
		},
		{"safelisted methods", cors.Config{AllowMethods: []string{"GET", "head", "POST"}}, preflight + origin + "\nVary: Origin"},
		{"exposed", cors.Config{ExposeHeaders: []string{"X-A"}}, actual + origin + "\nAccess-Control-Expose-Headers: x-a\nVary: Origin"},
		{"any exposed", cors.Config{ExposeHeaders: []string{"*"}}, actual + origin + "\nAccess-Control-Expose-Headers: *\nVary: Origin"},
		{"safelisted exposed", cors.Config{ExposeHeaders: []string{"Content-Type"}}, actual + origin + "\nVary: Origin"},
		{"credentials", cors.Config{AllowCredentials: true}, actual + "\nAccess-Control-Allow-Credentials: true" + origin + "\nVary: Origin"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.config.AllowOrigins = []string{app}
			r := cors.Request{Method: "GET", Origin: app}
			if strings.HasPrefix(tt.want, "preflight") {
				r = cors.Request{Method: "OPTIONS", Origin: app, RequestMethod: "GET"}
			}
			p := compile(t, tt.config)
			if got := wire(p.Decide(t.Context(), r)); got != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tt.want)
			}
			r.Origin = evil
			want := "actual origin-not-allowed 0\nVary: Origin"
			if r.Method == "OPTIONS" {
				want = "preflight origin-not-allowed 403\nVary: Origin"
			}
			if got := wire(p.Decide(t.Context(), r)); got != want {
				t.Errorf("from another origin, got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// TestVary checks that Vary names every header that the decision depends on.
func TestVary(t *testing.T) {
	t.Parallel()
	ask := askNobody
	for _, tt := range []struct {
		name              string
		config            cors.Config
		response, preflit string // Vary of other responses, and of the answer to a preflight
	}{
		{"any", cors.Config{AllowOrigins: []string{"*"}}, "", ""},
		{"any, any method and header", cors.AllowAll(), "", ""},
		{"listed", cors.Config{AllowOrigins: []string{app}}, "Origin", "Origin"},
		{"listed, any method and header", cors.Config{AllowOrigins: []string{app}, AllowMethods: []string{"*"}, AllowHeaders: []string{"*"}}, "Origin", "Origin"},
		{
			"reflected method", cors.Config{AllowOrigins: []string{app}, AllowCredentials: true, AllowMethods: []string{"*"}},
			"Origin", "Access-Control-Request-Method, Origin",
		},
		{
			"reflected headers", cors.Config{AllowOrigins: []string{app}, AllowCredentials: true, AllowHeaders: []string{"*"}},
			"Origin", "Access-Control-Request-Headers, Origin",
		},
		{
			"both", cors.Config{AllowOrigins: []string{app}, AllowCredentials: true, AllowHeaders: []string{"*"}, AllowMethods: []string{"*"}},
			"Origin", "Access-Control-Request-Headers, Access-Control-Request-Method, Origin",
		},
		{"function", cors.Config{AllowOriginFunc: ask}, "Origin", "Origin"},
		{
			"function that reads headers", cors.Config{AllowOriginFunc: ask, VaryBy: []string{"x-tenant", "ACCEPT-language", "origin", "X-Tenant"}},
			"Accept-Language, Origin, X-Tenant", "Accept-Language, Origin, X-Tenant",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := compile(t, tt.config)
			for _, r := range []cors.Request{
				{Method: "GET"},
				{Method: "GET", Origin: app},
				{Method: "GET", Origin: evil},
				{Method: "GET", Origin: "null"},
				{Method: "GET", Origin: "malformed"},
				{Method: "OPTIONS", Origin: app, RequestMethod: "PUT"},
				{Method: "OPTIONS", Origin: app, RequestMethod: "TRACE", RequestHeaders: "@"},
				{Method: "OPTIONS", Origin: evil, RequestMethod: "PUT"},
			} {
				want := tt.response
				if r.Method == "OPTIONS" {
					want = tt.preflit
				}
				if got := headers(p.Decide(t.Context(), r))["Vary"]; got != want {
					t.Errorf("%+v: Vary is %q, want %q", r, got, want)
				}
			}
		})
	}
}

// TestNoPolicy checks that without a policy no header is sent and no request refused.
func TestNoPolicy(t *testing.T) {
	t.Parallel()
	routes, err := cors.NewRoutes(nil)
	if err != nil {
		t.Fatal(err)
	}
	var none *cors.Policy
	for name, d := range map[string]cors.Decider{"nil policy": none, "zero live": new(cors.Live), "no routes": routes} {
		for _, tt := range []decisionCase{
			{"not CORS", cors.Request{Method: "GET"}, "not-cors no-policy 0"},
			{"actual", cors.Request{Method: "POST", Origin: app, FetchSite: "cross-site"}, "actual no-policy 0"},
			{"preflight", cors.Request{Method: "OPTIONS", Origin: app, RequestMethod: "PUT"}, "preflight no-policy 0"},
		} {
			if got := wire(d.Decide(t.Context(), tt.request)); got != tt.want {
				t.Errorf("%s, %s: got %q, want %q", name, tt.name, got, tt.want)
			}
		}
	}
	if got, want := wire(cors.Decision{}), "not-cors no-policy 0"; got != want {
		t.Errorf("the zero Decision is %q, want %q", got, want)
	}
	if got := wire(cors.Decision{}.Clone()); got != "not-cors no-policy 0" {
		t.Errorf("the clone of the zero Decision is %q", got)
	}
	if none.AllowsOrigin(app) {
		t.Error("a nil policy allows an origin")
	}
}

// TestHeadersStop checks that iteration over headers may stop anywhere and begin again.
func TestHeadersStop(t *testing.T) {
	t.Parallel()
	p := compile(t, cors.Config{AllowOrigins: []string{app}, AllowCredentials: true, AllowMethods: []string{"PUT"}, AllowHeaders: []string{"x-a"}, MaxAge: time.Minute})
	d := p.Decide(t.Context(), cors.Request{Method: "OPTIONS", Origin: app, RequestMethod: "PUT"})
	all := []string{
		"Access-Control-Allow-Credentials", "Access-Control-Allow-Headers", "Access-Control-Allow-Methods",
		"Access-Control-Allow-Origin", "Access-Control-Max-Age", "Vary",
	}
	for stop := range len(all) + 1 {
		var got []string
		for name := range d.Headers() {
			if len(got) == stop {
				break
			}
			got = append(got, name)
		}
		if !slices.Equal(got, all[:stop]) {
			t.Errorf("stopped after %d: got %q", stop, got)
		}
	}
}
