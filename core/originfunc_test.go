package cors_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unsafe"

	cors "github.com/crossgate/cors/core"
)

func askNobody(context.Context, cors.Request, cors.Origin) (bool, error) { return false, nil }

// TestOriginFuncIsAskedLast checks when AllowOriginFunc is called, and with which
// arguments.
func TestOriginFuncIsAskedLast(t *testing.T) {
	t.Parallel()
	var asked []string
	p := compile(t, cors.Config{
		AllowOrigins: []string{app, "https://*.example.org", "http://localhost:*"},
		AllowOriginFunc: func(_ context.Context, r cors.Request, o cors.Origin) (bool, error) {
			asked = append(asked, fmt.Sprintf("%s %s %s %d", r.Origin, o.Scheme, o.Host, o.Port))
			return strings.HasPrefix(o.Host, "yes."), nil
		},
	})
	for _, tt := range []struct{ origin, asked, reason string }{
		{"", "", "allowed"},
		{app, "", "allowed"},
		{"https://a.example.org", "", "allowed"},
		{"http://localhost:99", "", "allowed"},
		{"null", "", "origin-not-allowed"},
		{"NULL", "", "origin-malformed"},
		{app + "," + app, "", "origin-malformed"},
		{app + "/", "", "origin-malformed"},
		{"https://yes.example/", "", "origin-malformed"},
		{"https://yes.example:443", "", "origin-malformed"},
		{"https://YES.example", "", "origin-malformed"},
		{"https://yes.example\r", "", "origin-malformed"},
		{"https://" + strings.Repeat("yes.", 100), "", "origin-malformed"},
		{"yes.example", "", "origin-malformed"},
		{"*", "", "origin-malformed"},
		{"https://yes.example", "https://yes.example https yes.example 0", "allowed"},
		{"https://yes.example:8443", "https://yes.example:8443 https yes.example 8443", "allowed"},
		{" https://yes.example\t", "https://yes.example https yes.example 0", "allowed"},
		{"https://yes.a,b", "https://yes.a,b https yes.a,b 0", "allowed"}, // a comma is legal in a host
		{"http://[::1]:1", "http://[::1]:1 http [::1] 1", "origin-not-allowed"},
		{"https://no.example", "https://no.example https no.example 0", "origin-not-allowed"},
		{"chrome-extension://abc", "chrome-extension://abc chrome-extension abc 0", "origin-not-allowed"},
	} {
		for _, r := range []cors.Request{{Method: "GET", Origin: tt.origin}, {Method: "OPTIONS", Origin: tt.origin, RequestMethod: "GET"}} {
			asked = nil
			d := p.Decide(t.Context(), r)
			if got := strings.Join(asked, "\n"); got != tt.asked {
				t.Errorf("%s %q: asked %q, want %q", r.Method, tt.origin, got, tt.asked)
			}
			if d.Reason().String() != tt.reason {
				t.Errorf("%s %q: got %v, want %s", r.Method, tt.origin, d.Reason(), tt.reason)
			}
			if acao := headers(d)["Access-Control-Allow-Origin"]; tt.asked != "" && tt.reason == "allowed" && acao != strings.Trim(tt.origin, " \t") {
				t.Errorf("%s %q: ACAO is %q", r.Method, tt.origin, acao)
			}
		}
	}
}

