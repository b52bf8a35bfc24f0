//go:build !race

package corsfiberv3_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
)

// TestAllocates holds the budget, which is nothing.
func TestAllocates(t *testing.T) { fibertest.Allocates(t, newApp) }
