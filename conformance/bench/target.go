package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"strings"

	"github.com/valyala/fasthttp"
)

// Target is an application and a request that is sent to it repeatedly. It is not safe
// for concurrent use.
type Target struct {
	// Serve answers the request once.
	Serve func()
	// SetOrigin changes the request's Origin.
	SetOrigin func(origin string)

	last func() response // the answer of the last Serve
	want answer
	own  bool // the answer must have want.fields and no other fields
}

type response struct {
	status int
	header http.Header
	body   string
}

// Raw returns the scenario's request as it is sent.
func (s Scenario) Raw() []byte { return s.rawTo(path) }

func (s Scenario) rawTo(path string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: api.example.com\r\n", s.request.method, path)
	b.WriteString(browserLines)
	for _, f := range s.request.fields {
		fmt.Fprintf(&b, "%s: %s\r\n", f.name, f.value)
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

// browserLines are the other header lines of a browser. The number of lines matters for
// look-ups.
const browserLines = "Connection: keep-alive\r\n" +
	"Sec-Ch-Ua-Platform: \"Linux\"\r\n" +
	"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36\r\n" +
	"Accept: */*\r\n" +
	"Accept-Encoding: gzip, deflate, br\r\n" +
	"Accept-Language: en-GB,en;q=0.9\r\n" +
	"Referer: https://app.example.com/\r\n" +
	"Sec-Fetch-Site: cross-site\r\n" +
	"Sec-Fetch-Mode: cors\r\n" +
	"Sec-Fetch-Dest: empty\r\n"

// newTarget makes a Target that sends the request to a stack.
func newTarget(app stack, raw []byte) (*Target, error) {
	if app.fast != nil {
		return newFastTarget(app.fast, raw)
	}
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
	if err != nil {
		return nil, err
	}
	w := &writer{header: make(http.Header)}
	return &Target{
		Serve: func() {
			w.reset()
			app.http.ServeHTTP(w, r)
		},
		SetOrigin: func(origin string) { r.Header["Origin"][0] = origin },
		last:      func() response { return response{w.status, w.header, string(w.body)} },
	}, nil
}

func newFastTarget(h fasthttp.RequestHandler, raw []byte) (*Target, error) {
	var r fasthttp.Request
	if err := r.Read(bufio.NewReaderSize(bytes.NewReader(raw), len(raw)+1)); err != nil {
		return nil, err
	}
	ctx := new(fasthttp.RequestCtx)
	ctx.Init(&r, nil, nil)
	origin := []byte("Origin")
	return &Target{
		Serve: func() {
			ctx.ResetUserValues()
			ctx.Response.Reset()
			h(ctx)
		},
		SetOrigin: func(value string) { ctx.Request.Header.SetBytesK(origin, value) },
		last: func() response {
			header := make(http.Header)
			for name, value := range ctx.Response.Header.All() {
				header.Add(string(name), string(value))
			}
			return response{ctx.Response.StatusCode(), header, string(ctx.Response.Body())}
		},
	}, nil
}

// writer is the smallest http.ResponseWriter, so that its own cost does not hide what is
// measured.
type writer struct {
	header http.Header
	status int
	body   []byte
}

func (w *writer) Header() http.Header { return w.header }

func (w *writer) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *writer) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	w.body = append(w.body, b...)
	return len(b), nil
}

func (w *writer) reset() {
	clear(w.header)
	w.status = 0
	w.body = w.body[:0]
}

// Check serves the request once. It returns an error if the answer is not the one that
// the benchmark's name promises.
func (t *Target) Check() error {
	t.Serve()
	got := t.last()
	var problems []string
	if got.status != t.want.status {
		problems = append(problems, fmt.Sprintf("status %d, not %d", got.status, t.want.status))
	}
	if handled := got.body == body; handled != t.want.ran {
		problems = append(problems, fmt.Sprintf("handler ran: %t, not %t", handled, t.want.ran))
	}
	if origin := strings.Join(got.header[allowOrigin], " | "); origin != t.want.origin() {
		problems = append(problems, fmt.Sprintf("%s %q, not %q", allowOrigin, origin, t.want.origin()))
	}
	if t.own {
		problems = append(problems, t.compareFields(got.header)...)
	}
	if len(problems) > 0 {
		return fmt.Errorf("answered with %s", strings.Join(problems, "; "))
	}
	return nil
}

// Allows changes the request's Origin, serves the request once, and reports whether the
// answer allows that origin.
func (t *Target) Allows(origin string) bool {
	t.SetOrigin(origin)
	t.Serve()
	return t.last().header.Get(allowOrigin) == origin
}

// compareFields compares all CORS fields and Vary with the wanted ones.
func (t *Target) compareFields(header http.Header) (problems []string) {
	wanted := make(map[string]bool)
	for _, f := range t.want.fields {
		wanted[f.name] = true
		if got := header[f.name]; len(got) != 1 || got[0] != f.value {
			problems = append(problems, fmt.Sprintf("%s %q, not %q", f.name, got, f.value))
		}
	}
	for name := range header {
		if !wanted[name] && (name == "Vary" || strings.HasPrefix(name, "Access-Control-")) {
			problems = append(problems, "an unwanted "+name)
		}
	}
	return problems
}
