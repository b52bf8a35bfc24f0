package browser

import (
	"fmt"
	"net/url"
	"slices"
)

// Request is what a page's script passes to fetch. The zero values are the defaults of
// fetch.
type Request struct {
	Method string  // as the script writes it; "" is GET
	URL    string  // absolute, http or https
	Header []Field // what the script sets, in its order; lines of one name are combined

	// Body is the text to send; "" sends no body. Without a Content-Type in Header, the
	// browser sends text/plain;charset=UTF-8, as for a string of a script.
	Body string

	Mode        Mode
	Credentials Credentials
	Redirect    Redirect
	Cache       Cache

	// ForcePreflight is the standard's use-CORS-preflight flag. XMLHttpRequest sets it if
	// the script listens for upload progress.
	ForcePreflight bool

	// PreflightOnly ends a fetch after its first preflight, if it needs one. The request
	// itself is not sent. The Verdict is then about the preflight, and has no Type.
	PreflightOnly bool
}

// Field is one line of a request's head, or of a response's head as received.
type Field struct{ Name, Value string }

// Mode is a request's mode (Fetch, section Requests).
type Mode string

// The modes that a script can choose. "" is ModeCORS.
const (
	ModeCORS       Mode = "cors"
	ModeNoCORS     Mode = "no-cors"
	ModeSameOrigin Mode = "same-origin"
)

// Credentials is a request's credentials mode (Fetch, section Requests).
type Credentials string

// The credentials modes. "" is SameOrigin.
const (
	Omit       Credentials = "omit"
	SameOrigin Credentials = "same-origin"
	Include    Credentials = "include"
)

// Redirect is a request's redirect mode (Fetch, section Requests).
type Redirect string

// The redirect modes. "" is RedirectFollow.
const (
	RedirectFollow Redirect = "follow"
	RedirectError  Redirect = "error"
	RedirectManual Redirect = "manual"
)

// Cache is a request's cache mode (Fetch, section Requests). This package has no HTTP
// cache, but the cache mode matters to some engines' preflight caches.
type Cache string

// The cache modes, except "only-if-cached", which only works within the page's own
// origin. "" is CacheDefault.
const (
	CacheDefault Cache = "default"
	CacheNoStore Cache = "no-store"
	CacheReload  Cache = "reload"
	CacheNoCache Cache = "no-cache"
	CacheForce   Cache = "force-cache"
)

// cacheMode returns the cache mode that a request has in HTTP-network-or-cache fetch. A
// conditional header turns "default" into "no-store" (Fetch, section
// HTTP-network-or-cache fetch).
func (r Request) cacheMode() Cache {
	conditional := slices.ContainsFunc(r.Header, func(f Field) bool {
		switch asciiLower(f.Name) {
		case "if-modified-since", "if-none-match", "if-unmodified-since", "if-match", "if-range":
			return true
		default:
			return false
		}
	})
	if r.Cache == CacheDefault && conditional {
		return CacheNoStore
	}
	return r.Cache
}

func (r Request) checkEnums() error {
	switch r.Mode {
	case "", ModeCORS, ModeNoCORS, ModeSameOrigin:
	default:
		return fmt.Errorf("the mode %q does not exist; write cors, no-cors or same-origin", r.Mode)
	}
	switch r.Credentials {
	case "", Omit, SameOrigin, Include:
	default:
		return fmt.Errorf("the credentials mode %q does not exist; write omit, same-origin or include", r.Credentials)
	}
	switch r.Redirect {
	case "", RedirectFollow, RedirectError, RedirectManual:
	default:
		return fmt.Errorf("the redirect mode %q does not exist; write follow, error or manual", r.Redirect)
	}
	switch r.Cache {
	case "", CacheDefault, CacheNoStore, CacheReload, CacheNoCache, CacheForce:
		return nil
	}
	return fmt.Errorf("the cache mode %q does not exist here; write default, no-store, reload, no-cache or force-cache", r.Cache)
}

// construct does what the constructor of a script's Request does with r. It returns the
// request to fetch, or the TypeError that the script gets (Fetch, section Request class,
// "The new Request(input, init) constructor steps", and section Headers class, "append").
func (r Request) construct(target *url.URL) (Request, *Failure) {
	if includesCredentials(target) {
		return r, typeError("Request class, constructor steps, URL",
			"Request cannot be constructed from a URL that includes credentials: "+r.URL)
	}
	if r.Method == "" {
		r.Method = "GET"
	}
	const method = "Request class, constructor steps, method"
	if !isToken(r.Method) {
		return r, typeError(method, "'"+r.Method+"' is not a valid HTTP method.")
	}
	if ForbiddenMethod(r.Method) {
		return r, typeError(method, "'"+r.Method+"' HTTP method is unsupported.")
	}
	r.Method = NormalizeMethod(r.Method)
	if r.Mode == ModeNoCORS && !SafelistedMethod(r.Method) {
		return r, typeError("Request class, constructor steps, no-CORS guard",
			"'"+r.Method+"' is unsupported in no-cors mode.")
	}
	header, failure := fillHeader(r.Header, r.Mode == ModeNoCORS)
	if failure != nil {
		return r, failure
	}
	if r.Body != "" {
		if r.Method == "GET" || r.Method == "HEAD" {
			return r, typeError("Request class, constructor steps, body", "Request with GET/HEAD method cannot have body.")
		}
		if _, set := get(header, "Content-Type"); !set {
			header = append(header, Field{"Content-Type", "text/plain;charset=UTF-8"})
		}
	}
	if _, set := get(header, "Accept"); !set { // section Fetching, "fetch"
		header = append(header, Field{"Accept", "*/*"})
	}
	// All engines judge the joined value that they send. The standard's safelist judges each
	// line.
	r.Header = joinLines(header)
	r.Mode = orDefault(r.Mode, ModeCORS)
	r.Credentials = orDefault(r.Credentials, SameOrigin)
	r.Redirect = orDefault(r.Redirect, RedirectFollow)
	r.Cache = orDefault(r.Cache, CacheDefault)
	return r, nil
}

func orDefault[T ~string](value, fallback T) T {
	if value == "" {
		return fallback
	}
	return value
}
