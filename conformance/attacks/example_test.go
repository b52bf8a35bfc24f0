package attacks_test

import (
	"testing"

	"github.com/crossgate/cors/conformance"
	"github.com/crossgate/cors/conformance/attacks"
	cors "github.com/crossgate/cors/core"
)

// start is your adapter's conformance.Start.
var start conformance.Start

func ExampleRun() {
	TestAttacks := func(t *testing.T) { attacks.Run(t, start) }
	_ = TestAttacks
}

// The corpus judges any CORS library. This test asks a function that decides, and sends the
// same requests to a server.
func ExampleCases() {
	TestCorpus := func(t *testing.T, serve func(*cors.Policy) (addr string)) {
		for _, c := range attacks.Cases(t) {
			if c.Kind == attacks.Config {
				if err := c.CheckConfig(); err != nil {
					t.Error(err)
				}
				continue
			}
			policy, err := cors.Compile(c.Config())
			if err != nil {
				t.Fatal(err)
			}
			addr := serve(policy)
			for _, ask := range c.Asks() {
				if d := policy.Decide(t.Context(), ask.Request()); c.Kind == attacks.Origin && d.Reason() == cors.Allowed {
					t.Errorf("%s: %s", c.ID, c.Why)
				}
				response, err := conformance.Send(addr, ask.Bytes())
				if err == nil {
					err = c.Judge(response)
				}
				if err != nil {
					t.Error(err)
				}
			}
		}
	}
	_ = TestCorpus
}
