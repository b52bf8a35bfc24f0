package browser

import (
	"math"
	"strconv"
	"time"
)

// defaultMaxAge is how long browsers cache a preflight's answer without
// Access-Control-Max-Age.
const defaultMaxAge = 5 * time.Second

// MaxAge returns how long a browser caches the answer to a preflight (Fetch, section
// CORS-preflight fetch, steps 7.8 to 7.10). header is the response's header.
func MaxAge(header []Field, e Engine) time.Duration {
	values := lines(header, "Access-Control-Max-Age")
	age, valid := time.Duration(0), len(values) == 1
	if valid {
		age, valid = parseSeconds(values[0], e.SignedMaxAge)
	}
	switch {
	case valid:
	case e.MalformedMaxAgeIsZero && (len(values) > 1 || len(values) == 1 && values[0] != ""):
		age = 0
	default:
		age = defaultMaxAge
	}
	if e.MaxAgeLimit > 0 {
		age = min(age, e.MaxAgeLimit)
	}
	return age
}

// parseSeconds parses delta-seconds (RFC 9111, section 1.2.2), which may have any number
// of digits. A value that is too large for a time.Duration counts as the largest
// Duration.
func parseSeconds(value string, signed bool) (time.Duration, bool) {
	const most = int64(math.MaxInt64 / time.Second)
	if signed {
		n, err := strconv.ParseInt(value, 10, 64)
		return time.Duration(min(max(n, 0), most)) * time.Second, err == nil
	}
	if value == "" || !digits(value) {
		return 0, false
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		n = most
	}
	return time.Duration(min(n, most)) * time.Second, true
}
