package bench

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/gofiber/fiber/v2"
	fiberv3 "github.com/gofiber/fiber/v3"
	"github.com/labstack/echo/v4"
	echov5 "github.com/labstack/echo/v5"
	"github.com/valyala/fasthttp"
)

// A floor sends the answer a to every request.

func floorHTTP(a answer) httpLayer {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			setFields(w.Header(), a.fields)
			if !a.ran {
				w.WriteHeader(a.status)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

func floorGin(a answer) gin.HandlerFunc {
	return func(c *gin.Context) {
		setFields(c.Writer.Header(), a.fields)
		if !a.ran {
			c.AbortWithStatus(a.status)
			return
		}
		c.Next()
	}
}

func floorEcho(a answer) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			setFields(c.Response().Header(), a.fields)
			if !a.ran {
				return c.NoContent(a.status)
			}
			return next(c)
		}
	}
}

func floorEchoV5(a answer) echov5.MiddlewareFunc {
	return func(next echov5.HandlerFunc) echov5.HandlerFunc {
		return func(c *echov5.Context) error {
			setFields(c.Response().Header(), a.fields)
			if !a.ran {
				return c.NoContent(a.status)
			}
			return next(c)
		}
	}
}

func floorFiber(a answer) fiber.Handler {
	ran := floorOfFast(a)
	return func(c *fiber.Ctx) error {
		if !ran(c.Response()) {
			return nil
		}
		return c.Next()
	}
}

func floorFiberV3(a answer) fiberv3.Handler {
	ran := floorOfFast(a)
	return func(c fiberv3.Ctx) error {
		if !ran(c.Response()) {
			return nil
		}
		return c.Next()
	}
}

func floorFastHTTP(a answer) fastLayer {
	ran := floorOfFast(a)
	return func(next fasthttp.RequestHandler) fasthttp.RequestHandler {
		return func(ctx *fasthttp.RequestCtx) {
			if ran(&ctx.Response) {
				next(ctx)
			}
		}
	}
}

// floorOfFast returns a function that sends a, and reports whether the handler is to run.
func floorOfFast(a answer) func(*fasthttp.Response) bool {
	var names, values [][]byte
	for _, f := range a.fields {
		names, values = append(names, []byte(f.name)), append(values, []byte(f.value))
	}
	return func(r *fasthttp.Response) bool {
		for i, name := range names {
			r.Header.SetCanonical(name, values[i]) // copies the name and the value
		}
		if !a.ran {
			r.SetStatusCode(a.status)
		}
		return a.ran
	}
}

// setFields sets the fields in h, with one allocation for values that no other request
// shares. A caller that gets a header map may change its values.
func setFields(h http.Header, fields []field) {
	if len(fields) == 0 {
		return
	}
	values := make([]string, len(fields))
	for i := range fields {
		values[i] = fields[i].value
		h[fields[i].name] = values[i : i+1 : i+1]
	}
}
