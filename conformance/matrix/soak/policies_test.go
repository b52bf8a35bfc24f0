package soak

import (
	"errors"
	"fmt"
	"sync/atomic"

	cors "github.com/crossgate/cors/core"
)

// policy names one of the policies that are in force in turn.
type policy uint8

// The policies. Any two of them answer a CORS request differently if one of them allows
// it.
const (
	none     policy = iota // CORS is off
	lists                  // origins by pattern, with credentials; lists of methods and headers
	reflects               // others, with credentials; any method and header, so these are sent back
	public                 // any origin, method and header, without credentials
	policies
)

// configs are the policies as an operator writes them. oracle_test.go states their
// meaning a second time, by hand.
var configs = [policies]string{
	none: "",
	lists: `{"allowOrigins": ["https://*.lists.example", "https://*.both.example", "https://app-*.both.test"],
		"allowCredentials": true, "allowMethods": ["PUT", "DELETE"], "allowHeaders": ["X-B", "X-A"],
		"exposeHeaders": ["X-Lists"], "maxAge": "10m"}`,
	reflects: `{"allowOrigins": ["https://*.reflects.example", "https://*.both.example", "https://app-*.both.test"],
		"allowCredentials": true, "allowMethods": ["*"], "allowHeaders": ["*"],
		"exposeHeaders": ["X-Total", "X-Reflects"], "maxAge": 30, "preflightStatus": 200}`,
	public: `{"allowOrigins": ["*"], "allowMethods": ["*"], "allowHeaders": ["*", "authorization"], "exposeHeaders": ["*"]}`,
}

// compile reads and compiles a policy again, as a server does that reloads its
// configuration.
func (p policy) compile() (*cors.Policy, error) {
	if p == none {
		return nil, nil
	}
	config, err := cors.ParseConfig([]byte(configs[p]))
	if err != nil {
		return nil, err
	}
	return cors.Compile(config)
}

func (p policy) String() string { return [policies]string{"none", "lists", "reflects", "public"}[p] }

// turns is the order in which the policies are in force. Each policy follows each other
// policy at some time.
var turns = [...]policy{lists, reflects, public, lists, none, reflects, lists, public, none, lists, public, reflects, none, public}

// reign is a sequence of policies that are in force at one place, one after the other.
// Only one goroutine at a time advances it. Others see between which two turns a request
// was decided.
type reign struct {
	live  cors.Live
	begun atomic.Uint64 // turns that are stored, or being stored
	done  atomic.Uint64 // turns whose Store has returned
}

func newReign() (*reign, error) {
	r := new(reign)
	p, err := r.at(0).compile()
	r.live.Store(p)
	return r, err
}

// at returns the policy of a turn.
func (r *reign) at(turn uint64) policy { return turns[turn%uint64(len(turns))] }

// next installs the next policy.
func (r *reign) next() error {
	turn := r.begun.Load() + 1
	p, err := r.at(turn).compile()
	if err != nil {
		return errors.Join(fmt.Errorf("policy %s", r.at(turn)), err)
	}
	r.begun.Store(turn)
	r.live.Store(p)
	r.done.Store(turn)
	return nil
}
