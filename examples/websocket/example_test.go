package websocket_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	coder "github.com/coder/websocket"
	gorilla "github.com/gorilla/websocket"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/examples/websocket"
)

var visitors = []string{
	"https://shop.example.org",
	"https://app.example.com",
	"https://evilexample.com",
}

func ExampleGorilla() {
	policy := cors.MustCompile(websocket.Config())
	server := httptest.NewServer(websocket.Gorilla(websocket.Gate{AllowsOrigin: policy.AllowsOrigin}))
	defer server.Close()

	for _, origin := range visitors {
		url := strings.Replace(server.URL, "http", "ws", 1)
		conn, resp, err := gorilla.DefaultDialer.Dial(url, http.Header{"Origin": {origin}})
		fmt.Println(resp.StatusCode, origin)
		if err == nil {
			conn.Close()
		}
	}
	// Output:
	// 101 https://shop.example.org
	// 101 https://app.example.com
	// 403 https://evilexample.com
}

func ExampleCoder() {
	policy := cors.MustCompile(websocket.Config())
	server := httptest.NewServer(websocket.Coder(websocket.Gate{AllowsOrigin: policy.AllowsOrigin}))
	defer server.Close()

	for _, origin := range visitors {
		options := &coder.DialOptions{HTTPHeader: http.Header{"Origin": {origin}}}
		conn, resp, err := coder.Dial(context.Background(), server.URL, options)
		fmt.Println(resp.StatusCode, origin)
		if err == nil {
			conn.CloseNow()
		}
	}
	// Output:
	// 101 https://shop.example.org
	// 101 https://app.example.com
	// 403 https://evilexample.com
}

// A CrossOriginProtection that trusts the policy's origins.
func ExampleProtect() {
	config := websocket.Config()
	config.Enforce = cors.EnforceNone // Protect does it
	policy := cors.MustCompile(config)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders", websocket.Order)
	protection := http.NewCrossOriginProtection()

	post(corshttp.New(policy)(websocket.Protect(protection, policy.AllowsOrigin, mux)))
	// Output:
	// 201 https://shop.example.org
	// 201 https://app.example.com
	// 403 https://evilexample.com
}

// The policy enforces: no CrossOriginProtection is needed.
func ExampleSite() {
	var live cors.Live
	live.Store(cors.MustCompile(websocket.Config()))

	post(websocket.Site(&live))
	// Output:
	// 201 https://shop.example.org
	// 201 https://app.example.com
	// 403 https://evilexample.com
}

// post sends an order to h from each visitor's page, as a browser does.
func post(h http.Handler) {
	for _, origin := range visitors {
		r := httptest.NewRequest(http.MethodPost, "/orders", nil)
		r.Header.Set("Origin", origin)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		fmt.Println(w.Code, origin)
	}
}
