package main

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfiberv3/corsfiberv3test"
	"github.com/crossgate/cors/conformance"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, corsfiberv3test.Start)
}
