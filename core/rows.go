package cors

import (
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// headerRow is one row of a policy's decision table: response headers written at
// compile time, in lexical order with Vary last. It is never changed.
type headerRow struct {
	fields []field

	methods      []string // the methods that KeepMethods chooses from
	variesOrigin bool     // Vary names Origin
	allows       *matcher // the origins that get this row; nil for a row of refused origins

	// Rows that differ from this one, made when they are first needed.
	kept, noMethods, varyOrigin atomic.Pointer[headerRow]
}

// field is a response header. Its value is fixed or, with another source, comes from the
// Decision.
type field struct {
	name, value string
	source      source
}

// maxFields is how many headers a row can have: six of CORS, and Vary.
const maxFields = 7

type source uint8

const (
	fixed source = iota
	matchedOrigin
	decidedMethods // Decision.method
	reflectedHeaders
)

const allowMethodsName = "Access-Control-Allow-Methods"

// onlyVaryOrigin is a row with no header but Vary: Origin.
var onlyVaryOrigin = newRow([]string{"Origin"})

// writeRows fills the rows of the decision table, and the status of a preflight's answer,
// from p.config and p.origins.
func (p *Policy) writeRows() {
	c := &p.config
	p.status = 204
	if c.PreflightStatus != 0 {
		p.status = uint16(c.PreflightStatus)
	}
	if c.PassPreflight {
		p.status = 0
	}
	allowOrigin := field{name: "Access-Control-Allow-Origin", source: matchedOrigin}
	var vary []string
	star := p.origins.any && !p.origins.reflect
	if star {
		allowOrigin.value, allowOrigin.source = "*", fixed
	} else {
		vary = append(vary, "Origin")
	}
	for _, name := range c.VaryBy {
		vary = append(vary, textproto.CanonicalMIMEHeaderKey(name))
	}
	credentials := field{name: "Access-Control-Allow-Credentials"}
	if c.AllowCredentials {
		credentials.value = "true"
	}
	expose := field{name: "Access-Control-Expose-Headers", value: strings.Join(c.ExposeHeaders, ", ")}

	p.actual = newRow(vary, credentials, allowOrigin, expose)
	p.actual.allows = &p.origins
	p.actualRefused = newRow(vary)
	p.notCORS = newRow(vary)
	if star {
		p.notCORS = p.actual
	}

	// For credentialed requests "*" is a literal (Fetch, "CORS protocol and credentials").
	// So instead of "*" the answer lists the common names, or reflects what the preflight
	// asks for. If no policy can allow that, the answer has no list.
	list := func(name, request string, names []string, anyName bool, reflects source) (fields [listSources]field) {
		value := headerValue(names, anyName && !c.AllowCredentials)
		fields = [listSources]field{named: {name: name, value: value}, reflected: {name: name, value: value}, refused: {name: name, value: value}}
		if anyName && c.AllowCredentials {
			fields[reflected].source, fields[refused].value = reflects, ""
			vary = append(vary, request)
		}
		return fields
	}
	allowHeaders := list("Access-Control-Allow-Headers", "Access-Control-Request-Headers", p.headers.names, p.headers.any, reflectedHeaders)
	allowMethods := list(allowMethodsName, "Access-Control-Request-Method", p.methods.names, p.methods.any, decidedMethods)
	maxAge := field{name: "Access-Control-Max-Age"}
	switch {
	case c.MaxAge == NoCache:
		maxAge.value = "0"
	case c.MaxAge > 0:
		maxAge.value = strconv.Itoa(int(c.MaxAge / time.Second))
	}
	// Methods that need no preflight are among them only if the configuration lists them.
	chosen := slices.DeleteFunc(slices.Clone(p.methods.names), func(method string) bool {
		return slices.Contains(safelistedMethods, method) && !slices.Contains(c.AllowMethods, method)
	})
	for method := range p.preflight {
		for headers := range p.preflight[method] {
			row := newRow(vary, credentials, allowOrigin, maxAge, allowHeaders[headers], allowMethods[method])
			row.methods, row.allows = chosen, &p.origins
			p.preflight[method][headers] = row
		}
	}
	p.preflightRefused = newRow(vary)
}

// How a preflight's method or headers are answered. The three differ only with "*" and
// credentials.
const (
	named     = iota // with the list, which has what is asked for
	reflected        // with what is asked for
	refused          // with the list; with "*" and credentials, without the header
	listSources
)

// newRow makes a row of the fields that have a value, and adds Vary.
func newRow(varyBy []string, fields ...field) *headerRow {
	fields = slices.DeleteFunc(fields, func(f field) bool { return f.source == fixed && f.value == "" })
	slices.SortFunc(fields, func(a, b field) int { return strings.Compare(a.name, b.name) })
	if len(varyBy) > 0 {
		fields = append(fields, field{name: "Vary", value: strings.Join(sorted(slices.Clone(varyBy)), ", ")})
	}
	return &headerRow{fields: fields, variesOrigin: slices.Contains(varyBy, "Origin")}
}

// withMethods returns a row like r whose Access-Control-Allow-Methods comes from the
// Decision.
func (r *headerRow) withMethods() *headerRow {
	return derive(&r.kept, func() *headerRow {
		fields := slices.Clone(r.fields)
		for i := range fields {
			if fields[i].name == allowMethodsName {
				fields[i].value, fields[i].source = "", decidedMethods
			}
		}
		return &headerRow{fields: fields, variesOrigin: r.variesOrigin, allows: r.allows}
	})
}

// withoutMethods returns a row like r without Access-Control-Allow-Methods.
func (r *headerRow) withoutMethods() *headerRow {
	return derive(&r.noMethods, func() *headerRow {
		fields := slices.DeleteFunc(slices.Clone(r.fields), func(f field) bool { return f.name == allowMethodsName })
		return &headerRow{fields: fields, variesOrigin: r.variesOrigin, allows: r.allows}
	})
}

// withVaryOrigin returns a row like r in which Vary names Origin.
func (r *headerRow) withVaryOrigin() *headerRow {
	if r.variesOrigin {
		return r
	}
	return derive(&r.varyOrigin, func() *headerRow {
		fields, names := slices.Clone(r.fields), []string{"Origin"}
		if last := len(fields) - 1; last >= 0 && fields[last].name == "Vary" {
			names = append(names, strings.Split(fields[last].value, ", ")...)
			fields = fields[:last]
		}
		row := newRow(names, fields...)
		row.methods, row.allows = r.methods, r.allows
		return row
	})
}

// hasMethods reports whether the row has Access-Control-Allow-Methods.
func (r *headerRow) hasMethods() bool {
	return slices.ContainsFunc(r.fields, func(f field) bool { return f.name == allowMethodsName })
}

// derive returns the row in slot. If slot is empty, derive first calls write to fill it.
func derive(slot *atomic.Pointer[headerRow], write func() *headerRow) *headerRow {
	if row := slot.Load(); row != nil {
		return row
	}
	slot.CompareAndSwap(nil, write())
	return slot.Load()
}
