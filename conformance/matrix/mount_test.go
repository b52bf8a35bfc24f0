package matrix

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/crossgate/cors/adapters/corschi/corschitest"
	"github.com/crossgate/cors/adapters/corsecho/corsechotest"
	"github.com/crossgate/cors/adapters/corsechov5/corsechov5test"
	"github.com/crossgate/cors/adapters/corsfiber/corsfibertest"
	"github.com/crossgate/cors/adapters/corsfiberv3/corsfiberv3test"
	"github.com/crossgate/cors/adapters/corsgin/corsgintest"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	"github.com/crossgate/cors/conformance"
)

// mounts are the adapters, installed as a Mount.
func mounts() map[string]conformance.MountStart {
	return map[string]conformance.MountStart{
		"corshttp":    corshttptest.StartMount,
		"corschi":     corschitest.StartMount,
		"corsgin":     corsgintest.StartMount,
		"corsecho":    corsechotest.StartMount,
		"corsechov5":  corsechov5test.StartMount,
		"corsfiber":   corsfibertest.StartMount,
		"corsfiberv3": corsfiberv3test.StartMount,
	}
}

// TestMountMatrix is TestMatrix for policies that are attached to groups and routes.
func TestMountMatrix(t *testing.T) {
	t.Parallel()
	byRule := make(map[string][]conformance.Case)
	for c := range conformance.MountCases() {
		byRule[c.Rule()] = append(byRule[c.Rule()], c)
	}
	var total summary
	for _, cases := range byRule {
		m := new(matrix)
		for _, a := range adapters() {
			if a.routerless != "" {
				continue
			}
			start := mounts()[a.name]
			if assert.NotNil(t, start, "%s takes part", a.name) {
				m.adapters = append(m.adapters, adapter{name: a.name})
				m.rigs = append(m.rigs, conformance.NewRig(t, start.For(cases[0])))
			}
		}
		for _, c := range cases {
			m.compare(t, c, &total)
		}
	}
	total.log(t)
}
