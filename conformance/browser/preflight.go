package browser

import "strings"

// NeedsPreflight reports whether a request to another origin, in the mode "cors", needs a
// CORS-preflight (Fetch, section Main fetch, step 12, the condition for an HTTP fetch
// with makeCORSPreflight). header is what the script set, without forbidden headers.
func NeedsPreflight(method string, header []Field) bool {
	return Engine{}.needsPreflight(method, header)
}

func (e Engine) needsPreflight(method string, header []Field) bool {
	return !SafelistedMethod(method) || len(e.unsafeNames(header)) > 0
}

// PreflightHeader returns the header of the CORS-preflight request for a request with
// this method and header, without Origin and Host (Fetch, section CORS-preflight fetch,
// steps 2 to 5). The method of a preflight is OPTIONS, and it carries no credentials.
func PreflightHeader(method string, header []Field) []Field {
	return Engine{}.preflightHeader(method, header)
}

func (e Engine) preflightHeader(method string, header []Field) []Field {
	preflight := []Field{
		{"Accept", "*/*"},                         // step 2
		{"Access-Control-Request-Method", method}, // step 3
	}
	if names := e.unsafeNames(header); len(names) > 0 { // steps 4 and 5
		preflight = append(preflight, Field{"Access-Control-Request-Headers", strings.Join(names, ",")})
	}
	return preflight
}

// Preflighted is a request that needs a preflight.
type Preflighted struct {
	Origin      string // as sent
	Method      string
	Header      []Field // what the script set, without forbidden headers
	Credentials Credentials

	// ForcePreflight is that of the Request.
	ForcePreflight bool
}

// CheckPreflight returns nil if the response to a CORS-preflight allows the request r
// (Fetch, section CORS-preflight fetch, steps 7 and 8). redirected says that the response
// is a valid redirect. A preflight follows no redirect, and Chromium reports this error
// before all others.
func CheckPreflight(r Preflighted, status int, header []Field, redirected bool, e Engine) *Failure {
	_, failure := checkPreflight(r, status, header, redirected, e)
	return failure
}

// grant is what the response to a preflight allows: its lists of methods and header
// names.
type grant struct {
	methods, headers []string
	names            nameSet // header names
}

func checkPreflight(r Preflighted, status int, header []Field, redirected bool, e Engine) (grant, *Failure) {
	const section = "CORS-preflight fetch, step 7"
	if redirected {
		return grant{}, failed(section, PreflightDisallowedRedirect, "")
	}
	ok := status >= 200 && status <= 299 // section Statuses, "ok status"
	if failure := CheckCORS(r.Origin, r.Credentials, header); failure != nil && (ok || !e.StatusBeforeOrigin) {
		return grant{}, failed(section+": "+failure.Section, preflightPrefix+failure.Code, failure.Parameter)
	}
	if !ok {
		return grant{}, failed(section, PreflightInvalidStatus, "")
	}
	methods, valid := ExtractList(lines(header, "Access-Control-Allow-Methods")) // step 7.1
	if !valid {
		return grant{}, failed(section+".3", InvalidAllowMethodsPreflightResponse, "")
	}
	headers, valid := ExtractList(lines(header, "Access-Control-Allow-Headers")) // step 7.2
	if !valid {
		return grant{}, failed(section+".3", InvalidAllowHeadersPreflightResponse, "")
	}
	if methods == nil && r.ForcePreflight { // step 7.4
		methods = []string{r.Method}
	}
	g := grant{methods, headers, newNameSet(headers)}
	wildcard := r.Credentials != Include
	if !SafelistedMethod(r.Method) && !g.allowsMethod(r.Method, wildcard) { // step 7.5
		return g, failed(section+".5", MethodDisallowedByPreflightResponse, r.Method)
	}
	for _, f := range r.Header { // step 7.6
		if NonWildcardRequestHeader(f.Name) && !g.allowsHeader(f.Name, wildcard && e.WildcardCoversAuthorization) {
			return g, failed(section+".6", HeaderDisallowedByPreflightResponse, asciiLower(f.Name))
		}
	}
	// Step 7.7. If several headers are refused, Chromium names any one of them. Here it is
	// the first one in Access-Control-Request-Headers.
	for _, name := range e.unsafeNames(r.Header) {
		if !g.allowsHeader(name, wildcard) {
			return g, failed(section+".7", HeaderDisallowedByPreflightResponse, name)
		}
	}
	return g, nil
}

// allowsMethod compares methods exactly: PATCH does not allow patch.
func (g grant) allowsMethod(method string, wildcard bool) bool {
	for _, allowed := range g.methods {
		if allowed == method || wildcard && allowed == "*" {
			return true
		}
	}
	return false
}

func (g grant) allowsHeader(name string, wildcard bool) bool {
	return g.names.has(name) || wildcard && g.names.has("*")
}
