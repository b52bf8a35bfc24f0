package policydiff

import (
	"slices"
	"strconv"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/internal/origin"
)

// grants collects what pages may do under the policy to, but not under the policy from. A
// policy checks the origin, the method and each header independently, and a request must
// pass all checks. So each gain comes from one of them, and each is compared alone.
type grants struct {
	from, to  *side
	direction Direction // Narrower if from is the new policy
	changes   []Change
	page      string // an origin that to's list allows, if possible from's too; or ""
}

// add adds a change with a witness. It asks both policies whether the witness proves it.
func (g *grants) add(field, value string, witness cors.Request) {
	proven := witness.Method != "" && ask(g.from.lenient, witness).gains(ask(g.to.strict, witness))
	g.changes = append(g.changes, Change{Field: field, Value: value, Direction: g.direction, Witness: witness, Proven: proven})
}

// values writes the values of a field that is not a list, the old one first.
func (g *grants) values(from, to string) string {
	if g.direction == Narrower {
		from, to = to, from
	}
	return arrow(from, to)
}

// all returns the changes in the order of Config's fields.
func (g *grants) all() []Change {
	g.findPage()
	g.allowOrigins()
	g.allowOriginFunc()
	if g.to.config.AllowCredentials && !g.from.config.AllowCredentials {
		g.add("AllowCredentials", g.values("false", "true"), read(g.anyPage()))
	}
	g.allowMethods()
	g.allowHeaders()
	g.exposeHeaders()
	if g.to.config.Enforce < g.from.config.Enforce {
		g.enforce()
	}
	return g.changes
}

// findPage finds an origin for witnesses. If both policies allow it, a witness shows only
// the change that it is for.
func (g *grants) findPage() {
	const tries = 1000 // for each policy; without a shared page, a witness shows two changes
	for _, specs := range [...][]string{g.to.config.AllowOrigins, g.from.config.AllowOrigins} {
		for _, spec := range specs[:min(len(specs), tries)] {
			o := example(spec)
			if !g.to.reads(o) {
				continue
			}
			if g.from.reads(o) {
				g.page = o
				return
			}
			if g.page == "" {
				g.page = o
			}
		}
	}
}

// example returns an origin that an element of AllowOrigins matches.
func example(spec string) string {
	switch spec {
	case "*":
		return "https://other.example"
	case "null":
		return spec
	}
	return origin.Example(spec)
}

// anyPage returns the origin for witnesses, or one that only a function can allow.
func (g *grants) anyPage() string {
	if g.page != "" {
		return g.page
	}
	return g.stranger()
}

// stranger returns an origin that from's list does not allow.
func (g *grants) stranger() string { return g.from.origins.Other() }

// distrusted reports whether from has "*" and enforces, so that it trusts no origin, while
// to enforces and trusts the origins that it lists.
func (g *grants) distrusted() bool {
	return g.from.any && !g.to.any && g.from.config.Enforce != cors.EnforceNone && g.to.config.Enforce != cors.EnforceNone
}

func (g *grants) allowOrigins() {
	const field = "AllowOrigins"
	for _, spec := range g.to.config.AllowOrigins {
		witness, outcome := g.from.outside(spec, g.to)
		switch {
		case outcome == origin.Outside:
			g.add(field, spec, read(witness))
		case outcome == origin.Unsettled:
			g.add(field, spec, cors.Request{})
		case g.distrusted():
			g.add(field, spec, put(example(spec)))
		}
	}
}

// put returns a request that EnforceUnsafe refuses, unless the policy trusts the origin.
func put(o string) cors.Request {
	return cors.Request{Method: "PUT", Origin: o, FetchSite: "cross-site"}
}

func (g *grants) allowOriginFunc() {
	from, to := g.from.config.AllowOriginFunc, g.to.config.AllowOriginFunc
	if to != nil && sameFunc(from, to) && g.from.config.AllowCredentials && !g.to.config.AllowCredentials {
		// With credentials, the function is not called for it.
		g.add("AllowCredentials", "AllowOriginFunc about file://", read("file://"))
	}
	if to == nil || sameFunc(from, to) || g.from.any && !g.from.reflects() && !g.distrusted() {
		return
	}
	value := "a function -> another"
	if from == nil {
		value = g.values("none", "a function")
	}
	witness := read(g.stranger())
	switch {
	case g.distrusted():
		witness = put(g.stranger())
	case g.from.any:
		witness = read("file://")
	}
	g.add("AllowOriginFunc", value, witness)
}

func (g *grants) allowMethods() {
	const field = "AllowMethods"
	for _, method := range g.to.config.AllowMethods {
		name := method
		if method == "*" {
			if slices.Contains(g.from.config.AllowMethods, method) {
				continue
			}
			name = unlisted("OTHER", g.from.config.AllowMethods)
		}
		if !g.from.permits(name, "") {
			g.add(field, method, preflight(g.anyPage(), name, ""))
		}
	}
}

func (g *grants) allowHeaders() {
	const field, authorization = "AllowHeaders", "authorization"
	star := false
	for _, header := range g.to.config.AllowHeaders {
		name := header
		if header == "*" {
			if slices.Contains(g.from.config.AllowHeaders, header) {
				continue
			}
			name, star = unlisted("x-other", g.from.config.AllowHeaders), true
		}
		if !g.from.permits("GET", name) {
			g.add(field, header, preflight(g.anyPage(), "GET", name))
		}
	}
	// With credentials "*" covers it; without, only its name does.
	if !star && !slices.Contains(g.to.config.AllowHeaders, authorization) && g.to.permits("GET", authorization) && !g.from.permits("GET", authorization) {
		g.add(field, authorization, preflight(g.anyPage(), "GET", authorization))
	}
}

func (g *grants) exposeHeaders() {
	for _, header := range g.to.config.ExposeHeaders {
		if !g.from.exposes(header) {
			g.add("ExposeHeaders", header, read(g.anyPage()))
		}
	}
}

// enforce adds the change that to refuses fewer requests than from.
func (g *grants) enforce() {
	witness := put(g.stranger())
	if g.to.config.Enforce == cors.EnforceUnsafe {
		witness.Method = "GET"
	}
	if g.from.config.AllowOriginFunc != nil && !g.from.null {
		witness.Origin = "null" // no function is called for it
	}
	g.add("Enforce", g.values(g.from.config.Enforce.String(), g.to.config.Enforce.String()), witness)
}

// unlisted returns a name that list does not have: base, or base with a number.
func unlisted(base string, list []string) string {
	name := base
	for n := 2; slices.Contains(list, name); n++ {
		name = base + strconv.Itoa(n)
	}
	return name
}
