package lab

import (
	"fmt"
	"slices"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/diagnosis"
	cors "github.com/crossgate/cors/core"
)

// candidate is a fix that is not yet tested.
type candidate struct {
	label string
	edits []edit
	call  func(*Call)
}

// fixes returns the fixes for a cause that are proven to help: the policy compiles, and the
// call is allowed or has another cause.
func fixes(p *policy, c Call, e engine, v browser.Verdict, kind string) []Fix {
	var list []Fix
	for _, try := range candidates(p, c, v, kind) {
		f := Fix{Label: try.label}
		fixed, call := p, c
		if try.edits != nil {
			text, err := apply(p.format, p.text, try.edits...)
			if err != nil {
				continue
			}
			if fixed = readPolicy(p.format, text); fixed.compiled == nil {
				continue
			}
			f.Policy = text
		}
		if try.call != nil {
			call.Headers = append([][2]string{}, c.Headers...)
			try.call(&call)
			f.Call = &call
		}
		if helps(fixed, call, e, kind, v) {
			list = append(list, f)
		}
	}
	return list
}

// helps reports whether a fix helps.
func helps(p *policy, c Call, e engine, kind string, before browser.Verdict) bool {
	if wrong(c.problems()) {
		return false
	}
	after, err := fetch(e, p.compiled, c)
	if err != nil {
		return false
	}
	if kind == refusedByEnforce {
		return after.Allowed && !refused(after)
	}
	if !after.Allowed && len(after.Exchanges) == 0 && len(before.Exchanges) > 0 {
		return false // it is not even sent any more
	}
	return after.Allowed || unprefixed(after.Code) != unprefixed(before.Code) || after.Parameter != before.Parameter ||
		len(after.Exchanges) > len(before.Exchanges)
}

// candidates returns possible fixes for a cause, the narrowest first.
func candidates(p *policy, c Call, v browser.Verdict, kind string) []candidate {
	withoutCredentials := candidate{label: `ask without credentials (credentials: "omit")`, call: func(c *Call) { c.Credentials = string(browser.Omit) }}
	switch kind {
	case string(diagnosis.OriginNotListed):
		var list []candidate
		if rest, insecure := strings.CutPrefix(c.Origin, "http://"); insecure {
			list = append(list, candidate{label: "serve the page as https://" + rest, call: func(c *Call) { c.Origin = "https://" + rest }})
		}
		return append(list, candidate{label: "add " + c.Origin + " to allowOrigins", edits: []edit{addTo("allowOrigins", c.Origin)}})
	case string(diagnosis.MethodNotListed):
		return methodFixes(c)
	case string(diagnosis.HeaderNotListed):
		return headerFixes(c, v)
	case string(diagnosis.CredentialsNotAllowed):
		return []candidate{{label: "set allowCredentials", edits: []edit{set("allowCredentials", true)}}, withoutCredentials}
	case string(diagnosis.WildcardWithCredentials):
		return []candidate{
			withoutCredentials,
			{label: "list " + c.Origin + " in place of *, and set allowCredentials", edits: p.listedWithCredentials(c.Origin)},
		}
	case string(diagnosis.MixedContent):
		if rest, insecure := strings.CutPrefix(c.URL, "http://"); insecure {
			return []candidate{{label: "ask for https://" + rest, call: func(c *Call) { c.URL = "https://" + rest }}}
		}
	case refusedByEnforce:
		return []candidate{
			{label: "list " + c.Origin + " in place of *", edits: []edit{listed(c.Origin)}},
			{label: "set enforce to none", edits: []edit{set("enforce", cors.EnforceNone.String())}},
		}
	}
	return nil
}

// methodFixes: a method in lower case usually means the one in upper case.
func methodFixes(c Call) []candidate {
	var list []candidate
	method := c.method()
	if upper := strings.ToUpper(method); upper != method {
		list = append(list, candidate{label: "use the method " + upper, call: func(c *Call) { c.Method = upper }})
	}
	return append(list, candidate{label: "add " + method + " to allowMethods", edits: []edit{addTo("allowMethods", method)}})
}

// headerFixes lists all names that the policy refuses, because browsers report only one at a
// time.
func headerFixes(c Call, v browser.Verdict) []candidate {
	x, _ := exchange(v, true)
	listed, _ := browser.ExtractList([]string{value(x, "Access-Control-Allow-Headers")})
	allowed := map[string]bool{}
	for _, name := range listed {
		allowed[strings.ToLower(name)] = true
	}
	all := allowed["*"] && c.credentials() != browser.Include
	var missing []string
	for _, name := range c.unsafe() {
		if !allowed[name] && !all {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 { // an engine asks for more than the standard
		missing = []string{strings.ToLower(v.Parameter)}
	}
	names := shortened(strings.Join(missing, ", "))
	return []candidate{
		{label: "add " + names + " to allowHeaders", edits: []edit{addTo("allowHeaders", missing...)}},
		{label: "do not set " + names + " in the script", call: func(c *Call) {
			c.Headers = slices.DeleteFunc(c.Headers, func(h [2]string) bool {
				_, found := slices.BinarySearch(missing, strings.ToLower(h[0])) // they are sorted
				return found
			})
		}},
	}
}

// listedWithCredentials lists an origin instead of *, and allows credentials. It removes * from
// exposeHeaders, because * has no meaning with credentials.
func (p *policy) listedWithCredentials(origin string) []edit {
	edits := []edit{listed(origin), set("allowCredentials", true)}
	if slices.Contains(p.compiled.Config().ExposeHeaders, "*") {
		edits = append(edits, withoutAny("exposeHeaders"))
	}
	return edits
}

// listed lists an origin instead of *.
func listed(origin string) edit {
	return atAny("allowOrigins", func(path string) edit { return replace(path, origin) })
}

// withoutAny removes * from a list.
func withoutAny(list string) edit { return atAny(list, without) }

// atAny makes the edit of the element * of a list.
func atAny(list string, of func(path string) edit) edit {
	return func(d *document) ([]splice, error) {
		node := d.find(list)
		if node == nil {
			return nil, errNoPlace
		}
		for i, element := range node.Content {
			if element.Value == "*" {
				return of(fmt.Sprintf("%s[%d]", list, i))(d)
			}
		}
		return nil, errNoPlace
	}
}
