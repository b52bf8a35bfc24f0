package corshttptest

import (
	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/conformance"
)

// Options are the options that make an adapter with the guard that an App asks for.
// They serve chi, gin and echo too.
func Options(guard conformance.Guard) []corshttp.Option {
	switch guard {
	case conformance.GuardOwn:
		return []corshttp.Option{corshttp.Guard(corshttp.Own)}
	case conformance.GuardDefer:
		return []corshttp.Option{corshttp.Guard(corshttp.Defer)}
	default:
		return nil
	}
}
