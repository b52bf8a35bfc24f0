package soak

import (
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// The clients that are at work at the same time.
const (
	senders   = 8 // of pipelined batches
	tamperers = 2 // of connections
	dawdlers  = 4
)

// settings bound a run.
type settings struct {
	time      time.Duration
	decisions uint64        // that there are to be at least
	tampers   uint64        // connections that are to be tampered with at least
	first     bool          // stop at the first problem
	pools     bool          // wait for pools to get empty, so that they need no allowance
	patience  time.Duration // how long servers may take to come to rest; a leak takes all of it
}

// run is a soak under way.
type run struct {
	settings
	targets []*target
	seed    uint64

	numbers  atomic.Uint64 // of requests
	tampered atomic.Uint64 // connections
	slice    atomic.Uint64 // advances; which targets are hot hangs on it
	stopped  atomic.Bool   // the traffic is to end
	failed   atomic.Bool   // and so is all else
	swaps    []uint64      // by target
	problems problems
}

// problems are what a run finds. The first ones are kept.
type problems struct {
	mu    sync.Mutex
	count int
	texts []string
}

func (p *problems) add(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.count++; p.count <= 10 {
		p.texts = append(p.texts, text)
	}
}

func (r *run) problem(format string, a ...any) {
	r.problems.add(fmt.Sprintf(format, a...))
	r.failed.Store(r.first)
}

func (r *run) over() bool { return r.stopped.Load() || r.failed.Load() }

// hot returns the target that a team visits. All clients are at two targets at a
// time: requests have to meet in one server, or nothing would be shared between them.
func (r *run) hot(team int) int { return (int(r.slice.Load())*2 + team%2) % len(r.targets) }

// outcome is what a run found, and what the process held before the servers were
// started, at rest before the traffic, at rest after it, and after the servers were
// stopped.
type outcome struct {
	settings
	targets  []*target
	took     time.Duration
	total    tally
	swaps    []uint64
	problems []string
	count    int // of problems

	before, started, rested, stopped rest
}

// excused are goroutines that servers leave behind when they are stopped, and why.
// There is one for each server, or for the process, whatever the traffic.
func excused(waited bool) map[string]string {
	all := map[string]string{
		"github.com/valyala/fasthttp.updateServerDate": "fasthttp keeps one for the process, which updates the Date field",
	}
	if !waited {
		all["github.com/valyala/fasthttp.(*workerPool).Start"] = "fasthttp's pool finds out that it is stopped after up to ten seconds"
		all["github.com/valyala/fasthttp.newCacheManager"] = "app.Static of fiber v2 has one, which ends once its handler has been collected"
	}
	return all
}

// soak starts targets, lets clients loose on them, and looks at what is left.
func soak(t *testing.T, start func(testing.TB) []*target, s settings) outcome {
	t.Helper()
	// The heap is so small that collections would take more time than requests.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	r := &run{settings: s, seed: rand.Uint64()}
	o := outcome{settings: s}
	o.before = settleFirst(s.patience, s.pools)
	t.Run("served", func(t *testing.T) {
		r.targets = start(t)
		r.swaps = make([]uint64, len(r.targets))
		r.warmUp()
		o.started = settleFirst(s.patience, s.pools)
		began := time.Now()
		o.total = r.traffic(s)
		o.took = time.Since(began)
		o.rested = settle(o.started, nil, s.patience, s.pools)
		if more := o.rested.more(o.started, nil); more != "" {
			r.problem("at rest, the servers hold more than before the traffic:%s", more)
		}
	})
	o.stopped = settle(o.before, excused(s.pools), s.patience, s.pools)
	// Compiled patterns and frameworks' tables stay in memory: the heap is judged at rest.
	o.stopped.heap, o.before.heap = o.before.heap, o.stopped.heap
	if more := o.stopped.more(o.before, excused(s.pools)); more != "" {
		r.problem("stopped, the servers have left behind:%s", more)
	}
	o.stopped.heap, o.before.heap = o.before.heap, o.stopped.heap
	o.targets, o.swaps, o.problems, o.count = r.targets, r.swaps, r.problems.texts, r.problems.count
	return o
}

// warmUp sends every kind of request to every place once, and then some of all
// traffic, so that what frameworks make when it is first needed is there.
func (r *run) warmUp() {
	w := newWorker(r, 1000)
	for at := range r.targets {
		w.each(at)
		c, err := dial(r.targets[at].addr)
		if err == nil {
			err = w.send(c, at, true, w.sight(at))
			_ = c.Close() // nothing is left to be sent
		}
		if err != nil {
			r.problem("%s: %v", r.targets[at].name(), err)
		}
	}
	r.traffic(settings{time: max(r.time/20, 300*time.Millisecond)})
	r.swaps = make([]uint64, len(r.targets))
}

// traffic lets all clients loose for a time, and waits for them. It goes on until there
// are enough decisions, however long that takes on a busy machine.
func (r *run) traffic(s settings) tally {
	r.stopped.Store(false)
	total := r.newTally()
	var all sync.WaitGroup
	var mu sync.Mutex
	for seed := range senders + tamperers + dawdlers {
		w := newWorker(r, seed)
		all.Go(func() {
			switch {
			case seed < senders:
				w.work()
			case seed < senders+tamperers:
				w.fail()
			default:
				w.dawdle()
			}
			mu.Lock()
			defer mu.Unlock()
			total.add(w.tally)
		})
	}
	all.Go(r.swap)
	began := time.Now()
	first, intact := r.numbers.Load(), r.tampered.Load()
	visit := min(s.time*2/time.Duration(len(r.targets)+1), 500*time.Millisecond)
	for !r.over() {
		time.Sleep(visit)
		r.slice.Add(1)
		enough := r.numbers.Load()-first >= s.decisions && r.tampered.Load()-intact >= s.tampers
		if enough && time.Since(began) >= s.time {
			break
		}
	}
	r.stopped.Store(true)
	all.Wait()
	return total
}

// swap replaces the policies of hot targets, now and then several times at once.
func (r *run) swap() {
	random := rand.New(rand.NewPCG(r.seed, 1<<32))
	for n := 0; !r.over(); n++ {
		at := r.hot(n)
		times := 1
		if random.IntN(16) == 0 {
			times = 4
		}
		for range times {
			p := r.targets[at].places[random.IntN(len(r.targets[at].places))]
			if err := p.next(); err != nil {
				r.problem("%s: %v", r.targets[at].name(), err)
				return
			}
			r.swaps[at]++
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// tally is what a client counts, by target and kind or fault.
type tally struct {
	kinds   [][]uint64
	faults  [][]uint64
	panics  []uint64
	astride []uint64 // decided in a window of which the policies differ
	later   []uint64 // of these, by one that was not yet in force when the request was sent
	wrong   uint64
}

func (r *run) newTally() tally {
	n := len(r.targets)
	t := tally{panics: make([]uint64, n), astride: make([]uint64, n), later: make([]uint64, n)}
	for range n {
		t.kinds = append(t.kinds, make([]uint64, len(kinds)))
		t.faults = append(t.faults, make([]uint64, len(faults())))
	}
	return t
}

func (t *tally) count(at int, k *kind, v verdict, w window) {
	for i := range kinds {
		if &kinds[i] == k {
			t.kinds[at][i]++
		}
	}
	if k.panics() {
		t.panics[at]++
	}
	if v.astride {
		t.astride[at]++
		if v.turn > w.from {
			t.later[at]++
		}
	}
}

func (t *tally) add(other tally) {
	for at := range t.kinds {
		sum(t.kinds[at], other.kinds[at])
		sum(t.faults[at], other.faults[at])
	}
	sum(t.panics, other.panics)
	sum(t.astride, other.astride)
	sum(t.later, other.later)
	t.wrong += other.wrong
}

func sum(into, of []uint64) {
	for i, n := range of {
		into[i] += n
	}
}

// decisions returns the sum of all.
func (t *tally) decisions() (n uint64) { return total(slices.Concat(t.kinds...)) }

func total(of []uint64) (n uint64) {
	for _, some := range of {
		n += some
	}
	return n
}
