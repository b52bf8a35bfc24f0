package corshttp

// Option is an option of New. The adapters for chi, gin and echo have it too.
type Option func(*settings)

type settings struct {
	guarded bool
	mode    GuardMode
}

// GuardMode says whose CORS headers a guarded response carries.
type GuardMode uint8

// The modes.
const (
	// Own sends the policy's headers and removes all others, whoever wrote them.
	Own GuardMode = iota

	// Defer keeps what was written after the adapter was entered if that has
	// exactly one Access-Control-Allow-Origin line, and so is complete by itself.
	// Any other response gets the policy's headers.
	Defer
)

// Guard makes the response's headers be checked at the moment they are committed:
// they hold exactly one Access-Control-Allow-Origin line, if the policy allows the
// origin, no header of the CORS protocol but the policy's, and all of Vary that
// the decision depended on. It guards against handlers, reverse-proxied upstreams,
// error handling and timeouts inside the adapter; what runs outside it, it cannot
// see. Where no policy is in force, nothing is changed.
func Guard(mode GuardMode) Option {
	return func(s *settings) { s.guarded, s.mode = true, mode }
}

// GuardOf returns the mode of the last Guard among opts, and whether there is one.
// It serves adapters of frameworks that are built on net/http.
func GuardOf(opts []Option) (mode GuardMode, guarded bool) {
	var s settings
	for _, opt := range opts {
		opt(&s)
	}
	return s.mode, s.guarded
}
