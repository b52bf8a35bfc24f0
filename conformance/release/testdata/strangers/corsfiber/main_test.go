package main

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfiber/corsfibertest"
	"github.com/crossgate/cors/conformance"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, corsfibertest.Start)
}
