package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	cors "github.com/crossgate/cors/core"
)

// setup says which policy is in force in a case. It comes from a line of the case's file.
type setup struct {
	kind string // "policy", "routes" or "live"; text "none" means no CORS at all
	text string // JSON: a configuration, or configurations by path for "routes"
	ask  string // the name of an AllowOriginFunc, which JSON cannot hold
}

func (s setup) String() string {
	text := s.kind + " " + s.text
	if s.ask != "" {
		text += ", AllowOriginFunc " + s.ask
	}
	return text
}

// check returns an error if the setup cannot be built.
func (s setup) check() error {
	if s.kind == "" {
		return errors.New("no line above says which policy is in force")
	}
	_, _, err := s.build()
	return err
}

// build returns the Decider, or nil for "none". If the case replaces the policy while
// serving, the Decider is the returned Live.
func (s setup) build() (d cors.Decider, live *cors.Live, err error) {
	switch {
	case s.text == "none":
		return nil, nil, nil
	case s.kind == "routes":
		d, err = buildRoutes(s.text)
		return d, nil, err
	}
	p, err := compile(s.text, s.ask)
	if err != nil {
		return nil, nil, err
	}
	if s.kind == "live" {
		live = new(cors.Live)
		live.Store(p)
		return live, live, nil
	}
	return p, nil, nil
}

// compile returns the policy of a JSON configuration, or nil for "null".
func compile(text, ask string) (*cors.Policy, error) {
	if text == "null" {
		return nil, nil
	}
	config, err := cors.ParseConfig([]byte(text))
	if err != nil {
		return nil, err
	}
	if ask != "" {
		if config.AllowOriginFunc = namedOriginFunc(ask); config.AllowOriginFunc == nil {
			return nil, fmt.Errorf("no AllowOriginFunc is named %q", ask)
		}
	}
	return cors.Compile(config)
}

func buildRoutes(text string) (cors.Decider, error) {
	var configs map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &configs); err != nil {
		return nil, err
	}
	policies := make(map[string]cors.Decider)
	for path, config := range configs {
		p, err := compile(string(config), "")
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		policies[path] = nil
		if p != nil {
			policies[path] = p
		}
	}
	return cors.NewRoutes(policies)
}

type originFunc = func(context.Context, cors.Request, cors.Origin) (bool, error)

// namedOriginFunc returns the AllowOriginFunc with that name, or nil. The functions named
// "grants by …" decide by values that the adapter must pass on, so that a case sees
// whether it did.
func namedOriginFunc(name string) originFunc {
	granting := func(grants func(cors.Request, cors.Origin) bool) originFunc {
		return func(_ context.Context, r cors.Request, o cors.Origin) (bool, error) { return grants(r, o), nil }
	}
	switch name {
	case "grants tenants":
		return granting(func(_ cors.Request, o cors.Origin) bool {
			return o.Scheme == "https" && o.Host == "tenant.example" && o.Port == 0
		})
	case "grants every origin":
		return granting(func(cors.Request, cors.Origin) bool { return true })
	case "grants but fails":
		return func(context.Context, cors.Request, cors.Origin) (bool, error) {
			return true, errors.New("the directory of tenants does not answer")
		}
	case "panics":
		return func(context.Context, cors.Request, cors.Origin) (bool, error) {
			panic("the directory of tenants is nil")
		}
	case "grants by path":
		return granting(func(r cors.Request, _ cors.Origin) bool {
			switch r.Path {
			case "/hello", "/a%2Fb%20c", "/a%20b", "/a|b":
				return true
			}
			return false
		})
	case "grants by host":
		return granting(func(r cors.Request, _ cors.Origin) bool { return r.Host == "api.example:8080" })
	case "grants by method":
		return granting(func(r cors.Request, _ cors.Origin) bool {
			return r.Method == "PUT" || r.Method == "OPTIONS" && r.RequestMethod == "PUT"
		})
	case "grants by headers":
		return granting(func(r cors.Request, _ cors.Origin) bool { return r.RequestHeaders == "x-a, x-b" })
	case "grants by fetch site":
		return granting(func(r cors.Request, _ cors.Origin) bool { return r.FetchSite == "same-site" })
	}
	return nil
}
