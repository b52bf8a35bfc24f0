package corsgin

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
)

// writer guards a response. The methods of the writer inside call each other, so
// each that commits the headers is here.
type writer struct {
	gin.ResponseWriter
	guard adapt.Guard
}

// Unwrap returns the writer inside, for http.ResponseController.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeaderNow commits the headers with the status that WriteHeader has noted.
func (w *writer) WriteHeaderNow() {
	w.guard.Commit(w.Header(), w.Status())
	w.ResponseWriter.WriteHeaderNow()
}

// Write commits the headers unless WriteHeaderNow has.
func (w *writer) Write(p []byte) (int, error) {
	w.guard.Commit(w.Header(), http.StatusOK)
	return w.ResponseWriter.Write(p)
}

// WriteString commits the headers unless WriteHeaderNow has.
func (w *writer) WriteString(s string) (int, error) {
	w.guard.Commit(w.Header(), http.StatusOK)
	return w.ResponseWriter.WriteString(s)
}

// Flush commits the headers unless WriteHeaderNow has.
func (w *writer) Flush() {
	w.guard.Commit(w.Header(), http.StatusOK)
	w.ResponseWriter.Flush()
}
