package diagnosis

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/crossgate/cors/conformance/browser"
)

// Of makes the request as the client's page would, and says what is wrong. It returns an
// error for a request that no page can make, as browser.Client.Fetch does.
func Of(ctx context.Context, client *browser.Client, request browser.Request) (Diagnosis, error) {
	v, err := client.Fetch(ctx, request)
	if err != nil {
		return Diagnosis{}, err
	}
	return OfVerdict(ctx, client, request, v), nil
}

// OfVerdict says what is wrong with a request that was already made.
func OfVerdict(ctx context.Context, client *browser.Client, request browser.Request, v browser.Verdict) Diagnosis {
	a, closing := newAsker(client, request.URL)
	defer closing()
	return examine(ctx, client, request, v, a)
}

// WithoutAsking is OfVerdict without further questions to the server.
func WithoutAsking(client *browser.Client, request browser.Request, v browser.Verdict) Diagnosis {
	return examine(context.Background(), client, request, v, new(asker))
}

func examine(ctx context.Context, client *browser.Client, request browser.Request, v browser.Verdict, a *asker) Diagnosis {
	e := &examiner{ctx: ctx, client: client, request: request, verdict: v, asker: a, asked: askedOf(client, request)}
	causes := append(e.unsafePort(), e.mixed()...)
	if !v.Allowed {
		causes = append(causes, e.blocked()...)
	} else {
		causes = append(causes, e.allowed()...)
	}
	causes = append(causes, e.local()...)
	e.complete(causes)
	return Diagnosis{Verdict: v, Causes: causes, Asked: a.asked}
}

// askedOf returns what the server must allow for a request.
func askedOf(client *browser.Client, r browser.Request) Asked {
	method := r.Method
	if method == "" {
		method = "GET"
	}
	a := Asked{Origin: client.Origin, Method: browser.NormalizeMethod(method), Credentials: r.Credentials == browser.Include}
	var script []browser.Field
	for _, f := range r.Header {
		if !browser.ForbiddenRequestHeader(f.Name, f.Value) {
			script = append(script, f)
		}
	}
	a.Headers = browser.UnsafeRequestHeaderNames(script)
	return a
}

// examiner looks for causes.
type examiner struct {
	ctx     context.Context
	client  *browser.Client
	request browser.Request
	verdict browser.Verdict
	asker   *asker
	asked   Asked
}

// cause returns a cause with the sentence of its kind.
func (e *examiner) cause(kind Kind, certain bool, evidence ...string) Cause {
	return e.causeFor(e.asked, kind, certain, evidence...)
}

// causeFor is like cause, for a part of what was asked.
func (e *examiner) causeFor(asked Asked, kind Kind, certain bool, evidence ...string) Cause {
	evidence = slices.DeleteFunc(evidence, func(s string) bool { return s == "" })
	for i, seen := range evidence {
		evidence[i] = shortened(seen)
	}
	c := Describe(kind, asked)
	c.Blocks, c.Certain, c.Evidence = true, certain, evidence
	return c
}

// last returns the exchange that decided: the last one.
func (e *examiner) last() (browser.Exchange, bool) {
	if n := len(e.verdict.Exchanges); n > 0 {
		return e.verdict.Exchanges[n-1], true
	}
	return browser.Exchange{}, false
}

// insecureLocal explains LocalNetwork for an http page.
const insecureLocal = "An http page from the internet requests an address of this machine or network. Chromium 142 and later block it: only an https page can ask the user. Serve the page with https."