// TestOriginFuncFails checks that an origin is not allowed if the function returns an error
// or panics, even with true.
func TestOriginFuncFails(t *testing.T) {
	t.Parallel()
	var nilMap map[string]int
	for name, f := range map[string]func() (bool, error){
		"error":            func() (bool, error) { return false, errors.New("no database") },
		"error but true":   func() (bool, error) { return true, errors.New("no database") },
		"panic":            func() (bool, error) { panic("no") },
		"panic with nil":   func() (bool, error) { panic(nil) }, //nolint:govet // a function may do so
		"panic in a panic": func() (bool, error) { panic(badError{}) },
		"panic with error": func() (bool, error) { panic(errors.New("no")) },
		"runtime error":    func() (bool, error) { nilMap["x"]++; return true, nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := compile(t, cors.Config{
				AllowCredentials: true,
				AllowOriginFunc:  func(context.Context, cors.Request, cors.Origin) (bool, error) { return f() },
			})
			if got, want := wire(p.Decide(t.Context(), cors.Request{Method: "GET", Origin: app})), "actual origin-check-failed 0\nVary: Origin"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			if got, want := wire(p.Decide(t.Context(), cors.Request{Method: "OPTIONS", Origin: app, RequestMethod: "GET"})), "preflight origin-check-failed 403\nVary: Origin"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			if p.AllowsOrigin(app) {
				t.Error("AllowsOrigin allows it")
			}
		})
	}
}

// TestOriginFuncAndFiles checks that with credentials a function cannot allow file://, as a
// list cannot.
func TestOriginFuncAndFiles(t *testing.T) {
	t.Parallel()
	for _, credentials := range []bool{false, true} {
		asked := 0
		p := compile(t, cors.Config{AllowCredentials: credentials, AllowOriginFunc: func(context.Context, cors.Request, cors.Origin) (bool, error) {
			asked++
			return true, nil
		}})
		want, times := "actual allowed 0\nAccess-Control-Allow-Origin: file://\nVary: Origin", 1
		if credentials {
			want, times = "actual origin-not-allowed 0\nVary: Origin", 0
		}
		if got := wire(p.Decide(t.Context(), cors.Request{Method: "GET", Origin: "file://"})); got != want || asked != times {
			t.Errorf("with credentials %v: got %q and asked %d times, want %q and %d", credentials, got, asked, want, times)
		}
	}
}

// nilError panics in Error if it is nil. badError always panics.
type (
	nilError struct{ text string }
	badError struct{}
)

func (e *nilError) Error() string { return e.text }
func (badError) Error() string    { panic(badError{}) }

// TestOriginFuncReturnsABadError: if the method of the returned error panics, the panic is
// recovered once, and every reader gets the replacement.
func TestOriginFuncReturnsABadError(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"an error of type *cors_test.nilError, whose Error method panicked": (*nilError)(nil),
		"an error of type cors_test.badError, whose Error method panicked":  badError{},
	} {
		p := compile(t, cors.Config{AllowOriginFunc: func(context.Context, cors.Request, cors.Origin) (bool, error) { return false, err }})
		r := cors.Request{Method: "GET", Origin: app}
		if d := p.Decide(t.Context(), r); d.Reason() != cors.OriginCheckFailed || !strings.HasPrefix(d.Err().Error(), want) {
			t.Errorf("%v, error %v, want one that begins with %q", d.Reason(), d.Err(), want)
		}
		if x := p.Explain(t.Context(), r); !strings.Contains(x.Cause, want) {
			t.Errorf("explained with %q, want %q in it", x.Cause, want)
		}
	}
}

// buffer makes strings whose memory scribble overwrites, as fasthttp reuses memory after a
// request.
type buffer struct{ parts [][]byte }

func (b *buffer) string(s string) string {
	if s == "" {
		return ""
	}
	part := []byte(s)
	b.parts = append(b.parts, part)
	return unsafe.String(&part[0], len(part))
}

func (b *buffer) scribble() {
	for _, part := range b.parts {
		for i := range part {
			part[i] = '#'
		}
	}
}

func (b *buffer) request(r cors.Request) cors.Request {
	return cors.Request{
		Method: b.string(r.Method), Origin: b.string(r.Origin), RequestMethod: b.string(r.RequestMethod),
		RequestHeaders: b.string(r.RequestHeaders), Host: b.string(r.Host), Path: b.string(r.Path), FetchSite: b.string(r.FetchSite),
	}
}

