package corsfiber

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// snapshot answers which pattern a path hits with some method. fiber does not say so
// without calling the handlers, so it is asked of another app that has the same routes
// and settings, and handlers that do nothing but tell. That one is made when it is
// first needed, and again when there are more handlers.
type snapshot struct {
	app     *fiber.App
	rebuild sync.Mutex
	current atomic.Pointer[shadow]
}

type shadow struct {
	serve    fasthttp.RequestHandler
	handlers uint32 // of the original
	probes   sync.Pool
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
	n := s.app.HandlersCount()
	if made := s.current.Load(); made != nil && made.handlers == n {
		return made
	}
	s.rebuild.Lock()
	defer s.rebuild.Unlock()
	if made := s.current.Load(); made != nil && made.handlers == n {
		return made
	}
	made := newShadow(s.app, n)
	s.current.Store(made)
	return made
}

// newShadow returns an app with of's routes and settings whose handlers tell which of
// them is hit. Its paths are those that of has unescaped, if it does that.
func newShadow(of *fiber.App, handlers uint32) *shadow {
	config := of.Config()
	app := fiber.New(fiber.Config{
		DisableStartupMessage: true,
		CaseSensitive:         config.CaseSensitive,
		StrictRouting:         config.StrictRouting,
		RequestMethods:        config.RequestMethods,
	})
	for _, route := range of.GetRoutes(true) {
		app.Add(route.Method, route.Path, tell(plain(of, route.Path)))
	}
	for _, prefix := range statics(of) {
		told := tell(plain(of, strings.TrimSuffix(prefix, "/")) + "/*")
		app.Use(prefix, func(c *fiber.Ctx) error {
			if c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead {
				return c.Next()
			}
			return told(c)
		})
	}
	app.Use(func(*fiber.Ctx) error { return nil }) // in place of an error that nobody reads
	return &shadow{
		serve:    app.Handler(),
		handlers: handlers,
		probes: sync.Pool{New: func() any {
			p := new(probe)
			p.SetUserValue(probeKey{}, p)
			return p
		}},
	}
}

func tell(pattern string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if p, ok := c.Context().UserValue(probeKey{}).(*probe); ok {
			p.pattern = pattern
		}
		return nil
	}
}

// statics returns the prefixes of Static, in order. fiber lists those among what Use
// has registered; but Use registers for all methods, and Static for GET and HEAD alone,
// so for these it leaves more handlers. (It says HEAD for both, which count together.)
func statics(app *fiber.App) []string {
	other := ""
	for _, method := range app.Config().RequestMethods {
		if method != fiber.MethodGet && method != fiber.MethodHead {
			other = method
		}
	}
	more := make(map[string]int) // handlers for GET and HEAD more than for two others, by prefix
	var prefixes []string
	count := func(routes []fiber.Route, by int) {
		for _, route := range routes {
			if _, known := more[route.Path]; !known {
				more[route.Path] = 0
				prefixes = append(prefixes, route.Path)
			}
			switch route.Method {
			case fiber.MethodGet, fiber.MethodHead:
				more[route.Path] += by * len(route.Handlers)
			case other:
				more[route.Path] -= 2 * by * len(route.Handlers)
			}
		}
	}
	count(app.GetRoutes(), 1)
	count(app.GetRoutes(true), -1)
	return slices.DeleteFunc(prefixes, func(prefix string) bool { return other == "" || more[prefix] <= 0 })
}
