//go:build unix

package preflights

import (
	"time"

	cors "github.com/crossgate/cors/core"
)

// Policy is what all libraries are to allow, each in its own words.
type Policy struct {
	Name        string
	Means       string
	Any         bool // any method, any header
	Credentials bool
}

// Policies are those that the libraries are compared under.
func Policies() []Policy {
	return []Policy{
		{Name: "listed", Means: "the page's methods and headers are listed; no credentials"},
		{Name: "listed, with credentials", Means: "the same, with credentials", Credentials: true},
		{Name: "any", Means: "any method and header; where a library knows no such thing, those that it wants listed; no credentials", Any: true},
		{Name: "any, with credentials", Means: "the same, with credentials", Any: true, Credentials: true},
	}
}

// methods are those that libraries want listed that know no list of safelisted ones.
func (p Policy) methods() []string { return append([]string{"GET", "HEAD", "POST"}, pageMethods...) }

// config is the policy in Crossgate's words.
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
