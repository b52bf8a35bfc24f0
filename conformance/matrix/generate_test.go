package matrix

import (
	"strings"
	"time"

	"pgregory.net/rapid"

	cors "github.com/crossgate/cors/core"
)

// The generators take values from small sets, so that policies and requests match often.
// Two random strings would never match.

// originParts returns the schemes, hosts and ports from which patterns and Origins are
// made.
func originParts() (schemes, hosts, ports []string) {
	return []string{"https", "http"},
		[]string{
			"a.example", "b.example", "x.a.example", "y.x.a.example", "xa.example", "a.example.evil.test",
			"app-1.example.com", "app-12.example.com", "app-.example.com", "app-1.x.example.com",
			"localhost", "127.0.0.1", "[::1]", "xn--bcher-kva.example", "tenant.github.io",
		},
		[]string{"", "", "", ":8080", ":8443"}
}

// patterns generates the elements of AllowOrigins.
func patterns() *rapid.Generator[string] {
	_, _, ports := originParts()
	wild := []string{"https://*.a.example", "https://*.x.a.example", "http://*.a.example", "https://app-*.example.com", "https://*.github.io"}
	return rapid.OneOf(
		origins(),
		rapid.Custom(func(t *rapid.T) string {
			return rapid.SampledFrom(wild).Draw(t, "wildcard") + rapid.SampledFrom(append(ports, ":*")).Draw(t, "port")
		}),
		rapid.Custom(func(t *rapid.T) string { return strings.TrimRight(origins().Draw(t, "origin"), ":0123456789") + ":*" }).
			Filter(func(p string) bool {
				return !strings.HasSuffix(p, ".:*") && !strings.Contains(p, "127") && !strings.Contains(p, "[")
			}),
	)
}

// origins generates serialised origins, as a browser sends them.
func origins() *rapid.Generator[string] {
	schemes, hosts, ports := originParts()
	return rapid.Custom(func(t *rapid.T) string {
		return rapid.SampledFrom(schemes).Draw(t, "scheme") + "://" + rapid.SampledFrom(hosts).Draw(t, "host") + rapid.SampledFrom(ports).Draw(t, "port")
	})
}

// rawOrigins also generates Origin values that a browser does not send.
func rawOrigins() *rapid.Generator[string] {
	return rapid.OneOf(
		origins(),
		origins(),
		rapid.SampledFrom([]string{"null", "*", "", "https://", "HTTPS://A.EXAMPLE", "https://a.example:443", "https://a.example/", "https://u@a.example", "https://.a.example", "https://a.example.", "https://*.a.example"}),
		rapid.Custom(func(t *rapid.T) string { // an origin with an additional byte somewhere
			o := origins().Draw(t, "origin")
			at := rapid.IntRange(0, len(o)).Draw(t, "at")
			return o[:at] + rapid.SampledFrom([]string{".", ",", "-", "_", "/", "@", ":", "*", "\x80", "é", " ", "x"}).Draw(t, "byte") + o[at:]
		}),
	)
}

func methods() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
}

// headerNames returns names that scripts may set and that need permission.
func headerNames() []string { return []string{"authorization", "content-type", "x-a", "x-b", "x-c"} }

// configs generates configurations that compile. It includes dangerous ones, because here
// only equal behaviour matters.
func configs() *rapid.Generator[cors.Config] {
	some := func(t *rapid.T, label string, from ...string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(from), 0, len(from), rapid.ID[string]).Draw(t, label)
	}
	return rapid.Custom(func(t *rapid.T) cors.Config {
		c := cors.Config{
			AllowOrigins:     rapid.SliceOfNDistinct(patterns(), 1, 5, rapid.ID[string]).Draw(t, "allowOrigins"),
			AllowCredentials: rapid.Bool().Draw(t, "allowCredentials"),
			AllowMethods:     some(t, "allowMethods", "PUT", "DELETE", "PATCH", "patch", "*"),
			AllowHeaders:     some(t, "allowHeaders", append(headerNames(), "*")...),
			ExposeHeaders:    some(t, "exposeHeaders", "x-total", "etag"),
			MaxAge:           rapid.SampledFrom([]time.Duration{0, cors.NoCache, time.Second, 10 * time.Minute}).Draw(t, "maxAge"),
			PreflightStatus:  rapid.SampledFrom([]int{0, 200, 299}).Draw(t, "preflightStatus"),
			Dangerously:      cors.Dangers{InsecureOrigins: true, PublicSuffixes: true, NullOrigin: true, AnyOriginWithCredentials: true},
		}
		if c.AllowCredentials && rapid.IntRange(0, 5).Draw(t, "any") == 0 {
			c.AllowOrigins = []string{"*"}
		}
		if !c.AllowCredentials {
			switch rapid.IntRange(0, 5).Draw(t, "kind") {
			case 0:
				c.AllowOrigins = []string{"*"}
			case 1:
				c.AllowOrigins = append(c.AllowOrigins, "null")
			case 2:
				c.ExposeHeaders = []string{"*"}
			}
		}
		return c
	})
}
