package corsfiberv3

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/gofiber/fiber/v3"
	"github.com/valyala/fasthttp"
)

// snapshot answers which pattern a path hits with some method. fiber does not say so
// without calling the handlers, so it is asked of another app that has the same routes
// and settings, and handlers that do nothing but tell. That one is made when it is
// first needed, and again when routes have been registered or removed.
type snapshot struct {
	app        *fiber.App
	registered atomic.Uint32 // routes, since the snapshot was made
	rebuild    sync.Mutex
	current    atomic.Pointer[shadow]
}

func newSnapshot(app *fiber.App) *snapshot {
	s := &snapshot{app: app}
	app.Hooks().OnRoute(func(fiber.Route) error {
		s.registered.Add(1)
		return nil
	})
	return s
}

type shadow struct {
	serve  fasthttp.RequestHandler
	of     state
	probes sync.Pool
}

// state differs when an app's routes do. Routes that are removed, or taken over from a
// mounted app when fiber starts, show in the number of handlers; those that are
// registered after as many were removed do not, and are counted.
type state struct{ handlers, registered uint32 }

func (s *snapshot) state() state {
	return state{handlers: s.app.HandlersCount(), registered: s.registered.Load()}
}

// probe is a request to the shadow, and where its handlers put the pattern.
type probe struct {
	fasthttp.RequestCtx
	pattern string
}

// probeKey is the user value of a request by which handlers find its probe.
type probeKey struct{}

// find returns the pattern that path hits with the method, or "".
func (s *snapshot) find(method, path string) string {
	shadow := s.shadow()
	p := shadow.probes.Get().(*probe)
	defer shadow.probes.Put(p)
	p.pattern = ""
	p.Request.Header.SetMethod(method)
	p.Request.URI().SetPath(path)
	shadow.serve(&p.RequestCtx)
	return p.pattern
}

func (s *snapshot) shadow() *shadow {
	now := s.state()
	if made := s.current.Load(); made != nil && made.of == now {
		return made
	}
	s.rebuild.Lock()
	defer s.rebuild.Unlock()
	if made := s.current.Load(); made != nil && made.of == now {
		return made
	}
	made := newShadow(s.app, now)
	s.current.Store(made)
	return made
}

// newShadow returns an app with of's routes and settings whose handlers tell which of
// them is hit. The routes are copies of of's, parsed already, so they match what those
// match, by the constraints that of knows too. Its paths are those that of has
// unescaped, if it does that.
func newShadow(of *fiber.App, now state) *shadow {
	config := of.Config()
	app := fiber.New(fiber.Config{
		CaseSensitive:           config.CaseSensitive,
		StrictRouting:           config.StrictRouting,
		RequestMethods:          config.RequestMethods,
		DisableHeadAutoRegister: true, // of has registered them
	})
	stack := app.Stack() // the app's own, by method
	for _, route := range of.GetRoutes(true) {
		method := slices.Index(config.RequestMethods, route.Method)
		route.Handlers = []fiber.Handler{tell(plain(of, route.Path))}
		stack[method] = append(stack[method], &route)
	}
	app.Use(func(fiber.Ctx) error { return nil }) // in place of an error that nobody reads
	return &shadow{
		serve: app.Handler(),
		of:    now,
		probes: sync.Pool{New: func() any {
			p := new(probe)
			p.SetUserValue(probeKey{}, p)
			return p
		}},
	}
}

func tell(pattern string) fiber.Handler {
	return func(c fiber.Ctx) error {
		if p, ok := c.RequestCtx().UserValue(probeKey{}).(*probe); ok {
			p.pattern = pattern
		}
		return nil
	}
}
