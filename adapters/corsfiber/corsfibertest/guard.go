package corsfibertest

import (
	"github.com/crossgate/cors/adapters/corsfiber"
	"github.com/crossgate/cors/conformance"
)

// Options are the options that make the adapter with the guard that an App asks for.
func Options(guard conformance.Guard) []corsfiber.Option {
	switch guard {
	case conformance.GuardOwn:
		return []corsfiber.Option{corsfiber.Guard(corsfiber.Own)}
	case conformance.GuardDefer:
		return []corsfiber.Option{corsfiber.Guard(corsfiber.Defer)}
	default:
		return nil
	}
}
