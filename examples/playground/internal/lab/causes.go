package lab

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/diagnosis"
	cors "github.com/crossgate/cors/core"
)

// Cause says why the page does not get the response, or warns about the call.
type Cause struct {
	Kind   string `json:"kind"`
	Blocks bool   `json:"blocks"` // false for a warning
	Title  string `json:"title"`
	Cause  string `json:"cause"` // in a sentence or two
	Fixes  []Fix  `json:"fixes"`
	Guide  string `json:"guide"` // a page about it, or ""
}

// Fix is a change of the policy's text, of the call, or of both, made with a click. A Fix
// with neither is to be made by hand.
type Fix struct {
	Label  string `json:"label"`
	Danger string `json:"danger,omitempty"` // what may happen then
	Policy string `json:"policy,omitempty"` // the whole new text
	Format string `json:"format,omitempty"` // of the new text, where that changes
	Call   *Call  `json:"call,omitempty"`   // the whole new call
}

// The causes that package diagnosis does not have.
const (
	refusedByEnforce = "refused-by-enforce" // the policy's Enforce answers 403; the page may read it
	blockedPort      = "blocked-port"       // browsers do not connect to this port
	notARequest      = "not-a-request"      // the script's own fetch throws
)

// title is a cause in a few words.
func title(kind string) string {
	switch kind {
	case refusedByEnforce:
		return "The server refuses the request with 403"
	case blockedPort:
		return "Browsers connect to no such port"
	case notARequest:
		return "The script's fetch throws"
	}
	return capital(strings.ReplaceAll(diagnosis.Kind(kind).Title(), "`", ""))
}

// guides is the address of the repository's pages.
const guides = "https://github.com/crossgate/cors/blob/main/docs/"

// guide returns the address of a page that explains a cause, or "".
func guide(kind string) string {
	switch kind {
	case refusedByEnforce:
		return guides + "policy.md#refuse-requests"
	case blockedPort, notARequest:
		return ""
	}
	return guides + "blocked.md#" + kind
}

// reason is a cause without its fixes.
type reason struct {
	kind     string
	blocks   bool
	sentence string
}

// kinds returns the causes of a verdict.
func kinds(p *policy, c Call, e engine, v browser.Verdict) (list []reason) {
	d := diagnosis.WithoutAsking(client(e, p.compiled, c), c.request(), v)
	for _, cause := range d.Causes {
		switch {
		case len(v.Exchanges) == 0 && cause.Blocks: // below, with a kind of its own
		case cause.Kind == diagnosis.OriginNotListed && c.Origin == "null": // opaque-origin says it
		default:
			list = append(list, reason{string(cause.Kind), cause.Blocks, sentence(p, c, v, cause)})
		}
	}
	if kind := unsent(v); kind != "" {
		list = append(list, reason{kind, true, unsentSentence(kind, e, v, c)})
	}
	if refused(v) {
		list = append(list, reason{refusedByEnforce, false, "The page may read the answer, and it is 403: enforce refuses the request, because the policy trusts no origin by *. The handler does not run."})
	}
	return list
}

// cause is a cause with its fixes.
func (r reason) cause(p *policy, c Call, e engine, v browser.Verdict) Cause {
	return Cause{
		Kind: r.kind, Blocks: r.blocks, Title: title(r.kind), Cause: r.sentence, Guide: guide(r.kind),
		Fixes: append([]Fix{}, fixes(p, c, e, v, r.kind)...),
	}
}

// refused reports whether the policy's Enforce has answered.
func refused(v browser.Verdict) bool { return v.Allowed && v.Status == http.StatusForbidden }

// unsent returns the cause of a call that the browser never sends, or "".
func unsent(v browser.Verdict) string {
	switch {
	case v.Allowed || len(v.Exchanges) > 0:
		return ""
	case strings.Contains(v.Message, "Mixed Content"):
		return string(diagnosis.MixedContent)
	case strings.Contains(v.Message, "refuse the port"):
		return blockedPort
	}
	return notARequest
}

