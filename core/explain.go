package cors

import (
	"context"
	"slices"
	"strings"

	"github.com/crossgate/cors/core/internal/ascii"
	"github.com/crossgate/cors/core/internal/diagnose"
)

// Explanation says why a policy decided so, what a browser does with the response, and what
// to change. Text from the request is quoted and shortened, so an Explanation may be
// logged.
type Explanation struct {
	Decision Decision `json:"-"`
	Kind     Kind     `json:"kind"`
	Reason   Reason   `json:"reason"`

	// Steps are the checks made, in order, up to the one that failed.
	Steps []Step `json:"steps"`

	// BrowserError is the browser's name for the failure (Network.CorsError in Chromium's
	// DevTools protocol). BrowserMessage is what its console says after "blocked by CORS
	// policy:". Both are empty if the origin, method and headers let the page read the
	// response.
	BrowserError   string `json:"browserError,omitempty"`
	BrowserMessage string `json:"browserMessage,omitempty"`

	Cause string `json:"cause"`         // why the policy decided so
	Fix   string `json:"fix,omitempty"` // what to change; empty if nothing is refused
}

// Step is one check of an Explanation.
type Step struct {
	Rule    string `json:"rule"`    // what is checked
	Section string `json:"section"` // where that is written
	OK      bool   `json:"ok"`
	Detail  string `json:"detail"` // what was found
}

// nothingRefused is the Cause of an allowed request; String leaves it out.
const nothingRefused = "the request is allowed"

// String returns the explanation as a few lines of text.
func (e Explanation) String() string {
	var b strings.Builder
	b.WriteString("result: " + e.Reason.String() + " (" + e.Kind.String() + ")\n")
	for _, s := range e.Steps {
		mark := "  ok   "
		if !s.OK {
			mark = "  FAIL "
		}
		b.WriteString(mark + s.Detail + " (" + s.Section + ")\n")
	}
	if e.Cause != nothingRefused {
		b.WriteString("cause: " + e.Cause + "\n")
	}
	if e.BrowserError != "" {
		b.WriteString("browser: " + e.BrowserError + ": " + e.BrowserMessage + "\n")
	}
	if e.Fix != "" {
		b.WriteString("fix: " + e.Fix + "\n")
	}
	return b.String()
}

// Explain decides as Decide does and says why. It is for people to read, and slower than
// Decide: it allocates, and walks through AllowOrigins. The Explanation shares no memory
// with r.
func (p *Policy) Explain(ctx context.Context, r Request) Explanation {
	r = r.Clone()
	d := p.Decide(ctx, r)
	x := explainer{policy: p, r: r, Explanation: Explanation{Decision: d, Kind: d.Kind(), Reason: d.Reason()}}
	x.r.trim()
	x.explain()
	return x.Explanation
}

// explainer writes the Explanation of a Decision.
type explainer struct {
	Explanation
	policy *Policy
	r      Request // trimmed
}

func (x *explainer) step(ok bool, rule, section, detail string) {
	x.Steps = append(x.Steps, Step{Rule: rule, Section: section, OK: ok, Detail: detail})
}

func (x *explainer) explain() {
	if x.policy == nil {
		x.Steps = []Step{}
		x.Cause = "this path has no policy, so the response has no CORS headers and pages of other origins cannot read it"
		x.Fix = "attach a policy to this path"
		if x.Kind != NotCORS {
			x.missingAllowOrigin()
		}
		return
	}
	x.explainKind()
	if x.Kind != NotCORS {
		x.explainOrigin()
	}
	if x.Kind == Preflight && !x.originRefused() {
		x.explainMethod()
		x.explainHeaders()
	}
	x.explainEnforcement()
	if x.Cause == "" {
		x.Cause = nothingRefused
	}
}

func (x *explainer) originRefused() bool {
	switch x.Reason {
	case OriginNotAllowed, OriginMalformed, OriginCheckFailed:
		return true
	}
	return false
}

func (x *explainer) explainKind() {
	const section = "Fetch, HTTP requests"
	switch x.Kind {
	case NotCORS:
		x.step(true, "is it a CORS request?", section, "this is not a CORS request: it has no Origin header")
		x.Cause = "the request has no Origin header, so CORS does not apply"
		if x.policy.origins.any && !x.policy.origins.reflect {
			return
		}
		x.Cause += "; Vary: Origin keeps caches from giving the response to other origins"
	case Actual:
		x.step(true, "is it a CORS request?", section, "this is a CORS request from the origin "+quote(x.r.Origin))
		if x.r.Method == "OPTIONS" {
			x.step(true, "is it a preflight?", section, "this is not a preflight: Access-Control-Request-Method is missing, so the handler answers")
		}
	case Preflight:
		x.step(true, "is it a preflight?", section, "this is a preflight from the origin "+quote(x.r.Origin)+" for the method "+quote(x.r.RequestMethod))
	}
}

