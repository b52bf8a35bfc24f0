package diagnosis

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/crossgate/cors/conformance/browser"
)

// hungUp handles a preflight without an answer, if the server answers a GET.
func (e *examiner) hungUp(last browser.Exchange) (Cause, bool) {
	if !last.Preflight || strings.HasPrefix(e.verdict.Message, "dial ") {
		return Cause{}, false
	}
	ctx, cancel := context.WithTimeout(e.ctx, 5*time.Second)
	defer cancel()
	page, answered := e.asker.get(ctx, e.client.Origin)
	if !answered {
		return Cause{}, false
	}
	c := e.cause(PreflightUnanswered, !timedOut(e.verdict.Message), e.silence(last), fmt.Sprintf("A GET with this Origin gets status %d.", page.status))
	c.What = "Nothing answers the preflight: a firewall, a proxy or the server drops OPTIONS requests. Let them through, and install the CORS middleware before the router, so that it answers."
	return c, true
}

// silence returns the evidence of a request without a response.
func (e *examiner) silence(x browser.Exchange) string {
	method, _, _ := strings.Cut(x.Request, " ")
	if x.Preflight {
		method = "The preflight (OPTIONS)"
	}
	if timedOut(e.verdict.Message) {
		return method + " gets no whole response within " + cmp.Or(e.client.Timeout, time.Minute).String() + "."
	}
	return method + " gets no response: " + e.verdict.Message + "."
}

func timedOut(message string) bool {
	return strings.Contains(message, "deadline exceeded") || strings.Contains(message, "i/o timeout")
}

// badStatus handles a preflight's answer that names the origin but has a wrong status.
func (e *examiner) badStatus(last browser.Exchange) []Cause {
	status := statusLine(last)
	if c, ok := e.narrowed(last); ok {
		return []Cause{c}
	}
	switch {
	case last.Status == 401 || last.Status == 407 || last.Status == 403:
		return []Cause{e.cause(AuthenticationFirst, last.Status == 401, status, shown(last, "WWW-Authenticate"))}
	case proxyStatus(last):
		return []Cause{e.proxy(last)}
	case failed(last):
		return []Cause{e.failure(last)}
	}
	return []Cause{e.cause(PreflightUnanswered, true, status, shown(last, "Allow"))}
}

// proxy handles a proxy that has no answer, or a firewall that refused the request. If this
// happens only to OPTIONS, the server behind it does not answer OPTIONS.
func (e *examiner) proxy(last browser.Exchange) Cause {
	evidence := append([]string{statusLine(last), challenged(last)}, proxyEvidence(last)...)
	if last.Preflight && proxyStatus(last) {
		if page, ok := e.asker.get(e.ctx, e.client.Origin); ok && page.status < 500 {
			c := e.cause(PreflightUnanswered, false, append(evidence, fmt.Sprintf("A GET with this Origin gets status %d.", page.status))...)
			c.What = "The proxy gets no answer from the application to the preflight, an OPTIONS request. Install the CORS middleware before the router, so that it answers."
			return c
		}
	}
	return e.cause(ProxyFailed, false, evidence...)
}

// failure handles an error of the server. It may happen only for this origin, because some
// CORS settings throw an error for an origin that they do not list.
func (e *examiner) failure(last browser.Exchange) Cause {
	none, noneAnswered := e.asker.get(e.ctx, "")
	page, answered := e.asker.get(e.ctx, e.client.Origin)
	if noneAnswered && answered && none.status/100 == 2 && page.status == last.Status && !e.granted(last) {
		return e.cause(OriginNotListed, false, statusLine(last), fmt.Sprintf("A GET with this Origin gets status %d, and one without an Origin gets %d.", page.status, none.status))
	}
	c := e.cause(ServerFailed, false, append([]string{statusLine(last)}, proxyEvidence(last)...)...)
	if last.Preflight {
		c.What = "The server failed at the preflight, an OPTIONS request. Install the CORS middleware before what fails, so that it answers."
	}
	return c
}

