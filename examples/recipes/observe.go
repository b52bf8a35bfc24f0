package recipes

import (
	"sync/atomic"

	cors "github.com/crossgate/cors/core"
)

// Counts are how often each reason was given, to be published as your metrics are.
type Counts [cors.HeadersTooLong + 1]atomic.Uint64

// Counted decides as d does, counts the reasons, and logs refusals of origins that
// are ours.
func Counted(d cors.Decider, counts *Counts, ours func(origin string) bool, log func(origin, reason string)) cors.Decider {
	return cors.Observe(d, func(r cors.Request, decision cors.Decision) {
		if decision.Kind() == cors.NotCORS {
			return
		}
		reason := decision.Reason()
		counts[reason].Add(1)
		if reason != cors.Allowed && ours(r.Origin) {
			log(r.Origin, reason.String())
		}
	})
}
