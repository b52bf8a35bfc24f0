package recipes

import (
	"net/http"

	"github.com/gin-gonic/gin"
	fiberv2 "github.com/gofiber/fiber/v2"
	fiberv3 "github.com/gofiber/fiber/v3"
	echov4 "github.com/labstack/echo/v4"
	echov5 "github.com/labstack/echo/v5"
)

// TenantHTTP is middleware for net/http and chi.
func TenantHTTP(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(WithTenant(r.Context(), HostName(r.Host))))
	})
}

// TenantGin is middleware for gin.
func TenantGin(c *gin.Context) {
	c.Request = c.Request.WithContext(WithTenant(c.Request.Context(), HostName(c.Request.Host)))
	c.Next()
}

// TenantEcho is middleware for echo v4.
func TenantEcho(next echov4.HandlerFunc) echov4.HandlerFunc {
	return func(c echov4.Context) error {
		r := c.Request()
		c.SetRequest(r.WithContext(WithTenant(r.Context(), HostName(r.Host))))
		return next(c)
	}
}

// TenantEchoV5 is middleware for echo v5.
func TenantEchoV5(next echov5.HandlerFunc) echov5.HandlerFunc {
	return func(c *echov5.Context) error {
		r := c.Request()
		c.SetRequest(r.WithContext(WithTenant(r.Context(), HostName(r.Host))))
		return next(c)
	}
}

// TenantFiber is middleware for fiber v2. It does not use c.Hostname(), which trusts
// X-Forwarded-Host.
func TenantFiber(c *fiberv2.Ctx) error {
	c.SetUserContext(WithTenant(c.UserContext(), HostName(string(c.Request().Host()))))
	return c.Next()
}

// TenantFiberV3 is middleware for fiber v3.
func TenantFiberV3(c fiberv3.Ctx) error {
	c.SetContext(WithTenant(c.Context(), HostName(string(c.Request().Host()))))
	return c.Next()
}
