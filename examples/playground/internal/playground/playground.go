// Package playground runs five APIs, one for each framework, and two web pages that call
// them. The APIs have one CORS policy, which you can change while they serve, and another one
// for a group of routes. The default policy lists the first page, that of the group the
// second.
package playground

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"

	"github.com/crossgate/cors/examples/playground/internal/api"
	"github.com/crossgate/cors/examples/playground/internal/wire"
)

// Site is one of the origins that a playground serves.
type Site struct {
	Name   string `json:"name"`
	Origin string `json:"origin"`
}

// Playground is a running demonstration. All its origins are on 127.0.0.1.
type Playground struct {
	Page  Site   // the page to open
	Other Site   // a second page, on an origin of its own
	APIs  []Site // in the order of api.Frameworks

	sites   []site
	serving sync.WaitGroup
	failed  chan error
}

// Start serves a playground on consecutive ports from base on, or on free ones if base is 0.
// If a port is not available, it starts nothing.
func Start(base int) (*Playground, error) {
	frameworks := api.Frameworks()
	names := []string{"the page", "the second page"}
	for _, f := range frameworks {
		names = append(names, "the "+f.Name+" API")
	}
	listeners, err := listen(base, names)
	if err != nil {
		return nil, err
	}
	p := &Playground{
		Page:   Site{Name: "page", Origin: origin(listeners[0])},
		Other:  Site{Name: "other", Origin: origin(listeners[1])},
		failed: make(chan error, len(listeners)+len(frameworks)),
	}
	for i, f := range frameworks {
		p.APIs = append(p.APIs, Site{Name: f.Name, Origin: origin(listeners[2+i])})
	}

	policy, err := newPolicy(presets(p.Page.Origin, p.Other.Origin), groupPolicy(p.Other.Origin))
	if err != nil {
		closeAll(listeners)
		return nil, err
	}
	servers := make([]api.Server, len(frameworks))
	for i, f := range frameworks {
		if servers[i], err = f.New(&policy.live, policy.group); err != nil {
			closeAll(listeners)
			return nil, err
		}
	}
	log := wire.NewLog(policy.of)
	proof, err := p.serveProof(policy.live.Load())
	if err != nil {
		closeAll(listeners)
		return nil, err
	}
	p.serve(listeners[0], api.HTTP(p.pageHandler(policy, proof, log)))
	p.serve(listeners[1], api.HTTP(p.otherHandler(proof)))
	for i, server := range servers {
		p.serve(wire.Tap(listeners[2+i], log.Record), server)
	}
	return p, nil
}

// site is a server and its listener.
type site struct {
	server   api.Server
	listener net.Listener
}

func (p *Playground) serve(l net.Listener, s api.Server) {
	p.sites = append(p.sites, site{s, l})
	p.serving.Go(func() {
		err := s.Serve(l)
		if err != nil && !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			p.failed <- fmt.Errorf("serving %s: %w", l.Addr(), err)
		}
	})
}

// Failed yields the error of a server that stopped before Close.
func (p *Playground) Failed() <-chan error { return p.failed }

// Close stops all servers, and waits until they have stopped or ctx ends.
func (p *Playground) Close(ctx context.Context) error {
	errs := make([]error, len(p.sites))
	var closing sync.WaitGroup
	for i, s := range p.sites {
		closing.Go(func() {
			errs[i] = s.server.Shutdown(ctx)
			// A server that was not serving yet does not know its listener.
			if err := s.listener.Close(); !errors.Is(err, net.ErrClosed) {
				errs[i] = errors.Join(errs[i], err)
			}
		})
	}
	closing.Wait()
	p.serving.Wait()
	return errors.Join(errs...)
}
