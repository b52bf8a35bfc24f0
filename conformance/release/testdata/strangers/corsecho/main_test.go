package main

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsecho/corsechotest"
	"github.com/crossgate/cors/conformance"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, corsechotest.Start)
}
