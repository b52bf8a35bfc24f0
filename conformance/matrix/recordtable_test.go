package matrix

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	cors "github.com/crossgate/cors/core"
)

// record returns the published vulnerabilities, except those in recordcost_test.go.
func record() []regression {
	return slices.Concat(recordOrigins(), recordPaths(), recordPreflights(), recordRequests())
}

// recordOrigins are vulnerabilities that allow wrong origins.
func recordOrigins() []regression {
	anybody := granting(func(origin string) bool { return origin != "" })
	everybody := cors.Config{AllowOrigins: []string{"*"}, AllowCredentials: true}
	open := []cors.Decider{policy(cors.AllowAll())}
	return []regression{
		{
			ids:  []string{"CVE-2017-20146", "CVE-2018-20744", "labstack/echo#2400", "CVE-2026-54290"},
			what: "gorilla/handlers, rs/cors, echo and hono make * work with credentials: they send back any origin",

			vulnerable: anybody, refused: []cors.Config{everybody}, deciders: open, attack: readWithCookies,
		},
		{
			ids:  []string{"CVE-2023-49803", "CVE-2018-8014"},
			what: "@koa/cors and Tomcat do so by default, without any configuration",

			vulnerable: anybody, refused: []cors.Config{{}, {AllowCredentials: true}, everybody}, deciders: open, attack: readWithCookies,
		},
		{
			ids:  []string{"go-restful-empty-list"},
			what: "an empty list of origins allows every origin, with cookies",

			vulnerable: granting(func(origin string) bool {
				var allowed []string
				return len(allowed) == 0 || slices.Contains(allowed, origin)
			}),
			refused:  []cors.Config{{}, {AllowCredentials: true}, {AllowOrigins: []string{}, AllowCredentials: true}},
			deciders: []cors.Decider{listing(listed)}, attack: readWithCookies,
		},
		{
			ids:  []string{"CVE-2024-25124"},
			what: "fiber sends * with credentials",

			vulnerable: setting(func(h http.Header, _ *http.Request) {
				h.Set("Access-Control-Allow-Origin", "*")
				h.Set("Access-Control-Allow-Credentials", "true")
			}),
			refused: []cors.Config{everybody}, deciders: open, attack: readWithCookies,
		},
		{
			ids:  []string{"gofiber/fiber-2.52.1"},
			what: "the wildcard of https://*.example.com has no boundary",

			vulnerable: granting(func(o string) bool {
				return strings.HasPrefix(o, "https://") && strings.HasSuffix(o, "example.com")
			}),
			deciders: []cors.Decider{listing("https://*.example.com")}, attack: readBy("https://evilexample.com", "/x"),
		},
		{
			ids:  []string{"CVE-2019-25211"},
			what: "gin-contrib reads http://localhost* as a prefix",

			vulnerable: granting(func(o string) bool { return strings.HasPrefix(o, "http://localhost") }),
			refused:    []cors.Config{{AllowOrigins: []string{"http://localhost*"}}, {AllowOrigins: []string{"https://example.com*"}}},
			deciders:   []cors.Decider{listing("http://localhost:*")}, attack: readBy("http://localhost.evil.test", "/x"),
		},
		{
			ids:  []string{"CVE-2024-27302"},
			what: "go-zero compares the end of the origin's text",

			vulnerable: granting(func(o string) bool { return strings.HasSuffix(o, "example.com") }),
			deciders:   []cors.Decider{listing(listed), listing("https://*.example.com")}, attack: readBy("https://evilexample.com", "/x"),
		},
		{
			ids:  []string{"zeromicro/go-zero-1.9.0"},
			what: "go-zero ignores the scheme",

			vulnerable: granting(func(o string) bool {
				u, err := url.Parse(o)
				return err == nil && u.Host == "example.com"
			}),
			deciders: []cors.Decider{listing(listed)}, attack: readBy("http://example.com", "/x"),
		},
		{
			ids:  []string{"GHSA-vhxv-fg4m-p2w8"},
			what: "in jub0bs/cors and fcors, some orders of patterns allow a host that ends like one of them",

			vulnerable: granting(func(o string) bool {
				return suffixTree([]string{"https://foo.com", "https://bar.com"}, o)
			}),
			deciders: []cors.Decider{listing("https://foo.com", "https://bar.com"), listing("https://bar.com", "https://foo.com")},
			attack:   readBy("https://barfoo.com", "/x"),
		},
		{
			ids:  []string{"CVE-2019-9580"},
			what: "StackStorm answers null to refused origins, and every sandboxed frame has the origin null",

			vulnerable: granting(func(origin string) bool { return origin == "null" }),
			deciders:   []cors.Decider{listing(listed), listing("https://*.example.com")}, attack: readBy("null", "/x"),
		},
		{
			ids:  []string{"jub0bs/cors-1.0.2-path"},
			what: "a path under the wildcard is sent back as an origin",

			vulnerable: granting(func(o string) bool {
				return strings.HasPrefix(o, "https://") && strings.HasSuffix(o, ".example.com")
			}),
			deciders: []cors.Decider{listing("https://*.example.com")}, attack: readBy("https://evil.test/.example.com", "/x"),
		},
	}
}

