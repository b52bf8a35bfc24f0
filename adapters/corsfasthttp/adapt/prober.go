package adapt

import (
	"sync"
	"sync/atomic"

	"github.com/valyala/fasthttp"
)

// Prober asks a router which pattern a path hits by some method, where the framework does
// not say so without calling the handlers: it asks a copy, an application that has the same
// routes and settings, and handlers that do nothing but call Tell. The copy is made when it
// is first needed, and again when the routes have changed.
type Prober struct {
	// Copy returns the copy's handler.
	Copy func() fasthttp.RequestHandler

	// Patterns returns all that handlers of the copy tell, and all other patterns that lead to
	// one. A path that cannot match any of them is not asked about. They are in fiber's
	// spelling, and plain as Spelling has it, and so are the paths. It may be nil; then all
	// paths are asked about.
	Patterns func() []string

	// Version returns a number that differs when the routes do.
	Version func() uint64

	rebuild sync.Mutex
	current atomic.Pointer[copied]
}

type copied struct {
	serve   fasthttp.RequestHandler
	sieve   *sieve
	version uint64
	probes  sync.Pool
}

// probe is a request to the copy, and where its handlers put the pattern.
type probe struct {
	fasthttp.RequestCtx
	pattern string
}

// probeKey is the user value of a request by which handlers find its probe.
type probeKey struct{}

// Ask returns the pattern that path hits by the method, or "".
func (p *Prober) Ask(method, path string) string {
	at := p.copied()
	if at.sieve != nil && !at.sieve.passes(path) {
		return ""
	}
	asked := at.probes.Get().(*probe)
	defer at.probes.Put(asked)
	asked.pattern = ""
	asked.Request.Header.SetMethod(method)
	asked.Request.URI().SetPath(path)
	at.serve(&asked.RequestCtx)
	return asked.pattern
}

// Tell says to Ask that the request has hit the pattern.
func Tell(c *fasthttp.RequestCtx, pattern string) {
	if p, ok := c.UserValue(probeKey{}).(*probe); ok {
		p.pattern = pattern
	}
}

func (p *Prober) copied() *copied {
	now := p.Version()
	if made := p.current.Load(); made != nil && made.version == now {
		return made
	}
	p.rebuild.Lock()
	defer p.rebuild.Unlock()
	if made := p.current.Load(); made != nil && made.version == now {
		return made
	}
	made := &copied{serve: p.Copy(), version: now}
	if p.Patterns != nil {
		made.sieve = newSieve(p.Patterns())
	}
	made.probes.New = func() any {
		asked := new(probe)
		asked.SetUserValue(probeKey{}, asked)
		return asked
	}
	p.current.Store(made)
	return made
}