// blocked returns the causes of a verdict, the likeliest first.
func (e *examiner) blocked() []Cause {
	last, answered := e.last()
	code := e.verdict.Code
	switch {
	case code == browser.LocalNetworkAccessPermissionDenied || code == browser.InsecureLocalNetwork:
		c := e.cause(LocalNetwork, true, e.request.URL+" is at a "+e.verdict.Parameter+" address.")
		if code == browser.InsecureLocalNetwork {
			c.What = insecureLocal
		}
		return []Cause{c}
	case !answered || last.Status == 0:
		if c, ok := e.redirected(); ok { // to a URL where nothing answers
			return []Cause{c}
		}
		if c, ok := e.hungUp(last); ok {
			return []Cause{c}
		}
		if code == "" && !answered { // the constructor of Request throws an error
			c := e.cause(NotAllowedAnywhere, true)
			c.What = e.verdict.Message
			return []Cause{c}
		}
		return []Cause{e.cause(NoResponse, true, e.silence(last))}
	}
	// A redirect explains the failures that come after it.
	if c, ok := e.redirected(); ok {
		return []Cause{c}
	}
	switch bare := browser.Code(strings.TrimPrefix(string(code), "Preflight")); {
	case code == browser.MethodDisallowedByPreflightResponse:
		return []Cause{e.method(last)}
	case code == browser.HeaderDisallowedByPreflightResponse:
		return []Cause{e.header(last)}
	case code == browser.InvalidAllowMethodsPreflightResponse || code == browser.InvalidAllowHeadersPreflightResponse:
		return []Cause{e.malformed(last)}
	case code == browser.PreflightInvalidStatus:
		return e.badStatus(last)
	case bare == browser.WildcardOriginNotAllowed:
		return []Cause{e.cause(WildcardWithCredentials, true, shown(last, "Access-Control-Allow-Origin"))}
	case bare == browser.InvalidAllowCredentials:
		return e.credentials(last)
	case bare == browser.MultipleAllowOriginValues:
		return e.several(last)
	case bare == browser.InvalidAllowOriginValue || bare == browser.AllowOriginMismatch:
		return e.otherOrigin(last)
	case bare == browser.MissingAllowOriginHeader:
		return e.missing(last)
	}
	return []Cause{e.cause(NoResponse, false, e.silence(last))}
}

// credentials handles an Access-Control-Allow-Credentials that is not true.
func (e *examiner) credentials(last browser.Exchange) []Cause {
	evidence := shown(last, "Access-Control-Allow-Credentials")
	if values := lines(last, "Access-Control-Allow-Credentials"); len(values) > 1 || repeats(values) {
		return []Cause{e.cause(TwoLayers, true, evidence)}
	}
	return []Cause{e.cause(CredentialsNotAllowed, true, notKnown(last, "Access-Control-Allow-Credentials"), evidence)}
}

// several handles two Access-Control-Allow-Origin lines, or one with a comma or a blank.
func (e *examiner) several(last browser.Exchange) []Cause {
	values := lines(last, "Access-Control-Allow-Origin")
	evidence := append([]string{shown(last, "Access-Control-Allow-Origin")}, proxyEvidence(last)...)
	if len(values) > 1 || repeats(values) {
		return []Cause{e.cause(TwoLayers, true, evidence...)}
	}
	c := e.cause(OriginMisspelt, true, evidence...)
	c.What = "Access-Control-Allow-Origin holds a list, and it must be one origin: compare the Origin with the list, and send that one. " + c.What
	return []Cause{c}
}

