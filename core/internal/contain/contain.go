// Package contain recovers from panics and errors of an application's callbacks, so that
// they do not end a request, and logs them at a limited rate.
package contain

import (
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// Reporter logs with slog.Default at error level: the first time at once, then at most once
// a minute, with the number of times. The zero Reporter is ready for use.
type Reporter struct {
	last  atomic.Int64 // when it logged last, in nanoseconds since the epoch; 0 for never
	count atomic.Int64 // since then
}

// Report logs the message and err, unless the Reporter logged within the last minute.
func (r *Reporter) Report(message string, err error, args ...any) {
	r.count.Add(1)
	last, now := r.last.Load(), time.Now().UnixNano()
	if last != 0 && now-last < int64(time.Minute) || !r.last.CompareAndSwap(last, now) {
		return
	}
	slog.Default().Error("cors: "+message, append([]any{"error", err, "times", r.count.Swap(0)}, args...)...)
}

// Panic recovers from a panic and reports it. Defer it around a callback that must not end
// the request: fiber does not recover, so a panic would end the process.
func (r *Reporter) Panic(message string) {
	if v := recover(); v != nil {
		r.Report(message, fmt.Errorf("panic: %s", Text(v)), "stack", string(debug.Stack()))
	}
}

// Error returns err, or, if its Error method panics, an error that says so. A typed nil
// pointer is such an error, and is easy to return by mistake.
func Error(err error) (readable error) {
	defer func() {
		if v := recover(); v != nil {
			readable = fmt.Errorf("an error of type %T, whose Error method panicked: %s", err, Text(v))
		}
	}()
	_ = err.Error()
	return err
}