// wholeRequest has a value in every field, so that a test notices a field that is not
// copied.
var wholeRequest = cors.Request{
	Method: "OPTIONS", Origin: "https://t1.example.org:8443", RequestMethod: "PURGE", RequestHeaders: "x-a,x-b",
	Host: "api.example.com", Path: "/v1/things", FetchSite: "cross-site",
}

// TestOriginFuncGetsCopies checks that the function may keep its arguments.
func TestOriginFuncGetsCopies(t *testing.T) {
	t.Parallel()
	type key struct{}
	var requests []cors.Request
	var origins []cors.Origin
	p := compile(t, cors.Config{AllowOriginFunc: func(ctx context.Context, r cors.Request, o cors.Origin) (bool, error) {
		if ctx.Value(key{}) != "here" {
			return false, errors.New("another context")
		}
		requests, origins = append(requests, r), append(origins, o)
		return true, nil
	}})
	var buf buffer
	ctx := context.WithValue(t.Context(), key{}, "here")
	if d := p.Decide(ctx, buf.request(wholeRequest)); d.Reason() == cors.OriginCheckFailed {
		t.Error("the function did not get the caller's context")
	}
	buf.scribble()
	if want := []cors.Request{wholeRequest}; !slices.Equal(requests, want) {
		t.Errorf("kept %+v, want %+v", requests, want)
	}
	if want := []cors.Origin{{Scheme: "https", Host: "t1.example.org", Port: 8443}}; !slices.Equal(origins, want) {
		t.Errorf("kept %+v, want %+v", origins, want)
	}
}

// TestCloneSharesNothing checks Request.Clone and Decision.Clone.
func TestCloneSharesNothing(t *testing.T) {
	t.Parallel()
	p := compile(t, cors.Config{AllowOrigins: []string{"https://*.example.org:*"}, AllowCredentials: true, AllowMethods: []string{"*"}, AllowHeaders: []string{"*"}})
	var buf buffer
	r := buf.request(wholeRequest)
	d := p.Decide(t.Context(), r)
	keptRequest, kept, before := r.Clone(), d.Clone(), wire(d)
	buf.scribble()
	if keptRequest != wholeRequest {
		t.Errorf("the request became %+v", keptRequest)
	}
	if got := wire(kept); got != before || !strings.Contains(got, "PURGE") || !strings.Contains(got, "x-a,x-b") || !strings.Contains(got, "https://t1.example.org:8443") {
		t.Errorf("the decision became\n%s\nand was\n%s", got, before)
	}
}

// TestAllowsOrigin checks the answer for WebSocket upgraders.
func TestAllowsOrigin(t *testing.T) {
	t.Parallel()
	listed := compile(t, cors.Config{
		AllowOrigins: []string{app, "https://*.example.org"},
		AllowOriginFunc: func(ctx context.Context, r cors.Request, o cors.Origin) (bool, error) {
			if ctx.Err() != nil || r != (cors.Request{Origin: o.String()}) {
				return false, errors.New("unexpected")
			}
			return o.Host == "func.example", nil
		},
	})
	null := compile(t, cors.Config{AllowOrigins: []string{"null"}, Dangerously: cors.Dangers{NullOrigin: true}})
	everybody := compile(t, cors.AllowAll())
	for _, tt := range []struct {
		policy *cors.Policy
		origin string
		want   bool
	}{
		{listed, app, true},
		{listed, " \t" + app + " ", true},
		{listed, "https://a.example.org", true},
		{listed, "https://func.example", true},
		{listed, "https://other.example", false},
		{listed, "", false},
		{listed, " ", false},
		{listed, "null", false},
		{listed, "*", false},
		{listed, app + ", " + app, false},
		{listed, "https://evilexample.org", false},
		{null, "null", true},
		{null, app, false},
		{everybody, app, true},
		{everybody, "null", true},
		{everybody, "", false},
	} {
		if got := tt.policy.AllowsOrigin(tt.origin); got != tt.want {
			t.Errorf("%q under %q: got %t", tt.origin, tt.policy.Config().AllowOrigins, got)
		}
	}
}