// repeats reports whether the values are one value twice, as when a proxy joins two lines.
func repeats(values []string) bool {
	if len(values) != 1 {
		return false
	}
	parts := strings.Split(values[0], ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return len(parts) > 1 && (slices.Contains(parts, "*") || len(slices.Compact(parts)) < len(strings.Split(values[0], ",")))
}

// otherOrigin handles an answer that names another origin.
func (e *examiner) otherOrigin(last browser.Exchange) []Cause {
	value := strings.Join(lines(last, "Access-Control-Allow-Origin"), ", ")
	evidence := shown(last, "Access-Control-Allow-Origin")
	if e.client.Origin == "null" {
		return []Cause{e.cause(OpaqueOrigin, true, evidence)}
	}
	if meansOrigin(value, e.client.Origin) {
		return []Cause{e.cause(OriginMisspelt, true, evidence)}
	}
	if c, ok := e.cached(last); ok {
		return []Cause{c}
	}
	if cached := cacheEvidence(answerOf(last)); cached != "" {
		if again, ok := e.asker.get(e.ctx, e.client.Origin); ok && !again.variesByOrigin() {
			return []Cause{e.cause(CacheWithoutVary, false, evidence, cached, "Vary does not name Origin"), e.cause(OriginNotListed, false, evidence)}
		}
	}
	if !isOrigin.MatchString(value) {
		c := e.cause(OriginMisspelt, true, evidence, lookalike(value))
		if unset.MatchString(value) {
			c.What = "The value is no origin: is a variable of the settings unset, or not replaced by its value? " + c.What
		}
		return []Cause{c}
	}
	if e.granted(last) { // the origin is listed, so something else writes the other one
		return []Cause{e.cause(TwoLayers, false, "The preflight is allowed.", evidence), e.cause(CacheWithoutVary, false, evidence)}
	}
	// A server that names the same origin to everybody allows only that one.
	if again, ok := e.asker.get(e.ctx, stranger); ok && again.allowOrigin() == value {
		return []Cause{e.cause(OriginNotListed, true, evidence, "It says the same to "+stranger+": this one origin is allowed.")}
	}
	return []Cause{e.cause(OriginNotListed, false, evidence)}
}

// cached handles an answer from a cache, if the server itself allows the page.
func (e *examiner) cached(last browser.Exchange) (Cause, bool) {
	hit := cacheEvidence(answerOf(last))
	if hit == "" || last.Preflight {
		return Cause{}, false
	}
	target, err := url.Parse(e.request.URL)
	if err != nil {
		return Cause{}, false
	}
	query := "corsdoctor=" + strconv.FormatInt(time.Now().UnixNano(), 36) // a query that is in no cache
	if target.RawQuery != "" {
		query = target.RawQuery + "&" + query
	}
	target.RawQuery = query
	fresh, ok := e.asker.getAt(e.ctx, target.String(), e.client.Origin)
	if allowed := fresh.allowOrigin(); ok && (allowed == e.client.Origin || allowed == "*" && !e.asked.Credentials) {
		return e.cause(CacheWithoutVary, true, statusLine(last), hit, shown(last, "Access-Control-Allow-Origin"),
			"With another query, past the cache, the response has Access-Control-Allow-Origin: "+allowed), true
	}
	return Cause{}, false
}

// missing handles a response without Access-Control-Allow-Origin.
func (e *examiner) missing(last browser.Exchange) []Cause {
	status := statusLine(last)
	here := answerOf(last)
	switch {
	case proxyStatus(last) || challenged(last) != "":
		return []Cause{e.proxy(last)}
	case e.granted(last) && last.Status < 500:
		return []Cause{e.cause(ResponseNotCovered, true, append([]string{"The preflight is allowed.", status, nginxHint(last)}, proxyEvidence(last)...)...)}
	}
	if c, ok := e.cached(last); ok {
		return []Cause{c}
	}
	if kind := strings.Join(lines(last, "X-Amzn-ErrorType"), ""); strings.HasPrefix(kind, "MissingAuthenticationToken") {
		return []Cause{e.gateway(last, kind)}
	}
	if c, ok := e.refused(last); ok { // another part of the server refused it, with its own status
		// The CORS middleware ran first, and did not list the origin. It would have
		// answered a preflight itself.
		if c.Kind != OriginNotListed && here.knowsCORS() && !last.Preflight && !e.granted(last) {
			return []Cause{e.cause(OriginNotListed, true, status, "This response has CORS settings: "+proofOf(here)+"."), c}
		}
		return []Cause{c}
	}
	if seen := notKnown(last, "Access-Control-Allow-Origin"); seen != "" {
		c := e.cause(OriginMisspelt, true, status, seen)
		c.What = "The server spells the header's name differently, and browsers do not know that header. " + c.What
		return []Cause{c}
	}
	if c, ok := e.narrowed(last); ok {
		return []Cause{c}
	}
	own := ownOrigin(e.request.URL)
	page, pageAnswered := e.asker.get(e.ctx, e.client.Origin)
	none, noneAnswered := e.asker.get(e.ctx, "")
	ownGet, ownAnswered := e.asker.get(e.ctx, own)
	ownAsked, _ := e.asker.preflight(e.ctx, own, e.asked)
	unlisted := func(certain bool, evidence ...string) Cause {
		return e.cause(OriginNotListed, certain, append([]string{status}, evidence...)...)
	}
	if e.client.Origin == "null" {
		return []Cause{e.cause(OpaqueOrigin, true, status), unlisted(false)}
	}
	switch {
	case !last.Preflight && (page.allowOrigin() == e.client.Origin || page.allowOrigin() == "*"):
		return []Cause{e.cause(ResponseNotCovered, e.asked.Method != http.MethodGet, append([]string{status, "A GET with this Origin gets Access-Control-Allow-Origin: " + page.allowOrigin(), nginxHint(last)}, proxyEvidence(last)...)...)}
	case ownGet.allowOrigin() == own || ownAsked.allowOrigin() == own:
		return []Cause{unlisted(true, "Asked on behalf of "+own+", the server allows it.")}
	case last.Preflight && (page.allowOrigin() == e.client.Origin || page.allowOrigin() == "*"):
		return []Cause{e.cause(PreflightUnanswered, true, status, shown(last, "Allow"), "A GET with this Origin gets Access-Control-Allow-Origin: "+page.allowOrigin(), nginxHint(last))}
	case here.knowsCORS() || page.knowsCORS() || none.knowsCORS():
		return []Cause{unlisted(true, "The server has CORS settings: "+proofOf(here, page, none)+".")}
	case noneAnswered && page.status == 403 && none.status/100 == 2:
		return []Cause{unlisted(true, fmt.Sprintf("A GET with this Origin gets status 403, and one without an Origin gets %d.", none.status))}
	case noneAnswered && (none.status == 401 || none.status == 403 || none.status == 407):
		without := fmt.Sprintf("Without an Origin, a GET gets status %d.", none.status)
		first := e.cause(AuthenticationFirst, false, status, without)
		if none.status != last.Status { // so something else refused this request
			return []Cause{unlisted(false, without), first}
		}
		return []Cause{first, unlisted(false)}
	case last.Status == http.StatusTooManyRequests: // a limiter answers before CORS
		return []Cause{e.cause(ResponseNotCovered, false, status), unlisted(false)}
	case noneAnswered && none.status == last.Status && none.status >= 400 && last.Status != http.StatusMethodNotAllowed: // with this Origin and without
		return []Cause{e.cause(NoCORS, false, status, fmt.Sprintf("Without an Origin, a GET gets status %d too.", none.status), e.wrongURL(last.Status)), unlisted(false)}
	case last.Preflight && (last.Status == 404 || last.Status == 405 || last.Status == 501):
		return []Cause{e.cause(NoCORS, false, status, shown(last, "Allow")), e.cause(PreflightUnanswered, false, status), unlisted(false)}
	}
	seen := "No answer has a CORS header, with this Origin, with the server's own, or with none."
	if !pageAnswered || !noneAnswered || !ownAnswered {
		seen = "This response has no CORS header. Other requests, which might show more, were not made or not answered."
	}
	first := unlisted(false, shown(last, "Allow"), seen+" Either this origin is not listed, or nobody is.", nginxHint(last))
	first.Because = []Cause{e.cause(NoCORS, false)}
	if last.Preflight && shown(last, "Allow") != "" { // the framework's own answer, where CORS settings are those of one route
		first.Because = append(first.Because, e.cause(PreflightUnanswered, false))
	}
	return []Cause{first}
}

// gateway handles a missing route in Amazon's API Gateway. It answers with 403 and an error
// whose name is about authentication.
func (e *examiner) gateway(last browser.Exchange, name string) Cause {
	kind, route := NoCORS, "this path and method"
	if last.Preflight {
		kind, route = PreflightUnanswered, "OPTIONS at this path"
	}
	c := e.cause(kind, false, statusLine(last), "X-Amzn-ErrorType: "+name)
	c.What = "API Gateway has no route for " + route + ". Check the path and its stage, and enable CORS there."
	return c
}

// wrongURL says what may be wrong with the URL if everybody gets this status.
func (e *examiner) wrongURL(status int) string {
	switch {
	case status == http.StatusBadRequest && strings.HasPrefix(e.request.URL, "http://"):
		return "Does this port expect https?"
	case status == http.StatusNotFound || status == http.StatusGone:
		return "Is the path of the URL right?"
	}
	return ""
}

// refused handles a status with which a part of the server other than CORS refuses.
func (e *examiner) refused(last browser.Exchange) (Cause, bool) {
	switch {
	case last.Status == http.StatusUnauthorized || last.Status == http.StatusProxyAuthRequired:
		return e.cause(AuthenticationFirst, true, statusLine(last), shown(last, "WWW-Authenticate")), true
	case failed(last):
		return e.failure(last), true
	}
	return Cause{}, false
}

// failed reports whether the status means that the server failed. A 501 to a preflight
// means something else: the server does not know the method OPTIONS (RFC 9110, section
// 15.6.2).
func failed(last browser.Exchange) bool {
	return last.Status >= 500 && (!last.Preflight || last.Status != http.StatusNotImplemented)
}

// granted reports whether the request's preflight was allowed. If the verdict is about a
// later response, the preflight has passed.
func (e *examiner) granted(last browser.Exchange) bool {
	return !last.Preflight && slices.ContainsFunc(e.verdict.Exchanges, func(x browser.Exchange) bool { return x.Preflight && x.URL == last.URL })
}

// proofOf returns a header that only a server with CORS settings sends.
func proofOf(answers ...answer) string {
	for _, a := range answers {
		for name := range a.header {
			if strings.HasPrefix(name, "Access-Control-") {
				return name + ": " + a.header.Get(name)
			}
		}
	}
	return "Vary: Origin"
}
