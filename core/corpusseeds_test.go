package cors_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// attack is a request of the corpus of attacks. Fuzzing starts from these.
// conformance/attacks has the corpus, and checks the outcomes.
type attack struct {
	Sent struct {
		Method  string
		Headers [][2]json.RawMessage
	} `json:"request"`
}

// attacks returns the corpus's requests. It returns none if this module is not in the
// repository, but for example in the module cache.
func attacks(tb testing.TB) []attack {
	tb.Helper()
	files, err := filepath.Glob("../conformance/attacks/testdata/*.json")
	if err != nil {
		tb.Fatal(err)
	}
	var all []attack
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		var cases []attack
		if err := json.Unmarshal(data, &cases); err != nil {
			tb.Fatalf("%s: %v", name, err)
		}
		all = append(all, cases...)
	}
	return all
}

// request returns what an adapter would read. Values that the corpus does not write out in
// full are not used as seeds.
func (a attack) request(tb testing.TB) cors.Request {
	tb.Helper()
	lines := make(map[string]string)
	for _, h := range a.Sent.Headers {
		var name, value string
		if json.Unmarshal(h[0], &name) != nil || json.Unmarshal(h[1], &value) != nil {
			continue // {repeat, count, prefix, suffix}
		}
		name = strings.ToLower(name)
		if before, found := lines[name]; found {
			value = before + ", " + value
		}
		lines[name] = value
	}
	return cors.Request{
		Method: a.Sent.Method, Origin: lines["origin"], Host: "api.example.net", Path: "/x", FetchSite: lines["sec-fetch-site"],
		RequestMethod: lines["access-control-request-method"], RequestHeaders: lines["access-control-request-headers"],
	}
}
