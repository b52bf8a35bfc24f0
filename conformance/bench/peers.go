package bench

import (
	"net/http"
	"slices"
	"strings"
	"time"

	gincors "github.com/gin-contrib/cors"
	chicors "github.com/go-chi/cors"
	fibercors "github.com/gofiber/fiber/v2/middleware/cors"
	fiberv3cors "github.com/gofiber/fiber/v3/middleware/cors"
	jub0bscors "github.com/jub0bs/cors"
	echomiddleware "github.com/labstack/echo/v4/middleware"
	rscors "github.com/rs/cors"

	cors "github.com/crossgate/cors/core"
)

// methods returns the configuration's methods for libraries that need the names of all
// methods.
func methods(c cors.Config) []string {
	return slices.Concat([]string{http.MethodGet, http.MethodHead, http.MethodPost}, c.AllowMethods)
}

func seconds(c cors.Config) int { return int(c.MaxAge / time.Second) }

// The ways in which other libraries answer differently.

// refusesAs changes the status of a refused preflight.
func refusesAs(s Scenario, a *answer, status int) {
	if s.Preflight() && a.origin() == "" {
		a.status = status
	}
}

// leavesOut drops the headers of an allowed origin in the scenarios whose names begin
// with one of the given texts.
func leavesOut(s Scenario, a *answer, scenarios string) {
	if strings.HasPrefix(s.Name, scenarios) {
		a.fields = nil
	}
}

func jub0bs(on func(httpLayer) stack) Library {
	return Library{
		Name:  "jub0bs",
		plain: true,
		differs: func(s Scenario, a *answer) {
			leavesOut(s, a, "hostile-headers")
			refusesAs(s, a, 403)
		},
		Notes: "hostile Access-Control-Request-Headers: 403",
		build: func(s Scenario) (stack, error) {
			m, err := jub0bscors.NewMiddleware(jub0bscors.Config{
				Origins:         s.Config.AllowOrigins,
				Credentialed:    s.Config.AllowCredentials,
				Methods:         s.Config.AllowMethods,
				RequestHeaders:  s.Config.AllowHeaders,
				MaxAgeInSeconds: seconds(s.Config),
				ResponseHeaders: s.Config.ExposeHeaders,
			})
			if err != nil {
				return stack{}, err
			}
			return on(m.Wrap), nil
		},
	}
}

func rs(on func(httpLayer) stack) Library {
	return Library{
		Name:     "rs",
		searches: true,
		differs: func(s Scenario, a *answer) {
			leavesOut(s, a, "no-origin")
			leavesOut(s, a, "hostile-headers")
			refusesAs(s, a, 204)
		},
		Notes: "refused preflights: 204; no origin under any: no header; hostile Access-Control-Request-Headers: refused",
		build: func(s Scenario) (stack, error) {
			return on(rscors.New(rscors.Options{
				AllowedOrigins:   s.Config.AllowOrigins,
				AllowCredentials: s.Config.AllowCredentials,
				AllowedMethods:   methods(s.Config),
				AllowedHeaders:   s.Config.AllowHeaders,
				ExposedHeaders:   s.Config.ExposeHeaders,
				MaxAge:           seconds(s.Config),
			}).Handler), nil
		},
	}
}

func goChi() Library {
	return Library{
		Name:     "go-chi",
		searches: true,
		differs: func(s Scenario, a *answer) {
			leavesOut(s, a, "no-origin")
			leavesOut(s, a, "hostile-headers-long-name")
			if s.Preflight() {
				a.status = 200
			}
		},
		Notes: "all preflights: 200; no origin under any: no header; hostile Access-Control-Request-Headers: approved, but for the long name",
		build: func(s Scenario) (stack, error) {
			return onChi(chicors.Handler(chicors.Options{
				AllowedOrigins:   s.Config.AllowOrigins,
				AllowCredentials: s.Config.AllowCredentials,
				AllowedMethods:   methods(s.Config),
				AllowedHeaders:   s.Config.AllowHeaders,
				ExposedHeaders:   s.Config.ExposeHeaders,
				MaxAge:           seconds(s.Config),
			})), nil
		},
	}
}

func ginContrib() Library {
	return Library{
		Name:     "gin-contrib",
		searches: true,
		differs: func(s Scenario, a *answer) {
			leavesOut(s, a, "no-origin")
			refusesAs(s, a, 403)
			if a.ran && a.origin() == "" && len(s.request.fields) > 0 {
				a.status, a.ran = 403, false
			}
		},
		Notes: "refused origins: 403 without the handler, so with less to do than the others; no origin under any: no header",
		build: func(s Scenario) (stack, error) {
			return onGin(gincors.New(gincors.Config{
				AllowOrigins:     s.Config.AllowOrigins,
				AllowWildcard:    true,
				AllowCredentials: s.Config.AllowCredentials,
				AllowMethods:     methods(s.Config),
				AllowHeaders:     s.Config.AllowHeaders,
				ExposeHeaders:    s.Config.ExposeHeaders,
				MaxAge:           s.Config.MaxAge,
			})), nil
		},
	}
}

func echoOwn() Library {
	return Library{
		Name:     "echo",
		searches: true,
		differs: func(s Scenario, a *answer) {
			leavesOut(s, a, "no-origin")
			refusesAs(s, a, 204)
		},
		Notes: "refused preflights: 204; no origin under any: no header",
		build: func(s Scenario) (stack, error) {
			return onEcho(echomiddleware.CORSWithConfig(echomiddleware.CORSConfig{
				AllowOrigins:     s.Config.AllowOrigins,
				AllowCredentials: s.Config.AllowCredentials,
				AllowMethods:     methods(s.Config),
				AllowHeaders:     s.Config.AllowHeaders,
				ExposeHeaders:    s.Config.ExposeHeaders,
				MaxAge:           seconds(s.Config),
			})), nil
		},
	}
}

func fiberOwn() Library {
	return Library{
		Name:     "fiber",
		plain:    true,
		searches: true,
		differs: func(s Scenario, a *answer) {
			leavesOut(s, a, "no-origin")
			refusesAs(s, a, 204)
		},
		Notes: "refused preflights: 204; no origin under any: no header",
		build: func(s Scenario) (stack, error) {
			return onFiber(fibercors.New(fibercors.Config{
				AllowOrigins:     strings.Join(s.Config.AllowOrigins, ","),
				AllowCredentials: s.Config.AllowCredentials,
				AllowMethods:     strings.Join(methods(s.Config), ","),
				AllowHeaders:     strings.Join(s.Config.AllowHeaders, ","),
				ExposeHeaders:    strings.Join(s.Config.ExposeHeaders, ","),
				MaxAge:           seconds(s.Config),
			})), nil
		},
	}
}

// fiberV3Own answers as fiber v2's does.
func fiberV3Own() Library {
	l := fiberOwn()
	l.build = func(s Scenario) (stack, error) {
		return onFiberV3(fiberv3cors.New(fiberv3cors.Config{
			AllowOrigins:     s.Config.AllowOrigins,
			AllowCredentials: s.Config.AllowCredentials,
			AllowMethods:     methods(s.Config),
			AllowHeaders:     s.Config.AllowHeaders,
			ExposeHeaders:    s.Config.ExposeHeaders,
			MaxAge:           seconds(s.Config),
		})), nil
	}
	return l
}