func (x *explainer) explainOrigin() {
	const section = "Fetch, CORS check"
	const rule = "is the origin allowed?"
	if !x.originRefused() || x.policy.origins.any && x.policy.origins.allowsAny(x.r.Origin) {
		x.step(true, rule, section, x.policy.whyAllowed(x.r.Origin))
		return
	}
	if x.Kind == Actual && sameOrigin(&x.r) {
		x.step(false, rule, section, "the origin "+quote(x.r.Origin)+" is not in the policy, but it is the server's own")
		x.Cause = "the page is from the server's own origin, so CORS does not apply"
		return
	}
	switch x.Reason {
	case OriginMalformed:
		x.step(false, "is the Origin one origin, as a browser writes it?", "Fetch, `Origin` header", "the Origin "+quote(x.r.Origin)+" is not one origin as browsers write it")
		x.Cause = "the Origin header is not one origin as browsers write it"
		x.Fix = "find the proxy or client that changes the Origin header"
		if fixed := diagnose.Repair(x.r.Origin); len(fixed) == 1 {
			x.Fix += diagnose.Write(fixed)
		}
	case OriginCheckFailed:
		failure := escaped(x.Decision.Err().Error())
		x.step(false, rule, section, "the origin "+quote(x.r.Origin)+" is not allowed: AllowOriginFunc failed: "+failure)
		x.Cause = "AllowOriginFunc failed, so the origin is not allowed: " + failure
		x.Fix = "fix the function or the service it calls; it is called with this request's context"
	default:
		x.step(false, rule, section, "the origin "+quote(x.r.Origin)+" is not allowed: it matches nothing in "+x.policy.field("AllowOrigins"))
		x.Cause, x.Fix = x.policy.whyRefused(x.r.Origin)
	}
	x.missingAllowOrigin()
}

// missingAllowOrigin sets the browser's error for a response without
// Access-Control-Allow-Origin.
func (x *explainer) missingAllowOrigin() {
	x.BrowserError = "MissingAllowOriginHeader"
	x.BrowserMessage = "No 'Access-Control-Allow-Origin' header is present on the requested resource."
	if x.Kind == Preflight {
		x.BrowserError = "PreflightMissingAllowOriginHeader"
		x.BrowserMessage = "Response to preflight request doesn't pass access control check: " + x.BrowserMessage
	}
}

func (x *explainer) explainMethod() {
	const rule, section = "is the method allowed?", "Fetch, CORS-preflight fetch, step 7"
	method := x.r.RequestMethod
	if x.Reason != MethodNotAllowed {
		x.step(true, rule, section, "the method "+quote(method)+" is allowed: "+x.policy.whyMethod(method))
		return
	}
	x.step(false, rule, section, "the method "+quote(method)+" is not allowed: it is not in "+x.policy.field("AllowMethods"))
	x.Cause = "the policy does not allow the method " + quote(method)
	x.BrowserError = "MethodDisallowedByPreflightResponse"
	x.BrowserMessage = "Method " + escaped(method) + " is not allowed by Access-Control-Allow-Methods in preflight response."
	upper := strings.ToUpper(method)
	upperAllowed, _ := x.policy.methods.allows(upper)
	if x.policy.methods.any && !x.policy.config.AllowCredentials && ascii.IsToken(method) && !forbiddenMethod(method) {
		x.BrowserError, x.BrowserMessage = "", "" // the browser accepts it: the answer has *
	}
	switch {
	case !ascii.IsToken(method) || forbiddenMethod(method) || len(method) > maxMethod:
		x.Fix = "no policy can allow this method: use another"
	case method != upper && slices.Contains(normalizedMethods, upper):
		// Whatever the case in the script is (Fetch, "normalize" a method).
		x.Fix = "browsers send " + quote(upper) + " in upper case: find the client or proxy that sends " + quote(method)
	case method != upper && upperAllowed:
		x.Fix = "methods are case-sensitive: send " + quote(upper) + " in the script"
	case method != upper:
		x.Fix = "methods are case-sensitive: send " + quote(upper) + " in the script, and add " + quote(upper) + " to " + x.policy.field("AllowMethods")
	default:
		x.Fix = "add " + quote(method) + " to " + x.policy.field("AllowMethods")
	}
}

