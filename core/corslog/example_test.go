package corslog_test

import (
	"context"
	"log/slog"
	"os"
	"time"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/corslog"
)

// plain returns a logger without the time, so that examples always print the same.
func plain() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

func Example() {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}})

	log := corslog.New(plain(), time.Minute)
	defer log.Flush()
	decider := log.Of(policy) // for New or NewMount of an adapter

	for range 3 {
		decider.Decide(context.Background(), cors.Request{Method: "GET", Origin: "https://www.example.com", Host: "api.example.com", Path: "/items"})
	}
	// Output:
	// level=WARN msg="cors: refused" origin=https://www.example.com reason=origin-not-allowed kind=actual method=GET host=api.example.com path=/items cause="no element of AllowOrigins matches the origin, and no AllowOriginFunc allows it" fix="if its pages may read the responses, add \"https://www.example.com\" to AllowOrigins"
	// level=WARN msg="cors: refused again" origin=https://www.example.com reason=origin-not-allowed times=2
}

// One Log for all policies of a Mount: corshttp.NewMount(mux, policy, around).
func ExampleLog_Of() {
	log := corslog.New(slog.Default(), time.Minute)
	around := cors.Around(log.Of)
	_ = around
}

func ExampleWarnings() {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://*.example.com"}, AllowCredentials: true})
	corslog.Warnings(plain(), policy)
	// Output:
	// level=WARN msg="cors: warning" field=AllowOrigins[0] value=https://*.example.com code=wildcard-credentials hint="every host below the domain, forgotten and compromised ones included, can read responses made with the user's credentials; list the origins if you can"
}