func unsentSentence(kind string, e engine, v browser.Verdict, c Call) string {
	switch kind {
	case string(diagnosis.MixedContent):
		if e.model.LoopbackIsMixed && allowedElsewhere(c) {
			return e.name + " blocks http for pages of https on the user's own machine too. Other browsers let it pass. Serve the API with https."
		}
		return fmt.Sprintf("A page of %s may not ask %s: browsers block http for pages of https, before CORS. Serve the API with https.", c.Origin, c.URL)
	case blockedPort:
		return v.Message + " Serve the API on another port."
	}
	sentence := "No server can allow this. The script gets a TypeError: " + v.Message
	if name, found := unfit(c); found {
		sentence += " (in the header " + quotedJSON(shortened(name)) + "). Write one header a line, as Name: value."
	}
	return sentence
}

// unfit returns the first header that a script cannot set because of its name or value.
func unfit(c Call) (name string, found bool) {
	for _, pair := range c.Headers {
		one := c
		one.Method, one.URL, one.Headers = "GET", "https://api.invalid/", [][2]string{pair}
		page := browser.Client{Origin: "https://page.invalid", Handler: http.NotFoundHandler(), Timeout: longest}
		if v, err := page.Fetch(context.Background(), one.request()); err == nil && len(v.Exchanges) == 0 {
			return pair[0], true
		}
	}
	return "", false
}

// allowedElsewhere reports whether only some engines treat a URL as mixed content. This is so
// for URLs of the user's own machine.
func allowedElsewhere(c Call) bool {
	origin, err := browser.OriginOf(c.URL)
	if err != nil {
		return false
	}
	o, err := cors.ParseOrigin(origin)
	return err == nil && o.IsLoopback()
}

// sentence says what is wrong, with the names of the policy's fields.
func sentence(p *policy, c Call, v browser.Verdict, found diagnosis.Cause) string {
	switch found.Kind {
	case diagnosis.OriginNotListed:
		x := p.compiled.Explain(context.Background(), request(c))
		if x.Cause == "" || x.BrowserError == "" {
			break
		}
		if c.Origin == fileOrigin {
			return capital(x.Cause) + ". Every file has this origin, also a downloaded one. Serve the page from a URL, such as http://localhost:3000." + notWithCredentials(p, fileOrigin)
		}
		return capital(x.Cause) + "."
	case diagnosis.OpaqueOrigin:
		return found.What + notWithCredentials(p, "null")
	case diagnosis.MethodNotListed:
		if c.method() == "*" {
			return "The script uses the method *, and no policy can list it alone: in allowMethods, * means every method."
		}
		return fmt.Sprintf("The script uses %s, and allowMethods does not list it. Methods are compared with their case.", c.method())
	case diagnosis.HeaderNotListed:
		return fmt.Sprintf("The script sets the header %s, and allowHeaders does not list it.", asWritten(c, v.Parameter))
	case diagnosis.CredentialsNotAllowed:
		return "The script asks with credentials (cookies), and the policy does not set allowCredentials."
	case diagnosis.WildcardWithCredentials:
		return "The script asks with credentials (cookies), and the policy allows every origin by *. Browsers refuse that: any page could read a visitor's data."
	}
	return found.What
}

// notWithCredentials says why no click lists an origin that strangers have, if the policy
// allows credentials.
func notWithCredentials(p *policy, origin string) string {
	if !p.compiled.Config().AllowCredentials {
		return ""
	}
	return " A policy with allowCredentials cannot list " + origin + ": strangers' pages would read responses to requests with cookies."
}

// request is the policy's request for the call: the preflight, if there is one.
func request(c Call) (r cors.Request) {
	r = cors.Request{Method: c.method(), Origin: c.Origin}
	if names := c.unsafe(); len(names) > 0 || !browser.SafelistedMethod(c.method()) {
		r = cors.Request{Method: http.MethodOptions, Origin: c.Origin, RequestMethod: c.method(), RequestHeaders: strings.Join(names, ",")}
	}
	return r
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
