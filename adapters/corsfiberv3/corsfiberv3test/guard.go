package corsfiberv3test

import (
	"github.com/crossgate/cors/adapters/corsfiberv3"
	"github.com/crossgate/cors/conformance"
)

// Options are the options that make the adapter with the guard that an App asks for.
func Options(guard conformance.Guard) []corsfiberv3.Option {
	switch guard {
	case conformance.GuardOwn:
		return []corsfiberv3.Option{corsfiberv3.Guard(corsfiberv3.Own)}
	case conformance.GuardDefer:
		return []corsfiberv3.Option{corsfiberv3.Guard(corsfiberv3.Defer)}
	default:
		return nil
	}
}
