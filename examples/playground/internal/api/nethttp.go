package api

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

// newNetHTTP installs CORS around the whole mux, so that the mux's own answers (404, 405,
// redirects) have the headers.
func newNetHTTP(d, group cors.Decider) (Server, error) {
	h := handlers{framework: "nethttp", items: newItems()}
	mux := http.NewServeMux()
	m := corshttp.NewMount(mux, d)
	m.HandleFunc("GET /items", h.list)
	m.HandleFunc("PUT /items/{id}", h.put)
	m.HandleFunc("DELETE /items/{id}", h.remove)
	m.HandleFunc("GET /login", h.login)
	m.HandleFunc("GET /me", h.me)
	m.HandleFunc("GET /error", h.fail)
	m.HandleFunc("GET /redirect", h.redirect)
	m.HandleFunc("GET "+Group+"/items", h.list)
	m.HandleFunc("PUT "+Group+"/items/{id}", h.put)
	return HTTP(m.Middleware()(mux)), errors.Join(m.Group(Group, group), m.Check())
}

// handlers are the handlers of net/http and chi.
type handlers struct {
	framework string
	items     *items
}

func (h handlers) list(w http.ResponseWriter, _ *http.Request) {
	all := h.items.all()
	w.Header().Set("X-Total-Count", strconv.Itoa(len(all)))
	writeJSON(w, all)
}

func (h handlers) put(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, http.StatusText(http.StatusBadRequest), http.StatusBadRequest)
		return
	}
	it, status := h.items.put(r.PathValue("id"), body)
	if status != http.StatusOK {
		http.Error(w, http.StatusText(status), status)
		return
	}
	writeJSON(w, it)
}

func (h handlers) remove(w http.ResponseWriter, r *http.Request) {
	w.WriteHeader(h.items.remove(r.PathValue("id")))
}

func (h handlers) login(w http.ResponseWriter, _ *http.Request) {
	http.SetCookie(w, cookie(h.framework))
	w.WriteHeader(http.StatusNoContent)
}

func (h handlers) me(w http.ResponseWriter, r *http.Request) {
	var u user
	if c, err := r.Cookie(cookie(h.framework).Name); err == nil {
		u.Name = &c.Value
	}
	writeJSON(w, u)
}

func (h handlers) fail(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, errDeliberate.Error(), http.StatusInternalServerError)
}

func (h handlers) redirect(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, target(r.URL.RawQuery), http.StatusFound)
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // fails only when the client has gone
}
