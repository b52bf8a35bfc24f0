// Package conformance is a suite of one case.
package conformance

import (
	"net/http"
	"testing"

	cors "project.example/fake/core"
)

// Run asks the server that start starts, and returns its address.
func Run(t *testing.T, start func(testing.TB) string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+start(t)+"/items", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Origin", cors.Origin)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
	if got := response.Header.Get("Access-Control-Allow-Origin"); got != cors.Origin {
		t.Errorf("Access-Control-Allow-Origin is %q", got)
	}
}
