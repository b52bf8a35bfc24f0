package corsecho

import (
	"github.com/labstack/echo/v4"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

// guarded is New with a guard. It stands around the writer inside echo's Response:
// a function given to Response.Before would run before those that come later, and
// not at all for Flush, empty responses and middleware.Timeout.
func guarded(d cors.Decider, mode cors.GuardMode) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
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
			w, g := corshttp.Wrap(response.Writer, &decision, mode)
			response.Writer = w // for good: the HTTPErrorHandler writes after this
			// Without a Write the server commits the headers later.
			defer func() { g.Finish(w.Header()) }()
			return next(c)
		}
	}
}
