package corsfiberv3

// Option is an option of New.
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

// Guard makes the response's headers be checked once the handlers are done:
// they hold exactly one Access-Control-Allow-Origin line, if the policy allows the
// origin, no header of the CORS protocol but the policy's, and all of Vary that
// the decision depended on. It guards against handlers, reverse-proxied upstreams,
// error handling and timeouts inside the adapter; what runs outside it, it cannot
// see. Where no policy is in force, nothing is changed.
//
// For this the app's ErrorHandler runs inside the adapter, and middleware outside
// it gets no error. To a body over BodyLimit (413) it runs once more, outside, with
// the headers of the policy set. What c.End sends has left before the handlers are done.
func Guard(mode GuardMode) Option {
	return func(s *settings) { s.guarded, s.mode = true, mode }
}

func newSettings(opts []Option) (s settings) {
	for _, opt := range opts {
		opt(&s)
	}
	return s
}
