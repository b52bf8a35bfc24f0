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

// rest is what the process holds when nothing is going on.
type rest struct {
	goroutines map[string]int // by what created them
	pooled     int            // goroutines of fasthttp's pool that wait for work; not among those above
	heap       uint64         // bytes in use after a collection
	fds        int            // open file descriptors; -1 where they cannot be counted
}

// pool is the function that runs in idle goroutines of fasthttp's pool. It ends them
// after ten seconds without work (Server.MaxIdleWorkerDuration).
const pool = "github.com/valyala/fasthttp.(*workerPool).workerFunc("

// measure looks at the process as it is.
func measure() rest {
	r := rest{goroutines: make(map[string]int), fds: -1}
	for range 3 { // a sync.Pool lets go of its contents in the second
		runtime.GC()
	}
	if open, err := os.ReadDir("/proc/self/fd"); err == nil {
		r.fds = len(open) - 1 // the one by which it is read
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

// slack is by how much the heap may differ: timers, the runtime's own caches, maps
// that have grown. One byte a request would be more in any run of some minutes.
const slack = 1 << 20

// more tells what r has more of than before, or "". What excused gives a reason for is
// let pass.
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
// in the end. Servers notice only after a while that a client has gone.
func settle(before rest, excused map[string]string, patience time.Duration, emptyPools bool) rest {
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		r := measure()
		quiet := r.more(before, excused) == "" && (!emptyPools || r.pooled == 0)
		if quiet || time.Now().After(end) {
			return r
		}
	}
}

// settleFirst is settle where there is nothing to compare with: it waits until nothing
// has changed for a while.
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
