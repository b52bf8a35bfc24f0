//go:build !race

package mount_test

import (
	"fmt"
	"testing"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/mount"
)

// BenchmarkPass measures what a Mount costs in addition to a policy's decision, without a
// router and without setting headers. "policy" is the decision alone.
func BenchmarkPass(b *testing.B) {
	for _, tt := range hotPaths {
		table, x := hotTable(b, tt.enforce, true), prepare(tt.x)
		b.Run("scenario="+tt.name, func(b *testing.B) {
			var p mount.Pass
			if d, _ := p.Begin(table, tt.r, x); tt.status == 200 && tt.r.Origin != "" && header(p.Commit(200), allowOrigin) == "" {
				b.Fatal(d.Reason())
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, final := p.Begin(table, tt.r, x); !final {
					p.Commit(tt.status)
				}
			}
		})
	}
	b.Run("scenario=policy", func(b *testing.B) {
		d, x := named(b, "admin"), prepare(exchange{})
		var out cors.Decision
		for b.Loop() {
			r := cors.Request{Method: "GET", Origin: page("admin")}
			cors.DecideTo(&out, d, &r, x)
		}
		if out.Reason() != cors.Allowed {
			b.Fatal(out.Reason())
		}
	})
}

// BenchmarkScopes shows that the cost of a request does not depend on the number of routes.
func BenchmarkScopes(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 10_000} {
		var all []mount.Route
		for i := range n {
			all = append(all, mount.Route{Method: "GET", Pattern: fmt.Sprintf("/group-%d/items/:id", i)})
		}
		table := mount.New(mount.Config{Package: "corsany", Routes: routes(all...)}, named(b, "whole"), nil)
		for i := range min(n, 100) {
			must(b, table.Group(fmt.Sprintf("/group-%d", i), named(b, "group")))
		}
		must(b, table.Check())
		b.Run(fmt.Sprintf("routes=%d", n), func(b *testing.B) {
			for b.Loop() {
				table.Scope("GET", "/group-7/items/:id")
			}
		})
	}
}

// BenchmarkCheck measures Check with a misspelt attachment, for which it looks for the
// nearest pattern.
func BenchmarkCheck(b *testing.B) {
	for _, n := range []int{100, 10_000} {
		var all []mount.Route
		for i := range n {
			all = append(all, mount.Route{Method: "GET", Pattern: fmt.Sprintf("/group-%d/items/:id", i)})
		}
		table := mount.New(mount.Config{Package: "corsany", Routes: routes(all...)}, named(b, "whole"), nil)
		must(b, table.Group("/gruop-7", nil), table.Route("GET", "/group-7/itmes/:id", nil))
		b.Run(fmt.Sprintf("routes=%d", n), func(b *testing.B) {
			for b.Loop() {
				if table.Check() == nil {
					b.Fatal("nothing found")
				}
			}
		})
	}
}
