//go:build unix

package preflights

import (
	"net/http"
	"slices"
	"strings"
	"time"

	gincors "github.com/gin-contrib/cors"
	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	chicors "github.com/go-chi/cors"
	"github.com/gofiber/fiber/v2"
	fibercors "github.com/gofiber/fiber/v2/middleware/cors"
	jub0bscors "github.com/jub0bs/cors"
	"github.com/labstack/echo/v4"
	echomiddleware "github.com/labstack/echo/v4/middleware"
	rscors "github.com/rs/cors"

	"github.com/crossgate/cors/adapters/corsfiber"
	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

// Library is a CORS middleware in its framework.
type Library struct {
	Name string
	Ours bool

	// Unable says why the library cannot apply a policy, or "" if it can.
	Unable func(Policy) string

	// build returns the page's server under a policy. With an age of 0 the library is not
	// configured with a max-age.
	build func(p Policy, origin string, age time.Duration) (Application, error)
}

// Libraries returns Crossgate on net/http and on fiber, and the other libraries.
func Libraries() []Library {
	able := func(Policy) string { return "" }
	return []Library{
		{Name: "Crossgate", Ours: true, Unable: able, build: func(p Policy, origin string, age time.Duration) (Application, error) {
			policy, err := cors.Compile(p.config(origin, age))
			return onHTTP(corshttp.New(policy)), err
		}},
		{Name: "Crossgate, fiber", Ours: true, Unable: able, build: func(p Policy, origin string, age time.Duration) (Application, error) {
			policy, err := cors.Compile(p.config(origin, age))
			return onFiber(corsfiber.New(policy)), err
		}},
		{Name: "rs/cors", Unable: able, build: buildRS},
		{Name: "jub0bs/cors", Unable: able, build: buildJub0bs},
		{Name: "gin-contrib/cors", build: buildGin, Unable: func(p Policy) string {
			if p.Any && p.Credentials {
				return "it sends *, which browsers read as a literal name"
			}
			return ""
		}},
		{Name: "go-chi/cors", Unable: able, build: buildChi},
		{Name: "echo", Unable: able, build: buildEcho},
		{Name: "fiber", Unable: able, build: buildFiber},
	}
}

// Target returns the page's calls to the library under a policy.
func (l Library) Target(p Policy, age, pause time.Duration) Target {
	return Target{
		Name:    l.Name + " under " + p.Name,
		Cookies: p.Credentials,
		Pause:   pause,
		Build:   func(origin string) (Application, error) { return l.build(p, origin, age) },
	}
}

// headers returns the page's headers, or the library's setting for any header.
func headers(p Policy, whatever ...string) []string {
	if p.Any {
		return whatever
	}
	return pageHeaders
}

func buildRS(p Policy, origin string, age time.Duration) (Application, error) {
	return onHTTP(rscors.New(rscors.Options{
		AllowedOrigins:   []string{origin},
		AllowCredentials: p.Credentials,
		AllowedMethods:   p.methods(), // it has no "*"
		AllowedHeaders:   headers(p, "*"),
		MaxAge:           int(age / time.Second),
	}).Handler), nil
}

func buildJub0bs(p Policy, origin string, age time.Duration) (Application, error) {
	c := jub0bscors.Config{
		Origins:         []string{origin},
		Credentialed:    p.Credentials,
		Methods:         pageMethods,
		RequestHeaders:  headers(p, "*"),
		MaxAgeInSeconds: int(age / time.Second),
	}
	if p.Any {
		c.Methods = []string{"*"}
		if !p.Credentials {
			c.RequestHeaders = append(c.RequestHeaders, "Authorization")
		}
	}
	m, err := jub0bscors.NewMiddleware(c)
	if err != nil {
		return Application{}, err
	}
	return onHTTP(m.Wrap), nil
}

func buildGin(p Policy, origin string, age time.Duration) (Application, error) {
	c := gincors.Config{
		AllowOrigins:     []string{origin},
		AllowCredentials: p.Credentials,
		AllowMethods:     p.methods(),
		AllowHeaders:     headers(p, "*", "Authorization"),
		MaxAge:           age,
	}
	if p.Any {
		c.AllowMethods = []string{"*"}
	}
	gin.SetMode(gin.ReleaseMode) // otherwise gin writes to the standard output
	r := gin.New()
	r.Use(gincors.New(c))
	r.NoRoute(gin.WrapF(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		ok(w, r)
	}))
	return Application{http: r}, nil
}

func buildChi(p Policy, origin string, age time.Duration) (Application, error) {
	chi.RegisterMethod("PURGE")
	r := chi.NewRouter()
	r.Use(chicors.Handler(chicors.Options{
		AllowedOrigins:   []string{origin},
		AllowCredentials: p.Credentials,
		AllowedMethods:   p.methods(), // it has no "*"
		AllowedHeaders:   headers(p, "*"),
		MaxAge:           int(age / time.Second),
	}))
	r.HandleFunc("/*", ok)
	return Application{http: r}, nil
}

func buildEcho(p Policy, origin string, age time.Duration) (Application, error) {
	e := echo.New()
	e.Use(echomiddleware.CORSWithConfig(echomiddleware.CORSConfig{
		AllowOrigins:     []string{origin},
		AllowCredentials: p.Credentials,
		AllowMethods:     p.methods(), // with credentials it reads "*" as a name
		AllowHeaders:     headers(p),  // an empty list reflects what is asked for
		MaxAge:           int(age / time.Second),
	}))
	for _, method := range p.methods() {
		e.Add(method, "/*", echo.WrapHandler(http.HandlerFunc(ok)))
	}
	return Application{http: e}, nil
}

func buildFiber(p Policy, origin string, age time.Duration) (Application, error) {
	return onFiber(fibercors.New(fibercors.Config{
		AllowOrigins:     origin,
		AllowCredentials: p.Credentials,
		AllowMethods:     strings.Join(p.methods(), ","),
		AllowHeaders:     strings.Join(headers(p), ","), // an empty list reflects what is asked for
		MaxAge:           int(age / time.Second),
	})), nil
}

func onHTTP(layer func(http.Handler) http.Handler) Application {
	return Application{http: layer(http.HandlerFunc(ok))}
}

func onFiber(layer fiber.Handler) Application {
	app := fiber.New(fiber.Config{DisableStartupMessage: true, RequestMethods: append(slices.Clone(fiber.DefaultMethods), "PURGE")})
	app.Use(layer)
	app.Use(func(c *fiber.Ctx) error {
		c.Set("Cache-Control", "no-store")
		return c.SendString("ok")
	})
	return Application{fast: app.Handler()}
}
