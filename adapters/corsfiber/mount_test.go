package corsfiber_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp/corsfasthttptest"
	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
	"github.com/crossgate/cors/adapters/corsfiber"
	"github.com/crossgate/cors/adapters/corsfiber/corsfibertest"
	cors "github.com/crossgate/cors/core"
)

func TestMount(t *testing.T) {
	t.Parallel()
	fibertest.Mounts(t, corsfibertest.NewApp)
}

func TestMisuse(t *testing.T) {
	t.Parallel()
	fibertest.Misuse(t, corsfibertest.NewApp, "corsfiber")
	corsfasthttptest.Panics(t, "corsfiber.NewMount: the app is nil; pass fiber.New()", func() { corsfiber.NewMount(nil, new(cors.Live)) })
}

func TestTwoMountsAreLogged(t *testing.T) { fibertest.SaysTwoMounts(t, corsfibertest.NewApp) }