func (x *explainer) explainHeaders() {
	const rule, section = "are the headers allowed?", "Fetch, CORS-preflight fetch, step 7"
	value := x.r.RequestHeaders
	switch x.Reason {
	case MethodNotAllowed: // the method is checked first
		return
	case HeaderNotAllowed, HeaderMalformed, HeadersTooLong:
		x.explainRefusedHeader(x.policy.headers.firstRefused(value))
	case Allowed, NoPolicy, OriginNotAllowed, OriginMalformed, OriginCheckFailed, OriginMissing:
		if value == "" {
			x.step(true, rule, section, "the script sets no header that needs permission")
			return
		}
		x.step(true, rule, section, "the headers "+quote(value)+" are allowed")
	}
}

// explainRefusedHeader explains why name is refused: the first such name in the list, or
// the first of all if the list was not read.
func (x *explainer) explainRefusedHeader(name string) {
	detail := "the header " + quote(name) + " is not allowed: it is not in " + x.policy.field("AllowHeaders")
	x.Cause = "the policy does not allow the request header " + quote(name)
	switch lower := ascii.ToLower(name); {
	case x.Reason == HeadersTooLong:
		detail = "Access-Control-Request-Headers is longer than 8 KiB, so it was not read"
		x.Cause = "the script sets more request headers than a policy reads"
		x.Fix = "set fewer headers in the script"
	case x.Reason == HeaderMalformed:
		detail = quote(name) + " is not a header name"
		x.Cause = "Access-Control-Request-Headers holds " + quote(name) + ", which is not a header name"
		x.Fix = "find the proxy or client that changes the header"
	case x.policy.headers.any && lower == "authorization":
		detail = `the header "authorization" is not allowed: "*" in ` + x.policy.field("AllowHeaders") + " does not cover it"
		x.Fix = `add "authorization" to ` + x.policy.field("AllowHeaders")
	case corsResponseHeader(lower):
		x.Fix = "do not set it in the script: it is a header of responses, and the server sets it"
	case forbiddenRequestHeader(lower):
		x.Fix = "browsers let no script set this header: find the client that sends it"
	default:
		x.Fix = "add " + quote(lower) + " to " + x.policy.field("AllowHeaders") + ", or do not set it in the script"
	}
	x.step(false, "are the headers allowed?", "Fetch, CORS-preflight fetch, step 7", detail)
	if x.policy.headers.any && !x.policy.config.AllowCredentials && x.Reason == HeadersTooLong {
		return // the browser accepts them: the answer has *
	}
	x.BrowserError = "HeaderDisallowedByPreflightResponse"
	x.BrowserMessage = "Request header field " + escaped(name) + " is not allowed by Access-Control-Allow-Headers in preflight response."
}

func (x *explainer) explainEnforcement() {
	if x.policy.config.Enforce == EnforceNone || x.Kind == Preflight {
		return
	}
	const rule, section = "does the server serve it?", "Fetch Metadata"
	enforce := x.policy.field("Enforce") + " is " + quote(x.policy.config.Enforce.String())
	if x.Decision.Status() == 0 {
		detail := enforce + ", which does not refuse this request"
		if x.originRefused() && sameOrigin(&x.r) {
			detail = enforce + ", which does not refuse the server's own pages"
		} else if x.originRefused() {
			detail = enforce + ", which does not refuse safe methods: the handler runs, and the page cannot read the response"
		}
		x.step(true, rule, section, detail)
		return
	}
	x.step(false, rule, section, enforce+", so the server refuses the request: its origin is not trusted, and not the server's own")
	switch {
	case x.Reason == OriginMissing:
		x.Cause = "a page of another site made this request with an unsafe method and no Origin"
		x.Fix = "use fetch with CORS from an allowed origin; forms and links of other sites cannot be allowed"
	case x.policy.origins.any:
		x.Cause = "the policy lets any origin read, so it trusts no origin with this method"
		x.Fix = "list the trusted origins in " + x.policy.field("AllowOrigins") + " in place of *, or set " + x.policy.field("Enforce") + " to none"
	}
}

// quote returns s in quotes, with control characters escaped, and shortened for logs.
func quote(s string) string { return diagnose.Quoted([]string{shorten(s)})[0] }

// escaped is quote without the quotes, for a browser's sentence.
func escaped(s string) string {
	q := quote(s)
	return q[1 : len(q)-1]
}

func shorten(s string) string {
	if len(s) > maxQuoted {
		return strings.ToValidUTF8(s[:maxQuoted], "") + "…"
	}
	return s
}
