package lab

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/diagnosis"
	cors "github.com/crossgate/cors/core"
)

// candidate is a fix that is not yet tested.
type candidate struct {
	label  string
	edits  []edit
	call   func(*Call)
	danger string // what may happen then; "" for most
}

// trial is a policy and a call with which fixes are tested.
type trial struct {
	policy *policy
	call   Call
	engine engine
}

// maxMore is how many further causes a fix removes: an origin, credentials, a method in small
// letters, its name, a header, and some to spare.
const maxMore = 8

// fixes returns the fixes for a cause that are proven to help. Each one also changes what else
// keeps the page from the response, so that one click is enough. Where that is not possible,
// the call has another cause after it.
func fixes(p *policy, c Call, e engine, v browser.Verdict, kind string) (list []Fix) {
	now := trial{p, c, e}
	for _, try := range candidates(p, c, v, kind) {
		then, placed := now.after(try)
		if !placed { // the text has no place for it
			if now.rewritten().helps(try, kind, v) {
				list = append(list, Fix{Label: try.label, Danger: try.danger})
			}
			continue
		}
		if !then.better(kind, v) {
			continue
		}
		done, more := then.completed()
		f := Fix{Label: strings.Join(append([]string{try.label}, more...), "; "), Danger: try.danger}
		if done.policy != p {
			f.Policy = done.policy.text
		}
		if done.changed(c) {
			f.Call = &done.call
		}
		list = append(list, f)
	}
	return list
}

// after is the trial with a candidate applied. It reports false if the policy's text has no
// place for it.
func (t trial) after(try candidate) (trial, bool) {
	if try.edits != nil {
		text, err := apply(t.policy.format, t.policy.text, try.edits...)
		if err != nil {
			return t, false
		}
		if t.policy = readPolicy(t.policy.format, text); t.policy.compiled == nil {
			return t, false
		}
	}
	if try.call != nil {
		t.call.Headers = append([][2]string{}, t.call.Headers...)
		try.call(&t.call)
	}
	return t, true
}

// rewritten is the trial with the policy's text as the lab would write it.
func (t trial) rewritten() trial {
	if text, err := asDocument(t.policy.format, t.policy.compiled.Config()); err == nil {
		t.policy = readPolicy(t.policy.format, text)
	}
	return t
}

// helps reports whether a candidate helps.
func (t trial) helps(try candidate, kind string, before browser.Verdict) bool {
	if t.policy.compiled == nil {
		return false
	}
	then, placed := t.after(try)
	return placed && then.better(kind, before)
}

// changed reports whether the trial has another call.
func (t trial) changed(c Call) bool {
	return t.call.Origin != c.Origin || t.call.URL != c.URL || t.call.Method != c.Method || t.call.Credentials != c.Credentials ||
		!slices.Equal(t.call.Headers, c.Headers)
}

// completed makes further changes until the page may read the response, and returns their
// labels. None of them is dangerous. If it does not get there, it makes none.
func (t trial) completed() (trial, []string) {
	now, labels := t, []string(nil)
	for range maxMore + 1 {
		v, err := fetch(now.engine, now.policy.compiled, now.call)
		if err != nil {
			break
		}
		if v.Allowed {
			return now, labels
		}
		list := kinds(now.policy, now.call, now.engine, v)
		i := slices.IndexFunc(list, func(r reason) bool { return r.blocks })
		if i < 0 {
			break
		}
		all := candidates(now.policy, now.call, v, list[i].kind)
		next := slices.IndexFunc(all, func(try candidate) bool { return try.danger == "" && now.helps(try, list[i].kind, v) })
		if next < 0 {
			break
		}
		now, _ = now.after(all[next])
		labels = append(labels, all[next].label)
	}
	return t, nil
}

// better reports whether the trial has no longer a cause that a call had.
func (t trial) better(kind string, before browser.Verdict) bool {
	if wrong(t.call.problems()) {
		return false
	}
	after, err := fetch(t.engine, t.policy.compiled, t.call)
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
	case string(diagnosis.OriginNotListed), string(diagnosis.OpaqueOrigin):
		return originFixes(p, c)
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
	case notARequest:
		return requestFixes(c)
	case refusedByEnforce:
		return []candidate{
			{label: "list " + c.Origin + " in place of *", edits: []edit{listed(c.Origin)}},
			{label: "set enforce to none", edits: []edit{set("enforce", cors.EnforceNone.String())}},
		}
	}
	return nil
}

