package peers

import (
	"net/http"
	"time"

	jub0bscors "github.com/jub0bs/cors"
	rscors "github.com/rs/cors"

	cors "github.com/crossgate/cors/core"
)

// rsProfiles come from the documentation of rs/cors.
func rsProfiles() []profile {
	return []profile{
		{
			name:  "default: any origin, simple methods",
			there: rscors.Default().Handler,
			here: cors.Config{
				AllowOrigins: []string{"*"},
				AllowHeaders: []string{"Accept", "Content-Type", "X-Requested-With"},
			},
		},
		{
			name: "a list of origins, with credentials",
			there: rscors.New(rscors.Options{
				AllowedOrigins:   []string{"https://app.example.com", "https://admin.example.com"},
				AllowCredentials: true,
			}).Handler,
			here: cors.Config{
				AllowOrigins:     []string{"https://app.example.com", "https://admin.example.com"},
				AllowCredentials: true,
				AllowHeaders:     []string{"Accept", "Content-Type", "X-Requested-With"},
			},
		},
		{
			name: "methods, headers, exposed headers, MaxAge",
			there: rscors.New(rscors.Options{
				AllowedOrigins: []string{"https://app.example.com"},
				AllowedMethods: []string{http.MethodGet, http.MethodPost, http.MethodPut},
				AllowedHeaders: []string{"Content-Type", "Authorization"},
				ExposedHeaders: []string{"X-Total-Count"},
				MaxAge:         600,
			}).Handler,
			here: cors.Config{
				AllowOrigins:  []string{"https://app.example.com"},
				AllowMethods:  []string{"PUT"},
				AllowHeaders:  []string{"Content-Type", "Authorization"},
				ExposeHeaders: []string{"X-Total-Count"},
				MaxAge:        10 * time.Minute,
			},
			differs: []difference{unlistedHEAD()},
		},
		{
			name: "subdomains",
			there: rscors.New(rscors.Options{
				AllowedOrigins: []string{"https://*.example.com"},
				AllowedMethods: []string{http.MethodGet, http.MethodPost, http.MethodDelete},
				AllowedHeaders: []string{"*"},
			}).Handler,
			here: cors.Config{
				AllowOrigins: []string{"https://*.example.com"},
				AllowMethods: []string{"DELETE"},
				AllowHeaders: []string{"*", "Authorization"},
			},
			differs: []difference{unlistedHEAD()},
		},
		{
			name: "a function",
			there: rscors.New(rscors.Options{
				AllowOriginFunc: func(origin string) bool { return origin == "https://app.example.com" },
			}).Handler,
			here: cors.Config{
				AllowOrigins: []string{"https://app.example.com"},
				AllowHeaders: []string{"Accept", "Content-Type", "X-Requested-With"},
			},
			note: "Use patterns if you can. Otherwise use AllowOriginFunc, which gets a parsed origin.",
		},
		{
			name:  "AllowAll",
			there: rscors.AllowAll().Handler,
			here: cors.Config{
				AllowOrigins: []string{"*"},
				AllowMethods: []string{"PUT", "PATCH", "DELETE"},
				AllowHeaders: []string{"*", "Authorization"},
			},
			note: "`cors.AllowAll()` allows all other methods as well.",
		},
	}
}

// jub0bsProfiles come from the documentation of jub0bs/cors, whose middleware does
// nothing by default. Its Config is the most similar to Crossgate's.
func jub0bsProfiles() []profile {
	return []profile{
		{
			name: "one origin",
			there: jub0bscors.Config{
				Origins:        []string{"https://app.example.com"},
				Methods:        []string{http.MethodGet, http.MethodPost},
				RequestHeaders: []string{"Authorization"},
			},
			here: cors.Config{
				AllowOrigins: []string{"https://app.example.com"},
				AllowHeaders: []string{"Authorization"},
			},
		},
		{
			name: "subdomains, with credentials",
			there: jub0bscors.Config{
				Origins:         []string{"https://example.com", "https://*.example.com"},
				Credentialed:    true,
				Methods:         []string{http.MethodPut, http.MethodDelete},
				RequestHeaders:  []string{"Content-Type"},
				MaxAgeInSeconds: 600,
				ResponseHeaders: []string{"X-Total-Count"},
			},
			here: cors.Config{
				AllowOrigins:     []string{"https://example.com", "https://*.example.com"},
				AllowCredentials: true,
				AllowMethods:     []string{"PUT", "DELETE"},
				AllowHeaders:     []string{"Content-Type"},
				MaxAge:           10 * time.Minute,
				ExposeHeaders:    []string{"X-Total-Count"},
			},
		},
		{
			name: "any port",
			there: jub0bscors.Config{
				Origins: []string{"http://localhost:*", "https://app.example.com:*"},
				Methods: []string{http.MethodPut},
			},
			here: cors.Config{
				AllowOrigins: []string{"http://localhost:*", "https://app.example.com:*"},
				AllowMethods: []string{"PUT"},
			},
		},
		{
			name: "everything, without credentials",
			there: jub0bscors.Config{
				Origins:         []string{"*"},
				Methods:         []string{"*"},
				RequestHeaders:  []string{"*", "Authorization"},
				ResponseHeaders: []string{"*"},
			},
			here: cors.Config{
				AllowOrigins:  []string{"*"},
				AllowMethods:  []string{"*"},
				AllowHeaders:  []string{"*", "Authorization"},
				ExposeHeaders: []string{"*"},
			},
		},
		{
			name: "any method and header, with credentials",
			there: jub0bscors.Config{
				Origins:        []string{"https://app.example.com"},
				Credentialed:   true,
				Methods:        []string{"*"},
				RequestHeaders: []string{"*"},
			},
			here: cors.Config{
				AllowOrigins:     []string{"https://app.example.com"},
				AllowCredentials: true,
				AllowMethods:     []string{"*"},
				AllowHeaders:     []string{"*"},
			},
		},
	}
}
