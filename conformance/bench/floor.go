package bench

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/gofiber/fiber/v2"
	"github.com/labstack/echo/v4"
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

func floorFiber(a answer) fiber.Handler {
	var names, values [][]byte
	for _, f := range a.fields {
		names, values = append(names, []byte(f.name)), append(values, []byte(f.value))
	}
	return func(c *fiber.Ctx) error {
		h := &c.Response().Header
		for i, name := range names {
			h.SetCanonical(name, values[i]) // copies the name and the value
		}
		if !a.ran {
			c.Response().SetStatusCode(a.status)
			return nil
		}
		return c.Next()
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
