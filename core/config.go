package cors

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// NoCache is a value of Config.MaxAge. It tells browsers not to cache a preflight's answer:
// Access-Control-Max-Age is sent as "0".
const NoCache = -1 * time.Second

// Config describes a CORS policy in the words of the Fetch standard. The zero
// value allows no origin and does not compile: name at least one origin.
//
// A Config can also be a JSON document; ParseConfig reads it. Its fields have the
// names used here with a lower-case first letter (allowOrigins, maxAge, …), as in the
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
	// With schemes other than http and https, hosts are compared as they are written:
	// "app://.", for example, is the origin of the page app://./index.html.
	//
	// An element that can never match is an error of Compile; its hint has the right
	// spelling.
	AllowOrigins []string

	// AllowOriginFunc, if not nil, decides about well-formed origins that no element of
	// AllowOrigins matches. If it returns an error or panics, the origin is not allowed.
	// It must be safe for concurrent use. The Request and Origin are copies that it may
	// keep. List in VaryBy every request header that it reads, except Origin; otherwise
	// shared caches serve one client's answer to another.
	//
	// An Origin with the scheme http or https is well-formed if it is written as in the
	// Fetch standard. With other schemes, the host may be 0 to 253 bytes of
	// A-Z a-z 0-9 . - _ ~ and is passed on as sent. The function is never called for
	// "null". The only origin of files is "file://"; with AllowCredentials the function is
	// not called for it, because every page that is loaded from a file can have it.
	AllowOriginFunc func(ctx context.Context, r Request, o Origin) (bool, error)

	// VaryBy lists the request headers that AllowOriginFunc reads, except Origin. They are
	// added to Vary. A preflight has no Authorization, no cookies and no header that a
	// script sets, so AllowOriginFunc cannot decide preflights by these.
	VaryBy []string

	// AllowCredentials lets pages read responses to requests made with cookies,
	// TLS client certificates or HTTP authentication.
	AllowCredentials bool

	// AllowMethods lists the methods that scripts may use. GET, HEAD and POST are always
	// allowed (Fetch, "CORS-safelisted method"). Methods are case-sensitive; "*" means any.
	// CONNECT, TRACE and TRACK are dropped with a warning: no script can use them.
	//
	// Browsers cache the answer to a preflight for all listed methods. Firefox does not
	// cache "*", so with "*" answers also list DELETE, HEAD, PATCH and PUT, and the other
	// methods that you list here. List HEAD if scripts use it with headers of AllowHeaders:
	// Firefox sends a preflight each time if HEAD is not listed.
	AllowMethods []string

	// AllowHeaders lists the request headers that scripts may set, in addition to the
	// safelisted ones. "*" means any header; without credentials, list Authorization as
	// well, because the standard's "*" does not cover it. Headers that no script can set,
	// such as Origin, are dropped with a warning.
	//
	// List the application's own headers next to "*": Firefox sends a preflight each time
	// for headers that are not listed. You need not list common ones such as Content-Type:
	// with "*" answers list them too.
	AllowHeaders []string

	// ExposeHeaders lists the response headers that scripts may read, in addition to the
	// safelisted ones. "*" means any header; it is an error with AllowCredentials.
	// Set-Cookie is dropped with a warning: no script can read it.
	ExposeHeaders []string

	// MaxAge says how long a browser may cache a preflight's answer, in whole seconds.
	// 0 sends no header, and browsers then cache for 5 s; NoCache sends "0". More than
	// 24 h is cut to 24 h, with a warning, because no browser caches for longer.
	// Chromium caches for at most 2 h, WebKit for 10 min. 2 h leads to the fewest
	// preflights, if changes of the policy may take that long to arrive.
	// In JSON: a duration such as "10m", or a number of seconds.
	MaxAge time.Duration

	// PreflightStatus is the status of the answer to a preflight from an
	// allowed origin: 200 to 299, or 0 for 204.
	PreflightStatus int

	// PassPreflight calls the handler for a preflight from an allowed origin, with the
	// CORS headers already set. Otherwise the middleware answers it.
	PassPreflight bool

	// Enforce makes the server refuse requests. CORS alone never does: it only decides
	// which pages may read a response.
	Enforce Enforcement

	// Dangerously turns errors that protect from known attacks into warnings, each by its
	// name.
	Dangerously Dangers
}

// Dangers turns errors of Compile into warnings. A warning names each pattern that the
// policy accepts because of it. Each field permits an attack that has happened; set one
// only if you can say why it is harmless for you.
type Dangers struct {
	// InsecureOrigins permits http:// origins other than loopback ones together
	// with credentials. Anyone who controls the network between a user and such an
	// origin can then read responses made with that user's credentials.
	InsecureOrigins bool

	// PublicSuffixes permits wildcards for names that strangers can register
	// (https://*.github.io, https://*.com) together with credentials.
	PublicSuffixes bool

	// NullOrigin permits "null" in AllowOrigins, without credentials. Any page
	// can obtain the origin null with a sandboxed frame.
	NullOrigin bool

	// FileOrigin permits "file://" in AllowOrigins, without credentials. In applications
	// whose engine lets files read one another, such as Chromium with
	// --allow-file-access-from-files, it is the origin of every page that is loaded from a
	// file, including downloaded files. Elsewhere such a page has the origin null.
	FileOrigin bool

	// SchemesWithCredentials permits patterns such as chrome-extension://* together
	// with credentials. Any application or extension with that scheme can then read
	// responses made with the user's credentials.
	SchemesWithCredentials bool

	// AnyOriginWithCredentials permits "*" together with credentials: every web page
	// can then read responses made with its visitor's credentials. The response names the
	// page's origin, because browsers refuse "*" with credentials. "null" and "file://"
	// are still not allowed. For Enforce and AllowsOrigin, this "*" trusts no origin.
	AnyOriginWithCredentials bool
}

// Enforcement says which requests the server refuses with 403 if their origin is not
// allowed. It never refuses a same-origin request, and never one that has neither an
// Origin nor a Sec-Fetch-Site header.
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

// MarshalText writes the form that String returns. For a value that is not one of the
// constants it returns a *ConfigError, because UnmarshalText could not read it.
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
