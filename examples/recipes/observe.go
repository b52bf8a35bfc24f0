package recipes

import (
	"sync/atomic"

	cors "github.com/crossgate/cors/core"
)

// Counts has the number of decisions for each reason. Publish them with your metrics.
type Counts [cors.HeadersTooLong + 1]atomic.Uint64

// Counted decides as d does, counts the reasons, and logs refusals of your own origins.
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
