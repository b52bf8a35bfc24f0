package browser

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// preflightCache is the CORS-preflight cache (Fetch, section CORS-preflight cache).
type preflightCache struct {
	mu      sync.Mutex
	answers []cachedAnswer // the most recently used answer is last
}

// cachedAnswer holds what preflights allowed for one key, and until when.
type cachedAnswer struct {
	cacheKey
	expires map[cachedName]time.Time
}

// cachedName is one method or one header name that a preflight allowed.
type cachedName struct {
	isHeader bool
	name     string // the method; the header's name in lower case; or "*"
}

// cacheKey is the key of an entry. The URL is the full URL, with its fragment.
type cacheKey struct {
	origin, url string
	credentials bool // whether the credentials mode was "include"
}

// matches reports whether an answer can serve a request with the key k. A request with
// credentials needs an answer that was stored with credentials ("cache entry match").
func (a cachedAnswer) matches(k cacheKey, e Engine) bool {
	if a.origin != k.origin || a.url != k.url {
		return false
	}
	if e.CredentialsApart {
		return a.credentials == k.credentials
	}
	return a.credentials || !k.credentials
}

// covers reports whether an answer allows the method or the header name now. A `*` from a
// response with credentials is an ordinary name. The cache section of the standard does
// not repeat this rule from steps 7.5 and 7.7 of CORS-preflight fetch, but Chromium does
// it.
func (a cachedAnswer) covers(wanted cachedName, now time.Time, e Engine) bool {
	if now.Before(a.expires[wanted]) && (wanted.name != "*" || a.credentials) {
		return true
	}
	if a.credentials || e.WildcardNotReused || wanted.isHeader && NonWildcardRequestHeader(wanted.name) {
		return false
	}
	return now.Before(a.expires[cachedName{wanted.isHeader, "*"}])
}

// permits reports whether the cache makes a preflight unnecessary for a request with the
// method and the unsafe header names (Fetch, section HTTP fetch, step 4.1; "method cache
// entry match" and "header-name cache entry match").
func (c *preflightCache) permits(k cacheKey, method string, forced bool, names []string, now time.Time, e Engine) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	var serving []cachedAnswer // at most two: one with credentials, one without
	for _, a := range c.answers {
		if a.matches(k, e) {
			serving = append(serving, a)
		}
	}
	has := func(isHeader bool, name string) bool {
		return slices.ContainsFunc(serving, func(a cachedAnswer) bool { return a.covers(cachedName{isHeader, name}, now, e) })
	}
	mustBeThere := forced || !SafelistedMethod(method) || method == "HEAD" && e.HeadNeedsEntry
	if mustBeThere && !has(false, method) || slices.ContainsFunc(names, func(name string) bool { return !has(true, name) }) {
		return false
	}
	if i := c.find(k); i >= 0 {
		c.use(i)
	}
	return true
}

func (c *preflightCache) find(k cacheKey) int {
	return slices.IndexFunc(c.answers, func(a cachedAnswer) bool { return a.cacheKey == k })
}

// use records that an answer was just used.
func (c *preflightCache) use(i int) {
	used := c.answers[i]
	c.answers = append(slices.Delete(c.answers, i, i+1), used)
}

// store caches what a preflight allowed until expires (Fetch, section CORS-preflight
// fetch, steps 7.12 to 7.15). Entries that exist already get the new time.
func (c *preflightCache) store(k cacheKey, g grant, now, expires time.Time, e Engine) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answers = slices.DeleteFunc(c.answers, func(a cachedAnswer) bool {
		maps.DeleteFunc(a.expires, func(_ cachedName, until time.Time) bool { return !now.Before(until) })
		return len(a.expires) == 0
	})
	i := c.find(k)
	if i < 0 {
		i = len(c.answers)
		c.answers = append(c.answers, cachedAnswer{k, make(map[cachedName]time.Time)})
	}
	for _, method := range g.methods {
		c.answers[i].expires[cachedName{false, method}] = expires
	}
	for name := range g.names {
		c.answers[i].expires[cachedName{true, name}] = expires
	}
	if len(c.answers[i].expires) == 0 {
		c.answers = slices.Delete(c.answers, i, i+1)
		return
	}
	c.use(i)
	if e.CacheSize > 0 && len(c.answers) > e.CacheSize {
		c.answers = slices.Delete(c.answers, 0, 1)
	}
}

// clear drops all entries of an origin for a URL ("clear cache entries").
func (c *preflightCache) clear(origin, url string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answers = slices.DeleteFunc(c.answers, func(a cachedAnswer) bool { return a.origin == origin && a.url == url })
}
