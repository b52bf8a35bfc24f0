package corsgin

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

// guarded is New with a guard.
func guarded(d cors.Decider, mode cors.GuardMode) gin.HandlerFunc {
	return func(c *gin.Context) {
		var decision cors.Decision
		corshttp.Decide(&decision, d, c.Request)
		h := c.Writer.Header()
		if status := decision.Status(); status != 0 {
			corshttp.SetHeaders(h, &decision)
			corshttp.Enforce(h, &decision, cors.PolicyWins) // against what was set outside
			h.Del("Allow")                                  // see New
			c.AbortWithStatus(status)
			return
		}
		if decision.Len() == 0 { // no policy
			c.Next()
			return
		}
		w := &writer{ResponseWriter: c.Writer, guard: corshttp.NewGuarded(h, &decision, mode)}
		c.Writer = w // for good: an error or a recovery may write after this
		// The engine commits what no Write has by its own writer.
		defer func() { w.guard.Finish(w.Header()) }()
		c.Next()
	}
}

// writer guards a response. The methods of the writer inside call each other, so
// each that commits the headers is here.
type writer struct {
	gin.ResponseWriter
	guard corshttp.Guarded
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
