package main

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsgin/corsgintest"
	"github.com/crossgate/cors/conformance"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, corsgintest.Start, conformance.KnownDivergence(corsgintest.RedirectDivergence, corsgintest.RedirectReason))
}
