package corschi_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
)

// A route may be registered after Check, or while requests are served. Its policy decides
// from the first request on.
func TestMountLateRoute(t *testing.T) {
	t.Parallel()
	for _, checked := range []bool{true, false} {
		for _, served := range []bool{true, false} {
			for _, asked := range []string{"GET", "preflight GET"} {
				r, m := newMount()
				r.Use(m.Middleware())
				r.Get("/pub", update)
				r.Get("/admin/x", update)
				corshttptest.Must(t, m.Group("/admin", corshttptest.Policy("group")))
				if checked {
					corshttptest.Must(t, m.Check())
				}
				if served {
					corshttptest.Decides(t, r, map[string]string{"GET /pub": "whole", "GET /admin/x": "group", "GET /none": "whole"})
				}
				r.Get("/late", update)
				r.Get("/admin/late", update)
				for range 3 {
					corshttptest.Decides(t, r, map[string]string{asked + " /late": "whole", asked + " /admin/late": "group"})
				}
			}
		}
	}
}
