package browser

import (
	"cmp"
	"context"
	"net/url"
	"strconv"
)

// fetch is one running fetch: the request and the state that the standard keeps with it.
type fetch struct {
	client     *Client
	ctx        context.Context
	initialURL *url.URL

	request         Request
	asked           []Field    // the header as the script set it, before redirects dropped fields
	urls            []*url.URL // the URL list
	url             *url.URL   // the current URL
	tainting        Type       // the response tainting: Basic, CORS or Opaque
	preflighted     bool       // whether this request, or one that redirected to it, needed a preflight
	preflightFailed bool

	result    Verdict // the readable part, if the fetch succeeds
	exchanges []Exchange
}

// start constructs the request and fetches it.
func (f *fetch) start(r Request) *Failure {
	var failure *Failure
	if f.request, failure = r.construct(f.initialURL); failure != nil {
		return failure
	}
	f.asked = f.request.Header
	f.urls, f.tainting = []*url.URL{f.initialURL}, Basic
	return f.mainFetch()
}

func (f *fetch) verdict(failure *Failure) Verdict {
	v := Verdict{Exchanges: f.exchanges}
	if failure != nil {
		v.Failure, v.Console = *failure, f.console(failure)
		return v
	}
	f.result.Allowed, f.result.Exchanges = true, f.exchanges
	return f.result
}

// origin returns the serialised origin that the browser sends to servers (Fetch, section
// Requests, "serializing a request origin").
func (f *fetch) origin() string {
	if redirectTaint(f.client.Origin, f.urls) {
		return opaque
	}
	return f.client.Origin
}

// mainFetch decides how to fetch the current URL (Fetch, section Main fetch).
func (f *fetch) mainFetch() *Failure {
	f.url = f.urls[len(f.urls)-1]
	if failure := f.blocked(); failure != nil {
		return failure
	}
	const section = "Main fetch, step 12"
	switch { // step 12
	case sameOrigin(originOf(f.url), f.client.Origin) && f.tainting == Basic:
		return f.httpFetch(false)
	case f.request.Mode == ModeSameOrigin:
		return typeError(section, "Fetch API cannot load "+f.url.String()+
			`. Request mode is "same-origin" but the URL's origin is not same as the request origin `+f.client.Origin+".")
	case f.request.Mode == ModeNoCORS:
		if f.request.Redirect != RedirectFollow {
			return typeError(section, "Fetch API cannot load "+f.url.String()+
				`. Request mode is "no-cors" but the redirect mode is not "follow".`)
		}
		f.tainting = Opaque
		return f.httpFetch(false)
	}
	f.tainting = CORS
	key := f.cacheKey()
	simple := !f.forcePreflight() && !f.client.Engine.needsPreflight(f.request.Method, f.request.Header)
	failure := f.httpFetch(!simple)
	var keep bool
	switch e := f.client.Engine; {
	case simple:
		keep = !e.ClearAfterSimple
	case f.preflightFailed:
		keep = e.KeepAfterPreflight
	default:
		keep = e.KeepAfterResponse
	}
	if failure != nil && !keep {
		f.client.cache.clear(key.origin, key.url)
	}
	return failure
}

// forcePreflight reports whether the request must have a preflight even if it is a simple
// request.
func (f *fetch) forcePreflight() bool {
	return f.request.ForcePreflight || f.client.Engine.PreflightSticks && f.preflighted
}

// asksAnew reports whether the request cannot use a cached preflight answer.
func (f *fetch) asksAnew() bool {
	switch f.request.cacheMode() {
	case CacheNoStore, CacheReload:
		return f.client.Engine.NoStoreAsks
	case CacheNoCache:
		return f.client.Engine.NoCacheAsks
	default:
		return false
	}
}

func (f *fetch) cacheKey() cacheKey {
	return cacheKey{f.origin(), f.url.String(), f.request.Credentials == Include}
}

