package cors

import "fmt"

// Option is an option of an adapter's New or NewMount. The adapters for all frameworks
// have the same options.
type Option struct {
	name  string
	mount bool // it means something to a Mount alone
	apply func(*Settings)
}

// GuardMode says whose CORS headers a guarded response carries.
type GuardMode uint8

// The modes.
const (
	// PolicyWins sends the policy's headers and removes all other CORS headers.
	PolicyWins GuardMode = iota + 1

	// HandlerWins keeps what a handler wrote if that has exactly one
	// Access-Control-Allow-Origin line, and so is complete by itself. Any other
	// response gets the policy's headers.
	HandlerWins
)

var guardModeNames = [...]string{"", PolicyWins: "policy-wins", HandlerWins: "handler-wins"}

// String returns "policy-wins" or "handler-wins".
func (m GuardMode) String() string { return name(guardModeNames[:], uint8(m), "GuardMode") }

// Guard checks a response's headers when they are committed. They hold one
// Access-Control-Allow-Origin line, if the policy allows the origin; no CORS header but
// the policy's; and in Vary all that the decision depended on. It guards against
// handlers, reverse-proxied upstreams, error handlers and timeouts inside the adapter.
// Where no policy is in force it changes nothing.
//
// Guard panics if mode is neither PolicyWins nor HandlerWins.
func Guard(mode GuardMode) Option {
	if mode != PolicyWins && mode != HandlerWins {
		panic(fmt.Sprintf("cors.Guard: there is no mode %d; write cors.PolicyWins or cors.HandlerWins", mode))
	}
	return Option{name: "Guard", apply: func(s *Settings) { s.Guard = mode }}
}

// RouteMethods narrows the Access-Control-Allow-Methods of preflights to what the router
// serves at the requested path. It is an option of NewMount.
func RouteMethods() Option {
	return Option{name: "RouteMethods", mount: true, apply: func(s *Settings) { s.RouteMethods = true }}
}

// Around wraps what decides at each place of a Mount: at the application, each group, each
// route, and where no page may read. So one table of logs or counts serves them all:
//
//	var tally cors.Tally
//	m := corshttp.NewMount(mux, policy, cors.Around(tally.Of))
//
// It is an option of NewMount. Of several, the first is the innermost. Around panics if
// wrap is nil.
func Around(wrap func(Decider) Decider) Option {
	if wrap == nil {
		panic("cors.Around: the function is nil; pass one, such as (*cors.Tally).Of")
	}
	return Option{name: "Around", mount: true, apply: func(s *Settings) { s.around = append(s.around, wrap) }}
}

// Settings are what the options of a New or NewMount come to.
type Settings struct {
	Guard        GuardMode // 0 without a Guard
	RouteMethods bool

	around []func(Decider) Decider
}

// NewSettings returns the settings of caller, an adapter's New such as "corsgin.New". It
// panics if an option is one of NewMount alone, or given twice.
func NewSettings(caller string, opts []Option) Settings { return settings(caller, false, opts) }

// MountSettings returns the settings of caller, an adapter's NewMount. It panics if an
// option other than Around is given twice.
func MountSettings(caller string, opts []Option) Settings { return settings(caller, true, opts) }

func settings(caller string, mount bool, opts []Option) (s Settings) {
	given := make(map[string]bool)
	for _, opt := range opts {
		switch {
		case opt.apply == nil:
			panic(caller + ": an Option is its zero value; write cors.Guard(…), cors.RouteMethods() or cors.Around(…)")
		case opt.mount && !mount:
			panic(caller + ": cors." + opt.name + " means nothing here; give it to NewMount")
		case given[opt.name] && opt.name != "Around":
			panic(caller + ": cors." + opt.name + " is given twice; remove one")
		}
		given[opt.name] = true
		opt.apply(&s)
	}
	return s
}

// Wrap returns d as the functions of Around wrap it. It panics with caller's name if one
// returns a nil Decider.
func (s Settings) Wrap(caller string, d Decider) Decider {
	for _, wrap := range s.around {
		d = wrap(d)
		CheckDecider(caller+": cors.Around", d)
	}
	return d
}
