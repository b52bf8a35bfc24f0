package corsgin

import (
	"bufio"
	"net"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// writer guards a response. The methods of the writer inside call each other, so each that
// commits the head is here.
type writer struct {
	gin.ResponseWriter
	guard adapt.Guard
}

// newWriter returns a writer that guards the response by d, which Begin has made.
func newWriter(layer *adapt.Layer, c *gin.Context, d *cors.Decision) *writer {
	made := new(struct {
		writer
		decision cors.Decision
	})
	made.decision = *d
	layer.Guard(&made.guard, c.Writer.Header(), &made.decision)
	return &made.writer
}

// serve calls the next handler, with w around the writer for good: an error or a recovery
// may write after this. What nobody has written then, the engine commits by its own writer.
func (w *writer) serve(c *gin.Context) {
	w.ResponseWriter, c.Writer = c.Writer, w
	method, pattern, panicked := c.Request.Method, c.FullPath(), true
	defer func() {
		switch {
		case adapt.GuardOf(c.Writer) != &w.guard && (c.Request.Method != method || c.FullPath() != pattern):
			// Engine.HandleContext has routed the request again, and that pass has decided.
		case panicked:
			w.guard.Finish(w.Header(), http.StatusInternalServerError)
		default:
			w.guard.Finish(w.Header(), w.final())
		}
	}()
	c.Next()
	panicked = false
}

// CORSGuard implements adapt.Guarded.
func (w *writer) CORSGuard() *adapt.Guard { return &w.guard }

// Unwrap returns the writer inside, for http.ResponseController.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// final returns the status that the server sends with the first byte. gin takes an
// informational one, such as 103, for that of the response, and the server then sends 200.
func (w *writer) final() int {
	if status := w.Status(); status >= 200 || status == http.StatusSwitchingProtocols {
		return status
	}
	return http.StatusOK
}

// WriteHeaderNow commits the head with the status that WriteHeader has noted.
func (w *writer) WriteHeaderNow() {
	w.guard.Commit(w.Header(), w.Status())
	w.ResponseWriter.WriteHeaderNow()
}

// Write commits the head unless WriteHeaderNow has.
func (w *writer) Write(p []byte) (int, error) {
	w.guard.Commit(w.Header(), w.final())
	return w.ResponseWriter.Write(p)
}

// WriteString commits the head unless WriteHeaderNow has.
func (w *writer) WriteString(s string) (int, error) {
	w.guard.Commit(w.Header(), w.final())
	return w.ResponseWriter.WriteString(s)
}

// Flush commits the head unless WriteHeaderNow has.
func (w *writer) Flush() {
	w.guard.Commit(w.Header(), w.final())
	w.ResponseWriter.Flush()
}

// Hijack makes the headers right, as handlers write them into the connection.
func (w *writer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.guard.Commit(w.Header(), http.StatusSwitchingProtocols)
	return w.ResponseWriter.Hijack()
}
