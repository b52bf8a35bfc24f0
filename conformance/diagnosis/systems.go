package diagnosis

import (
	"fmt"
	"slices"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
	cors "github.com/crossgate/cors/core"
)

// systems returns the systems that changes are written for. Their functions only get text
// that is harmless in code (see harmless).
func systems() []system {
	return []system{
		crossgate("Crossgate (net/http)", "handler = corshttp.New(policy)(handler) // outermost: around authentication, redirects and the router"),
		crossgate("Crossgate (chi)", "r.Use(corschi.New(policy)) // the first Use of the root router"),
		crossgate("Crossgate (gin)", "engine.Use(corsgin.New(policy)) // the first Use of the engine"),
		crossgate("Crossgate (echo)", "e.Pre(corsecho.New(policy)) // the first Pre: also before middleware that redirects"),
		crossgate("Crossgate (fiber)", "app.Use(corsfiber.New(policy)) // the first Use of the app"),
		express(), flask(), spring(), nginx(), ginContrib(), php(),
	}
}

// crossgateConfig returns the policy that allows what was asked. If it needs a Dangerously
// field, the code says what that means.
func crossgateConfig(a Asked) cors.Config {
	c := cors.Config{AllowOrigins: []string{a.Origin}, AllowCredentials: a.Credentials, AllowHeaders: a.Headers}
	if a.Method != "" && !browser.SafelistedMethod(a.Method) {
		c.AllowMethods = []string{a.Method}
	}
	switch {
	case a.Origin == "null":
		c.AllowCredentials, c.Dangerously.NullOrigin = false, true // never with credentials
	case a.Origin == "file://":
		c.AllowCredentials, c.Dangerously.FileOrigin = false, true
	case a.Credentials:
		_, err := cors.Compile(c)
		c.Dangerously.InsecureOrigins = slices.ContainsFunc(cors.ConfigErrors(err), func(e *cors.ConfigError) bool { return e.Code == "insecure-credentials" })
	}
	return c
}

// crossgate returns the system for one framework. Only the line that installs the
// middleware differs.
func crossgate(name, install string) system {
	return system{
		name: name,
		lines: func(a Asked) settings {
			l := settings{
				origin: fmt.Sprintf("AllowOrigins: []string{%q},", a.Origin), methods: fmt.Sprintf("AllowMethods: []string{%q},", a.Method),
				headers: fmt.Sprintf("AllowHeaders: []string{%s},", quotedList(a.Headers, `"`)), credentials: "AllowCredentials: true,",
				vary: install, place: install,
			}
			switch c := crossgateConfig(a); {
			case c.Dangerously.NullOrigin:
				l.origin += "\nDangerously: cors.Dangers{NullOrigin: true}, // every sandboxed page has this origin"
			case c.Dangerously.FileOrigin:
				l.origin += "\nDangerously: cors.Dangers{FileOrigin: true}, // every page from a file has this origin"
			case c.Dangerously.InsecureOrigins:
				l.origin += "\nDangerously: cors.Dangers{InsecureOrigins: true}, // better serve the page with https: anyone on the network can change it"
			}
			return l
		},
		whole: func(a Asked, l settings) string {
			c := crossgateConfig(a)
			fields := []string{l.origin}
			if c.AllowCredentials {
				fields = append(fields, l.credentials)
			}
			if len(c.AllowMethods) > 0 {
				fields = append(fields, l.methods)
			}
			if len(c.AllowHeaders) > 0 {
				fields = append(fields, l.headers)
			}
			return "policy := cors.MustCompile(cors.Config{\n" + indented("\t", fields...) + "})\n" + install
		},
		login:  `http.Error(w, "sign in", http.StatusUnauthorized)`,
		once:   "corshttp.New(policy, cors.Guard(cors.PolicyWins)) // your adapter's New takes it too: it removes the CORS headers that handlers and upstreams set",
		cookie: `http.SetCookie(w, &http.Cookie{Name: "session", Value: value, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteNoneMode})`,
	}
}

func express() system {
	return system{
		name: "Express",
		lines: func(a Asked) settings {
			return settings{
				origin: fmt.Sprintf("origin: ['%s'],", a.Origin), methods: fmt.Sprintf("methods: [%s],", quotedList(a.methods(), "'")),
				headers: fmt.Sprintf("allowedHeaders: [%s],", quotedList(a.Headers, "'")), credentials: "credentials: true,",
				vary:  fmt.Sprintf("origin: ['%s'], // a list: cors then sends Vary", a.Origin),
				place: "app.use(cors({ … })) // before authentication, redirects and routes",
			}
		},
		whole:  func(a Asked, l settings) string { return "app.use(cors({\n" + indented("  ", l.needed(a)...) + "}))" },
		login:  "res.sendStatus(401)",
		once:   "// remove res.set('Access-Control-Allow-Origin', …) from handlers, and add_header from the proxy; keep app.use(cors(…))",
		cookie: "res.cookie('session', value, { secure: true, httpOnly: true, sameSite: 'none' })",
	}
}