// suffixTree does not check where a pattern's host begins.
func suffixTree(patterns []string, origin string) bool {
	return policyMutants()["suffix-tree-without-boundary"](patterns, origin)
}

// recordPaths are vulnerabilities of flask-cors that use another path's policy: every
// origin can read what only the listed origin may read.
func recordPaths() []regression {
	openWhere := func(open func(r *http.Request) bool) middleware {
		return setting(func(h http.Header, r *http.Request) {
			if origin := r.Header.Get("Origin"); open(r) || origin == listed {
				h.Set("Access-Control-Allow-Origin", "*")
			}
		})
	}
	openAt := func(target string) func(string) error {
		return func(addr string) error {
			r, err := send(addr, "GET "+target, "Origin: "+evil)
			if err == nil && r.Lines("Access-Control-Allow-Origin") != nil {
				err = fmt.Errorf("every origin can read %s: %q", target, r.Fields)
			}
			return err
		}
	}
	return []regression{
		{
			ids:  []string{"CVE-2024-6839"},
			what: "the longest pattern counts as the most specific",

			vulnerable: openWhere(func(r *http.Request) bool {
				patterns := []string{`^/[a-z]{1,9}/[a-z]{1,9}$`, `^/api/admin`} // the first is for every path, and is longer
				slices.SortFunc(patterns, func(a, b string) int { return len(b) - len(a) })
				at := slices.IndexFunc(patterns, func(p string) bool { return regexp.MustCompile(p).MatchString(r.URL.Path) })
				return at == 0
			}),
			deciders: paths("/api/", "/api/admin"), attack: openAt("/api/admin"),
		},
		{
			ids:  []string{"CVE-2024-6844"},
			what: "a plus in a path is read as a space, so that the path's own policy does not apply",

			vulnerable: openWhere(func(r *http.Request) bool {
				p, err := url.QueryUnescape(r.URL.EscapedPath())
				return err == nil && path.Clean(p) != "/a+b"
			}),
			deciders: paths("/", "/a+b"), attack: openAt("/a+b"),
		},
		{
			ids:  []string{"CVE-2024-6866"},
			what: "paths are compared without regard to case",

			vulnerable: openWhere(func(r *http.Request) bool { return strings.EqualFold(r.URL.Path, "/open") }),
			deciders:   paths("/open", "/"), attack: openAt("/OPEN"),
		},
	}
}

// recordPreflights are vulnerabilities that approve or send back what was requested.
func recordPreflights() []regression {
	preflight := func(method, headers string, bad func(r map[string]string) error) func(string) error {
		return func(addr string) error {
			fields := []string{"Origin: " + listed, "Access-Control-Request-Method: " + method}
			if headers != "" {
				fields = append(fields, headers)
			}
			r, err := send(addr, "OPTIONS /x", fields...)
			if err != nil {
				return err
			}
			h := make(map[string]string)
			for _, f := range r.Fields {
				h[http.CanonicalHeaderKey(f.Name)] = f.Value
			}
			return bad(h)
		}
	}
	anything := policy(cors.Config{AllowOrigins: []string{listed}, AllowCredentials: true, AllowMethods: []string{"*"}, AllowHeaders: []string{"*"}})
	return []regression{
		{
			ids:  []string{"CVE-2024-6221"},
			what: "flask-cors opens private networks to every origin",

			vulnerable: preflighting(func(h http.Header, r *http.Request) {
				if r.Header.Get("Access-Control-Request-Private-Network") == "true" {
					h.Set("Access-Control-Allow-Private-Network", "true")
				}
			}),
			deciders: []cors.Decider{listing(listed), policy(cors.AllowAll()), anything},
			attack: preflight("GET", "Access-Control-Request-Private-Network: true", func(h map[string]string) error {
				if v, found := h["Access-Control-Allow-Private-Network"]; found {
					return errors.New("the private network is open: " + v)
				}
				return nil
			}),
		},
		{
			ids:  []string{"jub0bs/cors-1.0.2-trace"},
			what: "TRACE is approved if any method is",

			vulnerable: preflighting(func(h http.Header, r *http.Request) {
				h.Set("Access-Control-Allow-Methods", r.Header.Get("Access-Control-Request-Method"))
			}),
			deciders: []cors.Decider{anything},
			attack: preflight("TRACE", "", func(h map[string]string) error {
				if acam := h["Access-Control-Allow-Methods"]; strings.Contains(acam, "TRACE") {
					return errors.New("TRACE is approved")
				}
				return nil
			}),
		},
		{
			ids:  []string{"jub0bs/cors-1.0.2-echo"},
			what: "a list of any length is sent back",

			vulnerable: preflighting(func(h http.Header, r *http.Request) {
				h.Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
			}),
			deciders: []cors.Decider{anything, listing(listed)},
			attack: preflight("PUT", "Access-Control-Request-Headers: "+strings.Repeat("x", 60000), func(h map[string]string) error {
				if acah := h["Access-Control-Allow-Headers"]; len(acah) > 8<<10 {
					return fmt.Errorf("%d bytes come back", len(acah))
				}
				return nil
			}),
		},
	}
}

