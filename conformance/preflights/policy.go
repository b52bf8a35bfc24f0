//go:build unix

package preflights

import (
	"time"

	cors "github.com/crossgate/cors/core"
)

// Policy is what all libraries are configured to allow.
type Policy struct {
	Name        string
	Means       string
	Any         bool // any method, any header
	Credentials bool
}

// Policies returns the policies under which the libraries are compared.
func Policies() []Policy {
	return []Policy{
		{Name: "listed", Means: "the page's methods and headers are listed; no credentials"},
		{Name: "listed, with credentials", Means: "the same, with credentials", Credentials: true},
		{Name: "any", Means: "any method and header, or a list if the library has no such setting; no credentials", Any: true},
		{Name: "any, with credentials", Means: "the same, with credentials", Any: true, Credentials: true},
	}
}

// methods returns the methods for libraries that need safelisted methods in their list
// too.
func (p Policy) methods() []string { return append([]string{"GET", "HEAD", "POST"}, pageMethods...) }

// config returns the policy as a configuration of Crossgate.
func (p Policy) config(origin string, age time.Duration) cors.Config {
	c := cors.Config{
		AllowOrigins:     []string{origin},
		AllowCredentials: p.Credentials,
		AllowMethods:     p.methods(),
		AllowHeaders:     pageHeaders,
		MaxAge:           age,
	}
	if p.Any {
		c.AllowMethods, c.AllowHeaders = []string{"*"}, []string{"*", "authorization"}
	}
	return c
}
