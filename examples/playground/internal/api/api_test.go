package api_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/examples/playground/internal/api"
)

// serve runs one framework's API until the end of the test.
func serve(t *testing.T, f api.Framework) string {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	server, err := f.New(cors.MustCompile(cors.AllowAll()), cors.MustCompile(cors.Config{
		AllowOrigins: []string{"https://group.example"}, AllowCredentials: true, AllowMethods: []string{"PUT"},
	}))
	require.NoError(t, err)
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
		defer cancel()
		assert.NoError(t, server.Shutdown(ctx))
		if err := <-done; err != nil {
			assert.ErrorIs(t, err, http.ErrServerClosed)
		}
	})
	return "http://" + l.Addr().String()
}

func TestTheAPIsBehaveAlike(t *testing.T) {
	t.Parallel()
	frameworks := api.Frameworks()
	require.Len(t, frameworks, 5)
	for _, f := range frameworks {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			url := serve(t, f)
			for _, c := range []struct {
				method, path, body string
				status             int
				json               string // "" matches any JSON
				field, value       string // a header field of the response
			}{
				{"GET", "/items", "", 200, `[{"id":1,"name":"anchor"},{"id":2,"name":"beacon"},{"id":3,"name":"compass"}]`, "X-Total-Count", "3"},
				{"PUT", "/items/2", `{"name":"buoy"}`, 200, `{"id":2,"name":"buoy"}`, "", ""},
				{"PUT", "/items/9", `{"id":1,"name":"rope"}`, 200, `{"id":9,"name":"rope"}`, "", ""},
				{"DELETE", "/items/3", "", 204, "", "", ""},
				{"DELETE", "/items/3", "", 204, "", "", ""},
				{"GET", "/items", "", 200, `[{"id":1,"name":"anchor"},{"id":2,"name":"buoy"},{"id":9,"name":"rope"}]`, "X-Total-Count", "3"},
				{"PUT", "/items/2", `{"name":`, 400, "", "", ""},
				{"PUT", "/items/2", `{}`, 400, "", "", ""},
				{"PUT", "/items/10", `{"name":"x"}`, 404, "", "", ""},
				{"DELETE", "/items/x", "", 404, "", "", ""},
				{"GET", "/me", "", 200, `{"user":null}`, "", ""},
				{"GET", "/error", "", 500, "", "", ""},
				{"GET", "/redirect?run=a%20b", "", 302, "", "Location", "/items?run=a%20b"},
				{"GET", "/redirect", "", 302, "", "Location", "/items"},
				{"GET", "/nowhere", "", 404, "", "", ""},
			} {
				at := c.method + " " + c.path
				resp, body := ask(t, c.method, url+c.path, c.body)
				assert.Equal(t, c.status, resp.StatusCode, at)
				if c.json != "" {
					assert.JSONEq(t, c.json, body, at)
					assert.True(t, strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json"), at)
				}
				if c.field != "" {
					assert.Equal(t, c.value, resp.Header.Get(c.field), at)
				}
				assert.Equal(t, "*", resp.Header.Get("Access-Control-Allow-Origin"), at)
			}
		})
	}
}

// The group's own policy answers its preflights, and the API's policy answers all others.
func TestTheGroupHasAPolicyOfItsOwn(t *testing.T) {
	t.Parallel()
	for _, f := range api.Frameworks() {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			url := serve(t, f)
			for _, c := range []struct {
				path, origin  string
				status        int // of the preflight
				allow, cookie string
			}{
				{"/admin/items/1", "https://group.example", 204, "https://group.example", "true"},
				{"/admin/items/1", "https://a.example", 403, "", ""},
				{"/items/1", "https://group.example", 204, "*", ""},
				{"/items/1", "https://a.example", 204, "*", ""},
			} {
				at := c.path + " from " + c.origin
				preflight, _ := ask(t, "OPTIONS", url+c.path, "", from(c.origin), func(r *http.Request) {
					r.Header.Set("Access-Control-Request-Method", "PUT")
				})
				assert.Equal(t, c.status, preflight.StatusCode, at)
				actual, body := ask(t, "PUT", url+c.path, `{"name":"buoy"}`, from(c.origin))
				assert.Equal(t, 200, actual.StatusCode, at)
				assert.JSONEq(t, `{"id":1,"name":"buoy"}`, body, at)
				for _, resp := range []*http.Response{preflight, actual} {
					assert.Equal(t, c.allow, resp.Header.Get("Access-Control-Allow-Origin"), at)
					assert.Equal(t, c.cookie, resp.Header.Get("Access-Control-Allow-Credentials"), at)
				}
			}
			resp, _ := ask(t, "GET", url+"/admin/items", "", from("https://group.example"))
			assert.Equal(t, "https://group.example", resp.Header.Get("Access-Control-Allow-Origin"))
			assert.Equal(t, "3", resp.Header.Get("X-Total-Count"))
		})
	}
}

func TestSigningInIsByACookieOfTheFrameworksOwn(t *testing.T) {
	t.Parallel()
	names := make(map[string]bool)
	for _, f := range api.Frameworks() {
		url := serve(t, f)
		resp, _ := ask(t, "GET", url+"/login", "")
		assert.Equal(t, http.StatusNoContent, resp.StatusCode, f.Name)
		cookies := resp.Cookies()
		require.Len(t, cookies, 1, f.Name)
		ck := cookies[0]
		names[ck.Name] = true
		assert.True(t, ck.HttpOnly, f.Name)
		assert.Equal(t, http.SameSiteLaxMode, ck.SameSite, f.Name)
		assert.Equal(t, "/", ck.Path, f.Name)
		_, body := ask(t, "GET", url+"/me", "", func(r *http.Request) { r.AddCookie(ck) })
		assert.JSONEq(t, `{"user":"guest"}`, body, f.Name)
	}
	assert.Len(t, names, 5, "ports share cookies, so the names have to differ")
}

func TestALargeBodyIsRefused(t *testing.T) {
	t.Parallel()
	for _, f := range api.Frameworks() {
		url := serve(t, f)
		resp, _ := ask(t, "PUT", url+"/items/1", `{"name":"`+strings.Repeat("x", 5<<10)+`"}`)
		// fiber rejects the request with its own status before any middleware runs.
		assert.Contains(t, []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge}, resp.StatusCode, f.Name)
	}
}

// from sets the origin of a request.
func from(origin string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Origin", origin) }
}

// ask makes a request, by default from https://a.example.
func ask(t *testing.T, method, url, body string, change ...func(*http.Request)) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Origin", "https://a.example")
	for _, f := range change {
		f(req)
	}
	client := http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp, string(got)
}
