package main

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsechov5/corsechov5test"
	"github.com/crossgate/cors/conformance"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, corsechov5test.Start)
}