// httpFetch sends the request and checks the response. If makeCORSPreflight is true and
// no cached answer allows the request, it sends a preflight first (Fetch, section HTTP
// fetch).
func (f *fetch) httpFetch(makeCORSPreflight bool) *Failure {
	if makeCORSPreflight { // step 4.1
		if f.asksAnew() || !f.client.cache.permits(f.cacheKey(), f.request.Method, f.forcePreflight(),
			f.client.Engine.unsafeNames(f.preflightedHeader()), f.client.now(), f.client.Engine) {
			if failure := f.preflightFetch(); failure != nil {
				f.preflightFailed = true
				return failure
			}
		}
	}
	f.preflighted = makeCORSPreflight
	if f.request.PreflightOnly && makeCORSPreflight {
		return nil
	}
	response, failure := f.send(f.request.Method, f.actualHeader(), f.request.Body, false) // step 4.3
	if failure != nil {
		return failure
	}
	defer response.close()
	if f.tainting == CORS { // step 4.4
		if failure := CheckCORS(f.origin(), f.request.Credentials, response.header); failure != nil {
			return failure
		}
	}
	if !redirectStatus(response.status) {
		return f.finish(response)
	}
	switch f.request.Redirect { // step 6
	case RedirectError:
		return typeError("HTTP fetch, step 6", `the response is a redirect, and the redirect mode is "error"`)
	case RedirectManual:
		f.result = Verdict{Type: OpaqueRedirect, URL: withoutFragment(f.url), Redirected: len(f.urls) > 1}
		return nil
	}
	return f.redirectFetch(response)
}

// preflightedHeader returns the header that the preflight asks for.
func (f *fetch) preflightedHeader() []Field {
	if f.client.Engine.PreflightAsksDropped {
		return f.asked
	}
	return f.request.Header
}

// preflightFetch sends a preflight for the request and checks the answer (Fetch, section
// CORS-preflight fetch).
func (f *fetch) preflightFetch() *Failure {
	origin := f.origin()
	if f.client.Engine.PreflightKeepsOrigin {
		origin = f.client.Origin
	}
	asked := f.preflightedHeader()
	header := append(f.client.Engine.preflightHeader(f.request.Method, asked), Field{"Origin", origin})
	response, failure := f.send("OPTIONS", header, "", true)
	if failure != nil {
		return failure
	}
	response.close() // the body of a preflight's answer is ignored
	target, there := get(response.header, "Location")
	redirected := redirectStatus(response.status) && there &&
		(target != "" || f.client.Engine.EmptyLocation != EmptyLocationIsResponse)
	r := Preflighted{
		Origin:         origin,
		Method:         f.request.Method,
		Header:         asked,
		Credentials:    f.request.Credentials,
		ForcePreflight: f.request.ForcePreflight,
	}
	g, failure := checkPreflight(r, response.status, response.header, redirected, f.client.Engine)
	if failure != nil {
		return failure
	}
	now := f.client.now()
	f.client.cache.store(f.cacheKey(), g, now, now.Add(MaxAge(response.header, f.client.Engine)), f.client.Engine)
	return nil
}

// actualHeader returns the header that is sent (Fetch, section HTTP-network-or-cache
// fetch).
func (f *fetch) actualHeader() []Field {
	header := append([]Field{}, f.request.Header...)
	switch {
	case f.request.Body != "":
		header = append(header, Field{"Content-Length", strconv.Itoa(len(f.request.Body))})
	case f.request.Method == "POST" || f.request.Method == "PUT":
		header = append(header, Field{"Content-Length", "0"})
	}
	// Section `Origin` header, "append a request `Origin` header". Referrer policies,
	// which can make it null where the mode is "no-cors", are not modelled.
	if f.tainting == CORS || f.request.Method != "GET" && f.request.Method != "HEAD" {
		header = append(header, Field{"Origin", f.origin()})
	}
	// "includeCredentials".
	include := f.request.Credentials == Include || f.request.Credentials == SameOrigin && f.tainting == Basic
	if include && f.client.Cookie != "" && originOf(f.url) == originOf(f.initialURL) {
		header = append(header, Field{"Cookie", f.client.Cookie})
	}
	return header
}

// finish makes of a response what the page can read (Fetch, section Responses, the
// filtered responses).
func (f *fetch) finish(response *response) *Failure {
	if f.tainting == Opaque {
		f.result = Verdict{Type: Opaque}
		return nil
	}
	body, cut, err := response.body(cmp.Or(f.client.BodyLimit, maxBody))
	if err != nil {
		return f.networkError(err)
	}
	f.result = Verdict{
		Type:       f.tainting,
		URL:        withoutFragment(f.url),
		Redirected: len(f.urls) > 1,
		Status:     response.status,
		Header:     Readable(f.tainting, f.request.Credentials, response.header),
		Body:       body,
		BodyCut:    cut,
	}
	return nil
}

func withoutFragment(u *url.URL) string {
	bare := *u
	bare.Fragment, bare.RawFragment = "", ""
	return bare.String()
}

// networkError is a Failure below HTTP: no connection, what came is no response, or
// the context has ended.
func (f *fetch) networkError(err error) *Failure {
	if f.ctx.Err() != nil {
		err = f.ctx.Err()
	}
	return typeError("HTTP-network fetch", err.Error())
}
