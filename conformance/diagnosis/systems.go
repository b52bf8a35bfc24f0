package diagnosis

import (
	"fmt"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
)

// systems are those that changes are written for. What they put into code is harmless: see
// there.
func systems() []system {
	return []system{
		crossgate("Crossgate (net/http)", "handler = corshttp.New(policy)(handler) // the outermost layer: around authentication, redirects and the router"),
		crossgate("Crossgate (chi)", "r.Use(corschi.New(policy)) // the first Use of the root router"),
		crossgate("Crossgate (gin)", "engine.Use(corsgin.New(policy)) // the first Use of the engine"),
		crossgate("Crossgate (echo)", "e.Pre(corsecho.New(policy)) // the first Pre"),
		crossgate("Crossgate (fiber)", "app.Use(corsfiber.New(policy)) // the first Use of the app"),
		express(), flask(), spring(), nginx(), ginContrib(), php(),
	}
}

func crossgate(name, install string) system {
	return system{
		name: name,
		settings: func(a Asked) string {
			var b strings.Builder
			fmt.Fprintf(&b, "policy := cors.MustCompile(cors.Config{\n\tAllowOrigins: []string{%q},\n", a.Origin)
			if a.Credentials {
				b.WriteString("\tAllowCredentials: true,\n")
			}
			if !browser.SafelistedMethod(a.Method) && a.Method != "" {
				fmt.Fprintf(&b, "\tAllowMethods: []string{%q},\n", a.Method)
			}
			if len(a.Headers) > 0 {
				fmt.Fprintf(&b, "\tAllowHeaders: []string{%s},\n", quotedList(a.Headers, `"`))
			}
			if a.Origin == "null" {
				b.WriteString("\tDangerously: cors.Dangers{NullOrigin: true}, // every sandboxed page has this origin\n")
			}
			return b.String() + "})\n" + install
		},
		login:  `http.Error(w, "sign in", http.StatusUnauthorized)`,
		once:   "corshttp.New(policy, cors.Guard(cors.PolicyWins)) // in the adapter in use: what handlers and upstreams set is removed",
		cookie: `http.SetCookie(w, &http.Cookie{Name: "session", Value: value, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteNoneMode})`,
	}
}

func express() system {
	return system{
		name: "Express",
		settings: func(a Asked) string {
			var b strings.Builder
			fmt.Fprintf(&b, "app.use(cors({\n  origin: ['%s'],\n  methods: [%s],\n", a.Origin, quotedList(a.methods(), "'"))
			if len(a.Headers) > 0 {
				fmt.Fprintf(&b, "  allowedHeaders: [%s],\n", quotedList(a.Headers, "'"))
			}
			if a.Credentials {
				b.WriteString("  credentials: true,\n")
			}
			return b.String() + "}))"
		},
		login:  "res.sendStatus(401)",
		once:   "// remove res.set('Access-Control-Allow-Origin', …) from handlers, and add_header from the proxy; keep app.use(cors(…))",
		cookie: "res.cookie('session', value, { secure: true, httpOnly: true, sameSite: 'none' })",
	}
}

func flask() system {
	settings := func(a Asked) string {
		var b strings.Builder
		fmt.Fprintf(&b, "CORS(app, origins=[\"%s\"], methods=[%s]", a.Origin, quotedList(a.methods(), `"`))
		if len(a.Headers) > 0 {
			fmt.Fprintf(&b, ", allow_headers=[%s]", quotedList(a.Headers, `"`))
		}
		if a.Credentials {
			b.WriteString(", supports_credentials=True")
		}
		return b.String() + `)

@app.after_request
def vary_by_origin(response):
    response.vary.add("Origin")
    return response`
	}
	return system{
		name:     "Flask",
		settings: settings,
		first: func(a Asked) string {
			return settings(a) + `

@app.before_request
def answer_preflights():
    if request.method == "OPTIONS":
        return app.make_default_options_response()`
		},
		login:  "abort(401)",
		once:   "# remove response.headers[\"Access-Control-Allow-Origin\"] from views, and add_header from the proxy; keep CORS(app, …)",
		cookie: `response.set_cookie("session", value, secure=True, httponly=True, samesite="None")`,
	}
}

