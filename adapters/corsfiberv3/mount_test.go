package corsfiberv3_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp/corsfasthttptest"
	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
	"github.com/crossgate/cors/adapters/corsfiberv3"
	"github.com/crossgate/cors/adapters/corsfiberv3/corsfiberv3test"
	cors "github.com/crossgate/cors/core"
)

func TestMount(t *testing.T) {
	t.Parallel()
	fibertest.Mounts(t, corsfiberv3test.NewApp)
}

func TestMisuse(t *testing.T) {
	t.Parallel()
	fibertest.Misuse(t, corsfiberv3test.NewApp, "corsfiberv3")
	corsfasthttptest.Panics(t, "corsfiberv3.NewMount: the app is nil; pass fiber.New()", func() { corsfiberv3.NewMount(nil, new(cors.Live)) })
}

func TestTwoMountsAreLogged(t *testing.T) { fibertest.SaysTwoMounts(t, corsfiberv3test.NewApp) }
