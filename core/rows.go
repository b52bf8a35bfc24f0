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

	methods      []string // those that KeepMethods chooses from
	variesOrigin bool     // Vary names Origin
	allows       *matcher // which origins get this row; nil for a row of those that are not allowed

	// Rows that differ from this one, made when they are first needed.
	kept, noMethods, varyOrigin atomic.Pointer[headerRow]
}

// field is a response header whose value is fixed or, for another source, taken from
// the Decision.
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

// onlyVaryOrigin is the row of a Decision without a policy that VaryByOrigin changed.
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

	// "*" is a literal for credentialed requests (Fetch, "CORS protocol and
	// credentials"), so there "any" means the customary ones, and whatever else the
	// preflight asks for; what no policy can allow gets no list at all.
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
	// Methods that need no preflight are chosen only where the configuration has them.
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

// How a preflight that asks for a method or headers is answered: it matters where any
// is allowed with credentials.
const (
	named     = iota // by the list, which has what is asked for
	reflected        // by what is asked for
	refused          // by the list, or where there is none by nothing
	listSources
)

// newRow makes a row of those of the fields that have a value, and Vary.
func newRow(varyBy []string, fields ...field) *headerRow {
	fields = slices.DeleteFunc(fields, func(f field) bool { return f.source == fixed && f.value == "" })
	slices.SortFunc(fields, func(a, b field) int { return strings.Compare(a.name, b.name) })
	if len(varyBy) > 0 {
		fields = append(fields, field{name: "Vary", value: strings.Join(sorted(slices.Clone(varyBy)), ", ")})
	}
	return &headerRow{fields: fields, variesOrigin: slices.Contains(varyBy, "Origin")}
}

// withMethods returns a row like r whose Access-Control-Allow-Methods is taken from the
// Decision alone.
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

// derive returns the row in slot, which it writes first if there is none.
func derive(slot *atomic.Pointer[headerRow], write func() *headerRow) *headerRow {
	if row := slot.Load(); row != nil {
		return row
	}
	slot.CompareAndSwap(nil, write())
	return slot.Load()
}
