package playground

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/examples/playground/internal/wire"
)

// exchange is one request as an API received it, the response as it was sent, and the core's
// explanation.
type exchange struct {
	Method      string           `json:"method"`
	Path        string           `json:"path"`
	Status      int              `json:"status"`
	Request     string           `json:"request"`
	Response    string           `json:"response"`
	HandlerRan  bool             `json:"handlerRan"`
	Group       string           `json:"group"` // whose policy decided; "" is the whole API
	Explanation cors.Explanation `json:"explanation"`
}

// explain is POST /explain, with {"run": …, "credentials": …}. It returns the requests that
// the APIs received in that run, each explained by the policy that was in force for it. The
// page must say whether it asked with credentials, because requests do not show that.
func explain(w http.ResponseWriter, r *http.Request, logs ...*wire.Log) {
	var q struct {
		Run         string `json:"run"`
		Credentials bool   `json:"credentials"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<10)).Decode(&q); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var exchanges []wire.Exchange
	for _, log := range logs {
		exchanges = append(exchanges, log.Exchanges(q.Run)...)
	}
	list := []exchange{}
	for _, x := range exchanges {
		status, header := response(x.ResponseHead)
		e := x.Policy.Explain(r.Context(), x.Request)
		if q.Credentials && e.Kind != cors.NotCORS && e.BrowserError == "" {
			explainCredentials(&e, header)
		}
		list = append(list, exchange{
			Method:      x.Request.Method,
			Path:        x.Request.Path,
			Status:      status,
			Request:     x.RequestHead,
			Response:    x.ResponseHead,
			HandlerRan:  e.Decision.Status() == 0,
			Group:       x.Group,
			Explanation: e,
		})
	}
	answer(w, http.StatusOK, map[string][]exchange{"exchanges": list})
}

// explainCredentials adds the last part of the standard's CORS check (Fetch, "CORS check",
// steps 3 to 6): what a response must say so that a page that asked with credentials may
// read it. A policy does not know whether the page did.
func explainCredentials(e *cors.Explanation, response http.Header) {
	origin := response.Get("Access-Control-Allow-Origin")
	credentials := response.Get("Access-Control-Allow-Credentials")
	step := cors.Step{Rule: "may it be read with credentials?", Section: "Fetch, CORS check"}
	switch {
	case origin == "*":
		step.Detail = "the response says *, which means any origin without credentials"
		e.BrowserError = "WildcardOriginNotAllowed"
		e.BrowserMessage = "The value of the 'Access-Control-Allow-Origin' header in the response must not be " +
			"the wildcard '*' when the request's credentials mode is 'include'."
		e.Cause = "the page sends credentials, and the policy allows any origin without them"
		e.Fix = "list the origins in AllowOrigins and set AllowCredentials, or fetch without credentials"
	case credentials != "true":
		step.Detail = "the response has no Access-Control-Allow-Credentials"
		e.BrowserError = "InvalidAllowCredentials"
		e.BrowserMessage = fmt.Sprintf("The value of the 'Access-Control-Allow-Credentials' header in the response is '%s' "+
			"which must be 'true' when the request's credentials mode is 'include'.", credentials)
		e.Cause = "the page sends credentials, and the policy does not allow them"
		e.Fix = "set AllowCredentials, or fetch without credentials"
	default:
		step.OK, step.Detail = true, "the response allows credentials"
	}
	e.Steps = append(e.Steps, step)
	if e.Kind == cors.Preflight && !step.OK {
		e.BrowserError = "Preflight" + e.BrowserError
		e.BrowserMessage = "Response to preflight request doesn't pass access control check: " + e.BrowserMessage
	}
}

func response(head string) (int, http.Header) {
	r, err := http.ReadResponse(bufio.NewReader(strings.NewReader(head)), nil)
	if err != nil {
		return 0, nil
	}
	_ = r.Body.Close()
	return r.StatusCode, r.Header
}
