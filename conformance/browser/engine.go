package browser

import (
	"math"
	"time"
)

// Engine says in what a browser differs from the standard. The zero value is the
// standard. The fields hold what was measured in Chromium 156, Firefox 153 and
// WebKitGTK 2.50.
type Engine struct {
	// WildcardCoversAuthorization lets `*` in Access-Control-Allow-Headers cover
	// Authorization, where the standard wants it named (CORS non-wildcard
	// request-header name). All three do, Chromium and Firefox with a warning; but
	// Chromium asks each time, as a cached `*` does not cover it.
	WildcardCoversAuthorization bool

	// MaxAgeLimit is the longest that a preflight's answer is kept; 0 is without
	// limit. The standard leaves it to the browser.
	MaxAgeLimit time.Duration

	// SignedMaxAge reads Access-Control-Max-Age as a signed number of 64 bits: +600
	// is 600, a negative number is 0, and what does not fit is malformed. By the
	// standard a sign is malformed, and any number of digits is fine. (Chromium, WebKit)
	SignedMaxAge bool

	// MalformedMaxAgeIsZero keeps nothing of an answer whose Access-Control-Max-Age
	// is not empty and malformed, where the standard keeps it for 5 seconds. (Firefox)
	MalformedMaxAgeIsZero bool

	// WildcardNotReused never answers from the cache by a `*` that a preflight's
	// response held in place of a method or header. (Firefox)
	WildcardNotReused bool

	// CredentialsApart answers requests without credentials only from what was cached
	// without; by the standard what was cached with them serves both. (Firefox)
	CredentialsApart bool

	// HeadNeedsEntry looks HEAD up in the cache like the methods that are not
	// safelisted, so that only an answer that names HEAD serves it. (Firefox)
	HeadNeedsEntry bool

	// NoStoreAsks asks again for each request whose cache mode is "no-store" or
	// "reload", whatever is cached. So it does for one with a conditional header, such as
	// If-Match, which sets the mode to "no-store". By the standard, where the header does
	// so only after the preflight, the mode has no part in it. (Chromium, Firefox)
	NoStoreAsks bool

	// NoCacheAsks does that for the cache mode "no-cache" too. (Chromium)
	NoCacheAsks bool

	// CacheSize is how many answers are kept at once; the one that was not used for
	// longest makes room. 0 is without limit. The standard leaves it to the browser.
	CacheSize int

	// KeepAfterPreflight leaves the cache as it is when a preflight fails. By the
	// standard all entries for the URL are dropped. (WebKit)
	KeepAfterPreflight bool

	// KeepAfterResponse leaves the cache as it is when a preflight passed, or was not
	// needed any more, and the response failed. By the standard all entries for the
	// URL are dropped. (Chromium, WebKit)
	KeepAfterResponse bool

	// ClearAfterSimple drops the entries for the URL, too, when a request fails that
	// could not have had a preflight. (Firefox)
	ClearAfterSimple bool

	// StatusBeforeOrigin blames a preflight's response that is neither ok nor names the
	// origin on its status. The standard does not say which comes first; Chromium and
	// Firefox name the missing origin. (WebKit)
	StatusBeforeOrigin bool

	// PreflightSticks sends a preflight for every request that follows, through
	// redirects, on one that needed it, even if a 303 has made it a plain GET.
	// (Firefox, WebKit)
	PreflightSticks bool

	// PreflightKeepsOrigin sends the page's origin in a preflight after a redirect
	// that turns the origin of the request itself into null, and wants it in the
	// answer. (Firefox)
	PreflightKeepsOrigin bool

	// PreflightAsksDropped asks in a preflight after a redirect for the headers that the
	// script set, where the redirect has dropped some: the request then does not carry
	// them, and fails all the same if they are not allowed. (WebKit)
	PreflightAsksDropped bool

	// EmptyLocation is what becomes of a redirect whose Location is empty, which by the
	// standard is the URL that was asked for. (Chromium, WebKit)
	EmptyLocation EmptyLocation

	// RangeLimit is the largest number that a Range may hold without a preflight; 0 is
	// without limit, as in the standard.
	RangeLimit uint64

	// ASCIIOnly makes bytes outside ASCII unsafe in Accept and Content-Type. By the
	// standard they are safe. (Firefox)
	ASCIIOnly bool

	// CommaIsUnsafe makes a comma in Content-Type unsafe, where by the standard it is part
	// of a parameter. (Firefox)
	CommaIsUnsafe bool

	// LoopbackIsMixed refuses http for a page of https on the user's own machine too, where
	// Client.StrictURLs is set. By the standard, that is no mixed content. (WebKit)
	LoopbackIsMixed bool

	// LocalNetworkAccess sends nothing from a page to an address that is less public than
	// the page's, as if the user had not permitted it (Local Network Access, section
	// "Integration with Fetch"). Client.AddressSpace is the page's. (Chromium)
	LocalNetworkAccess bool

	// HeadLimit is the size, in bytes, from which on a response's head is refused; 0 is
	// 256 KiB, as in Chromium. The standard sets none.
	HeadLimit int
}

// EmptyLocation is what an engine makes of a redirect with an empty Location.
type EmptyLocation int

// The ways of engines with an empty Location.
const (
	EmptyLocationFollowed   EmptyLocation = iota // the same URL again (the standard, Firefox)
	EmptyLocationIsResponse                      // the page gets the redirect's response (Chromium)
	EmptyLocationFails                           // a network error (WebKit)
)

// Chromium is what was measured in Chromium 156.
func Chromium() Engine {
	return Engine{
		WildcardCoversAuthorization: true,
		MaxAgeLimit:                 2 * time.Hour,
		SignedMaxAge:                true,
		NoStoreAsks:                 true,
		NoCacheAsks:                 true,
		KeepAfterResponse:           true,
		EmptyLocation:               EmptyLocationIsResponse,
		RangeLimit:                  math.MaxInt64 - 1,
		LocalNetworkAccess:          true,
		HeadLimit:                   256 << 10,
	}
}

// Firefox is what was measured in Firefox 153.
func Firefox() Engine {
	return Engine{
		WildcardCoversAuthorization: true,
		MaxAgeLimit:                 24 * time.Hour,
		MalformedMaxAgeIsZero:       true,
		WildcardNotReused:           true,
		CredentialsApart:            true,
		HeadNeedsEntry:              true,
		NoStoreAsks:                 true,
		CacheSize:                   100,
		ClearAfterSimple:            true,
		PreflightSticks:             true,
		PreflightKeepsOrigin:        true,
		RangeLimit:                  math.MaxUint64,
		ASCIIOnly:                   true,
		CommaIsUnsafe:               true,
		HeadLimit:                   384 << 10,
	}
}

// WebKit is what was measured in WebKitGTK 2.50.
func WebKit() Engine {
	return Engine{
		WildcardCoversAuthorization: true,
		MaxAgeLimit:                 10 * time.Minute,
		SignedMaxAge:                true,
		KeepAfterPreflight:          true,
		KeepAfterResponse:           true,
		StatusBeforeOrigin:          true,
		PreflightSticks:             true,
		PreflightAsksDropped:        true,
		EmptyLocation:               EmptyLocationFails,
		LoopbackIsMixed:             true,
		RangeLimit:                  math.MaxUint64,
		HeadLimit:                   64 << 10,
	}
}
