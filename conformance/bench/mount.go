package bench

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/labstack/echo/v4"

	"github.com/crossgate/cors/adapters/corschi"
	"github.com/crossgate/cors/adapters/corsecho"
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

// Mounts returns the rows for applications with that many routes, in the frameworks that
// use net/http.
func Mounts(routes int) (rows []Mounted) {
	for _, framework := range []string{"net-http", "chi", "gin", "echo"} {
		for _, scenario := range []string{"actual", "preflight", "404"} {
			for _, layer := range []string{None, Own, PolicyWins, Mount, MountEnforcing} {
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
	target, err := newTarget(stack{http: app}, s.rawTo(path))
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

func (m Mounted) app() (http.Handler, error) {
	config := cors.Config{AllowOrigins: []string{mountOrigin}, AllowMethods: []string{http.MethodPut}}
	if m.Layer == MountEnforcing {
		config.Enforce = cors.EnforceAll
	}
	policy, err := cors.Compile(config)
	if err != nil {
		return nil, err
	}
	whole, err := cors.Compile(cors.AllowAll())
	if err != nil {
		return nil, err
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
	mounted := m.Layer == Mount || m.Layer == MountEnforcing
	check := func(m mountLike) error { return errors.Join(m.Group(mountGroup, policy), m.Check()) }
	switch m.Framework {
	case "net-http":
		return m.httpApp(plain, whole, opts, mounted, check)
	case "chi":
		r := chi.NewRouter()
		of := corschi.NewMount(r, whole)
		if mounted {
			r.Use(of.Middleware())
		} else {
			r.Use(corschi.New(plain, opts...))
		}
		m.register(func(method, path string) { r.Method(method, path, handler()) })
		return r, check(of)
	case "gin":
		gin.SetMode(gin.ReleaseMode) // otherwise gin writes to the standard output
		r := gin.New()
		of := corsgin.NewMount(r, whole)
		if mounted {
			r.Use(of.Middleware())
		} else {
			r.Use(corsgin.New(plain, opts...))
		}
		m.register(func(method, path string) { r.Handle(method, path, gin.WrapF(handler())) })
		return r, check(of)
	default:
		e := echo.New()
		of := corsecho.NewMount(e, whole)
		if mounted {
			e.Use(of.Middleware())
		} else {
			e.Use(corsecho.New(plain, opts...))
		}
		m.register(func(method, path string) { e.Add(method, path, echo.WrapHandler(handler())) })
		return e, check(of)
	}
}

func (m Mounted) httpApp(plain, whole cors.Decider, opts []cors.Option, mounted bool, check func(mountLike) error) (http.Handler, error) {
	mux := http.NewServeMux()
	of := corshttp.NewMount(mux, whole)
	if mounted {
		m.register(func(method, path string) { of.Handle(method+" "+path, handler()) })
		return of, check(of)
	}
	m.register(func(method, path string) { mux.Handle(method+" "+path, handler()) })
	return corshttp.New(plain, opts...)(mux), nil
}

// register registers the application's routes: GET and PUT at each path.
func (m Mounted) register(add func(method, path string)) {
	for i := range m.Routes {
		for _, method := range []string{http.MethodGet, http.MethodPut} {
			add(method, fmt.Sprintf("%s/items-%d", mountGroup, i))
		}
	}
}
