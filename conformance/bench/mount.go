package bench

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/gofiber/fiber/v2"
	fiberv3 "github.com/gofiber/fiber/v3"
	"github.com/labstack/echo/v4"
	echov5 "github.com/labstack/echo/v5"

	"github.com/crossgate/cors/adapters/corschi"
	"github.com/crossgate/cors/adapters/corsecho"
	"github.com/crossgate/cors/adapters/corsechov5"
	"github.com/crossgate/cors/adapters/corsfiber"
	"github.com/crossgate/cors/adapters/corsfiberv3"
	"github.com/crossgate/cors/adapters/corsgin"
	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

// The names of Crossgate's rows with policies for groups and routes.
const (
	Mount          = "mount"
	MountEnforcing = "mount-enforcing" // the group's policy enforces, so the Mount also asks the router before the handler runs
)

// Mounted is a row about the cost of a Mount: an application with many routes behind a
// middleware, and a request to it.
type Mounted struct {
	Framework string
	Scenario  string // "actual", "preflight" or "404"
	Routes    int
	Layer     string // None, Own, PolicyWins, Mount or MountEnforcing
}

// String names the row in benchmark names.
func (m Mounted) String() string {
	return fmt.Sprintf("framework=%s/scenario=%s/routes=%d/lib=%s", m.Framework, m.Scenario, m.Routes, m.Layer)
}

// MountLayers returns the layers of the rows, in their order.
func MountLayers() []string { return []string{None, Own, PolicyWins, Mount, MountEnforcing} }

// Mounts returns the rows for applications with that many routes, in the frameworks that
// have a router.
func Mounts(routes int) (rows []Mounted) {
	for _, framework := range Frameworks() {
		if framework == "fasthttp" {
			continue
		}
		for _, scenario := range []string{"actual", "preflight", "404"} {
			for _, layer := range MountLayers() {
				rows = append(rows, Mounted{framework, scenario, routes, layer})
			}
		}
	}
	return rows
}

// What all these applications share.
const (
	mountGroup  = "/group"
	mountOrigin = "https://group.example.com"
)

// New returns the application with its request. Check it before you measure it, except
// for None, whose answers are each framework's own.
func (m Mounted) New() (*Target, error) {
	want := []field{{allowOrigin, mountOrigin}, {"Vary", "Origin"}}
	s := Scenario{request: get(mountOrigin), want: ran(want...)}
	path := fmt.Sprintf("%s/items-%d", mountGroup, m.Routes/2)
	switch m.Scenario {
	case "preflight":
		s.request = request{http.MethodOptions, []field{{"Origin", mountOrigin}, {requestMethod, http.MethodPut}}}
		s.want = answer{status: http.StatusNoContent, fields: append([]field{{allowMethods, http.MethodPut}}, want...)}
	case "404":
		path, s.want = mountGroup+"/none", answer{status: http.StatusNotFound, fields: want}
	}
	app, err := m.app()
	if err != nil {
		return nil, err
	}
	target, err := newTarget(app, s.rawTo(path))
	if err != nil {
		return nil, err
	}
	target.want, target.own = s.want, true
	return target, nil
}

// mountLike is what the adapters' Mounts have in common.
type mountLike interface {
	Group(prefix string, d cors.Decider) error
	Check() error
}

func (m Mounted) app() (stack, error) {
	config := cors.Config{AllowOrigins: []string{mountOrigin}, AllowMethods: []string{http.MethodPut}}
	if m.Layer == MountEnforcing {
		config.Enforce = cors.EnforceAll
	}
	policy, err := cors.Compile(config)
	if err != nil {
		return stack{}, err
	}
	whole, err := cors.Compile(cors.AllowAll())
	if err != nil {
		return stack{}, err
	}
	// An application without CORS gets middleware that does nothing, so that the cost of
	// calling middleware is not measured.
	var plain cors.Decider = (*cors.Policy)(nil)
	var opts []cors.Option
	if m.Layer != None {
		plain = policy
	}
	if m.Layer == PolicyWins {
		opts = append(opts, cors.Guard(cors.PolicyWins))
	}
	check := func(m mountLike) error { return errors.Join(m.Group(mountGroup, policy), m.Check()) }
	content := []byte(body)
	switch m.Framework {
	case "net-http":
		mux := http.NewServeMux()
		of := corshttp.NewMount(mux, whole)
		if m.mounted() {
			m.register(func(method, path string) { of.Handle(method+" "+path, handler()) })
			return stack{http: of}, check(of)
		}
		m.register(func(method, path string) { mux.Handle(method+" "+path, handler()) })
		return stack{http: corshttp.New(plain, opts...)(mux)}, nil
	case "chi":
		r := chi.NewRouter()
		of := corschi.NewMount(r, whole)
		r.Use(either(m, of.Middleware(), corschi.New(plain, opts...)))
		m.register(func(method, path string) { r.Method(method, path, handler()) })
		return stack{http: r}, check(of)
	case "gin":
		gin.SetMode(gin.ReleaseMode) // otherwise gin writes to the standard output
		r := gin.New()
		of := corsgin.NewMount(r, whole)
		r.Use(either(m, of.Middleware(), corsgin.New(plain, opts...)))
		m.register(func(method, path string) { r.Handle(method, path, gin.WrapF(handler())) })
		return stack{http: r}, check(of)
	case "echo":
		e := echo.New()
		of := corsecho.NewMount(e, whole)
		e.Use(either(m, of.Middleware(), corsecho.New(plain, opts...)))
		m.register(func(method, path string) { e.Add(method, path, echo.WrapHandler(handler())) })
		return stack{http: e}, check(of)
	case "echo-v5":
		e := echov5.New()
		of := corsechov5.NewMount(e, whole)
		e.Use(either(m, of.Middleware(), corsechov5.New(plain, opts...)))
		m.register(func(method, path string) { e.Add(method, path, echov5.WrapHandler(handler())) })
		return stack{http: e}, check(of)
	case "fiber":
		a := fiber.New(fiber.Config{DisableStartupMessage: true})
		of := corsfiber.NewMount(a, whole)
		a.Use(either(m, of.Middleware(), corsfiber.New(plain, opts...)))
		m.register(func(method, path string) {
			a.Add(method, path, func(c *fiber.Ctx) error { c.Response().SetBodyRaw(content); return nil })
		})
		return stack{fast: a.Handler()}, check(of)
	default:
		a := fiberv3.New()
		of := corsfiberv3.NewMount(a, whole)
		a.Use(either(m, of.Middleware(), corsfiberv3.New(plain, opts...)))
		m.register(func(method, path string) {
			a.Add([]string{method}, path, func(c fiberv3.Ctx) error { c.Response().SetBodyRaw(content); return nil })
		})
		return stack{fast: a.Handler()}, check(of)
	}
}

func (m Mounted) mounted() bool { return m.Layer == Mount || m.Layer == MountEnforcing }

// either returns the Mount's middleware if m measures a Mount, and New's otherwise.
func either[Layer any](m Mounted, mount, plain Layer) Layer {
	if m.mounted() {
		return mount
	}
	return plain
}

// register registers the application's routes: GET and PUT at each path.
func (m Mounted) register(add func(method, path string)) {
	for i := range m.Routes {
		for _, method := range []string{http.MethodGet, http.MethodPut} {
			add(method, fmt.Sprintf("%s/items-%d", mountGroup, i))
		}
	}
}
