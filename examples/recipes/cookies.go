package recipes

import (
	"net/http"

	cors "github.com/crossgate/cors/core"
)

// Cookies is for an API that identifies its users by a cookie.
func Cookies() cors.Config {
	return cors.Config{
		AllowOrigins:     []string{"https://app.example.com", "https://admin.example.com"}, // exact: no wildcard
		AllowCredentials: true,
		AllowMethods:     []string{"PUT", "DELETE"},
		AllowHeaders:     []string{"Content-Type"},
		Enforce:          cors.EnforceUnsafe, // other sites' writes are refused, not only hidden
	}
}

// SameSiteSession is for pages of the same site: app.example.com and api.example.com.
func SameSiteSession(value string) *http.Cookie {
	return &http.Cookie{
		Name: "__Host-session", Value: value, Path: "/",
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

// CrossSiteSession is for pages of another site: shop.example.org and api.example.com.
func CrossSiteSession(value string) *http.Cookie {
	return &http.Cookie{
		Name: "__Host-session", Value: value, Path: "/",
		Secure: true, HttpOnly: true, SameSite: http.SameSiteNoneMode, Partitioned: true,
	}
}
