//go:build !race

package corsecho_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
)

// TestAllocates holds the budget.
func TestAllocates(t *testing.T) { corshttptest.Allocates(t, newApp) }
