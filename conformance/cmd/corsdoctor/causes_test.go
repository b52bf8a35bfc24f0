package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The document has the causes, the likeliest first, with the change for each system. It is
// ASCII, whatever the server sends.
func TestJSONHasCauses(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "https://b\u00fccher.example\U0001f600\u202e")
	}))
	defer server.Close()
	var out, problems strings.Builder
	if exit := run(t.Context(), []string{"-json", "-method", "PUT", server.URL}, strings.NewReader(""), &out, &problems); exit != exitIll {
		t.Errorf("exit status %d: %s", exit, problems.String())
	}
	if i := strings.IndexFunc(out.String(), func(r rune) bool { return r > 0x7e }); i >= 0 {
		t.Errorf("the document is not ASCII: %q", out.String()[i:])
	}
	var got struct {
		Sent   bool
		Causes []struct {
			Kind, What string
			Blocks     bool
			Evidence   []string
			Sends      []string
			Changes    []struct{ System, Action, Code string }
		}
		Exchanges []struct{ Response []string }
	}
	if err := json.Unmarshal([]byte(out.String()), &got); err != nil {
		t.Fatal(err)
	}
	if got.Sent || len(got.Causes) == 0 || !got.Causes[0].Blocks || len(got.Causes[0].Changes) < 6 || len(got.Causes[0].Sends) == 0 {
		t.Errorf("got %+v", got)
	}
	if !strings.Contains(strings.Join(got.Exchanges[0].Response, "\n"), "bücher.example😀\u202e") {
		t.Errorf("the response is %q", got.Exchanges[0].Response)
	}
}

// --for chooses the system whose change is printed. Without it, the system that the server
// names is chosen.
func TestChangesForASystem(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(sends(200, "X-Powered-By: Express"))
	defer server.Close()
	for args, want := range map[string][]string{
		"":                {"app.use(cors({", "add_header"},
		"nginx":           {"add_header", "app.use(cors({"},
		"Spring":          {"c.setAllowedOrigins(List.of(\"https://app.example.com\"));", "add_header"},
		"crossgate (gin)": {"engine.Use(corsgin.New(policy))", "corschi"},
	} {
		var out, problems strings.Builder
		run(t.Context(), []string{"-for", args, server.URL}, strings.NewReader(""), &out, &problems)
		if !strings.Contains(out.String(), want[0]) || strings.Contains(out.String(), want[1]) {
			t.Errorf("-for %q: %s%s", args, out.String(), problems.String())
		}
	}
	var out, problems strings.Builder
	if exit := run(t.Context(), []string{"-for", "rails", server.URL}, strings.NewReader(""), &out, &problems); exit != exitUsage || !strings.Contains(problems.String(), "Express, Flask, Spring, nginx") {
		t.Errorf("exit status %d: %s", exit, problems.String())
	}
}
