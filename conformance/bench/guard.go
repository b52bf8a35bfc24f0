package bench

import (
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

// The names of Crossgate's rows with a Guard, which are the names of its modes.
const (
	PolicyWins  = "policy-wins"
	HandlerWins = "handler-wins"
)

// Guards returns the rows that show the cost of the Guard in a framework: None, Own,
// PolicyWins and HandlerWins, in this order.
func Guards(framework string) []Library {
	var libraries []Library
	switch framework {
	case "net-http":
		libraries = guards(onHTTP, floorHTTP, httpNew,
			func(d cors.Decider) httpLayer { return corshttp.New(d, cors.Guard(cors.PolicyWins)) },
			func(d cors.Decider) httpLayer { return corshttp.New(d, cors.Guard(cors.HandlerWins)) })
	case "chi":
		libraries = guards(onChi, floorHTTP, chiNew,
			func(d cors.Decider) httpLayer { return corschi.New(d, cors.Guard(cors.PolicyWins)) },
			func(d cors.Decider) httpLayer { return corschi.New(d, cors.Guard(cors.HandlerWins)) })
	case "gin":
		libraries = guards(onGin, floorGin, ginNew,
			func(d cors.Decider) gin.HandlerFunc { return corsgin.New(d, cors.Guard(cors.PolicyWins)) },
			func(d cors.Decider) gin.HandlerFunc { return corsgin.New(d, cors.Guard(cors.HandlerWins)) })
	case "echo":
		libraries = guards(onEcho, floorEcho, echoNew,
			func(d cors.Decider) echo.MiddlewareFunc { return corsecho.New(d, cors.Guard(cors.PolicyWins)) },
			func(d cors.Decider) echo.MiddlewareFunc { return corsecho.New(d, cors.Guard(cors.HandlerWins)) })
	case "echo-v5":
		libraries = guards(onEchoV5, floorEchoV5, echoV5New,
			func(d cors.Decider) echov5.MiddlewareFunc { return corsechov5.New(d, cors.Guard(cors.PolicyWins)) },
			func(d cors.Decider) echov5.MiddlewareFunc { return corsechov5.New(d, cors.Guard(cors.HandlerWins)) })
	case "fiber":
		libraries = guards(onFiber, floorFiber, fiberNew,
			func(d cors.Decider) fiber.Handler { return corsfiber.New(d, cors.Guard(cors.PolicyWins)) },
			func(d cors.Decider) fiber.Handler { return corsfiber.New(d, cors.Guard(cors.HandlerWins)) })
	case "fiber-v3":
		libraries = guards(onFiberV3, floorFiberV3, fiberV3New,
			func(d cors.Decider) fiberv3.Handler { return corsfiberv3.New(d, cors.Guard(cors.PolicyWins)) },
			func(d cors.Decider) fiberv3.Handler { return corsfiberv3.New(d, cors.Guard(cors.HandlerWins)) })
	case "fasthttp":
		libraries = guards(onFastHTTP, floorFastHTTP, fastHTTPNew,
			func(d cors.Decider) fastLayer { return corsfasthttp.New(d, cors.Guard(cors.PolicyWins)) },
			func(d cors.Decider) fastLayer { return corsfasthttp.New(d, cors.Guard(cors.HandlerWins)) })
	}
	for i := range libraries {
		libraries[i].Framework = framework
	}
	return libraries
}

func guards[Layer any](on func(Layer) stack, floor func(answer) Layer, plain, policyWins, handlerWins func(cors.Decider) Layer) []Library {
	none := ours(on, floor, plain)[0]
	return []Library{none, row(Own, on, plain), row(PolicyWins, on, policyWins), row(HandlerWins, on, handlerWins)}
}
