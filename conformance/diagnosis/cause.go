package diagnosis

import (
	"cmp"

	"github.com/crossgate/cors/conformance/browser"
)

// Kind names a cause. The names are stable.
type Kind string

// The causes.
const (
	OriginNotListed         Kind = "origin-not-listed"           // the server allows other origins
	OriginMisspelt          Kind = "origin-misspelt"             // it misspells this origin
	NoCORS                  Kind = "no-cors-headers"             // it sends CORS headers to nobody
	PreflightUnanswered     Kind = "preflight-unanswered"        // nothing answers OPTIONS
	AuthenticationFirst     Kind = "authentication-before-cors"  // a preflight has no credentials
	RedirectToLogin         Kind = "redirect-to-login"           // a script is sent to a page for people
	RedirectSlash           Kind = "redirect-slash"              // the URL lacks a slash, or has one too many
	RedirectElsewhere       Kind = "redirect"                    // any other redirect
	ResponseNotCovered      Kind = "response-not-covered"        // the preflight is allowed, but the response has no CORS headers
	ServerFailed            Kind = "server-failed"               // an error without CORS headers
	ProxyFailed             Kind = "proxy-failed"                // a proxy or CDN answered in the server's place
	TwoLayers               Kind = "two-layers"                  // two parts of the server add the headers
	CacheWithoutVary        Kind = "cache-without-vary"          // caches mix origins up
	OpaqueOrigin            Kind = "opaque-origin"               // the page's origin is null
	MixedContent            Kind = "mixed-content"               // an https page asks an http server
	LocalNetwork            Kind = "local-network-access"        // a public page asks a private address
	CookiesKept             Kind = "cookies-kept"                // SameSite keeps cookies from the request
	MethodNotListed         Kind = "method-not-listed"           //
	HeaderNotListed         Kind = "header-not-listed"           //
	ListMalformed           Kind = "list-malformed"              // the list of methods or headers is not valid
	WildcardWithCredentials Kind = "wildcard-with-credentials"   //
	CredentialsNotAllowed   Kind = "credentials-not-allowed"     //
	NoResponse              Kind = "no-response"                 // no connection, or the response is not HTTP
	NotAllowedAnywhere      Kind = "not-allowed-by-the-standard" // no server can allow it
)

// Cause is one possible reason, with its evidence and its cure.
type Cause struct {
	Kind Kind `json:"kind"`

	// Blocks is true if this cause alone keeps the response from the page. Other causes are
	// warnings, for example about a cache, about cookies, or about a question to the user.
	Blocks bool `json:"blocks"`

	// Certain is true if the evidence leaves no other explanation.
	Certain bool `json:"certain"`

	What     string   `json:"what"`               // what is wrong, in sentences
	Evidence []string `json:"evidence,omitempty"` // what the server has shown
	Sends    []string `json:"sends,omitempty"`    // the header lines that the server must send
	URL      string   `json:"url,omitempty"`      // the URL to request instead, if there is one

	// Because holds causes of this cause, and alternatives to it.
	Because []Cause `json:"because,omitempty"`

	asked  Asked
	script bool // the script must change, not the server
}

// Asked is what a page wants to do, and so what the server must allow.
type Asked struct {
	Origin      string
	Method      string
	Headers     []string // the names that a preflight asks for
	Credentials bool
}

// Changes returns what to change, for each system.
func (c Cause) Changes() []Change {
	if c.script {
		return nil
	}
	changes := changes(c.Kind, c.asked)
	if c.URL != "" {
		changes = append([]Change{{System: "the page", Action: Ask, Code: c.URL, Line: c.URL}}, changes...)
	}
	return changes
}

// Diagnosis is the result for one request.
type Diagnosis struct {
	Verdict browser.Verdict
	Causes  []Cause // the likeliest first; none if nothing is wrong
	Asked   int     // number of further questions to the server
}

// Blocked reports whether the page does not get the response.
func (d Diagnosis) Blocked() bool {
	if !d.Verdict.Allowed {
		return true
	}
	for _, c := range d.Causes {
		if c.Blocks {
			return true
		}
	}
	return false
}

// origin, method and headers return what was asked. In place of a missing value they return
// a placeholder, because people would copy a line without a value.
func (a Asked) origin() string { return cmp.Or(a.Origin, "<the page's origin>") }
func (a Asked) method() string { return cmp.Or(a.Method, "<the script's method>") }

func (a Asked) headers() string { return cmp.Or(joined(a.Headers), "<the script's headers>") }

// headerLines returns the lines that a server must send to allow what was asked.
func headerLines(a Asked, preflight bool) []string {
	lines := []string{"Access-Control-Allow-Origin: " + a.origin()}
	if a.Credentials {
		lines = append(lines, "Access-Control-Allow-Credentials: true")
	}
	if preflight {
		if !browser.SafelistedMethod(a.Method) {
			lines = append(lines, "Access-Control-Allow-Methods: "+a.method())
		}
		if len(a.Headers) > 0 {
			lines = append(lines, "Access-Control-Allow-Headers: "+joined(a.Headers))
		}
	}
	return append(lines, "Vary: Origin")
}
