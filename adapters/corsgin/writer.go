package corsgin

import (
	"bufio"
	"net"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// writer guards a response. The methods of gin's writer call each other, so writer overrides
// every method that commits the head.
type writer struct {
	gin.ResponseWriter
	guard adapt.Guard
}

// newWriter returns a writer that guards the response. d is the Decision of Begin.
func newWriter(layer *adapt.Layer, c *gin.Context, d *cors.Decision) *writer {
	made := new(struct {
		writer
		decision cors.Decision
	})
	made.decision = *d
	layer.Guard(&made.guard, c.Writer.Header(), &made.decision)
	return &made.writer
}

// serve calls the next handler with w as the writer. It does not restore the old writer,
// because error handlers or a recovery may write later. If nothing is written, the engine
// commits the head with its own writer.
func (w *writer) serve(c *gin.Context) {
	w.ResponseWriter, c.Writer = c.Writer, w
	method, pattern, panicked := c.Request.Method, c.FullPath(), true
	defer func() {
		switch {
		case adapt.GuardOf(c.Writer) != &w.guard && (c.Request.Method != method || c.FullPath() != pattern):
			// Engine.HandleContext has routed the request again, and the second pass has decided.
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

// final returns the status that the server sends with the first byte. After an informational
// status such as 103, gin reports that status, but the server sends 200.
func (w *writer) final() int {
	if status := w.Status(); status >= 200 || status == http.StatusSwitchingProtocols {
		return status
	}
	return http.StatusOK
}

// WriteHeaderNow commits the head with the status of WriteHeader.
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

// Hijack corrects the headers, because handlers write them to the connection.
func (w *writer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.guard.Commit(w.Header(), http.StatusSwitchingProtocols)
	return w.ResponseWriter.Hijack()
}
