package main

import (
	"testing"

	"github.com/crossgate/cors/adapters/corschi/corschitest"
	"github.com/crossgate/cors/conformance"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, corschitest.Start)
}
