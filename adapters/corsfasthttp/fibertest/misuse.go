package fibertest

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp/corsfasthttptest"
	cors "github.com/crossgate/cors/core"
)

// Misuse checks that New and NewMount of the adapter panic at start for arguments that make
// no sense, and that CORS can be switched off.
func Misuse(t *testing.T, n New, adapter string) {
	t.Helper()
	corsfasthttptest.Misuse(t, adapter+".New", false, func(d cors.Decider, opts ...cors.Option) { n(Config{}).Install(d, opts...) })
	corsfasthttptest.Misuse(t, adapter+".NewMount", true, func(d cors.Decider, opts ...cors.Option) { n(Config{}).InstallMount(d, opts...) })
	var off *cors.Policy
	var live cors.Live
	for name, d := range map[string]cors.Decider{"a nil *Policy": off, "an empty Live": &live} {
		for kind, install := range map[string]func(App){
			"New":      func(app App) { app.Install(d, cors.Guard(cors.PolicyWins)) },
			"NewMount": func(app App) { app.InstallMount(d, cors.RouteMethods()) },
		} {
			app := n(Config{})
			install(app)
			app.Add("PUT", "/x", Raw(corsfasthttptest.Tamper))
			h := app.Handler()
			if w := Ask(h, "PUT", "/x", "Origin", Origin("page")); Allowed(w) != "*" || Lines(w, "Vary") != "Accept-Encoding" {
				t.Errorf("%s with %s changes what a handler has set:\n%s", kind, name, &w.Header)
			}
			if w := Preflight(h, "PUT", "/x", Origin("page")); w.StatusCode() != 405 || Allowed(w)+Lines(w, "Vary") != "" {
				t.Errorf("%s with %s answers a preflight:\n%s", kind, name, &w.Header)
			}
		}
	}
}
