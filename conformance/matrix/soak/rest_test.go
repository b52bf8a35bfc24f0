package soak

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// rest is what the process holds while it is idle.
type rest struct {
	goroutines map[string]int // by the function that created them
	pooled     int            // idle goroutines of fasthttp's pool, which goroutines does not count
	heap       uint64         // bytes in use after a collection
	fds        int            // open file descriptors; -1 if they cannot be counted
}

// pool is the function that idle goroutines of fasthttp's pool run. The pool ends them
// after ten seconds without work (Server.MaxIdleWorkerDuration).
const pool = "github.com/valyala/fasthttp.(*workerPool).workerFunc("

// measure returns what the process holds now.
func measure() rest {
	r := rest{goroutines: make(map[string]int), fds: -1}
	for range 3 { // a sync.Pool frees its contents in the second collection
		runtime.GC()
	}
	if open, err := os.ReadDir("/proc/self/fd"); err == nil {
		r.fds = len(open) - 1 // without the descriptor that reads the folder
	}
	for _, stack := range bytes.Split(stacks(), []byte("\n\n")) {
		text := string(stack)
		lines := strings.Split(text, "\n")
		if len(lines) > 1 && strings.HasPrefix(lines[1], pool) {
			r.pooled++
			continue
		}
		r.goroutines[creator(text)]++
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	r.heap = m.HeapAlloc
	return r
}

// stacks returns the stacks of all goroutines.
func stacks() []byte {
	for size := 1 << 20; ; size *= 2 {
		if b := make([]byte, size); runtime.Stack(b, true) < size {
			return b[:runtime.Stack(b, true)]
		}
	}
}

// creator returns the function that started a goroutine.
func creator(stack string) string {
	_, by, found := strings.Cut(stack, "\ncreated by ")
	if !found {
		return "the runtime"
	}
	by, _, _ = strings.Cut(by, " in goroutine")
	by, _, _ = strings.Cut(by, "\n")
	return by
}

func (r rest) count() (n int) {
	for _, some := range r.goroutines {
		n += some
	}
	return n
}

// slack is how much the heap may grow: timers, the runtime's caches, maps that have
// grown. A leak of one byte for each request would be larger in a run of a few minutes.
const slack = 1 << 20

// more returns what r holds in addition to before, or "". It ignores what excused gives a
// reason for.
func (r rest) more(before rest, excused map[string]string) string {
	var b strings.Builder
	for _, by := range slices.Sorted(maps.Keys(r.goroutines)) {
		if n, was := r.goroutines[by], before.goroutines[by]; n > was && excused[by] == "" {
			fmt.Fprintf(&b, "\n    goroutines created by %s: %d, and %d before", by, n, was)
		}
	}
	if r.heap > before.heap+slack {
		fmt.Fprintf(&b, "\n    bytes on the heap: %d, and %d before", r.heap, before.heap)
	}
	if r.fds > before.fds {
		fmt.Fprintf(&b, "\n    file descriptors: %d, and %d before", r.fds, before.fds)
	}
	return b.String()
}

// settle waits until the process holds no more than before, and returns what it holds
// then. Servers notice only after a while that a client has disconnected.
func settle(before rest, excused map[string]string, patience time.Duration, emptyPools bool) rest {
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		r := measure()
		quiet := r.more(before, excused) == "" && (!emptyPools || r.pooled == 0)
		if quiet || time.Now().After(end) {
			return r
		}
	}
}

// settleFirst is settle without a value to compare with: it waits until nothing has
// changed for a while.
func settleFirst(patience time.Duration, emptyPools bool) rest {
	last, since := measure(), time.Now()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		r := measure()
		if r.fds != last.fds || !maps.Equal(r.goroutines, last.goroutines) {
			since = time.Now()
		}
		last = r
		if time.Since(since) > 400*time.Millisecond && (!emptyPools || r.pooled == 0) {
			break
		}
	}
	return last
}
