//go:build !race

package corsfiber_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
	"github.com/crossgate/cors/adapters/corsfiber/corsfibertest"
)

// TestAllocates checks that nothing is allocated.
func TestAllocates(t *testing.T) { fibertest.Allocates(t, corsfibertest.NewApp) }
