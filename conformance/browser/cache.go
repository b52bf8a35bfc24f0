package browser

import (
	"slices"
	"sync"
	"time"
)

// preflightCache is the CORS-preflight cache (Fetch, section CORS-preflight cache).
type preflightCache struct {
	mu      sync.Mutex
	entries []cacheEntry // those of the key that was used last are the last
}

// cacheEntry is one method or one header name that a preflight allowed.
type cacheEntry struct {
	cacheKey
	isHeader bool
	name     string // the method; the header's name in lower case; or "*"
	expires  time.Time
}

// cacheKey is what an entry is found by. The URL is the full one, fragment included.
type cacheKey struct {
	origin, url string
	credentials bool // whether the credentials mode was "include"
}

// matches reports whether an entry serves requests with the key k: with credentials
// only those that were stored with them ("cache entry match").
func (entry cacheEntry) matches(k cacheKey, e Engine) bool {
	if entry.origin != k.origin || entry.url != k.url {
		return false
	}
	if e.CredentialsApart {
		return entry.credentials == k.credentials
	}
	return entry.credentials || !k.credentials
}

// covers reports whether an entry allows the method or the header name. A `*` that
// came with credentials is a name like any other: the cache's section does not repeat
// what steps 7.5 and 7.7 of CORS-preflight fetch say, but Chromium does that.
func (entry cacheEntry) covers(isHeader bool, name string, e Engine) bool {
	if entry.isHeader != isHeader {
		return false
	}
	if entry.name == "*" && !entry.credentials {
		return !e.WildcardNotReused && (!isHeader || !NonWildcardRequestHeader(name))
	}
	return entry.name == name
}

// permits reports whether what is cached makes a preflight needless for a request
// with the method and the unsafe header names (Fetch, section HTTP fetch, step 4.1;
// "method cache entry match" and "header-name cache entry match").
func (c *preflightCache) permits(k cacheKey, method string, forced bool, names []string, now time.Time, e Engine) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	has := func(isHeader bool, name string) bool {
		return slices.ContainsFunc(c.entries, func(entry cacheEntry) bool {
			return now.Before(entry.expires) && entry.matches(k, e) && entry.covers(isHeader, name, e)
		})
	}
	mustBeThere := forced || !SafelistedMethod(method) || method == "HEAD" && e.HeadNeedsEntry
	if mustBeThere && !has(false, method) || slices.ContainsFunc(names, func(name string) bool { return !has(true, name) }) {
		return false
	}
	c.use(k)
	return true
}

// use notes that what is kept for a key was used just now.
func (c *preflightCache) use(k cacheKey) {
	var others, its []cacheEntry
	for _, entry := range c.entries {
		if entry.cacheKey == k {
			its = append(its, entry)
		} else {
			others = append(others, entry)
		}
	}
	c.entries = append(others, its...)
}

// store keeps what a preflight allowed until expires (Fetch, section CORS-preflight
// fetch, steps 7.12 to 7.15). What is there already is kept that long instead.
func (c *preflightCache) store(k cacheKey, g grant, now, expires time.Time, e Engine) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries = slices.DeleteFunc(c.entries, func(entry cacheEntry) bool { return !now.Before(entry.expires) })
	keep := func(isHeader bool, name string) {
		same := func(entry cacheEntry) bool {
			return entry.cacheKey == k && entry.isHeader == isHeader && entry.name == name
		}
		if i := slices.IndexFunc(c.entries, same); i >= 0 {
			c.entries[i].expires = expires
			return
		}
		c.entries = append(c.entries, cacheEntry{k, isHeader, name, expires})
	}
	for _, method := range g.methods {
		keep(false, method)
	}
	for _, name := range g.headers {
		keep(true, asciiLower(name))
	}
	c.use(k)
	if e.CacheSize > 0 && c.answers() > e.CacheSize {
		oldest := c.entries[0].cacheKey
		c.entries = slices.DeleteFunc(c.entries, func(entry cacheEntry) bool { return entry.cacheKey == oldest })
	}
}

// answers counts what is kept, by key.
func (c *preflightCache) answers() int {
	keys := make(map[cacheKey]bool)
	for _, entry := range c.entries {
		keys[entry.cacheKey] = true
	}
	return len(keys)
}

// clear drops all entries of an origin for a URL ("clear cache entries").
func (c *preflightCache) clear(origin, url string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries = slices.DeleteFunc(c.entries, func(entry cacheEntry) bool {
		return entry.origin == origin && entry.url == url
	})
}
