package cors

// Kind is what a request is in the CORS protocol.
type Kind uint8

// The kinds of request.
const (
	NotCORS   Kind = iota // no Origin header: same-origin, or not from a script
	Actual                // a CORS request
	Preflight             // the browser asks whether it may send one: OPTIONS with Access-Control-Request-Method
)

var kindNames = [...]string{NotCORS: "not-cors", Actual: "actual", Preflight: "preflight"}

// String returns "not-cors", "actual" or "preflight".
func (k Kind) String() string { return name(kindNames[:], uint8(k), "Kind") }

// MarshalText writes the form that String returns.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Reason says why a request is refused. It names the first check that fails, in a browser's
// order: origin, method, headers. Its text form is stable.
type Reason uint8

// The reasons.
const (
	NoPolicy          Reason = iota // this path has no policy, so no CORS header is sent
	Allowed                         // the policy allows the request
	OriginNotAllowed                // nothing in AllowOrigins matches the Origin, and AllowOriginFunc does not allow it
	OriginMalformed                 // the Origin is not one origin as browsers write it
	OriginCheckFailed               // AllowOriginFunc returned an error or panicked
	OriginMissing                   // Enforce: a cross-site request with an unsafe method and no Origin
	MethodNotAllowed                // Access-Control-Request-Method names a method that the policy does not allow
	HeaderNotAllowed                // Access-Control-Request-Headers names a header that the policy does not allow
	HeaderMalformed                 // Access-Control-Request-Headers is not a list of header names
	HeadersTooLong                  // Access-Control-Request-Headers is over 8 KiB, so it was not read
	MountUnattached                 // a Mount has a policy where no route is registered, so no page may read through that Mount
	MountUncertain                  // a Mount cannot tell which route serves the request, so no page may read the response
)

// originUnread is the stored reason of a refused Origin that was not parsed. Parsing only
// distinguishes OriginNotAllowed from OriginMalformed, so Decision.Reason does it on first
// use.
const originUnread = 255

// originRefusal returns OriginNotAllowed or OriginMalformed for an origin that is refused.
func originRefusal(origin string) Reason {
	if _, ok := parseOrigin(origin); ok || origin == "null" {
		return OriginNotAllowed
	}
	return OriginMalformed
}

var reasonNames = [...]string{
	NoPolicy:          "no-policy",
	Allowed:           "allowed",
	OriginNotAllowed:  "origin-not-allowed",
	OriginMalformed:   "origin-malformed",
	OriginCheckFailed: "origin-check-failed",
	OriginMissing:     "origin-missing",
	MethodNotAllowed:  "method-not-allowed",
	HeaderNotAllowed:  "header-not-allowed",
	HeaderMalformed:   "header-malformed",
	HeadersTooLong:    "headers-too-long",
	MountUnattached:   "mount-unattached",
	MountUncertain:    "mount-uncertain",
}

// String returns the reason's stable text form, such as "origin-not-allowed".
func (r Reason) String() string { return name(reasonNames[:], uint8(r), "Reason") }

// MarshalText writes the form that String returns.
func (r Reason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }
