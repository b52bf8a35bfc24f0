package cors

import (
	"context"
	"fmt"
	"strconv"
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
	//	chrome-extension://*         every origin of an application's or extension's scheme;
	//	                             with AllowCredentials only with Dangerously.SchemesWithCredentials
	//	*                            any origin; with AllowCredentials only with
	//	                             Dangerously.AnyOriginWithCredentials, never with EnforceAll
	//	null                         the opaque origin; only with Dangerously.NullOrigin
	//	file://                      files in some applications; only with Dangerously.FileOrigin
	//
	// The hosts of other schemes than http and https are compared as they are written:
	// "app://.", for example, is the origin of the page app://./index.html.
	//
	// What could never match is an error of Compile, with the right spelling in its hint.
	AllowOrigins []string

	// AllowOriginFunc, if not nil, is asked about a well-formed Origin that no
	// pattern matches (never about "null", nor with AllowCredentials about "file://",
	// which every page of a file can have). Returning an error denies the
	// origin, and so does a panic. It must be safe for concurrent use. The
	// Request and Origin are copies that it may keep.
	//
	// For http and https an Origin is well-formed if it is as the Fetch standard writes
	// it. For other schemes the host may be 0 to 253 bytes of A-Z a-z 0-9 . - _ ~ and is
	// handed over as sent; of files there is "file://" alone.
	//
	// Name in VaryBy every request header besides Origin that it reads, or
	// shared caches will serve one client's answer to another.
	AllowOriginFunc func(ctx context.Context, r Request, o Origin) (bool, error)

	// VaryBy lists request headers that AllowOriginFunc reads besides Origin.
	// They are added to Vary. A preflight has no Authorization, no cookies and no header
	// that a script sets, so these cannot decide one.
	VaryBy []string

	// AllowCredentials lets pages read responses to requests made with cookies,
	// TLS client certificates or HTTP authentication.
	AllowCredentials bool

	// AllowMethods lists the methods that may be used besides GET, HEAD and
	// POST, which are always allowed (Fetch, "CORS-safelisted method"). Methods
	// are case-sensitive; "*" means any. CONNECT, TRACE and TRACK, which no script can
	// use, are dropped with a warning.
	//
	// A browser asks once for all that is listed, where it keeps the answer. Firefox
	// keeps nothing of a "*": beside it, answers name DELETE, HEAD, PATCH, PUT and
	// whatever else is listed here. List HEAD if scripts use it together with
	// AllowHeaders, for Firefox asks each time unless it is named.
	AllowMethods []string

	// AllowHeaders lists the request headers that scripts may set besides the
	// safelisted ones. "*" means any; without credentials, browsers want
	// Authorization listed as well. Headers that no script can set, such as Origin, are
	// dropped with a warning.
	//
	// List the application's own headers beside "*" too: Firefox asks each time for
	// those that are not named. The customary ones, such as Content-Type, need not be
	// listed beside "*".
	AllowHeaders []string

	// ExposeHeaders lists the response headers that scripts may read besides the
	// safelisted ones. "*" means any, and is possible only without credentials.
	// Set-Cookie, which no script can read, is dropped with a warning.
	ExposeHeaders []string

	// MaxAge says how long a browser may keep a preflight's answer, in whole
	// seconds. 0 sends nothing, which means 5 s; NoCache sends "0". More than 24 h is cut
	// to 24 h, with a warning, since no browser keeps an answer for longer.
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

	// Dangerously turns errors that protect from known attacks, each by name, into
	// warnings.
	Dangerously Dangers
}

// Dangers turns named errors of Compile into warnings, which name each pattern that is
// let through. Each field is an attack that somebody has suffered; set one only if you
// can say why it is harmless for you.
type Dangers struct {
	// InsecureOrigins permits http:// origins other than loopback ones together
	// with credentials. Anyone who controls the network between a user and such an
	// origin can then read responses made with that user's credentials.
	InsecureOrigins bool

	// PublicSuffixes permits wildcards over names that strangers can register
	// (https://*.github.io, https://*.com) together with credentials.
	PublicSuffixes bool

	// NullOrigin permits "null" in AllowOrigins, without credentials. Any page
	// can obtain the origin null with a sandboxed frame.
	NullOrigin bool

	// FileOrigin permits "file://" in AllowOrigins, without credentials. It is the
	// origin of every page that is loaded from a file, a downloaded one included, in
	// applications whose engine lets files read one another, such as Chromium with
	// --allow-file-access-from-files. Elsewhere such a page has the origin null.
	FileOrigin bool

	// SchemesWithCredentials permits patterns such as chrome-extension://* together
	// with credentials. Any application or extension that has the scheme can then read responses made with the user's credentials.
	SchemesWithCredentials bool

	// AnyOriginWithCredentials permits "*" together with credentials: every web page
	// can then read responses made with its visitor's credentials. The page's origin is
	// sent back, since browsers refuse "*" there; "null" and "file://" are not allowed.
	// Enforce and AllowsOrigin trust no origin by it.
	AnyOriginWithCredentials bool
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

// MarshalText writes the form that String returns. A value that is not one of the
// constants is a *ConfigError, since nothing could read it.
func (e Enforcement) MarshalText() ([]byte, error) {
	if e > EnforceAll {
		return nil, &ConfigError{Field: "enforce", Value: strconv.Itoa(int(e)), Code: "enforce-value", Hint: enforceHint}
	}
	return []byte(e.String()), nil
}

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