func spring() system {
	return system{
		name: "Spring",
		settings: func(a Asked) string {
			var b strings.Builder
			fmt.Fprintf(&b, "@Bean\nCorsConfigurationSource corsConfigurationSource() {\n  CorsConfiguration c = new CorsConfiguration();\n"+
				"  c.setAllowedOrigins(List.of(\"%s\"));\n  c.setAllowedMethods(List.of(%s));\n", a.Origin, quotedList(a.methods(), `"`))
			if len(a.Headers) > 0 {
				fmt.Fprintf(&b, "  c.setAllowedHeaders(List.of(%s));\n", quotedList(a.Headers, `"`))
			}
			if a.Credentials {
				b.WriteString("  c.setAllowCredentials(true);\n")
			}
			return b.String() + "  UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();\n" +
				"  source.registerCorsConfiguration(\"/**\", c);\n  return source;\n}\n\n// in the security filter chain, before authorization:\nhttp.cors(Customizer.withDefaults());"
		},
		login:  "http.exceptionHandling(e -> e.authenticationEntryPoint(new HttpStatusEntryPoint(HttpStatus.UNAUTHORIZED)));",
		once:   "// remove @CrossOrigin and response.setHeader(\"Access-Control-Allow-Origin\", …), and add_header from the proxy; keep http.cors(…)",
		cookie: `ResponseCookie.from("session", value).secure(true).httpOnly(true).sameSite("None").path("/").build()`,
	}
}

func nginx() system {
	return system{
		name: "nginx",
		settings: func(a Asked) string {
			headers := "add_header Access-Control-Allow-Origin $cors always;\n"
			if a.Credentials {
				headers += "add_header Access-Control-Allow-Credentials true always;\n"
			}
			headers += "add_header Vary Origin always;\n"
			preflight := headers + fmt.Sprintf("add_header Access-Control-Allow-Methods \"%s\" always;\n", joined(a.methods()))
			if len(a.Headers) > 0 {
				preflight += fmt.Sprintf("add_header Access-Control-Allow-Headers \"%s\" always;\n", joined(a.Headers))
			}
			return fmt.Sprintf("set $cors \"\";\nif ($http_origin = \"%s\") {\n    set $cors $http_origin;\n}\nif ($request_method = OPTIONS) {\n", a.Origin) +
				indent(preflight) + "    return 204;\n}\n" + strings.TrimSuffix(headers, "\n")
		},
		login:  "return 401;",
		once:   "proxy_hide_header Access-Control-Allow-Origin;\nproxy_hide_header Access-Control-Allow-Credentials; # where nginx sets them; else remove its add_header lines",
		cookie: "proxy_cookie_flags ~ secure httponly samesite=none;",
	}
}

func ginContrib() system {
	return system{
		name: "gin-contrib/cors",
		settings: func(a Asked) string {
			var b strings.Builder
			fmt.Fprintf(&b, "engine.Use(cors.New(cors.Config{\n\tAllowOrigins: []string{%q},\n\tAllowMethods: []string{%s},\n", a.Origin, quotedList(a.methods(), `"`))
			if len(a.Headers) > 0 {
				fmt.Fprintf(&b, "\tAllowHeaders: []string{%s},\n", quotedList(a.Headers, `"`))
			}
			if a.Credentials {
				b.WriteString("\tAllowCredentials: true,\n")
			}
			return b.String() + "})) // the first Use of the engine, before its routes\n" +
				"engine.Use(func(c *gin.Context) { c.Writer.Header().Add(\"Vary\", \"Origin\") }) // it sends none where there is no Origin"
		},
		login:  "c.AbortWithStatus(http.StatusUnauthorized)",
		once:   "// remove c.Header(\"Access-Control-Allow-Origin\", …) from handlers, and add_header from the proxy; keep cors.New(…)",
		cookie: "c.SetSameSite(http.SameSiteNoneMode)\nc.SetCookie(\"session\", value, 0, \"/\", \"\", true, true)",
	}
}

func php() system {
	return system{
		name: "PHP",
		settings: func(a Asked) string {
			var b strings.Builder
			fmt.Fprintf(&b, "$origin = $_SERVER['HTTP_ORIGIN'] ?? '';\nheader('Vary: Origin', false);\nif (in_array($origin, ['%s'], true)) {\n", a.Origin)
			b.WriteString("    header('Access-Control-Allow-Origin: ' . $origin);\n")
			if a.Credentials {
				b.WriteString("    header('Access-Control-Allow-Credentials: true');\n")
			}
			fmt.Fprintf(&b, "    header('Access-Control-Allow-Methods: %s');\n", joined(a.methods()))
			if len(a.Headers) > 0 {
				fmt.Fprintf(&b, "    header('Access-Control-Allow-Headers: %s');\n", joined(a.Headers))
			}
			return b.String() + "}\nif ($_SERVER['REQUEST_METHOD'] === 'OPTIONS') {\n    http_response_code(204);\n    exit;\n}"
		},
		login:  "http_response_code(401);\nexit;",
		once:   "// remove header('Access-Control-Allow-Origin: …', false) or the add_header of the proxy; keep one",
		cookie: "setcookie('session', $value, ['secure' => true, 'httponly' => true, 'samesite' => 'None', 'path' => '/']);",
	}
}

func indent(lines string) string {
	return "    " + strings.ReplaceAll(strings.TrimSuffix(lines, "\n"), "\n", "\n    ") + "\n"
}
