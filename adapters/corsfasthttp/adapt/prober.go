package adapt

import (
	"sync"
	"sync/atomic"

	"github.com/valyala/fasthttp"
)

// Prober finds the pattern of the route for a method and path, for frameworks that report it
// only to handlers. It sends a request to a copy of the application, with the same routes
// and settings, whose handlers only call Tell. The copy is made on first use, and again when
// the routes have changed.
type Prober struct {
	// Copy returns the handler of a new copy of the application.
	Copy func() fasthttp.RequestHandler

	// Patterns returns the patterns of all routes of the copy. The Prober does not ask the
	// copy about a path that cannot match any of them. Patterns must be in fiber's spelling,
	// in the form of Spelling.Plain. If Patterns is nil, the Prober asks about every path.
	Patterns func() []string

	// Spelling is how the application compares paths, for Patterns.
	Spelling Spelling

	// Version returns a number that changes when the routes change.
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

// probe is a request to the copy, and the pattern that its handler reports.
type probe struct {
	fasthttp.RequestCtx
	pattern string
	plain   []byte
}

// probeKey is the key of the user value with a request's probe.
type probeKey struct{}

// Ask returns the pattern of the route for the method and path, or "". Pass the path as the
// application routes it: constraints of parameters distinguish case even where patterns do
// not.
func (p *Prober) Ask(method, path string) string {
	at := p.copied()
	asked := at.probes.Get().(*probe)
	defer at.probes.Put(asked)
	if at.sieve != nil {
		asked.plain = p.Spelling.AppendPlain(asked.plain[:0], path)
		if !at.sieve.passes(text(asked.plain)) {
			return ""
		}
	}
	asked.pattern = ""
	asked.Request.Header.SetMethod(method)
	asked.Request.URI().SetPath(path)
	at.serve(&asked.RequestCtx)
	return asked.pattern
}

// Tell reports to Ask the pattern of the route that serves c. Handlers of the copy call it.
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
