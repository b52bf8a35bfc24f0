package lab

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

// maxText bounds, in bytes, each text of a request, and maxBody its JSON, in which a byte of a
// text may be six.
const (
	maxText = 256 << 10
	maxBody = 6*maxText + 64<<10
)

// tooLong is the answer to a text that is longer.
const tooLong = "what you wrote is longer than 256 KiB, which is the most that this page reads"

// Register adds the lab's endpoints to mux. They are only for the lab's own page; the caller
// must refuse other origins.
func Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /lab/presets", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string][]Preset{"presets": Presets()})
	})
	mux.HandleFunc("POST /lab/judge", func(w http.ResponseWriter, r *http.Request) {
		var q Question
		if !readBody(w, r, &q) {
			return
		}
		if len(q.Policy) > maxText || q.Call.length() > maxText {
			fail(w, http.StatusRequestEntityTooLarge, tooLong)
			return
		}
		a, err := Judge(q)
		if err != nil {
			fail(w, http.StatusBadRequest, err.Error())
			return
		}
		answer(w, http.StatusOK, a)
	})
	mux.HandleFunc("POST /lab/read", func(w http.ResponseWriter, r *http.Request) {
		var q struct {
			Text string `json:"text"`
		}
		switch {
		case !readBody(w, r, &q):
		case len(q.Text) > maxText:
			fail(w, http.StatusRequestEntityTooLarge, tooLong)
		default:
			answer(w, http.StatusOK, Read(q.Text))
		}
	})
}

// readBody reads a request's JSON. If it cannot, it answers the request and returns false.
func readBody(w http.ResponseWriter, r *http.Request, to any) bool {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		fail(w, http.StatusRequestEntityTooLarge, tooLong)
		return false
	case err != nil:
		fail(w, http.StatusBadRequest, "the request's body breaks off")
		return false
	}
	if err := json.Unmarshal(body, to); err != nil {
		fail(w, http.StatusBadRequest, "the request's body is not what this address reads: "+err.Error())
		return false
	}
	return true
}

func fail(w http.ResponseWriter, status int, message string) {
	answer(w, status, map[string]string{"error": message})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // fails only when the client has gone
}
