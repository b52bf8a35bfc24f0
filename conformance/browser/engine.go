package browser

import (
	"math"
	"time"
)

// Engine says how a browser differs from the standard. The zero value is the standard.
// The fields hold what was measured in Chromium 156, Firefox 153 and WebKitGTK 2.50. Each
// field names the engines that set it.
type Engine struct {
	// WildcardCoversAuthorization lets `*` in Access-Control-Allow-Headers include
	// Authorization. The standard requires the name (CORS non-wildcard request-header name).
	// All three engines do this; Chromium and Firefox warn. Chromium sends a new preflight
	// each time, because it does not reuse a cached `*` for Authorization.
	WildcardCoversAuthorization bool

	// MaxAgeLimit is the longest time that a preflight's answer is cached. 0 means no limit.
	// The standard lets each browser choose it.
	MaxAgeLimit time.Duration

	// SignedMaxAge reads Access-Control-Max-Age as a signed 64-bit number: +600 is 600, a
	// negative number is 0, and a number that does not fit is malformed. In the standard a
	// sign is malformed, and any number of digits is valid. (Chromium, WebKit)
	SignedMaxAge bool

	// MalformedMaxAgeIsZero does not cache an answer with a malformed, non-empty
	// Access-Control-Max-Age. The standard caches it for 5 seconds. (Firefox)
	MalformedMaxAgeIsZero bool

	// WildcardNotReused never uses a cached `*` for a method or header. (Firefox)
	WildcardNotReused bool

	// CredentialsApart answers requests without credentials only from answers that were
	// cached without credentials. In the standard, answers that were cached with credentials
	// serve both. (Firefox)
	CredentialsApart bool

	// HeadNeedsEntry looks up HEAD in the cache as if it were not safelisted, so only an
	// answer that names HEAD allows it. (Firefox)
	HeadNeedsEntry bool

	// NoStoreAsks sends a new preflight for each request with the cache mode "no-store" or
	// "reload", whatever is cached. This includes requests with a conditional header, such
	// as If-Match, which sets the mode to "no-store". In the standard, such a header sets
	// the mode only after the preflight, so it has no effect here. (Chromium, Firefox)
	NoStoreAsks bool

	// NoCacheAsks does the same for the cache mode "no-cache". (Chromium)
	NoCacheAsks bool

	// CacheSize is the maximum number of cached answers. A new answer replaces the least
	// recently used one. 0 means no limit. The standard lets each browser choose it.
	CacheSize int

	// KeepAfterPreflight keeps the cache when a preflight fails. In the standard all entries
	// for the URL are dropped. (WebKit)
	KeepAfterPreflight bool

	// KeepAfterResponse keeps the cache when the preflight passed, or was cached, but the
	// response fails the CORS check. In the standard all entries for the URL are dropped.
	// (Chromium, WebKit)
	KeepAfterResponse bool

	// ClearAfterSimple also drops the entries for the URL when a request fails that needs no
	// preflight. (Firefox)
	ClearAfterSimple bool

	// StatusBeforeOrigin reports the status if a preflight's response has neither an ok
	// status nor the origin. The standard does not say which error comes first; Chromium and
	// Firefox report the missing origin. (WebKit)
	StatusBeforeOrigin bool

	// PreflightSticks sends a preflight for every redirected request if the first request
	// needed one, even if a 303 has turned the request into a simple GET. (Firefox, WebKit)
	PreflightSticks bool

	// PreflightKeepsOrigin matters after a redirect that turns the request's origin into
	// null. The preflight then still sends the page's origin, and its answer must name that
	// origin. (Firefox)
	PreflightKeepsOrigin bool

	// PreflightAsksDropped matters after a redirect that drops headers which the script set.
	// The preflight still asks for these headers. The request does not send them, but it
	// fails if they are not allowed. (WebKit)
	PreflightAsksDropped bool

	// EmptyLocation says what the engine does with a redirect whose Location is empty. In
	// the standard it goes to the requested URL again. (Chromium, WebKit)
	EmptyLocation EmptyLocation

	// RangeLimit is the largest number that a Range may hold without a preflight. 0 means no
	// limit, as in the standard.
	RangeLimit uint64

	// ASCIIOnly makes non-ASCII bytes unsafe in Accept and Content-Type. In the standard
	// they are safe. (Firefox)
	ASCIIOnly bool

	// CommaIsUnsafe makes a comma in Content-Type unsafe. In the standard it is part of a
	// parameter. (Firefox)
	CommaIsUnsafe bool

	// LoopbackIsMixed refuses http from an https page even to the user's own machine, if
	// Client.StrictURLs is set. In the standard this is not mixed content. (WebKit)
	LoopbackIsMixed bool

	// LocalNetworkAccess sends nothing from a page to an address that is less public than
	// the page's address, as if the user had not permitted it (Local Network Access, section
	// "Integration with Fetch"). Client.AddressSpace is the page's address space. (Chromium)
	LocalNetworkAccess bool

	// HeadLimit is the size, in bytes, at which a response's head is refused. 0 means 256
	// KiB, as in Chromium. The standard has no limit.
	HeadLimit int
}

// EmptyLocation is an engine's reaction to a redirect with an empty Location.
type EmptyLocation int

// The reactions to an empty Location.
const (
	EmptyLocationFollowed   EmptyLocation = iota // the same URL again (the standard, Firefox)
	EmptyLocationIsResponse                      // the page gets the redirect's response (Chromium)
	EmptyLocationFails                           // a network error (WebKit)
)

// Chromium returns the differences that were measured in Chromium 156.
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

// Firefox returns the differences that were measured in Firefox 153.
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

// WebKit returns the differences that were measured in WebKitGTK 2.50.
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
