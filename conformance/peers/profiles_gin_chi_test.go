package peers

import (
	"net/http"
	"time"

	gincors "github.com/gin-contrib/cors"
	chicors "github.com/go-chi/cors"

	cors "github.com/crossgate/cors/core"
)

// ginProfiles come from the documentation of gin-contrib/cors.
func ginProfiles() []profile {
	return []profile{
		{
			name:  "default: any origin",
			there: gincors.Default(),
			here: cors.Config{
				AllowOrigins: []string{"*"},
				AllowMethods: []string{"PUT", "PATCH", "DELETE"},
				AllowHeaders: []string{"Content-Type"},
				MaxAge:       12 * time.Hour,
			},
		},
		{
			name: "one origin, with credentials",
			there: gincors.New(gincors.Config{
				AllowOrigins:     []string{"https://app.example.com"},
				AllowMethods:     []string{"PUT", "PATCH"},
				AllowHeaders:     []string{"Origin", "Content-Type"},
				ExposeHeaders:    []string{"X-Total-Count"},
				AllowCredentials: true,
				MaxAge:           12 * time.Hour,
			}),
			here: cors.Config{
				AllowOrigins:     []string{"https://app.example.com"},
				AllowCredentials: true,
				AllowMethods:     []string{"PUT", "PATCH"},
				AllowHeaders:     []string{"Content-Type"},
				ExposeHeaders:    []string{"X-Total-Count"},
				MaxAge:           12 * time.Hour,
			},
			note: "In gin-contrib/cors, requests from other origins get 403, and no handler runs. `Enforce: cors.EnforceAll` does the same. It recognizes same-origin requests by Sec-Fetch-Site; gin-contrib/cors compares the Host, which a proxy may change.",
		},
		{
			name: "subdomains",
			there: gincors.New(gincors.Config{
				AllowOrigins:  []string{"https://*.example.com"},
				AllowWildcard: true,
				AllowMethods:  []string{"GET", "POST", "PUT"},
				AllowHeaders:  []string{"Authorization", "Content-Type"},
			}),
			here: cors.Config{
				AllowOrigins: []string{"https://*.example.com"},
				AllowMethods: []string{"PUT"},
				AllowHeaders: []string{"Authorization", "Content-Type"},
			},
		},
		{
			name: "a function",
			there: gincors.New(gincors.Config{
				AllowOriginFunc: func(origin string) bool { return origin == "https://app.example.com" },
				AllowMethods:    []string{"GET", "POST", "DELETE"},
			}),
			here: cors.Config{
				AllowOrigins: []string{"https://app.example.com"},
				AllowMethods: []string{"DELETE"},
			},
			note: "Use patterns if you can. Otherwise use AllowOriginFunc, which gets a parsed origin.",
		},
		{
			name: "any origin with credentials",
			there: gincors.New(gincors.Config{
				AllowAllOrigins:  true,
				AllowCredentials: true,
				AllowMethods:     []string{"GET", "POST", "PUT"},
				AllowHeaders:     []string{"Content-Type"},
			}),
			here: cors.Config{
				AllowOrigins: []string{"*"},
				AllowMethods: []string{"PUT"},
				AllowHeaders: []string{"Content-Type"},
			},
			note: "Browsers refuse `*` for a fetch with credentials, so AllowCredentials had no effect. In Crossgate it is an error.",
		},
	}
}

// unlistedHEAD is a difference from go-chi/cors and rs/cors, which also look up the
// method of an actual request in their lists.
func unlistedHEAD() difference {
	return difference{
		when: func(f fetch) bool { return f.method == "HEAD" }, what: "HEAD", allowedThere: false,
		why: "the old list of methods does not name it, so the response had no CORS headers. Crossgate always allows GET, HEAD and POST, for which browsers need no permission (Fetch, CORS-safelisted method)",
	}
}

// chiProfiles come from the documentation of go-chi/cors.
func chiProfiles() []profile {
	return []profile{
		{
			name:  "default: any origin, simple methods",
			there: chicors.Handler(chicors.Options{}),
			here: cors.Config{
				AllowOrigins: []string{"*"},
				AllowHeaders: []string{"Accept", "Content-Type"},
			},
		},
		{
			name: "any http or https origin, as its README begins",
			there: chicors.Handler(chicors.Options{
				AllowedOrigins:   []string{"https://*", "http://*"},
				AllowedMethods:   []string{"GET", "POST", "PUT", "DELETE", "OPTIONS"},
				AllowedHeaders:   []string{"Accept", "Authorization", "Content-Type", "X-CSRF-Token"},
				ExposedHeaders:   []string{"X-Total-Count"},
				AllowCredentials: false,
				MaxAge:           300,
			}),
			here: cors.Config{
				AllowOrigins:  []string{"*"},
				AllowMethods:  []string{"PUT", "DELETE"},
				AllowHeaders:  []string{"Authorization", "Content-Type", "X-CSRF-Token"},
				ExposeHeaders: []string{"X-Total-Count"},
				MaxAge:        5 * time.Minute,
			},
			differs: []difference{
				{
					when: from("null"), what: "Pages of the origin `null`", allowedThere: false,
					why: "`*` includes every origin; without credentials, a page gets only what anyone can fetch without a browser",
				},
				unlistedHEAD(),
			},
		},
		{
			name: "a list of origins, with credentials",
			there: chicors.Handler(chicors.Options{
				AllowedOrigins:   []string{"https://app.example.com", "https://admin.example.com"},
				AllowedMethods:   []string{"GET", "POST", "PUT"},
				AllowedHeaders:   []string{"Content-Type"},
				AllowCredentials: true,
				MaxAge:           300,
			}),
			here: cors.Config{
				AllowOrigins:     []string{"https://app.example.com", "https://admin.example.com"},
				AllowCredentials: true,
				AllowMethods:     []string{"PUT"},
				AllowHeaders:     []string{"Content-Type"},
				MaxAge:           5 * time.Minute,
			},
			differs: []difference{unlistedHEAD()},
		},
		{
			name: "subdomains",
			there: chicors.Handler(chicors.Options{
				AllowedOrigins: []string{"https://*.example.com"},
				AllowedMethods: []string{"GET", "POST", "PUT"},
				AllowedHeaders: []string{"*"},
			}),
			here: cors.Config{
				AllowOrigins: []string{"https://*.example.com"},
				AllowMethods: []string{"PUT"},
				AllowHeaders: []string{"*", "Authorization"},
			},
			differs: []difference{unlistedHEAD()},
		},
		{
			name: "a function",
			there: chicors.Handler(chicors.Options{
				AllowOriginFunc: func(_ *http.Request, origin string) bool { return origin == "https://app.example.com" },
				AllowedMethods:  []string{"GET", "POST", "DELETE"},
			}),
			here: cors.Config{
				AllowOrigins: []string{"https://app.example.com"},
				AllowMethods: []string{"DELETE"},
				AllowHeaders: []string{"Accept", "Content-Type"},
			},
			differs: []difference{unlistedHEAD()},
			note:    "Use patterns if you can. Otherwise use AllowOriginFunc, which gets a parsed origin.",
		},
		{
			name:  "AllowAll",
			there: chicors.AllowAll().Handler,
			here: cors.Config{
				AllowOrigins: []string{"*"},
				AllowMethods: []string{"PUT", "PATCH", "DELETE"},
				AllowHeaders: []string{"*", "Authorization"},
			},
			note: "`cors.AllowAll()` allows all other methods as well.",
		},
	}
}
