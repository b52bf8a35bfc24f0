package corsfiberv3_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v3"

	"github.com/crossgate/cors/adapters/corsfiberv3"
	cors "github.com/crossgate/cors/core"
)

// The guard sends the headers of the policy that decides at the place.
func TestMountGuarded(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]cors.Option{"no guard": nil, "own": {cors.Guard(cors.PolicyWins)}} {
		app := fiber.New()
		m := corsfiberv3.NewMount(app, policyOf(t, "whole"), opts...)
		app.Use(m.Middleware())
		must(t, m.Group("/v1", policyOf(t, "group")), m.Route("GET", "/v1/off", nil))
		for _, path := range []string{"/x", "/v1/x", "/v1/off"} {
			app.Get(path, func(c fiber.Ctx) error { _ = tamper(c); return hello(c) })
		}
		for _, tt := range []struct{ target, origin, allowed, vary string }{
			{"/x", "whole", "https://whole.example", "Accept-Encoding Origin"},
			{"/v1/x", "group", "https://group.example", "Accept-Encoding Origin"},
			{"/v1/x", "whole", "", "Accept-Encoding Origin"},
			{"/v1/off", "group", "*", "Accept-Encoding"}, // no policy is in force
		} {
			r := httptest.NewRequest(http.MethodGet, tt.target, nil)
			r.Header.Set("Origin", "https://"+tt.origin+".example")
			w, err := app.Test(r, fiber.TestConfig{})
			if err != nil {
				t.Fatal(err)
			}
			_ = w.Body.Close()
			allowed, vary := strings.Join(w.Header.Values("Access-Control-Allow-Origin"), " "), strings.Join(w.Header.Values("Vary"), " ")
			right := allowed == tt.allowed && vary == tt.vary
			if wanted := name == "own" || tt.target == "/v1/off"; right != wanted {
				t.Errorf("%s, %s of %s: Access-Control-Allow-Origin %q, Vary %q", name, tt.target, tt.origin, allowed, vary)
			}
		}
	}
}
