package corsechov5

import (
	"net/http"

	"github.com/labstack/echo/v5"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

// guarded is New with a guard. It stands around the writer inside echo's Response:
// a function given to Response.Before would run before those that come later, and
// not at all for Flush and responses that nobody writes.
func guarded(d cors.Decider, mode cors.GuardMode) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) error {
			var decision cors.Decision
			corshttp.Decide(&decision, d, c.Request())
			response := c.Response()
			if status := decision.Status(); status != 0 {
				corshttp.SetHeaders(response.Header(), &decision)
				corshttp.Enforce(response.Header(), &decision, cors.PolicyWins) // against what was set outside
				return c.NoContent(status)
			}
			if decision.Len() == 0 { // no policy
				return next(c)
			}
			w, g := wrap(c, &decision, mode)
			// Without a Write the server commits the headers later.
			defer func() { g.Finish(w.Header()) }()
			return next(c)
		}
	}
}

// wrap puts a guard into c's response, for good: the HTTPErrorHandler writes when the
// middleware is done.
func wrap(c *echo.Context, d *cors.Decision, mode cors.GuardMode) (http.ResponseWriter, *corshttp.Guarded) {
	if response, err := echo.UnwrapResponse(c.Response()); err == nil {
		w, g := corshttp.Wrap(response.ResponseWriter, d, mode)
		response.ResponseWriter = w
		return w, g
	}
	// Middleware outside has put a writer there that hides echo's Response.
	w, g := corshttp.Wrap(c.Response(), d, mode)
	c.SetResponse(w)
	return w, g
}
