package cors_test

import (
	"context"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// TestNamesOrigin: NamesOrigin is true only for an origin that AllowOrigins lists
// literally.
func TestNamesOrigin(t *testing.T) {
	t.Parallel()
	yes := func(context.Context, cors.Request, cors.Origin) (bool, error) { return true, nil }
	listed := compile(t, cors.Config{AllowOrigins: []string{app, "https://*.example.net", "https://port.example:*"}, AllowMethods: []string{"PUT"}, AllowHeaders: []string{"x-a"}})
	for name, tt := range map[string]struct {
		decider cors.Decider
		origin  string
		want    bool
	}{
		"named":                            {listed, app, true},
		"named, with white space":          {listed, " " + app + "\t", true},
		"a pattern":                        {listed, "https://a.example.net", false},
		"any port":                         {listed, "https://port.example:8443", false},
		"not allowed":                      {listed, evil, false},
		"malformed":                        {listed, app + "/", false},
		"no origin":                        {listed, "", false},
		"any":                              {compile(t, cors.AllowAll()), app, false},
		"any origin, and named":            {compile(t, cors.Config{AllowOrigins: []string{"*", app}}), app, false},
		"a function":                       {compile(t, cors.Config{AllowOriginFunc: yes}), app, false},
		"null":                             {compile(t, cors.Config{AllowOrigins: []string{"null"}, Dangerously: cors.Dangers{NullOrigin: true}}), "null", false},
		"no policy":                        {(*cors.Policy)(nil), app, false},
		"wrapped":                          {new(cors.Tally).Of(cors.Observe(listed, func(cors.Request, cors.Decision) {})), app, true},
		"the first of several":             {cors.First(listed, compile(t, cors.AllowAll())), app, true},
		"the last of several":              {cors.First(listed, compile(t, cors.AllowAll())), evil, false},
		"named where First adds to Vary":   {cors.First(compile(t, cors.AllowAll())), app, false},
		"named, with credentials":          {compile(t, cors.Config{AllowOrigins: []string{app}, AllowCredentials: true, AllowMethods: []string{"*"}, AllowHeaders: []string{"*"}}), app, true},
		"named, and enforced":              {compile(t, cors.Config{AllowOrigins: []string{app}, Enforce: cors.EnforceAll}), app, true},
		"not allowed, and enforced":        {compile(t, cors.Config{AllowOrigins: []string{app}, Enforce: cors.EnforceAll}), evil, false},
		"a pattern that is named by First": {cors.First(compile(t, cors.Config{AllowOrigins: []string{"https://*.example.com"}}), listed), app, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, r := range []cors.Request{
				{Method: "GET"},
				{Method: "OPTIONS", RequestMethod: "PUT"},
				{Method: "OPTIONS", RequestMethod: "PATCH"},
				{Method: "OPTIONS", RequestMethod: "PUT", RequestHeaders: "x-b"},
			} {
				r.Origin = tt.origin
				d := tt.decider.Decide(t.Context(), r)
				if got := d.NamesOrigin(); got != tt.want {
					t.Errorf("%s %s: %t", r.Method, r.RequestMethod, got)
				}
				d.KeepMethods(func(method string) bool { return method == "PUT" })
				d.VaryByOrigin()
				if got := d.NamesOrigin(); got != tt.want {
					t.Errorf("%s %s, after KeepMethods: %t", r.Method, r.RequestMethod, got)
				}
			}
		})
	}
}
