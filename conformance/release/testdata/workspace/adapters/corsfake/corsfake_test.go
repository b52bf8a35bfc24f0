package corsfake_test

import (
	"testing"

	"project.example/fake/adapters/corsfake/corsfaketest"
	"project.example/fake/conformance"
)

func TestConformance(t *testing.T) { conformance.Run(t, corsfaketest.Start) }
