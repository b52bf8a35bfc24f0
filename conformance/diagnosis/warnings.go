package diagnosis

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/crossgate/cors/conformance/browser"
)

// unsafePort handles a port that browsers never connect to (Fetch, section Port blocking).
func (e *examiner) unsafePort() []Cause {
	target, err := url.Parse(e.request.URL)
	if err != nil || target.Port() == "" {
		return nil
	}
	strict := &browser.Client{Origin: ownOrigin(e.request.URL), StrictURLs: true, Handler: http.NotFoundHandler()}
	v, err := strict.Fetch(e.ctx, browser.Request{URL: e.request.URL})
	if err != nil || !strings.Contains(v.Message, "ERR_UNSAFE_PORT") {
		return nil
	}
	c := e.cause(NotAllowedAnywhere, true, "net::ERR_UNSAFE_PORT")
	c.What = "Browsers refuse to connect to the port " + target.Port() + ". Serve the API at another port."
	return []Cause{c}
}

// mixed handles an https page that requests an http server. Browsers block this before
// CORS, but all except WebKit allow it to this machine.
func (e *examiner) mixed() []Cause {
	target, err := url.Parse(e.request.URL)
	if err != nil || !strings.HasPrefix(e.client.Origin, "https://") || target.Scheme != "http" ||
		spaceOf(target.Hostname()) == browser.Loopback && !e.client.Engine.LoopbackIsMixed {
		return nil
	}
	return []Cause{e.cause(MixedContent, true, e.client.Origin+" asks "+e.request.URL)}
}

// local handles a page that may be on the internet and requests this machine or network.
// The browser asks the user, so this alone does not block.
func (e *examiner) local() []Cause {
	target, err := url.Parse(e.request.URL)
	page, errPage := url.Parse(e.client.Origin)
	if err != nil || errPage != nil || page.Scheme != "http" && page.Scheme != "https" || e.client.AddressSpace != "" {
		return nil
	}
	if spaceOf(page.Hostname()) != browser.Public {
		return nil
	}
	address, space := target.Hostname(), spaceOf(target.Hostname())
	if space == browser.Public {
		address, space = e.resolved(target.Hostname())
	}
	if space == browser.Public {
		return nil
	}
	c := e.cause(LocalNetwork, false, address+" is a "+string(space)+" address, and "+e.client.Origin+" may be a page of the internet.")
	c.Blocks = false
	return []Cause{c}
}

// resolved returns the address of a name and its address space, which browsers decide by.
// If no questions may be asked, or the client has its own addresses, every name is public.
func (e *examiner) resolved(host string) (string, browser.AddressSpace) {
	if e.asker.client == nil || e.client.Resolve != nil {
		return host, browser.Public
	}
	ctx, cancel := context.WithTimeout(e.ctx, 5*time.Second)
	defer cancel()
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil || len(addrs) == 0 {
		return host, browser.Public
	}
	return host + " (" + addrs[0].Unmap().String() + ")", browser.AddressSpaceOf(addrs[0])
}

// spaceOf returns a host's address space as far as its name shows it. A name can have any
// address; a name that is not this machine's counts as public.
func spaceOf(host string) browser.AddressSpace {
	if name := strings.TrimSuffix(strings.ToLower(host), "."); name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return browser.Loopback
	}
	if strings.HasSuffix(host, ".local") {
		return browser.Local
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return browser.AddressSpaceOf(addr)
	}
	return browser.Public
}

// allowed looks for problems although the page gets the response.
func (e *examiner) allowed() []Cause {
	last, ok := e.last()
	if !ok {
		return nil
	}
	var causes []Cause
	if c, ok := e.withoutVary(last); ok {
		causes = append(causes, c)
	}
	if c, ok := e.cookies(); ok {
		causes = append(causes, c)
	}
	if c, ok := e.redirected(); ok && c.Kind == RedirectToLogin { // the script gets a page for people
		c.Blocks = false
		causes = append(causes, c)
	}
	return causes
}

// withoutVary handles an answer that names the page's origin or *, and would be different
// for other origins, but does not say that it depends on Origin (Fetch, "CORS protocol and
// HTTP caches").
func (e *examiner) withoutVary(last browser.Exchange) (Cause, bool) {
	here := answerOf(last)
	allowed := here.allowOrigin()
	if last.Preflight || allowed != e.client.Origin && allowed != "*" {
		return Cause{}, false
	}
	none, answered := e.asker.get(e.ctx, "")
	// The answer also depends on Origin if the server sends * to every Origin, and nothing
	// without one.
	depends := answered && none.allowOrigin() != allowed
	if allowed == "*" {
		depends = depends && e.asked.Method == http.MethodGet && none.status == here.status
	} else {
		other, otherAnswered := e.asker.get(e.ctx, stranger)
		depends = depends || otherAnswered && other.allowOrigin() != allowed
	}
	if !depends || here.variesByOrigin() && (!answered || none.variesByOrigin() || none.status/100 != 2) {
		return Cause{}, false
	}
	evidence := shown(last, "Access-Control-Allow-Origin")
	c := e.cause(CacheWithoutVary, true, evidence, "Vary does not name Origin.")
	if here.variesByOrigin() {
		c = e.cause(CacheWithoutVary, true, evidence, "A response to a request without an Origin has no Vary: Origin.")
	}
	c.Blocks = false
	return c, true
}

// cookies handles a response that sets cookies that a page of another site does not send
// back, or that looks as if such cookies were missing.
func (e *examiner) cookies() (Cause, bool) {
	if e.request.Credentials != browser.Include || sameSite(e.client.Origin, e.request.URL) {
		return Cause{}, false
	}
	for _, x := range e.verdict.Exchanges {
		for _, line := range lines(x, "Set-Cookie") {
			attributes := strings.Split(strings.ToLower(line), ";")
			none, secure := false, false
			for _, a := range attributes[1:] {
				a = strings.Join(strings.Fields(a), "")
				none, secure = none || a == "samesite=none", secure || a == "secure"
			}
			if none && secure {
				continue
			}
			name, _, _ := strings.Cut(line, "=")
			_, policy, _ := strings.Cut(line, ";")
			c := e.cause(CookiesKept, true, "The cookie "+name+" has the attributes"+policy)
			c.Blocks = false
			return c, true
		}
	}
	if s := e.verdict.Status; s == http.StatusUnauthorized || s == http.StatusForbidden { // perhaps the user is signed in, but the browser did not send the cookies
		c := e.cause(CookiesKept, false, fmt.Sprintf("%s is another site than %s, and the answer to a request with credentials is %d.", e.request.URL, e.client.Origin, s))
		c.Blocks = false
		return c, true
	}
	return Cause{}, false
}

// sameSite reports whether an origin and a URL have the same registrable domain and the
// same scheme (HTML, section Sites, "same site").
func sameSite(origin, target string) bool {
	a, errA := url.Parse(origin)
	b, errB := url.Parse(target)
	if errA != nil || errB != nil || a.Scheme != b.Scheme {
		return false
	}
	if a.Hostname() == b.Hostname() {
		return true
	}
	siteA, errA := publicsuffix.EffectiveTLDPlusOne(a.Hostname())
	siteB, errB := publicsuffix.EffectiveTLDPlusOne(b.Hostname())
	return errA == nil && errB == nil && siteA == siteB
}
