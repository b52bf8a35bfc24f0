// Package labtest helps to test the lab's verdicts. It has random policies and calls, which
// depend only on the seed, and a server that really applies the policies.
package labtest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/examples/playground/internal/lab"
)

// Case is a policy's text and a call.
type Case struct {
	Format string `json:"format"`
	Policy string `json:"policy"`
	Call   lab.Call
}

// Random draws n cases. Each call comes from one of the origins in pages. It goes to a path of
// its own below api, such as "http://127.0.0.1:8080/case/7/items", which a Server answers.
func Random(seed uint64, n int, pages []string, api string) []Case {
	d := draw{rand.New(rand.NewPCG(seed, seed))} //nolint:gosec // the same cases for the same seed
	var cases []Case
	for i := range n {
		page := pages[d.IntN(len(pages))]
		format := d.one("json", "yaml")
		cases = append(cases, Case{format, d.policy(format, page, pages), d.call(page, fmt.Sprintf("%s/case/%d/items", api, i))})
	}
	return cases
}

// draw makes random choices.
type draw struct{ *rand.Rand }

func (d draw) one(from ...string) string { return from[d.IntN(len(from))] }

// some draws each element with a chance of 1 in k.
func (d draw) some(k int, from ...string) []string {
	var drawn []string
	for _, s := range from {
		if d.IntN(k) == 0 {
			drawn = append(drawn, s)
		}
	}
	return drawn
}

// call draws what a script may really send.
func (d draw) call(page, url string) lab.Call {
	c := lab.Call{
		Origin: page, URL: url, Headers: [][2]string{},
		Method:      d.one("GET", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "put", "patch", "QUERY", "OPTIONS"),
		Credentials: d.one("omit", "same-origin", "include", "include"),
	}
	for _, h := range [][2]string{
		{"Content-Type", d.one("application/json", "text/plain", "text/plain;charset=UTF-8", "multipart/form-data; boundary=x")},
		{"X-Request-Id", "7"},
		{"Authorization", "Bearer x"},
		{"Accept", d.one("application/json", "text/html;q=\"x\"")},
		{"Content-Language", "de"},
		{"X-Csrf-Token", "abc"},
	} {
		if d.IntN(4) == 0 {
			c.Headers = append(c.Headers, h)
		}
	}
	return c
}

// policy draws a policy that compiles.
func (d draw) policy(format, page string, pages []string) string {
	for {
		config := d.config(page, pages)
		if _, err := cors.Compile(config); err != nil {
			continue
		}
		text, err := lab.Document(format, config)
		if err == nil {
			return text
		}
	}
}

func (d draw) config(page string, pages []string) cors.Config {
	c := cors.Config{
		AllowCredentials: d.IntN(2) == 0,
		AllowMethods:     d.some(2, "PUT", "DELETE", "PATCH", "QUERY"),
		AllowHeaders:     d.some(2, "content-type", "x-request-id", "authorization", "accept", "x-csrf-token"),
		ExposeHeaders:    d.some(2, "x-total-count", "etag", "x-limit"),
	}
	if d.IntN(3) > 0 {
		c.AllowOrigins = append(c.AllowOrigins, page)
	}
	c.AllowOrigins = append(c.AllowOrigins, d.some(4, pages...)...)
	c.AllowOrigins = append(c.AllowOrigins, d.some(8, "https://app.example.net", "https://*.example.net", "http://localhost:*", "http://127.0.0.1:*", "*")...)
	slices.Sort(c.AllowOrigins)
	c.AllowOrigins = slices.Compact(c.AllowOrigins)
	for _, list := range []*[]string{&c.AllowMethods, &c.AllowHeaders, &c.ExposeHeaders} {
		if d.IntN(5) == 0 {
			*list = append(*list, "*")
		}
	}
	switch d.IntN(4) {
	case 0:
		c.MaxAge = cors.NoCache
	case 1:
		c.MaxAge = 600e9
	}
	switch d.IntN(6) {
	case 0:
		c.Enforce = cors.EnforceUnsafe
	case 1:
		c.Enforce = cors.EnforceAll
	case 2:
		c.PreflightStatus = 200
	case 3:
		c.PassPreflight = true
	}
	// Without a Danger, most of these origins would be errors.
	c.Dangerously = cors.Dangers{
		InsecureOrigins: strings.HasPrefix(page, "http://"), NullOrigin: page == "null" && !c.AllowCredentials,
		AnyOriginWithCredentials: c.AllowCredentials && d.IntN(3) == 0,
	}
	return c
}
