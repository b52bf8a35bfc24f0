package cors

import "fmt"

// Option is an option of an adapter's New or NewMount. All adapters have the same options.
type Option struct {
	name  string
	mount bool // it is for NewMount only
	apply func(*Settings)
}

// GuardMode says which CORS headers a guarded response carries: the policy's or the
// handler's.
type GuardMode uint8

// The modes.
const (
	// PolicyWins sends the policy's headers and removes all other CORS headers.
	PolicyWins GuardMode = iota + 1

	// HandlerWins keeps the handler's CORS headers if they have exactly one
	// Access-Control-Allow-Origin line, and so are complete. Any other response gets the
	// policy's headers.
	HandlerWins
)

var guardModeNames = [...]string{"", PolicyWins: "policy-wins", HandlerWins: "handler-wins"}

// String returns "policy-wins" or "handler-wins".
func (m GuardMode) String() string { return name(guardModeNames[:], uint8(m), "GuardMode") }

// Guard corrects a response's CORS headers just before they are sent. The response then has
// the CORS headers of the policy or those of the handler, as the mode says, but never a
// mixture; at most one Access-Control-Allow-Origin line; and a Vary with everything that
// the decision depended on. Handlers, reverse-proxied upstreams, error handlers and
// timeouts inside the adapter cannot change that. Where no policy is in force, Guard
// changes nothing.
//
// Guard panics if mode is neither PolicyWins nor HandlerWins.
func Guard(mode GuardMode) Option {
	if mode != PolicyWins && mode != HandlerWins {
		panic(fmt.Sprintf("cors.Guard: there is no mode %d; write cors.PolicyWins or cors.HandlerWins", mode))
	}
	return Option{name: "Guard", apply: func(s *Settings) { s.Guard = mode }}
}

// RouteMethods removes from the Access-Control-Allow-Methods of preflights the methods that
// the router does not serve at the requested path. It is an option of NewMount.
func RouteMethods() Option {
	return Option{name: "RouteMethods", mount: true, apply: func(s *Settings) { s.RouteMethods = true }}
}

// Around wraps every Decider of a Mount: those of the application, the groups and the
// routes, and the Mount's own, which lets no page read. So one log or Tally covers all of
// them:
//
//	var tally cors.Tally
//	m := corshttp.NewMount(mux, policy, cors.Around(tally.Of))
//
// It is an option of NewMount. If you give several, the first is the innermost. Around
// panics if wrap is nil.
func Around(wrap func(Decider) Decider) Option {
	if wrap == nil {
		panic("cors.Around: the function is nil; pass one, such as (*cors.Tally).Of")
	}
	return Option{name: "Around", mount: true, apply: func(s *Settings) { s.around = append(s.around, wrap) }}
}

// Settings holds the options that a New or NewMount was given.
type Settings struct {
	Guard        GuardMode // 0 without a Guard
	RouteMethods bool

	around []func(Decider) Decider
}

// NewSettings returns the Settings for caller, an adapter's New such as "corsgin.New". It
// panics if an option is for NewMount only, or given twice.
func NewSettings(caller string, opts []Option) Settings { return settings(caller, false, opts) }

// MountSettings returns the Settings for caller, an adapter's NewMount. It panics if an
// option other than Around is given twice.
func MountSettings(caller string, opts []Option) Settings { return settings(caller, true, opts) }

func settings(caller string, mount bool, opts []Option) (s Settings) {
	given := make(map[string]bool)
	for _, opt := range opts {
		switch {
		case opt.apply == nil:
			panic(caller + ": an Option is its zero value; write cors.Guard(…), cors.RouteMethods() or cors.Around(…)")
		case opt.mount && !mount:
			panic(caller + ": cors." + opt.name + " has no effect here; give it to NewMount")
		case given[opt.name] && opt.name != "Around":
			panic(caller + ": cors." + opt.name + " is given twice; remove one")
		}
		given[opt.name] = true
		opt.apply(&s)
	}
	return s
}

// Wrap wraps d with the functions of Around. It panics with caller's name if one of them
// returns a nil Decider.
func (s Settings) Wrap(caller string, d Decider) Decider {
	for _, wrap := range s.around {
		d = wrap(d)
		CheckDecider(caller+": cors.Around", d)
	}
	return d
}
