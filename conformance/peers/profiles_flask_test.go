package peers

import (
	"testing"
	"time"

	cors "github.com/crossgate/cors/core"
)

func startFlask(tb testing.TB, profiles []profile) []string {
	tb.Helper()
	return flaskProgram(tb, "app.py", texts(profiles))
}

// flaskProfiles come from the documentation of Flask-CORS. Like Express's cors, it
// approves all headers if allow_headers is not set.
func flaskProfiles() []profile {
	unknown := unknownPath("/missing")
	return []profile{
		{
			name:  "default: any origin",
			there: `CORS(app)`,
			here: cors.Config{
				AllowOrigins: []string{"*"},
				AllowMethods: []string{"PUT", "PATCH", "DELETE"},
				AllowHeaders: []string{"*", "Authorization"},
			},
			differs: []difference{unknown},
		},
		{
			name:  "one origin",
			there: `CORS(app, origins="https://app.example.com")`,
			here: cors.Config{
				AllowOrigins: []string{"https://app.example.com"},
				AllowMethods: []string{"PUT", "PATCH", "DELETE"},
				AllowHeaders: []string{"*", "Authorization"},
			},
			differs: []difference{unknown},
		},
		{
			name:  "a list of origins, with credentials",
			there: `CORS(app, origins=["https://app.example.com", "https://admin.example.com"], supports_credentials=True)`,
			here: cors.Config{
				AllowOrigins:     []string{"https://app.example.com", "https://admin.example.com"},
				AllowCredentials: true,
				AllowMethods:     []string{"PUT", "PATCH", "DELETE"},
				AllowHeaders:     []string{"*"},
			},
			differs: []difference{unknown},
		},
		{
			name:  "a regular expression",
			there: `CORS(app, origins=r"https://.*\.example\.com")`,
			here: cors.Config{
				AllowOrigins: []string{"https://*.example.com"},
				AllowMethods: []string{"PUT", "PATCH", "DELETE"},
				AllowHeaders: []string{"*", "Authorization"},
			},
			differs: []difference{
				unknown,
				{
					when: from("https://app.example.com.evil.test"), what: "Pages of `https://app.example.com.evil.test`", allowedThere: true,
					why: "`re.match` only compares the beginning, so without `$` any domain may follow",
				},
				{
					when: from("https://app.example.com:8443"), what: "Pages of other ports", allowedThere: true,
					why: "for the same reason; list `https://*.example.com:*` if you mean other ports",
				},
			},
		},
		{
			name:  "resources: some paths only",
			there: `CORS(app, resources={r"/items": {"origins": "https://app.example.com"}})`,
			here: map[string]cors.Decider{
				"/items": cors.MustCompile(cors.Config{
					AllowOrigins: []string{"https://app.example.com"},
					AllowMethods: []string{"PUT", "PATCH", "DELETE"},
					AllowHeaders: []string{"*", "Authorization"},
				}),
			},
			note: "Write a path, or `/api/` for everything below it. Regular expressions and parts of a path segment do not work.",
		},
		{
			name:  "every origin that asks, with credentials",
			there: `CORS(app, supports_credentials=True)`,
			here: cors.Config{
				AllowOrigins:     []string{"https://app.example.com"},
				AllowCredentials: true,
				AllowMethods:     []string{"PUT", "PATCH", "DELETE"},
				AllowHeaders:     []string{"*"},
			},
			differs: []difference{
				{
					when: all(from("https://app.example.com"), unknown.when),
					what: unknown.what, allowedThere: unknown.allowedThere, why: unknown.why,
				},
				{
					when: notFrom("https://app.example.com"), what: "Pages of origins that are not listed", allowedThere: true,
					why: "Flask-CORS answers `*` with the requesting origin, so any page could read the signed-in visitor's data; in Crossgate, `*` with AllowCredentials does not compile",
				},
			},
		},
		{
			name: "methods, headers, exposed headers, max_age",
			there: `CORS(app,
     origins="https://app.example.com",
     methods=["GET", "POST", "PUT"],
     allow_headers=["Content-Type", "Authorization"],
     expose_headers=["X-Total-Count"],
     supports_credentials=True,
     max_age=600)`,
			here: cors.Config{
				AllowOrigins:     []string{"https://app.example.com"},
				AllowCredentials: true,
				AllowMethods:     []string{"PUT"},
				AllowHeaders:     []string{"Content-Type", "Authorization"},
				ExposeHeaders:    []string{"X-Total-Count"},
				MaxAge:           10 * time.Minute,
			},
		},
	}
}
