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

// expressProfiles come from the documentation of Express's cors. Without allowedHeaders
// it approves all requested headers, so the Config has "*".
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
					why: "the regular expression has no boundary before the name, so it also allows any registered name with that ending",
				},
				{
					when: from("http://app.example.com"), what: "Pages of `http://` origins", allowedThere: true,
					why: "the regular expression does not check the scheme; list `http://*.example.com` too if you mean these pages",
				},
			},
		},
		{
			name:  "every origin that asks, with credentials",
			there: `app.use(cors({ origin: true, credentials: true }))`,
			here: cors.Config{
				AllowOrigins:     []string{"https://app.example.com"},
				AllowCredentials: true,
				AllowMethods:     []string{"PUT", "PATCH", "DELETE"},
				AllowHeaders:     []string{"*"},
			},
			differs: []difference{{
				when: notFrom("https://app.example.com"), what: "Pages of origins that are not listed", allowedThere: true,
				why: "any page could read the signed-in visitor's data, and act for them: in Crossgate, `*` with AllowCredentials does not compile",
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
			note: "Browsers refuse `*` for a fetch with credentials, so `credentials: true` had no effect. In Crossgate it is an error.",
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
			note: "Any page can get the origin `null`. You must therefore allow it by name, and never with credentials.",
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
			note: "The function gets a parsed origin. It is called only if no pattern matches, and never for `null`.",
		},
	}
}

// texts returns the configurations of peers that are scripts.
func texts(profiles []profile) []string {
	var all []string
	for _, p := range profiles {
		all = append(all, p.there.(string))
	}
	return all
}
