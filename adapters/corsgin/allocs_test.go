//go:build !race

package corsgin_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
)

// TestAllocates checks the number of allocations.
func TestAllocates(t *testing.T) { corshttptest.Allocates(t, newApp) }
