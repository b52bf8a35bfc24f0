package pasted

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
)

// Message is a console's line about a request that CORS blocked.
type Message struct {
	Engine string // "chromium", "firefox" or "webkit"

	// Codes are Chromium's names for the possible errors. There are several if the engine
	// does not distinguish them, and none if the line only says that something failed.
	Codes []browser.Code

	URL        string // the URL of the request; "" if the line does not name it
	Redirected string // the URL before redirects, or ""
	Origin     string // the page's origin, or ""
	Value      string // the wrong value, method or header, or ""
	Status     int    // the status of the response, or 0
}

// pattern is one sentence of an engine, with groups named url, from, origin, value and
// status.
type pattern struct {
	engine   string
	codes    []browser.Code
	regexp   *regexp.Regexp
	straight *regexp.Regexp // the same with straight quotes
}

// The sentences of each engine. conformance/browsers compares them with the engines'
// messages. Go's regular expressions need only linear time for any text.
var patterns = slices.Concat(chromiumPatterns(), firefoxPatterns(), webkitPatterns())

func sentences(engine, before string, list [][2]string) []pattern {
	var all []pattern
	for _, s := range list {
		var codes []browser.Code
		for _, code := range strings.Fields(s[0]) {
			codes = append(codes, browser.Code(code))
		}
		all = append(all, pattern{engine, codes, regexp.MustCompile(before + s[1]), regexp.MustCompile(straight(before + s[1]))})
	}
	return all
}

// straight replaces curly quotes by straight ones. Firefox writes curly quotes, and chats
// and documents change one kind into the other.
func straight(text string) string { return quotes.Replace(text) }

var quotes = strings.NewReplacer("‘", "'", "’", "'")

// parseMessages reads all lines that match an engine's sentence.
func parseMessages(text string) []Message {
	var messages []Message
	for line := range strings.Lines(text) {
		plain := straight(line)
		for _, p := range patterns {
			groups := p.regexp.FindStringSubmatch(line)
			if groups == nil {
				groups = p.straight.FindStringSubmatch(plain)
			}
			if groups == nil {
				continue
			}
			m := Message{Engine: p.engine, Codes: p.codes}
			for i, name := range p.regexp.SubexpNames() {
				switch name {
				case "url":
					m.URL = groups[i]
				case "from":
					m.Redirected = groups[i]
				case "origin":
					m.Origin = groups[i]
				case "value":
					m.Value = groups[i]
				case "status":
					m.Status, _ = strconv.Atoi(groups[i])
				}
			}
			messages = append(messages, m)
			break
		}
	}
	return messages
}

// chromiumPatterns come from Blink's cors_error_string.cc.
func chromiumPatterns() []pattern {
	const (
		before = `Access to (?:fetch|XMLHttpRequest|font|script|image|\S+|internal resource) at '(?P<url>[^']*)' (?:\(redirected from '(?P<from>[^']*)'\) )?from origin '(?P<origin>[^']*)' has been blocked by CORS policy: `
		asked  = `Response to preflight request doesn't pass access control check: `
	)
	var all []pattern
	for prefix, intro := range map[string]string{"": "", "Preflight": asked} {
		all = append(all, sentences("chromium", before+intro, [][2]string{
			{prefix + "MissingAllowOriginHeader", `No 'Access-Control-Allow-Origin' header is present`},
			{prefix + "WildcardOriginNotAllowed", `The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard`},
			{prefix + "MultipleAllowOriginValues", `The 'Access-Control-Allow-Origin' header contains multiple values '(?P<value>[^']*)'`},
			{prefix + "InvalidAllowOriginValue", `The 'Access-Control-Allow-Origin' header contains the invalid value '(?P<value>[^']*)'`},
			{prefix + "AllowOriginMismatch", `The 'Access-Control-Allow-Origin' header has a value '(?P<value>[^']*)' that is not equal`},
			{prefix + "InvalidAllowCredentials", `The value of the 'Access-Control-Allow-Credentials' header in the response is '(?P<value>[^']*)' which must be`},
		})...)
	}
	return append(append(all, sentences("chromium", before, [][2]string{
		{"PreflightInvalidStatus", asked + `It does not have HTTP ok status`},
		{"PreflightDisallowedRedirect", asked + `Redirect is not allowed for a preflight request`},
		{"InvalidAllowMethodsPreflightResponse", `Cannot parse Access-Control-Allow-Methods`},
		{"InvalidAllowHeadersPreflightResponse", `Cannot parse Access-Control-Allow-Headers`},
		{"MethodDisallowedByPreflightResponse", `Method (?P<value>\S+) is not allowed by Access-Control-Allow-Methods`},
		{"HeaderDisallowedByPreflightResponse", `Request header field (?P<value>\S+) is not allowed by Access-Control-Allow-Headers`},
		{"RedirectContainsCredentials", `Redirect location '(?P<value>[^']*)' contains a username and password`},
		{"CorsDisabledScheme", `Cross origin requests are only supported for protocol schemes`},
		{"LocalNetworkAccessPermissionDenied", "Permission was denied for this request to access the `(?P<value>[a-z]+)` address space"},
		{"InsecureLocalNetwork", "The request client is not a secure context and the resource is in more-private address space `(?P<value>[a-z]+)`"},
	})...), sentences("chromium", "", [][2]string{
		{"", `Fetch API cannot load (?P<url>\S+)\. Request mode is "same-origin" but the URL's origin is not same as the request origin (?P<origin>\S+)\.`},
	})...)
}