// recordRequests are vulnerabilities about how requests are read, and which are allowed.
func recordRequests() []regression {
	enforcing := func(e cors.Enforcement) []cors.Decider {
		return []cors.Decider{policy(cors.Config{AllowOrigins: []string{listed}, AllowCredentials: true, Enforce: e})}
	}
	through := setting(func(h http.Header, r *http.Request) {
		if r.Header.Get("Origin") == listed {
			h.Set("Access-Control-Allow-Origin", listed)
		}
	})
	return []regression{
		{
			ids:  []string{"rs/cors-two-lines"},
			what: "two Origin lines are answered with two lines, or allow the first one",

			vulnerable: setting(func(h http.Header, r *http.Request) {
				if r.Header.Get("Origin") == listed {
					h["Access-Control-Allow-Origin"] = r.Header["Origin"]
				}
			}),
			deciders: []cors.Decider{listing(listed), policy(cors.AllowAll())},
			attack: func(addr string) error {
				r, err := send(addr, "GET /x", "Origin: "+listed, "Origin: "+evil)
				if err != nil {
					return err
				}
				if acao := r.Lines("Access-Control-Allow-Origin"); len(acao) > 1 || slices.Contains(acao, listed) {
					return fmt.Errorf("%q", acao)
				}
				return nil
			},
		},
		{
			ids:  []string{"CVE-2022-4147"},
			what: "Quarkus runs the handler for an origin that is not allowed",

			vulnerable: through, deciders: enforcing(cors.EnforceUnsafe),
			attack: func(addr string) error {
				r, err := send(addr, "POST /x", "Origin: "+evil, "Sec-Fetch-Site: cross-site", "Content-Type: text/plain", "Content-Length: 0")
				if err == nil && (r.Ran || r.Status != http.StatusForbidden) {
					err = fmt.Errorf("the handler runs: %t, with status %d", r.Ran, r.Status)
				}
				return err
			},
		},
		{
			ids:  []string{"quarkus#29542"},
			what: "the fix in Quarkus refuses the site's own POSTs",

			vulnerable: func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if origin := r.Header.Get("Origin"); origin != "" && origin != listed {
						w.WriteHeader(http.StatusForbidden)
						return
					}
					next.ServeHTTP(w, r)
				})
			},
			deciders: append(enforcing(cors.EnforceUnsafe), append(enforcing(cors.EnforceAll), enforcing(cors.EnforceNone)...)...),
			attack: func(addr string) error {
				for _, fields := range [][]string{
					{"Origin: https://api.example.net", "Sec-Fetch-Site: same-origin", "Content-Length: 0"},
					{"Origin: http://api.example.net", "Content-Length: 0"}, // over plain http, browsers send no Sec-Fetch-Site
				} {
					r, err := send(addr, "POST /x", fields...)
					if err != nil {
						return err
					}
					if !r.Ran {
						return fmt.Errorf("the site's own POST is refused with %d: %q", r.Status, fields)
					}
				}
				return nil
			},
		},
		{
			ids:  []string{"CVE-2025-24010", "CVE-2026-32815"},
			what: "Vite and SiYuan rely on CORS to protect their WebSockets",

			vulnerable: through, deciders: enforcing(cors.EnforceAll),
			attack: func(addr string) error {
				r, err := send(addr, "GET /ws", "Origin: "+evil, "Connection: Upgrade", "Upgrade: websocket",
					"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
				if err == nil && (r.Ran || r.Status == http.StatusSwitchingProtocols) {
					err = fmt.Errorf("%s gets the connection: %q", evil, r.Body)
				}
				return err
			},
		},
	}
}
