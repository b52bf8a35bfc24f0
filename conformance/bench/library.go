package bench

import (
	"fmt"
	"net"
	"slices"

	"github.com/gin-gonic/gin"
	"github.com/gofiber/fiber/v2"
	fiberv3 "github.com/gofiber/fiber/v3"
	"github.com/labstack/echo/v4"
	echov5 "github.com/labstack/echo/v5"

	"github.com/crossgate/cors/adapters/corschi"
	"github.com/crossgate/cors/adapters/corsecho"
	"github.com/crossgate/cors/adapters/corsechov5"
	"github.com/crossgate/cors/adapters/corsfasthttp"
	"github.com/crossgate/cors/adapters/corsfiber"
	"github.com/crossgate/cors/adapters/corsfiberv3"
	"github.com/crossgate/cors/adapters/corsgin"
	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

// The names of rows in a framework's list that are not other libraries.
const (
	None  = "none"      // the framework without CORS middleware
	Floor = "floor"     // the least work that sets the same headers
	Own   = "crossgate" // this project
)

// Library is a CORS library in a framework.
type Library struct {
	Framework, Name string

	// Notes says how the library's answers differ from those of Crossgate.
	Notes string

	build func(Scenario) (stack, error)

	// differs applies Notes to the expected answer.
	differs func(Scenario, *answer)

	// searches says that the library searches its list of origins. plain says that it has no
	// wildcards inside a label.
	searches, plain bool
}

// Frameworks returns the frameworks, in the order of the report.
func Frameworks() []string {
	return []string{"net-http", "chi", "gin", "echo", "echo-v5", "fiber", "fiber-v3", "fasthttp"}
}

// Libraries returns all libraries of a framework, with None and Floor first.
func Libraries(framework string) []Library {
	var libraries []Library
	switch framework {
	case "net-http":
		libraries = append(ours(onHTTP, floorHTTP, httpNew), jub0bs(onHTTP), rs(onHTTP))
	case "chi":
		libraries = append(ours(onChi, floorHTTP, chiNew), goChi(), jub0bs(onChi), rs(onChi))
	case "gin":
		libraries = append(ours(onGin, floorGin, ginNew), ginContrib())
	case "echo":
		libraries = append(ours(onEcho, floorEcho, echoNew), echoOwn())
	case "echo-v5": // its own middleware has no wildcards
		libraries = ours(onEchoV5, floorEchoV5, echoV5New)
	case "fiber":
		libraries = append(ours(onFiber, floorFiber, fiberNew), fiberOwn())
	case "fiber-v3":
		libraries = append(ours(onFiberV3, floorFiberV3, fiberV3New), fiberV3Own())
	case "fasthttp": // it has no middleware of its own
		libraries = ours(onFastHTTP, floorFastHTTP, fastHTTPNew)
	}
	for i := range libraries {
		libraries[i].Framework = framework
	}
	return libraries
}

// The adapters without options, with their frameworks' named function types.
func httpNew(d cors.Decider) httpLayer               { return corshttp.New(d) }
func chiNew(d cors.Decider) httpLayer                { return corschi.New(d) }
func ginNew(d cors.Decider) gin.HandlerFunc          { return corsgin.New(d) }
func echoNew(d cors.Decider) echo.MiddlewareFunc     { return corsecho.New(d) }
func echoV5New(d cors.Decider) echov5.MiddlewareFunc { return corsechov5.New(d) }
func fiberNew(d cors.Decider) fiber.Handler          { return corsfiber.New(d) }
func fiberV3New(d cors.Decider) fiberv3.Handler      { return corsfiberv3.New(d) }
func fastHTTPNew(d cors.Decider) fastLayer           { return corsfasthttp.New(d) }

// ours returns the rows of a framework that are not other libraries.
func ours[Layer any](on func(Layer) stack, floor func(answer) Layer, adapter func(cors.Decider) Layer) []Library {
	return []Library{
		{Name: None, build: func(s Scenario) (stack, error) {
			if s.Preflight() {
				return on(floor(answer{status: s.want.status})), nil
			}
			var no Layer
			return on(no), nil
		}, differs: func(_ Scenario, a *answer) { a.fields = nil }},
		{Name: Floor, build: func(s Scenario) (stack, error) { return on(floor(s.want)), nil }},
		row(Own, on, adapter),
	}
}

// row returns a row of Crossgate with the given name.
func row[Layer any](name string, on func(Layer) stack, adapter func(cors.Decider) Layer) Library {
	return Library{Name: name, build: func(s Scenario) (stack, error) {
		policy, err := cors.Compile(s.Config)
		if err != nil {
			return stack{}, err
		}
		return on(adapter(policy)), nil
	}}
}

// long is the end of the curve for libraries that search a list of origins.
const long = 10_000

// OnCurve returns the libraries of a framework to measure with a population. A library
// must support the patterns and must not need milliseconds. Above the length at which
// other frameworks' libraries stop, only net/http is measured.
func OnCurve(framework string, p Population) []Library {
	if framework != "net-http" && p.Size() > long {
		return nil
	}
	return slices.DeleteFunc(Libraries(framework), func(l Library) bool {
		return l.Name == Floor || l.searches && p.Size() > long || l.plain && p.InLabel > 0
	})
}

// New returns the library's application with the scenario's request. Check it before you
// measure it.
func (l Library) New(s Scenario) (*Target, error) {
	app, err := l.build(s)
	if err != nil {
		return nil, fmt.Errorf("%s, %s, %s: %w", l.Framework, s, l.Name, err)
	}
	target, err := newTarget(app, s.Raw())
	if err != nil {
		return nil, fmt.Errorf("%s, %s: %w", l.Framework, s, err)
	}
	target.want = s.want
	if l.differs != nil {
		l.differs(s, &target.want)
	}
	switch l.Name {
	case None, Floor, Own, PolicyWins, HandlerWins:
		target.own = true
	}
	return target, nil
}

// Listen serves the library's application on listener until the listener is closed.
func (l Library) Listen(s Scenario, listener net.Listener) error {
	app, err := l.build(s)
	if err != nil {
		return err
	}
	return app.serve(listener)
}
