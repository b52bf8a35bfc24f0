//go:build !race

package corsfiberv3_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
	"github.com/crossgate/cors/adapters/corsfiberv3/corsfiberv3test"
)

// TestAllocates holds the budget, which is nothing.
func TestAllocates(t *testing.T) { fibertest.Allocates(t, corsfiberv3test.NewApp) }
