package corsfiberv3_test

import (
	"errors"
	"testing"

	"github.com/gofiber/fiber/v3"

	"github.com/crossgate/cors/adapters/corsfiberv3/corsfiberv3test"
	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

func TestGuard(t *testing.T) {
	t.Parallel()
	const (
		vary = "the adapter completes Vary after the handler"
		set  = "Set replaces the policy's headers, and the adapter completes Vary after the handler"
	)
	conformance.RunGuard(t, corsfiberv3test.Start,
		conformance.AlreadyRight("sets Vary", vary),
		conformance.AlreadyRight("sets Vary without an Origin", vary),
		conformance.AlreadyRight("sets Vary, deferred to", vary),
		conformance.AlreadyRight("sets a set of its own, deferred to", set),
		conformance.AlreadyRight("sets a set of its own, deferred to, for an origin that is not allowed", set),
		conformance.AlreadyRight("fails with a set of its own, deferred to", set))
}

// With a guard, an application that spoils nothing answers as without one.
func TestConformanceOfGuard(t *testing.T) {
	t.Parallel()
	for name, mode := range map[string]cors.GuardMode{"policy wins": cors.PolicyWins, "handler wins": cors.HandlerWins} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conformance.Run(t, func(tb testing.TB, app conformance.App) string {
				tb.Helper()
				app.Options = []cors.Option{cors.Guard(mode)}
				return corsfiberv3test.Start(tb, app)
			})
		})
	}
}

// What the documentation of Guard says that is out of its reach.
func TestGuardOutOfReach(t *testing.T) {
	t.Parallel()
	errs := make(chan error, 4)
	config := fiber.Config{BodyLimit: 10, ErrorHandler: func(c fiber.Ctx, err error) error {
		errs <- err
		spoil(c)
		return fiber.DefaultErrorHandler(c, err)
	}}
	addr := serveGuarded(t, config, policy, []cors.Option{cors.Guard(cors.PolicyWins)}, func(app *fiber.App) {
		app.Get("/", func(c fiber.Ctx) error {
			c.Set("Vary", "Accept-Encoding")
			return c.End()
		})
	})
	const fields = "Host: api.example\r\nOrigin: https://app.example.com\r\nConnection: close\r\n"
	ended := roundTrip(t, addr, "GET / HTTP/1.1\r\n"+fields+"\r\n")
	if got := ended.Header.Values("Vary"); len(got) != 1 || ended.Header.Get("Access-Control-Allow-Origin") != "https://app.example.com" {
		t.Errorf("c.End sent %v", ended.Header)
	}
	large := roundTrip(t, addr, "POST / HTTP/1.1\r\n"+fields+"Content-Length: 11\r\n\r\n12345678901")
	if got := large.Header.Values("Access-Control-Allow-Origin"); len(got) != 2 {
		t.Errorf("the ErrorHandler that runs outside leaves the origins %q", got)
	}
	if inside, outside := <-errs, <-errs; inside == nil || !errors.Is(outside, fiber.ErrRequestEntityTooLarge) {
		t.Errorf("ErrorHandler was called with %v and %v", inside, outside)
	}
}
