package corsechov5

import "github.com/crossgate/cors/adapters/corshttp"

// Option is an option of New.
type Option = corshttp.Option

// GuardMode says whose CORS headers a guarded response carries.
type GuardMode = corshttp.GuardMode

// The modes.
const (
	// Own sends the policy's headers and removes all others, whoever wrote them.
	Own = corshttp.Own

	// Defer keeps what was written after the adapter was entered if that has
	// exactly one Access-Control-Allow-Origin line, and so is complete by itself.
	// Any other response gets the policy's headers.
	Defer = corshttp.Defer
)

// Guard makes the response's headers be checked at the moment they are committed:
// they hold exactly one Access-Control-Allow-Origin line, if the policy allows the
// origin, no header of the CORS protocol but the policy's, and all of Vary that
// the decision depended on. It guards against handlers, reverse-proxied upstreams,
// error handling and timeouts inside the adapter; what runs outside it, it cannot
// see. Where no policy is in force, nothing is changed.
func Guard(mode GuardMode) Option { return corshttp.Guard(mode) }
