package cors

import (
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// reporter logs what goes wrong in the application's callbacks, by slog.Default at error
// level: the first time, and then once a minute at most, with the number of times.
type reporter struct {
	last  atomic.Int64 // when it logged last, in nanoseconds since the epoch; 0 for never
	count atomic.Int64 // since then
}

func (r *reporter) report(message string, err error, args ...any) {
	r.count.Add(1)
	last, now := r.last.Load(), time.Now().UnixNano()
	if last != 0 && now-last < int64(time.Minute) || !r.last.CompareAndSwap(last, now) {
		return
	}
	slog.Default().Error("cors: "+message, append([]any{"error", err, "times", r.count.Swap(0)}, args...)...)
}

// contain is deferred around a callback that must not end the request: fiber has no
// recovery of its own, so a panic would end the process.
func (r *reporter) contain(message string) {
	if v := recover(); v != nil {
		r.report(message, fmt.Errorf("panic: %v", v), "stack", string(debug.Stack()))
	}
}
