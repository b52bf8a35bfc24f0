package peers

import (
	"context"
	"testing"
	"time"

	cors "github.com/crossgate/cors/core"
)

func startExpress(tb testing.TB, profiles []profile) []string {
	tb.Helper()
	return expressProgram(tb, "app.js", texts(profiles))
}

// expressProfiles are from the documentation of Express's cors. Where it has no
// allowedHeaders, it approves whatever headers are asked for, so here stands "*".
func expressProfiles() []profile {
	return []profile{
		{
			name:  "default: any origin",
			there: `app.use(cors())`,
			here: cors.Config{
				AllowOrigins: []string{"*"},
				AllowMethods: []string{"PUT", "PATCH", "DELETE"},
				AllowHeaders: []string{"*", "Authorization"},
			},
		},
		{
			name:  "one origin",
			there: `app.use(cors({ origin: 'https://app.example.com' }))`,
			here: cors.Config{
				AllowOrigins: []string{"https://app.example.com"},
				AllowMethods: []string{"PUT", "PATCH", "DELETE"},
				AllowHeaders: []string{"*", "Authorization"},
			},
		},
		{
			name: "a list of origins, with credentials",
			there: `app.use(cors({
  origin: ['https://app.example.com', 'https://admin.example.com'],
  credentials: true
}))`,
			here: cors.Config{
				AllowOrigins:     []string{"https://app.example.com", "https://admin.example.com"},
				AllowCredentials: true,
				AllowMethods:     []string{"PUT", "PATCH", "DELETE"},
				AllowHeaders:     []string{"*"},
			},
		},
		{
			name:  "a regular expression",
			there: `app.use(cors({ origin: /example\.com$/ }))`,
			here: cors.Config{
				AllowOrigins: []string{"https://example.com", "https://*.example.com"},
				AllowMethods: []string{"PUT", "PATCH", "DELETE"},
				AllowHeaders: []string{"*", "Authorization"},
			},
			differs: []difference{
				{
					when: from("https://evilexample.com"), what: "Pages of `https://evilexample.com`", allowedThere: true,
					why: "the expression has no boundary before the name, so it lets in everyone who registers a name that ends so",
				},
				{
					when: from("http://app.example.com"), what: "Pages of `http://` origins", allowedThere: true,
					why: "the expression does not look at the scheme; list `http://*.example.com` too if they are meant",
				},
			},
		},
		{
			name:  "whoever asks, with credentials",
			there: `app.use(cors({ origin: true, credentials: true }))`,
			here: cors.Config{
				AllowOrigins:     []string{"https://app.example.com"},
				AllowCredentials: true,
				AllowMethods:     []string{"PUT", "PATCH", "DELETE"},
				AllowHeaders:     []string{"*"},
			},
			differs: []difference{{
				when: notFrom("https://app.example.com"), what: "Pages of origins that are not listed", allowedThere: true,
				why: "any page could read what the server tells its signed-in visitor, and act for them: `*` with AllowCredentials does not compile here",
			}},
		},
		{
			name:  "`*` with credentials",
			there: `app.use(cors({ origin: '*', credentials: true }))`,
			here: cors.Config{
				AllowOrigins: []string{"*"},
				AllowMethods: []string{"PUT", "PATCH", "DELETE"},
				AllowHeaders: []string{"*", "Authorization"},
			},
			note: "Browsers refuse `*` for a fetch with credentials, so `credentials: true` did nothing there. It is an error here.",
		},
		{
			name: "methods, headers, exposed headers, maxAge",
			there: `app.use(cors({
  origin: 'https://app.example.com',
  methods: ['GET', 'POST', 'PUT'],
  allowedHeaders: ['Content-Type', 'Authorization'],
  exposedHeaders: ['X-Total-Count'],
  credentials: true,
  maxAge: 600
}))`,
			here: cors.Config{
				AllowOrigins:     []string{"https://app.example.com"},
				AllowCredentials: true,
				AllowMethods:     []string{"PUT"},
				AllowHeaders:     []string{"Content-Type", "Authorization"},
				ExposeHeaders:    []string{"X-Total-Count"},
				MaxAge:           10 * time.Minute,
			},
		},
		{
			name:  "sandboxed frames and files: null",
			there: `app.use(cors({ origin: ['https://app.example.com', 'null'] }))`,
			here: cors.Config{
				AllowOrigins: []string{"https://app.example.com", "null"},
				AllowMethods: []string{"PUT", "PATCH", "DELETE"},
				AllowHeaders: []string{"*", "Authorization"},
				Dangerously:  cors.Dangers{NullOrigin: true},
			},
			note: "Any page can make itself the origin `null`, which is why it must be asked for by name, and is never possible with credentials.",
		},
		{
			name: "a function",
			there: `app.use(cors({
  origin: (origin, callback) => callback(null, origin === 'https://app.example.com')
}))`,
			here: cors.Config{
				AllowOriginFunc: func(_ context.Context, _ cors.Request, o cors.Origin) (bool, error) {
					return o == cors.Origin{Scheme: "https", Host: "app.example.com"}, nil
				},
				AllowMethods: []string{"PUT", "PATCH", "DELETE"},
				AllowHeaders: []string{"*", "Authorization"},
			},
			note: "The function gets a parsed origin. It is asked only where no pattern matches, and never about `null`.",
		},
	}
}

// texts are the configurations of peers that are scripts.
func texts(profiles []profile) []string {
	var all []string
	for _, p := range profiles {
		all = append(all, p.there.(string))
	}
	return all
}
