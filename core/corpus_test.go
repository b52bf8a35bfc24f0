package cors_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	cors "github.com/crossgate/cors/core"
)

// attack is a case of testdata/attacks.json: a hostile origin, a dangerous
// configuration or a hostile request, and what must come of it.
type attack struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	Why    string `json:"why"`
	Policy struct {
		Origins             []string `json:"origins"`
		Credentials         bool     `json:"credentials"`
		Methods             []string `json:"methods"`
		RequestHeaders      []string `json:"request_headers"`
		ExposeHeaders       []string `json:"expose_headers"`
		MaxAge              *int     `json:"max_age"`
		AllowPrivateNetwork bool     `json:"allow_private_network"`
	} `json:"policy"`
	Request struct {
		Method       string   `json:"method"`
		Headers      [][2]any `json:"headers"`
		Host         string   `json:"host"`
		Raw          string   `json:"raw"`
		RepeatHeader []any    `json:"repeat_header"`
		Guard        bool     `json:"guard"`
	} `json:"request"`
	Must map[string]any `json:"must"`
}

func attacks(t testing.TB) []attack {
	t.Helper()
	data, err := os.ReadFile("testdata/attacks.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []attack
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func (a attack) config() cors.Config {
	c := cors.Config{
		AllowOrigins:     a.Policy.Origins,
		AllowCredentials: a.Policy.Credentials,
		AllowMethods:     a.Policy.Methods,
		AllowHeaders:     a.Policy.RequestHeaders,
		ExposeHeaders:    a.Policy.ExposeHeaders,
	}
	if a.Policy.MaxAge != nil {
		c.MaxAge = time.Duration(*a.Policy.MaxAge) * time.Second
	}
	if a.Request.Guard {
		c.Enforce = cors.EnforceUnsafe
	}
	return c
}

// text expands a value of the corpus: a string, or one that is repeated.
func text(t testing.TB, v any) string {
	t.Helper()
	switch v := v.(type) {
	case string:
		return v
	case map[string]any:
		return v["prefix"].(string) + strings.Repeat(v["repeat"].(string), int(v["count"].(float64))) + v["suffix"].(string)
	}
	t.Fatalf("value %v", v)
	return ""
}

// request returns what an adapter would read: lines of one name joined.
func (a attack) request(t testing.TB) cors.Request {
	t.Helper()
	lines := make(map[string][]string)
	for _, h := range a.Request.Headers {
		name := strings.ToLower(h[0].(string))
		lines[name] = append(lines[name], text(t, h[1]))
	}
	if r := a.Request.RepeatHeader; r != nil {
		name := strings.ToLower(r[0].(string))
		lines[name] = append(lines[name], slices.Repeat([]string{text(t, r[1])}, int(r[2].(float64)))...)
	}
	for line := range strings.SplitSeq(strings.NewReplacer("\r\n ", " ", "\r\n", "\n").Replace(a.Request.Raw), "\n") {
		if name, value, found := strings.Cut(line, ": "); found {
			lines[strings.ToLower(name)] = append(lines[strings.ToLower(name)], value)
		}
	}
	join := func(name string) string { return strings.Join(lines[name], ", ") }
	r := cors.Request{
		Method: a.Request.Method, Origin: join("origin"),
		RequestMethod: join("access-control-request-method"), RequestHeaders: join("access-control-request-headers"),
		Host: "api.example.net", Path: "/x", FetchSite: join("sec-fetch-site"),
	}
	if h := a.Request.Host; h != "" {
		r.Host = h
	} else if h := join("host"); h != "" {
		r.Host = h
	}
	return r
}

func headers(d cors.Decision) map[string]string {
	h := make(map[string]string)
	for name, value := range d.Headers() {
		h[name] = value
	}
	return h
}

// TestAttackedOrigins asks about each hostile origin twice: as an actual request
// and as a preflight.
func TestAttackedOrigins(t *testing.T) {
	t.Parallel()
	n := 0
	for _, a := range attacks(t) {
		if a.Kind != "origin" {
			continue
		}
		n++
		t.Run(a.ID, func(t *testing.T) {
			t.Parallel()
			c := a.config()
			c.Dangerously.InsecureOrigins = true // what matches is asked here, not whether it should
			p, err := cors.Compile(c)
			if err != nil {
				t.Fatal(err)
			}
			actual := a.request(t)
			preflight := actual
			preflight.Method, preflight.RequestMethod = "OPTIONS", "PUT"
			for _, r := range []cors.Request{actual, preflight} {
				d := p.Decide(t.Context(), r)
				h := headers(d)
				if strings.Trim(r.Origin, " \t") != r.Origin {
					continue // space around a value is not part of it (RFC 9110, section 5.5)
				}
				if got, found := h["Access-Control-Allow-Origin"]; found {
					t.Errorf("%s (%s): %q got ACAO %q", r.Method, a.Why, r.Origin, got)
				}
				if _, found := h["Access-Control-Allow-Credentials"]; found {
					t.Errorf("%s (%s): %q got ACAC", r.Method, a.Why, r.Origin)
				}
				if h["Vary"] != "Origin" {
					t.Errorf("%s: Vary is %q", r.Method, h["Vary"])
				}
				if d.Reason() == cors.Allowed && d.Kind() != cors.NotCORS {
					t.Errorf("%s (%s): %q is allowed", r.Method, a.Why, r.Origin)
				}
			}
		})
	}
	if n < 190 {
		t.Errorf("only %d cases ran", n)
	}
}

// TestAttackedConfigs compiles each dangerous or mistaken configuration.
func TestAttackedConfigs(t *testing.T) {
	t.Parallel()
	n := 0
	for _, a := range attacks(t) {
		if a.Kind != "config" || a.Policy.AllowPrivateNetwork { // there is no such setting here
			continue
		}
		n++
		t.Run(a.ID, func(t *testing.T) {
			t.Parallel()
			p, err := cors.Compile(a.config())
			warned := err == nil && slices.ContainsFunc(p.Warnings(), func(w cors.Warning) bool {
				return w.Code != "method-safelisted" // all list GET
			})
			ok := false
			switch a.Must["config"] {
			case "error":
				ok = err != nil
			case "error_or_warn":
				ok = err != nil || warned
			case "warn":
				ok = err == nil && warned
			case "accept":
				ok = err == nil
			}
			if !ok {
				t.Errorf("%s: %+v: want %s, got error %v, warned %t", a.Why, a.config(), a.Must["config"], err, warned)
			}
			if testing.Verbose() {
				t.Log(err)
				if err == nil {
					t.Log(p.Warnings())
				}
			}
		})
	}
	if n < 150 {
		t.Errorf("only %d cases ran", n)
	}
}