// method handles a list of methods that does not contain the script's, or has it in another
// case.
func (e *examiner) method(last browser.Exchange) Cause {
	c := e.cause(MethodNotListed, true, notKnown(last, "Access-Control-Allow-Methods"), shown(last, "Access-Control-Allow-Methods"), shown(last, "Allow"))
	listed, method := listOf(last, "Access-Control-Allow-Methods"), c.asked.Method
	wildcard := slices.Contains(listed, "*")
	switch {
	case method != e.asked.Method: // the script must use the other spelling
		if slices.Contains(listed, method) || wildcard && !e.asked.Credentials {
			c.Sends, c.script = nil, true
		}
	case wildcard:
		c.What = "The server lists *, and with credentials * is not a wildcard. List the method " + method + "."
	case slices.ContainsFunc(listed, func(m string) bool { return strings.EqualFold(m, method) }):
		c.What = "The server lists the method in another case. Write " + method + " in the list: methods are case-sensitive."
	default:
		c.What = "The server does not list the method " + method + "."
	}
	return c
}

// header handles a list of headers that does not contain one of the script's.
func (e *examiner) header(last browser.Exchange) Cause {
	name := e.verdict.Parameter
	c := e.unlistedHeader(name, notKnown(last, "Access-Control-Allow-Headers"), shown(last, "Access-Control-Allow-Headers"))
	switch {
	case c.script || !slices.Contains(listOf(last, "Access-Control-Allow-Headers"), "*"):
	case e.asked.Credentials:
		c.What = "The server lists *, and with credentials * is not a wildcard. List the header " + name + "."
	default:
		c.What = "The server lists *, and * does not cover Authorization. List " + name + " too."
	}
	return c
}

// unlistedHeader is the cause of one header.
func (e *examiner) unlistedHeader(name string, evidence ...string) Cause {
	asked := e.asked
	if ofResponses([]string{name}) {
		asked.Headers = []string{name}
	}
	c := e.causeFor(asked, HeaderNotListed, true, evidence...)
	if !c.script {
		c.What = "The server does not list the header " + name + ", which the script sets."
	}
	return c
}

// malformed handles a list of methods or headers that is not a valid list.
func (e *examiner) malformed(last browser.Exchange) Cause {
	c := e.cause(ListMalformed, true, shown(last, "Access-Control-Allow-Methods"), shown(last, "Access-Control-Allow-Headers"))
	c.Sends = nil
	if !browser.SafelistedMethod(e.asked.Method) || !wellFormed(listOf(last, "Access-Control-Allow-Methods")) {
		c.Sends = append(c.Sends, "Access-Control-Allow-Methods: "+joined(e.asked.methods()))
	}
	if len(e.asked.Headers) > 0 || !wellFormed(listOf(last, "Access-Control-Allow-Headers")) {
		c.Sends = append(c.Sends, "Access-Control-Allow-Headers: "+cmp.Or(joined(e.asked.Headers), "content-type"))
	}
	return c
}

// narrowed handles a refused preflight if the server allows a smaller one. Its settings
// then list the origin, but not the method or a header: several libraries answer such a
// preflight without CORS headers, or with a status that is not ok.
func (e *examiner) narrowed(last browser.Exchange) (Cause, bool) {
	if !last.Preflight || last.Status == http.StatusUnauthorized || len(e.verdict.Exchanges) > 1 {
		return Cause{}, false
	}
	allows := func(method string, headers ...string) bool {
		a, ok := e.asker.preflight(e.ctx, e.client.Origin, Asked{Method: method, Headers: headers})
		return ok && a.status/100 == 2 && (a.allowOrigin() == e.client.Origin || a.allowOrigin() == "*")
	}
	if len(e.asked.Headers) > 0 && allows(e.asked.Method) {
		for _, name := range e.asked.Headers[:min(len(e.asked.Headers), 8)] {
			if !allows(e.asked.Method, name) {
				return e.unlistedHeader(name, statusLine(last), "A preflight for "+e.asked.Method+" without headers is allowed, and one with "+name+" is not."), true
			}
		}
		return Cause{}, false
	}
	if other := http.MethodGet; e.asked.Method != other && (allows(other) || allows(http.MethodPost)) {
		c := e.cause(MethodNotListed, true, statusLine(last), "A preflight for another method is allowed.")
		switch {
		case c.asked.Method == e.asked.Method:
			c.What = "The server does not list the method " + c.asked.Method + "."
		case allows(c.asked.Method): // and the script has to write it so
			c.Sends, c.script = nil, true
		}
		return c, true
	}
	return Cause{}, false
}
