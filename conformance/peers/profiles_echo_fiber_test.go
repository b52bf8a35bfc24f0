package peers

import (
	"net/http"
	"time"

	fibercors "github.com/gofiber/fiber/v2/middleware/cors"
	echomiddleware "github.com/labstack/echo/v4/middleware"

	cors "github.com/crossgate/cors/core"
)

// echoProfiles come from the documentation of echo's CORS middleware. Without
// AllowHeaders it approves all requested headers, so the Config has "*".
func echoProfiles() []profile {
	return []profile{
		{
			name:  "default: any origin",
			there: echomiddleware.CORS(),
			here: cors.Config{
				AllowOrigins: []string{"*"},
				AllowMethods: []string{"PUT", "PATCH", "DELETE"},
				AllowHeaders: []string{"*", "Authorization"},
			},
		},
		{
			name: "a list of origins, and headers",
			there: echomiddleware.CORSWithConfig(echomiddleware.CORSConfig{
				AllowOrigins: []string{"https://app.example.com", "https://admin.example.com"},
				AllowHeaders: []string{"Origin", "Content-Type", "Accept"},
			}),
			here: cors.Config{
				AllowOrigins: []string{"https://app.example.com", "https://admin.example.com"},
				AllowMethods: []string{"PUT", "PATCH", "DELETE"},
				AllowHeaders: []string{"Content-Type", "Accept"},
			},
			differs: []difference{{
				when: func(f fetch) bool { return f.method == "PATCH" || f.path == "/error" && f.method == "PUT" },
				what: "Methods that the route does not have", allowedThere: false,
				why: "without AllowMethods, echo approves the methods that its router serves at the path; with Crossgate the page can read the 405, unless you use Mount with cors.RouteMethods()",
			}},
		},
		{
			name: "methods, headers, exposed headers, credentials, MaxAge",
			there: echomiddleware.CORSWithConfig(echomiddleware.CORSConfig{
				AllowOrigins:     []string{"https://app.example.com"},
				AllowMethods:     []string{http.MethodGet, http.MethodPut, http.MethodPost},
				AllowHeaders:     []string{"Content-Type", "Authorization"},
				AllowCredentials: true,
				ExposeHeaders:    []string{"X-Total-Count"},
				MaxAge:           600,
			}),
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
			name: "subdomains",
			there: echomiddleware.CORSWithConfig(echomiddleware.CORSConfig{
				AllowOrigins: []string{"https://*.example.com"},
				AllowMethods: []string{http.MethodGet, http.MethodPut},
			}),
			here: cors.Config{
				AllowOrigins: []string{"https://*.example.com"},
				AllowMethods: []string{"PUT"},
				AllowHeaders: []string{"*", "Authorization"},
			},
		},
		{
			name: "a function",
			there: echomiddleware.CORSWithConfig(echomiddleware.CORSConfig{
				AllowOriginFunc: func(origin string) (bool, error) { return origin == "https://app.example.com", nil },
				AllowMethods:    []string{http.MethodGet, http.MethodPut, http.MethodPost, http.MethodDelete},
			}),
			here: cors.Config{
				AllowOrigins: []string{"https://app.example.com"},
				AllowMethods: []string{"PUT", "DELETE"},
				AllowHeaders: []string{"*", "Authorization"},
			},
			note: "Use patterns if you can. Otherwise use AllowOriginFunc, which gets a parsed origin.",
		},
		{
			name: "every origin that asks, with credentials",
			there: echomiddleware.CORSWithConfig(echomiddleware.CORSConfig{
				AllowOrigins:                             []string{"*"},
				AllowMethods:                             []string{http.MethodGet, http.MethodPut, http.MethodPost},
				AllowCredentials:                         true,
				UnsafeWildcardOriginWithAllowCredentials: true,
			}),
			here: cors.Config{
				AllowOrigins:     []string{"https://app.example.com"},
				AllowCredentials: true,
				AllowMethods:     []string{"PUT"},
				AllowHeaders:     []string{"*"},
			},
			differs: []difference{{
				when: notFrom("https://app.example.com"), what: "Pages of origins that are not listed", allowedThere: true,
				why: "any page could read the signed-in visitor's data, and act for them: in Crossgate, `*` with AllowCredentials does not compile",
			}},
		},
	}
}

// fiberProfiles come from the documentation of fiber's CORS middleware.
func fiberProfiles() []profile {
	return []profile{
		{
			name:  "default: any origin",
			there: fibercors.New(),
			here: cors.Config{
				AllowOrigins: []string{"*"},
				AllowMethods: []string{"PUT", "PATCH", "DELETE"},
				AllowHeaders: []string{"*", "Authorization"},
			},
		},
		{
			name: "a list of origins, and headers",
			there: fibercors.New(fibercors.Config{
				AllowOrigins: "https://app.example.com, https://admin.example.com",
				AllowHeaders: "Origin, Content-Type, Accept",
			}),
			here: cors.Config{
				AllowOrigins: []string{"https://app.example.com", "https://admin.example.com"},
				AllowMethods: []string{"PUT", "PATCH", "DELETE"},
				AllowHeaders: []string{"Content-Type", "Accept"},
			},
		},
		{
			name: "methods, headers, exposed headers, credentials, MaxAge",
			there: fibercors.New(fibercors.Config{
				AllowOrigins:     "https://app.example.com",
				AllowMethods:     "GET,POST,PUT",
				AllowHeaders:     "Content-Type, Authorization",
				AllowCredentials: true,
				ExposeHeaders:    "X-Total-Count",
				MaxAge:           600,
			}),
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
			name: "subdomains",
			there: fibercors.New(fibercors.Config{
				AllowOrigins: "https://*.example.com",
				AllowHeaders: "Content-Type",
			}),
			here: cors.Config{
				AllowOrigins: []string{"https://*.example.com"},
				AllowMethods: []string{"PUT", "PATCH", "DELETE"},
				AllowHeaders: []string{"Content-Type"},
			},
		},
		{
			name: "a function",
			there: fibercors.New(fibercors.Config{
				AllowOriginsFunc: func(origin string) bool { return origin == "https://app.example.com" },
				AllowHeaders:     "Content-Type",
			}),
			here: cors.Config{
				AllowOrigins: []string{"https://app.example.com"},
				AllowMethods: []string{"PUT", "PATCH", "DELETE"},
				AllowHeaders: []string{"Content-Type"},
			},
			note: "Use patterns if you can. Otherwise use AllowOriginFunc, which gets a parsed origin.",
		},
	}
}
