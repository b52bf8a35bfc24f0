package site

import (
	"embed"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
)

//go:embed web
var web embed.FS

// servePages serves the runner's page, and returns the port.
func (s *Site) servePages(tb testing.TB, secure bool) (port string) {
	tb.Helper()
	mux := http.NewServeMux()
	for path, file := range map[string]string{
		"/run": "web/run.html", "/null": "web/null.html", "/frame": "web/frame.html", "/runner.js": "web/runner.js",
	} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, web, file) })
	}
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /cases", s.giveCases)
	mux.HandleFunc("POST /results", s.takeResults)
	server := httptest.NewUnstartedServer(mux)
	if secure {
		server.TLS = s.identity.config()
		server.StartTLS()
	} else {
		server.Start()
	}
	tb.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		tb.Fatal(err)
	}
	return port
}

// task is a run in the form that the page gets.
type task struct {
	ID    string `json:"id"`
	Steps []Step `json:"steps"`
}

// giveCases sends the runs of the requesting page in two lists. The page runs the second
// list after the first one has ended.
func (s *Site) giveCases(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(s.tasks()) // fails only if the page was closed
}

func (s *Site) tasks() [2][]task {
	s.mu.Lock()
	defer s.mu.Unlock()
	lists := [2][]task{{}, {}}
	if s.visited == len(s.pages) {
		return lists
	}
	here := s.pages[s.visited].name
	if here == s.warmUp.Case.Page {
		lists[0] = append(lists[0], task{s.warmUp.ID, s.warmUp.Steps})
	}
	for _, run := range s.order {
		if run.Case.Page == here {
			lists[1] = append(lists[1], task{run.ID, run.Steps})
		}
	}
	return lists
}

// takeResults stores a page's report, and answers with the next URL.
func (s *Site) takeResults(w http.ResponseWriter, r *http.Request) {
	var results map[string][]Seen
	err := json.NewDecoder(r.Body).Decode(&results)
	if err == nil {
		err = s.store(results)
	}
	if err != nil {
		s.strange(err)
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	_, _ = fmt.Fprint(w, s.next())
}

// next returns the URL of the next page, or "" after the last one.
func (s *Site) next() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.visited++
	switch {
	case s.visited < len(s.pages):
		return s.pages[s.visited].url
	case s.visited == len(s.pages):
		close(s.done)
	}
	return ""
}

func (s *Site) store(results map[string][]Seen) error {
	for id, seen := range results {
		run := s.run(id)
		if run == nil || len(seen) != len(run.Steps) {
			return fmt.Errorf("results of no run: %s", id)
		}
		for i, step := range seen {
			if body, ok := run.body(i, step.Status); ok && step.Type == "cors" && step.Body != body {
				s.strange(fmt.Sprintf("%s: the page read %q", run.Name(), step.Body))
			}
		}
		run.mu.Lock()
		run.outcomes = seen
		run.mu.Unlock()
	}
	return nil
}