const fileOrigin = "file://"

// originFixes: an origin that strangers can get, too, needs one of the policy's Dangers.
func originFixes(p *policy, c Call) (list []candidate) {
	add := candidate{label: "add " + c.Origin + " to allowOrigins", edits: []edit{addTo("allowOrigins", c.Origin)}}
	lifted := p.compiled.Config().Dangerously
	dangerous := func(field string, already bool, danger string) {
		add.danger = danger
		if already {
			return
		}
		add.label += ", and set dangerously." + field
		add.edits = append(add.edits, set("dangerously."+field, true))
	}
	if rest, insecure := strings.CutPrefix(c.Origin, "http://"); insecure {
		secure := "https://" + rest
		serve := candidate{label: "serve the page as " + secure, call: func(c *Call) { c.Origin = secure }}
		listed := p.compiled.AllowsOrigin(secure)
		if o, err := cors.ParseOrigin(c.Origin); err == nil && !o.IsLoopback() && p.compiled.Config().AllowCredentials {
			dangerous("insecureOrigins", lifted.InsecureOrigins, "Anyone who controls the network between a user and "+c.Origin+" can change its pages, and read responses with that user's cookies.")
			if !listed {
				serve.label += ", and add that to allowOrigins"
				serve.edits = []edit{addTo("allowOrigins", secure)}
			}
		}
		if listed || serve.edits != nil {
			list = append(list, serve)
		}
	}
	switch c.Origin {
	case "null":
		dangerous("nullOrigin", lifted.NullOrigin, "Every page can get the origin null, with a sandboxed frame, and read the responses.")
	case fileOrigin:
		dangerous("fileOrigin", lifted.FileOrigin, "In some applications every page from a file has this origin, also a downloaded one, and can read the responses.")
	}
	return append(list, add)
}

// requestFixes are for a call that the script's own fetch refuses.
func requestFixes(c Call) (list []candidate) {
	if u, err := url.Parse(c.URL); err == nil && u.User != nil {
		u.User = nil
		list = append(list, candidate{label: "leave the user and the password out of the URL", call: func(c *Call) { c.URL = u.String() }})
	}
	for i, pair := range c.Headers {
		name, rest, blank := strings.Cut(strings.TrimSpace(pair[0]), " ")
		if name = strings.TrimRight(name, ":="); pair[1] == "" && blank && name != "" {
			list = append(list, candidate{label: "write " + shortened(name+": "+strings.TrimSpace(rest)), call: func(c *Call) {
				c.Headers[i] = [2]string{name, strings.TrimSpace(rest)}
			}})
		}
	}
	if name, found := unfit(c); found && name != "" && len(list) == 0 {
		list = append(list, candidate{label: "do not set " + shortened(name) + " in the script", call: func(c *Call) { *c = c.without(strings.ToLower(name)) }})
	}
	return list
}

// methodFixes: a method in lower case usually means the one in upper case.
func methodFixes(c Call) []candidate {
	var list []candidate
	method := c.method()
	if upper := strings.ToUpper(method); upper != method {
		list = append(list, candidate{label: "use the method " + upper, call: func(c *Call) { c.Method = upper }})
	}
	if method == "*" { // which would allow every method
		return list
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
	var list []candidate
	if !slices.Contains(missing, "*") { // which would allow every header
		list = append(list, candidate{label: "add " + names + " to allowHeaders", edits: []edit{addTo("allowHeaders", missing...)}})
	}
	return append(list, candidate{label: "do not set " + names + " in the script", call: func(c *Call) { *c = c.without(missing...) }})
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
	return edit{list, func(d *document) ([]splice, error) {
		node := d.find(list)
		if node == nil {
			return nil, errNoPlace
		}
		for i, element := range node.Content {
			if element.Value == "*" {
				return of(fmt.Sprintf("%s[%d]", list, i)).of(d)
			}
		}
		return nil, errNoPlace
	}}
}
