package main

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/crossgate/cors/conformance/bench"
)

// connections is the number of clients that keep a server busy.
const connections = 16

// socketScenario is the scenario of the end-to-end measurement: an allowed request under
// a policy of ten origins.
func socketScenario() bench.Scenario { return bench.Population{Exact: 10}.Scenario() }

// served is a library's application in its own process, under load.
type served struct {
	name      string
	load      *load
	stop      func() error
	perSecond []float64
	p99       []float64 // microseconds
}

// endToEnd measures whole servers over loopback sockets.
func endToEnd(s settings) (string, error) {
	// Server and generator get one core each, and stay on it.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))

	t := table{head: []string{"framework", "library", "requests a second, to none", "p99, to none", "requests a second", "p99 us"}, text: 2}
	for _, framework := range bench.Frameworks() {
		if !s.rows.MatchString("framework=" + framework) {
			continue
		}
		progress("sockets, %s", framework)
		servers, err := race(s, framework)
		if err != nil {
			return "", err
		}
		none := servers[0]
		for _, v := range servers {
			t.add(framework, v.name, ratioText(paired(v.perSecond, none.perSecond, ratio)), ratioText(paired(v.p99, none.p99, ratio)),
				fmt.Sprintf("%.0f", median(v.perSecond)), fmt.Sprintf("%.0f", median(v.p99)))
		}
	}
	return fmt.Sprintf("## End to end\n\nAn allowed request under a policy of ten origins, over %d loopback connections that stay open. Each server is\n"+
		"its own process on one core; the generator has another core.\n\n", connections) + t.String(), nil
}

// race serves all libraries of a framework except the floor, and loads them in turns.
func race(s settings, framework string) (servers []*served, err error) {
	defer func() {
		for _, v := range servers {
			err = errors.Join(err, v.stop())
		}
	}()
	for _, l := range bench.Libraries(framework) {
		if l.Name == bench.Floor {
			continue
		}
		v, err := startServed(framework, l.Name)
		if err != nil {
			return servers, fmt.Errorf("%s, %s: %w", framework, l.Name, err)
		}
		servers = append(servers, v)
	}
	for round, order := range orders(s.rounds+1, len(servers)) {
		for _, i := range order {
			v := servers[i]
			perSecond, p99, err := v.load.run(s.sockets / time.Duration(s.rounds))
			if err != nil {
				return servers, fmt.Errorf("%s, %s: %w", framework, v.name, err)
			}
			if round > 0 { // the first round warms up
				v.perSecond = append(v.perSecond, perSecond)
				v.p99 = append(v.p99, float64(p99.Nanoseconds())/1e3)
			}
		}
	}
	return servers, nil
}

func startServed(framework, library string) (*served, error) {
	cmd, stdin, stdout, err := startChild("serve", framework, library)
	if err != nil {
		return nil, err
	}
	stop := func() error { return errors.Join(stdin.Close(), cmd.Wait()) }
	addr, err := stdout.ReadString('\n')
	if err != nil {
		return nil, errors.Join(err, stop())
	}
	allowOrigin := socketScenario().Origin()
	if library == bench.None {
		allowOrigin = ""
	}
	l, err := dialLoad(strings.TrimSpace(addr), connections, socketScenario().Raw(), allowOrigin)
	if err != nil {
		return nil, errors.Join(err, stop())
	}
	return &served{name: library, load: l, stop: func() error { return errors.Join(l.close(), stop()) }}, nil
}