// firefoxPatterns come from security.properties. For a failed preflight, Firefox writes
// the same sentence as for a response, and a second line.
func firefoxPatterns() []pattern {
	const before = `Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at [‘']?(?P<url>\S*?)[’']?\.? \(Reason: `
	return append(sentences("firefox", before, [][2]string{
		{"MissingAllowOriginHeader PreflightMissingAllowOriginHeader", `CORS header ‘Access-Control-Allow-Origin’ missing\)(?:\. Status code: (?P<status>\d+))?`},
		{"AllowOriginMismatch InvalidAllowOriginValue MultipleAllowOriginValues PreflightAllowOriginMismatch PreflightInvalidAllowOriginValue PreflightMultipleAllowOriginValues", `CORS header ‘Access-Control-Allow-Origin’ does not match ‘(?P<value>[^’]*)’`},
		{"MultipleAllowOriginValues PreflightMultipleAllowOriginValues", `Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed`},
		{"WildcardOriginNotAllowed PreflightWildcardOriginNotAllowed", `Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘\*’`},
		{"InvalidAllowCredentials PreflightInvalidAllowCredentials", `expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’`},
		{"PreflightInvalidStatus", `CORS preflight response did not succeed\)(?:\. Status code: (?P<status>\d+))?`},
		{"PreflightDisallowedRedirect", `CORS request external redirect not allowed`},
		{"InvalidAllowMethodsPreflightResponse", `invalid token ‘(?P<value>[^’]*)’ in CORS header ‘Access-Control-Allow-Methods’`},
		{"InvalidAllowHeadersPreflightResponse", `invalid token ‘(?P<value>[^’]*)’ in CORS header ‘Access-Control-Allow-Headers’`},
		{"MethodDisallowedByPreflightResponse", `Did not find method in CORS header ‘Access-Control-Allow-Methods’`},
		{"HeaderDisallowedByPreflightResponse", `header ‘(?P<value>[^’]*)’ is not allowed according to header ‘Access-Control-Allow-Headers’`},
		{"CorsDisabledScheme", `CORS request not http`},
		{"", `(?:CORS request did not succeed|CORS disabled|CORS header ‘Origin’ cannot be added)`},
	}), sentences("firefox", "", [][2]string{
		{"", `Security Error: Content at \S+ may not load data from (?P<url>\S+)\.`},
	})...)
}

// webkitPatterns come from WebKit's NetworkLoadChecker and CrossOriginAccessControl.
func webkitPatterns() []pattern {
	const redirected = `Cross-origin redirection to (?P<url>\S+) denied by Cross-Origin Resource Sharing policy: `
	return sentences("webkit", "", [][2]string{
		{"AllowOriginMismatch MissingAllowOriginHeader", redirected + `Origin (?P<origin>\S+) is not allowed by Access-Control-Allow-Origin`},
		{"InvalidAllowCredentials", redirected + `Credentials flag is true`},
		{"RedirectContainsCredentials", redirected + `redirection URL \S* has credentials`},
		{"CorsDisabledScheme", redirected + `not allowed to follow a cross-origin CORS redirection with non CORS scheme`},
		{"AllowOriginMismatch InvalidAllowOriginValue MissingAllowOriginHeader PreflightAllowOriginMismatch PreflightInvalidAllowOriginValue PreflightMissingAllowOriginHeader", `Origin (?P<origin>\S+) is not allowed by Access-Control-Allow-Origin\.(?: Status code: (?P<status>\d+))?`},
		{"MultipleAllowOriginValues PreflightMultipleAllowOriginValues", `Access-Control-Allow-Origin cannot contain more than one origin`},
		{"WildcardOriginNotAllowed PreflightWildcardOriginNotAllowed", `Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true`},
		{"InvalidAllowCredentials PreflightInvalidAllowCredentials", `Credentials flag is true, but Access-Control-Allow-Credentials is not "true"`},
		{"PreflightInvalidStatus PreflightDisallowedRedirect", `Preflight response is not successful\.(?: Status code: (?P<status>\d+))?`},
		{"InvalidAllowMethodsPreflightResponse", `Header Access-Control-Allow-Methods has an invalid value(?:: (?P<value>.*))?`},
		{"InvalidAllowHeadersPreflightResponse", `Header Access-Control-Allow-Headers has an invalid value(?:: (?P<value>.*))?`},
		{"MethodDisallowedByPreflightResponse", `Method (?P<value>\S+) is not allowed by Access-Control-Allow-Methods`},
		{"HeaderDisallowedByPreflightResponse", `Request header field (?P<value>\S+) is not allowed by Access-Control-Allow-Headers`},
		{"", `Not allowed to follow a redirection while loading (?P<url>\S+)`},
		{"", `(?:Fetch API|XMLHttpRequest) cannot load (?P<url>\S+) due to access control checks`},
	})
}
