package cors_test

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	cors "github.com/crossgate/cors/core"
)

func ExampleCompile() {
	policy, err := cors.Compile(cors.Config{
		AllowOrigins:     []string{"https://app.example.com", "https://*.preview.example.com"},
		AllowCredentials: true,
		AllowMethods:     []string{"PUT", "DELETE"},
		AllowHeaders:     []string{"content-type"},
		MaxAge:           10 * time.Minute,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(policy.AllowsOrigin("https://pr-7.preview.example.com"))
	// Output: true
}

// Compile reports all problems at once, and how to write each value right.
func ExampleCompile_errors() {
	_, err := cors.Compile(cors.Config{
		AllowOrigins:     []string{"https://app.example.com/", "http://admin.example.com", "https://*.github.io"},
		AllowCredentials: true,
		AllowMethods:     []string{"PUT, DELETE"},
		AllowHeaders:     []string{"x-total:"},
		MaxAge:           600,
	})
	for _, problem := range cors.ConfigErrors(err) {
		fmt.Println(problem.Field, problem.Code)
	}
	fmt.Println(cors.ConfigErrors(err)[0])
	fmt.Println(cors.ConfigErrors(err)[0].Repair)
	// Output:
	// AllowOrigins[0] origin-path
	// AllowOrigins[1] insecure-credentials
	// AllowOrigins[2] public-suffix-credentials
	// AllowMethods[0] method-token
	// AllowHeaders[0] header-token
	// MaxAge max-age-fraction
	// cors: AllowOrigins[0] "https://app.example.com/": an origin has no path; write "https://app.example.com"
	// [https://app.example.com]
}

func ExampleMustCompile() {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}})
	fmt.Println(policy.Config().AllowOrigins)
	// Output: [https://app.example.com]
}

// An adapter fills a Request, calls Decide, and applies the Decision.
func ExamplePolicy_Decide() {
	policy := cors.MustCompile(cors.Config{
		AllowOrigins: []string{"https://app.example.com"},
		AllowMethods: []string{"PUT"},
		MaxAge:       time.Hour,
	})
	decision := policy.Decide(context.Background(), cors.Request{
		Method:        "OPTIONS",
		Origin:        "https://app.example.com",
		RequestMethod: "PUT",
	})
	fmt.Println(decision.Kind(), decision.Reason(), decision.Status())
	for name, value := range decision.Headers() {
		fmt.Println(name+":", value)
	}
	// Output:
	// preflight allowed 204
	// Access-Control-Allow-Methods: PUT
	// Access-Control-Allow-Origin: https://app.example.com
	// Access-Control-Max-Age: 3600
	// Vary: Origin
}

func ExamplePolicy_Explain() {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}})
	e := policy.Explain(context.Background(), cors.Request{Method: "GET", Origin: "https://app.example.com:8443"})
	fmt.Println(e.BrowserError)
	fmt.Println(e.Cause)
	fmt.Println(e.Fix)
	// Output:
	// MissingAllowOriginHeader
	// the policy does not allow the origin "https://app.example.com:8443"; "https://app.example.com" is allowed, but the port differs
	// if its pages may read responses, add "https://app.example.com:8443" to AllowOrigins
}

// Explain uses the names of the document for a policy that was read from one.
func ExampleCompileDocument() {
	var settings struct {
		Listen string
		CORS   cors.Config
	}
	err := json.Unmarshal([]byte(`{"listen": ":8080", "cors": {"allowOrigins": ["https://app.example.com"]}}`), &settings)
	if err != nil {
		fmt.Println(err)
		return
	}
	policy, err := cors.CompileDocument(settings.CORS)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(policy.Explain(context.Background(), cors.Request{Method: "OPTIONS", Origin: "https://app.example.com", RequestMethod: "PUT"}))
	// Output:
	// result: method-not-allowed (preflight)
	//   ok   this is a preflight from the origin "https://app.example.com" for the method "PUT" (Fetch, HTTP requests)
	//   ok   the origin "https://app.example.com" is allowed: it is in allowOrigins (Fetch, CORS check)
	//   FAIL the method "PUT" is not allowed: it is not in allowMethods (Fetch, CORS-preflight fetch, step 7)
	// cause: the policy does not allow the method "PUT"
	// browser: MethodDisallowedByPreflightResponse: Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.
	// fix: add "PUT" to allowMethods
}

func ExamplePolicy_Warnings() {
	policy := cors.MustCompile(cors.Config{
		AllowOrigins:     []string{"https://*.example.com", "http://localhost:5173"},
		AllowCredentials: true,
		AllowMethods:     []string{"patch"},
		AllowHeaders:     []string{"Origin", "content-type"},
	})
	for _, w := range policy.Warnings() {
		fmt.Println(w.Field, w.Code)
	}
	// Output:
	// AllowOrigins[0] wildcard-credentials
	// AllowOrigins[1] loopback-credentials
	// AllowMethods[0] method-case
	// AllowHeaders[0] header-forbidden
}

// A WebSocket handshake has an Origin and cookies, but browsers make no CORS check. So the
// upgrader must check the Origin.
func ExamplePolicy_AllowsOrigin() {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://chat.example.com"}, AllowCredentials: true})
	checkOrigin := func(origin string) bool { // this is the upgrader's CheckOrigin
		return policy.AllowsOrigin(origin)
	}
	fmt.Println(checkOrigin("https://chat.example.com"), checkOrigin("https://evil.example"), checkOrigin(""))
	// Output: true false false
}

func ExampleAllowAll() {
	config := cors.AllowAll()
	config.ExposeHeaders = []string{"x-total-count"}
	policy := cors.MustCompile(config)
	for name, value := range policy.Decide(context.Background(), cors.Request{Method: "GET", Origin: "https://anyone.example"}).Headers() {
		fmt.Println(name+":", value)
	}
	// Output:
	// Access-Control-Allow-Origin: *
	// Access-Control-Expose-Headers: x-total-count
}

func ExampleParseConfig() {
	config, err := cors.ParseConfig([]byte(`{
		"allowOrigins": ["https://app.example.com"],
		"allowMethods": ["PUT"],
		"maxAge": "10m"
	}`))
	fmt.Println(config.AllowOrigins, config.MaxAge, err)
	// Output: [https://app.example.com] 10m0s <nil>
}

// Without this error, a misspelt field would change the policy, and nobody would notice.
func ExampleParseConfig_errors() {
	_, err := cors.ParseConfig([]byte(`{
  "allowOrigin": ["https://app.example.com"],
  "allowCredentials": "true"
}`))
	fmt.Println(err)
	// Output:
	// cors: line 2, column 3: allowOrigin: there is no such field; write "allowOrigins"
	// cors: line 3, column 23: allowCredentials "true": write true or false
}