func flask() system {
	const preflights = `@app.before_request
def answer_preflights():
    if request.method == "OPTIONS":
        return app.make_default_options_response()`
	whole := func(a Asked, l settings) string {
		return "CORS(\n    app,\n" + indented("    ", l.needed(a)...) + `)

@app.after_request
def vary_by_origin(response):
    ` + l.vary + `
    return response`
	}
	return system{
		name: "Flask",
		lines: func(a Asked) settings {
			return settings{
				origin: fmt.Sprintf("origins=[\"%s\"],", a.Origin), methods: fmt.Sprintf("methods=[%s],", quotedList(a.methods(), `"`)),
				headers: fmt.Sprintf("allow_headers=[%s],", quotedList(a.Headers, `"`)), credentials: "supports_credentials=True,",
				vary: `response.vary.add("Origin")`, place: "@app.before_request # the first one: it returns app.make_default_options_response() to OPTIONS",
			}
		},
		whole:  whole,
		first:  func(a Asked, l settings) string { return whole(a, l) + "\n\n" + preflights },
		login:  "abort(401)",
		once:   "# remove response.headers[\"Access-Control-Allow-Origin\"] from views, and add_header from the proxy; keep CORS(app, …)",
		cookie: `response.set_cookie("session", value, secure=True, httponly=True, samesite="None")`,
	}
}

func spring() system {
	const install = "http.cors(Customizer.withDefaults());"
	return system{
		name: "Spring",
		lines: func(a Asked) settings {
			return settings{
				origin: fmt.Sprintf("c.setAllowedOrigins(List.of(\"%s\"));", a.Origin), methods: fmt.Sprintf("c.setAllowedMethods(List.of(%s));", quotedList(a.methods(), `"`)),
				headers: fmt.Sprintf("c.setAllowedHeaders(List.of(%s));", quotedList(a.Headers, `"`)), credentials: "c.setAllowCredentials(true);",
				vary: install + " // sends Vary", place: install + " // in the security filter chain, before authorization",
			}
		},
		whole: func(a Asked, l settings) string {
			return "@Bean\nCorsConfigurationSource corsConfigurationSource() {\n  CorsConfiguration c = new CorsConfiguration();\n" +
				indented("  ", l.needed(a)...) + "  UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();\n" +
				"  source.registerCorsConfiguration(\"/**\", c);\n  return source;\n}\n\n// in the security filter chain, before authorization:\n" + install
		},
		login:  "http.exceptionHandling(e -> e.authenticationEntryPoint(new HttpStatusEntryPoint(HttpStatus.UNAUTHORIZED)));",
		once:   "// remove @CrossOrigin and response.setHeader(\"Access-Control-Allow-Origin\", …), and add_header from the proxy; keep http.cors(…)",
		cookie: `ResponseCookie.from("session", value).secure(true).httpOnly(true).sameSite("None").path("/").build()`,
	}
}

func nginx() system {
	return system{
		name: "nginx",
		lines: func(a Asked) settings {
			return settings{
				origin:  fmt.Sprintf("if ($http_origin = \"%s\") {\n    set $cors $http_origin;\n}", a.Origin),
				methods: fmt.Sprintf("add_header Access-Control-Allow-Methods \"%s\" always;", joined(a.methods())),
				headers: fmt.Sprintf("add_header Access-Control-Allow-Headers \"%s\" always;", joined(a.Headers)), credentials: "add_header Access-Control-Allow-Credentials true always;",
				vary: "add_header Vary Origin always;", place: "if ($request_method = OPTIONS) { … return 204; } # in each location of the API, before return and rewrite",
			}
		},
		whole: func(a Asked, l settings) string {
			headers := []string{"add_header Access-Control-Allow-Origin $cors always;"}
			if a.Credentials {
				headers = append(headers, l.credentials)
			}
			headers = append(headers, l.vary)
			preflight := append(slices.Clone(headers), l.methods)
			if len(a.Headers) > 0 {
				preflight = append(preflight, l.headers)
			}
			return "# in each location of the API: a server block allows no add_header inside if\nset $cors \"\";\n" + l.origin + "\nif ($request_method = OPTIONS) {\n" + indented("    ", preflight...) + "    return 204;\n}\n" + strings.Join(headers, "\n")
		},
		login:  "return 401;",
		once:   "proxy_hide_header Access-Control-Allow-Origin;\nproxy_hide_header Access-Control-Allow-Credentials; # where nginx sets them; else remove its add_header lines",
		cookie: "proxy_cookie_flags ~ secure httponly samesite=none;",
	}
}

