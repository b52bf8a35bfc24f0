//go:build !race

package corsfiberv3_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
	"github.com/crossgate/cors/adapters/corsfiberv3/corsfiberv3test"
)

// TestAllocates checks that nothing is allocated.
func TestAllocates(t *testing.T) { fibertest.Allocates(t, corsfiberv3test.NewApp) }
