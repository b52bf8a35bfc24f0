package cors

import (
	"context"
	"fmt"
	"time"
)

// NoCache as Config.MaxAge tells browsers not to keep a preflight's answer:
// Access-Control-Max-Age is sent as "0".
const NoCache = -1 * time.Second

// Config describes a CORS policy in the words of the Fetch standard. The zero
// value allows nobody and does not compile: name at least one origin.
//
// A Config is also a JSON document, read by ParseConfig. Its fields have the
// names used here with a small first letter (allowOrigins, maxAge, …), as in the
// Gateway API's HTTPCORSFilter.
type Config struct {
	// AllowOrigins lists the origins whose pages may read responses, as ASCII
	// serialisations (scheme "://" host [":" port], lower case, no path, no
	// default port), or patterns:
	//
	//	https://app.example.com      this origin alone
	//	https://*.example.com        one or more labels below example.com, never example.com itself
	//	https://app-*.example.com    one label that starts with "app-"; * stands for one or more of a-z 0-9 -
	//	http://localhost:*           any port, or none
	//	*                            any origin; never with AllowCredentials
	//	null                         the opaque origin; only with Dangerously.NullOrigin
	//
	// Whatever could never match is an error of Compile, with the right spelling
	// in its hint.
	AllowOrigins []string

	// AllowOriginFunc, if not nil, is asked about a well-formed Origin that no
	// pattern matches (never about "null"). Returning an error denies the
	// origin, and so does a panic. It must be safe for concurrent use. The
	// Request and Origin are copies that it may keep.
	//
	// Name in VaryBy every request header besides Origin that it reads, or
	// shared caches will serve one client's answer to another.
	AllowOriginFunc func(ctx context.Context, r Request, o Origin) (bool, error)

	// VaryBy lists request headers that AllowOriginFunc reads besides Origin.
	// They are added to Vary.
	VaryBy []string

	// AllowCredentials lets pages read responses to requests made with cookies,
	// TLS client certificates or HTTP authentication.
	AllowCredentials bool

	// AllowMethods lists the methods that may be used besides GET, HEAD and
	// POST, which are always allowed (Fetch, "CORS-safelisted method"). Methods
	// are case-sensitive; "*" means any.
	//
	// A browser asks once for all that is listed, where it keeps the answer. Firefox
	// keeps nothing of a "*": beside it, answers name DELETE, HEAD, PATCH, PUT and
	// whatever else is listed here. List HEAD if scripts use it together with
	// AllowHeaders, for Firefox asks each time unless it is named.
	AllowMethods []string

	// AllowHeaders lists the request headers that scripts may set besides the
	// safelisted ones. "*" means any; without credentials, browsers want
	// Authorization listed beside it.
	//
	// List the application's own headers beside "*" too: Firefox asks each time for
	// those that are not named. The customary ones, such as Content-Type, need not be
	// listed beside "*".
	AllowHeaders []string

	// ExposeHeaders lists the response headers that scripts may read besides the
	// safelisted ones. "*" means any, and is possible only without credentials.
	ExposeHeaders []string

	// MaxAge says how long a browser may keep a preflight's answer, in whole
	// seconds up to 24 h. 0 sends nothing, which means 5 s; NoCache sends "0".
	// Chromium keeps an answer for at most 2 h, WebKit for 10 min; 2 h is the choice
	// that leads to the fewest preflights, if the policy may change that slowly.
	// In JSON: a duration such as "10m", or a number of seconds.
	MaxAge time.Duration

	// PreflightStatus is the status of the answer to a preflight from an
	// allowed origin: 200 to 299, or 0 for 204.
	PreflightStatus int

	// PassPreflight hands a preflight from an allowed origin on to the handler,
	// with the CORS headers already set, instead of answering it.
	PassPreflight bool

	// Enforce makes the server refuse requests, which CORS by itself never does:
	// CORS decides who may read a response.
	Enforce Enforcement

	// Dangerously lifts, each by name, errors that protect from known attacks.
	Dangerously Dangers
}

// Dangers lifts named errors of Compile. Each field is an attack that somebody
// has suffered; set one only if you can say why it is harmless for you.
type Dangers struct {
	// InsecureOrigins permits http:// origins other than loopback ones together
	// with credentials. Whoever controls the network between a user and such an
	// origin can then read responses made with that user's credentials.
	InsecureOrigins bool

	// PublicSuffixes permits wildcards over names that strangers can register
	// (https://*.github.io, https://*.com) together with credentials.
	PublicSuffixes bool

	// NullOrigin permits "null" in AllowOrigins, without credentials. Any page
	// can obtain the origin null with a sandboxed frame.
	NullOrigin bool
}

// Enforcement says which requests the server refuses with 403 when their origin
// is not allowed. A same-origin request is never refused, and neither is one
// that shows no sign of a browser.
type Enforcement uint8

// The values of Config.Enforce; in JSON "none", "unsafe" and "all".
const (
	EnforceNone   Enforcement = iota // refuse nothing; CORS only
	EnforceUnsafe                    // refuse methods other than GET, HEAD and OPTIONS
	EnforceAll                       // refuse every actual CORS request
)

var enforcementNames = [...]string{EnforceNone: "none", EnforceUnsafe: "unsafe", EnforceAll: "all"}

// String returns "none", "unsafe" or "all".
func (e Enforcement) String() string { return name(enforcementNames[:], uint8(e), "Enforcement") }

// MarshalText writes the form that String returns.
func (e Enforcement) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// AllowAll returns the configuration of a public, anonymous API: any origin, any
// method, any header (Authorization included), no credentials.
func AllowAll() Config {
	return Config{
		AllowOrigins: []string{"*"},
		AllowMethods: []string{"*"},
		AllowHeaders: []string{"*", "authorization"},
	}
}

// name returns the text form of an enumeration's value.
func name(names []string, i uint8, typ string) string {
	if int(i) < len(names) {
		return names[i]
	}
	return fmt.Sprintf("%s(%d)", typ, i)
}
