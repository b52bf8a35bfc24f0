package cors

// Kind is what a request is in the CORS protocol.
type Kind uint8

// The kinds of request.
const (
	NotCORS   Kind = iota // no Origin header: same-origin, or not from a script
	Actual                // a CORS request proper
	Preflight             // the browser asks permission for one: OPTIONS with Access-Control-Request-Method
)

var kindNames = [...]string{NotCORS: "not-cors", Actual: "actual", Preflight: "preflight"}

// String returns "not-cors", "actual" or "preflight".
func (k Kind) String() string { return name(kindNames[:], uint8(k), "Kind") }

// MarshalText writes the form that String returns.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Reason is why a request is refused: the first check that fails, in the order in which a
// browser checks: origin, then method, then headers. Its text form is stable.
type Reason uint8

// The reasons.
const (
	NoPolicy          Reason = iota // this path has no policy, so no CORS header is sent
	Allowed                         // the policy allows the request
	OriginNotAllowed                // no pattern matches the Origin, nor does AllowOriginFunc grant it
	OriginMalformed                 // the Origin is not one origin, as browsers write it
	OriginCheckFailed               // AllowOriginFunc returned an error or panicked
	OriginMissing                   // Enforce: a cross-site request with an unsafe method and no Origin
	MethodNotAllowed                // Access-Control-Request-Method names a method that the policy does not allow
	HeaderNotAllowed                // Access-Control-Request-Headers names a header that the policy does not allow
	HeaderMalformed                 // Access-Control-Request-Headers is not a list of header names
	HeadersTooLong                  // Access-Control-Request-Headers is over 8 KiB, and was not read
	MountUnattached                 // a Mount's policy is attached where no route is registered, so no page reads through that Mount
	MountUncertain                  // which route of a Mount serves the request is not certain, so no page reads the response
)

// originUnread is a Decision's reason before its first use: parsing an Origin that nothing
// matches only distinguishes OriginNotAllowed from OriginMalformed.
const originUnread = 255

// originRefusal tells which of the two it is.
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
