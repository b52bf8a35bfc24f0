//go:build !race

package corsfiber_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
	"github.com/crossgate/cors/adapters/corsfiber/corsfibertest"
)

// TestAllocates holds the budget, which is nothing.
func TestAllocates(t *testing.T) { fibertest.Allocates(t, corsfibertest.NewApp) }