// ginOrigin returns the setting that lists an origin. For schemes other than http and https
// gin-contrib/cors stops the program, unless a further setting allows them.
func ginOrigin(origin string) string {
	list := fmt.Sprintf("AllowOrigins: []string{%q},", origin)
	switch scheme, _, _ := strings.Cut(origin, "://"); scheme {
	case "http", "https":
		return list
	case "null":
		return `AllowOriginFunc: func(origin string) bool { return origin == "null" },`
	case "file":
		return list + "\nAllowFiles: true,"
	case "chrome-extension", "safari-extension", "moz-extension", "ms-browser-extension":
		return list + "\nAllowBrowserExtensions: true,"
	default:
		return list + fmt.Sprintf("\nCustomSchemas: []string{%q},", scheme+"://")
	}
}

func ginContrib() system {
	return system{
		name: "gin-contrib/cors",
		lines: func(a Asked) settings {
			return settings{
				origin: ginOrigin(a.Origin), methods: fmt.Sprintf("AllowMethods: []string{%s},", quotedList(a.methods(), `"`)),
				headers: fmt.Sprintf("AllowHeaders: []string{%s},", quotedList(a.Headers, `"`)), credentials: "AllowCredentials: true,",
				vary:  `engine.Use(func(c *gin.Context) { c.Writer.Header().Add("Vary", "Origin") }) // it sends none where there is no Origin`,
				place: "engine.Use(cors.New(…)) // the first Use of the engine, before its routes",
			}
		},
		whole: func(a Asked, l settings) string {
			return "engine.Use(cors.New(cors.Config{\n" + indented("\t", l.needed(a)...) + "})) // the first Use of the engine, before its routes\n" + l.vary
		},
		login:  "c.AbortWithStatus(http.StatusUnauthorized)",
		once:   "// remove c.Header(\"Access-Control-Allow-Origin\", …) from handlers, and add_header from the proxy; keep cors.New(…)",
		cookie: "c.SetSameSite(http.SameSiteNoneMode)\nc.SetCookie(\"session\", value, 0, \"/\", \"\", true, true)",
	}
}

func php() system {
	return system{
		name: "PHP",
		lines: func(a Asked) settings {
			return settings{
				origin:  fmt.Sprintf("if (in_array($origin, ['%s'], true)) {", a.Origin),
				methods: fmt.Sprintf("header('Access-Control-Allow-Methods: %s');", joined(a.methods())),
				headers: fmt.Sprintf("header('Access-Control-Allow-Headers: %s');", joined(a.Headers)), credentials: "header('Access-Control-Allow-Credentials: true');",
				vary: "header('Vary: Origin', false);", place: "if ($_SERVER['REQUEST_METHOD'] === 'OPTIONS') { http_response_code(204); exit; } // at the top of the script",
			}
		},
		whole: func(a Asked, l settings) string {
			headers := []string{"header('Access-Control-Allow-Origin: ' . $origin);"}
			if a.Credentials {
				headers = append(headers, l.credentials)
			}
			headers = append(headers, l.methods)
			if len(a.Headers) > 0 {
				headers = append(headers, l.headers)
			}
			return "$origin = $_SERVER['HTTP_ORIGIN'] ?? '';\n" + l.vary + "\n" + l.origin + "\n" + indented("    ", headers...) +
				"}\nif ($_SERVER['REQUEST_METHOD'] === 'OPTIONS') {\n    http_response_code(204);\n    exit;\n}"
		},
		login:  "http_response_code(401);\nexit;",
		once:   "// remove header('Access-Control-Allow-Origin: …', false) or the add_header of the proxy; keep one",
		cookie: "setcookie('session', $value, ['secure' => true, 'httponly' => true, 'samesite' => 'None', 'path' => '/']);",
	}
}

// needed returns the settings for what was asked. The options of every system are in this
// order.
func (l settings) needed(a Asked) []string {
	needed := []string{l.origin, l.methods}
	if len(a.Headers) > 0 {
		needed = append(needed, l.headers)
	}
	if a.Credentials {
		needed = append(needed, l.credentials)
	}
	return needed
}

// indented indents every line of code.
func indented(margin string, code ...string) string {
	return margin + strings.ReplaceAll(strings.Join(code, "\n"), "\n", "\n"+margin) + "\n"
}
