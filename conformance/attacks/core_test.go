package attacks_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance"
	"github.com/crossgate/cors/conformance/attacks"
	cors "github.com/crossgate/cors/core"
)

// response returns a decision as a response of a server that sends nothing else. If the
// decision calls the handler, the status is 0.
func response(d cors.Decision) conformance.Response {
	r := conformance.Response{Status: d.Status(), Ran: d.Status() == 0}
	for name, value := range d.Headers() {
		f := conformance.Field{Name: name, Value: value}
		r.Fields = append(r.Fields, f)
		r.Head += f.String() + "\r\n"
	}
	return r
}

// TestAttackedOrigins passes each hostile origin to core twice: as an actual request and
// as a preflight.
func TestAttackedOrigins(t *testing.T) {
	t.Parallel()
	for c := range of(t, attacks.Origin, 280) {
		p, err := cors.Compile(c.Config())
		if err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		for _, ask := range c.Asks() {
			r := ask.Request()
			if strings.Trim(r.Origin, " \t") != r.Origin {
				continue // space around a value is not part of it (RFC 9110, section 5.5)
			}
			d := p.Decide(t.Context(), r)
			if err := c.Judge(response(d)); err != nil {
				t.Errorf("%s: %v", r.Method, err)
			}
			if d.Reason() == cors.Allowed && d.Kind() != cors.NotCORS {
				t.Errorf("%s: %s %s: %q is allowed", c.ID, c.Why, r.Method, r.Origin)
			}
			if p.AllowsOrigin(r.Origin) {
				t.Errorf("%s: %s: AllowsOrigin(%q)", c.ID, c.Why, r.Origin)
			}
		}
	}
}

// TestAttackedConfigs compiles each dangerous or mistaken configuration.
func TestAttackedConfigs(t *testing.T) {
	t.Parallel()
	for c := range of(t, attacks.Config, 200) {
		if c.Policy.AllowPrivateNetwork { // package cors has no such setting
			continue
		}
		if err := c.CheckConfig(); err != nil {
			t.Error(err)
		}
	}
}

// TestAttackedRequests decides each hostile request. The adapters' tests cover what
// handlers do to the headers.
func TestAttackedRequests(t *testing.T) {
	t.Parallel()
	for c := range of(t, attacks.Request, 100) {
		p, err := cors.Compile(c.Config())
		if err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		for _, ask := range c.Asks() {
			d := p.Decide(t.Context(), ask.Request())
			r := response(d)
			for _, f := range c.Sent.HandlerSets {
				if f[0] == "Vary" {
					r.Fields = append(r.Fields, conformance.Field{Name: "Vary", Value: string(f[1])})
				}
			}
			if err := c.Judge(r); err != nil {
				t.Errorf("%v\n%q", err, r.Fields)
			}
			if !c.Must.OKStatus && (c.Must.ACAHNotApproving != nil || c.Must.ACAMNotApproving != nil) && d.Kind() == cors.Preflight && d.Reason() == cors.Allowed {
				t.Errorf("%s: %s: the preflight is allowed", c.ID, c.Why)
			}
		}
	}
}

// TestAttacksAllocate measures the allocations of a decision. It runs alone, because it
// counts the bytes of the whole process.
func TestAttacksAllocate(t *testing.T) {
	for c := range of(t, attacks.Request, 100) {
		if c.Must.MaxAllocBytes == 0 {
			continue
		}
		p, err := cors.Compile(c.Config())
		if err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		for _, ask := range c.Asks() {
			r := ask.Request()
			const runs = 10
			least := ^uint64(0)
			for range runs { // the minimum excludes the runtime's own allocations
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				d := p.Decide(t.Context(), r)
				runtime.ReadMemStats(&after)
				runtime.KeepAlive(d)
				least = min(least, after.TotalAlloc-before.TotalAlloc)
			}
			if least > uint64(c.Must.MaxAllocBytes) {
				t.Errorf("%s: %s: Decide allocates %d bytes", c.ID, c.Why, least)
			}
		}
	}
}

// of returns the cases of a kind, and fails if there are fewer than n.
func of(t *testing.T, kind attacks.Kind, n int) func(func(attacks.Case) bool) {
	t.Helper()
	all := slices.DeleteFunc(attacks.Cases(t), func(c attacks.Case) bool { return c.Kind != kind })
	if len(all) < n {
		t.Errorf("%d cases of kind %s", len(all), kind)
	}
	return slices.Values(all)
}

// TestCorpus checks that there are enough cases, that no case occurs twice, and that each
// has an explanation.
func TestCorpus(t *testing.T) {
	t.Parallel()
	all := attacks.Cases(t)
	if len(all) < 600 {
		t.Errorf("%d cases", len(all))
	}
	ids, contents := make(map[string]bool), make(map[string]string)
	for _, c := range all {
		if c.ID == "" || c.Class == "" || c.Why == "" || c.Source == "" {
			t.Errorf("%s: a case needs an id, a class, a why and a source", c.ID)
		}
		if ids[c.ID] {
			t.Errorf("two cases have the id %s", c.ID)
		}
		ids[c.ID] = true
		if same := contents[content(c)]; same != "" {
			t.Errorf("%s asks what %s asks", c.ID, same)
		}
		contents[content(c)] = c.ID
		if c.Kind == attacks.Origin && (len(c.Naive) == 0 || c.Must.ACAO == nil || *c.Must.ACAO != "absent") {
			t.Errorf("%s: an origin case must be refused, and name a matcher that allows it", c.ID)
		}
	}
}

// content returns what a case tests, without its name and explanations.
func content(c attacks.Case) string {
	return fmt.Sprintf("%s %q %t %q %q %q %v %t\n%s %q %v %q %q %t %q %d", c.Kind, c.Policy.Origins, c.Policy.Credentials, c.Policy.Methods,
		c.Policy.RequestHeaders, c.Policy.ExposeHeaders, seconds(c), c.Policy.AllowPrivateNetwork,
		c.Sent.Method, c.Sent.Headers, c.Sent.Repeat, c.Sent.Host, c.Sent.Raw, c.Sent.Guard, c.Sent.HandlerSets, c.Sent.HandlerStatus)
}

func seconds(c attacks.Case) any {
	if c.Policy.MaxAge == nil {
		return nil
	}
	return *c.Policy.MaxAge
}
