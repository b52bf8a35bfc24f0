package cors

import (
	"strconv"

	"github.com/crossgate/cors/core/internal/diagnose"
	"github.com/crossgate/cors/core/internal/origin"
)

// risk is a danger of a well-formed element of AllowOrigins. It is an error, or a warning
// if the Config sets the Danger that it names.
type risk struct {
	code    string
	what    string // what may happen
	instead string // what to write
	danger  dangerName
}

// dangerName is a field of Dangers.
type dangerName string

const (
	never                    dangerName = "" // no field turns the error into a warning
	insecureOrigins          dangerName = "InsecureOrigins"
	publicSuffixes           dangerName = "PublicSuffixes"
	nullOrigin               dangerName = "NullOrigin"
	fileOrigin               dangerName = "FileOrigin"
	schemesWithCredentials   dangerName = "SchemesWithCredentials"
	anyOriginWithCredentials dangerName = "AnyOriginWithCredentials"
)

// lifted reports whether the Config sets d.
func (b *compiler) lifted(d dangerName) bool {
	set := &b.in.Dangerously
	switch d {
	case insecureOrigins:
		return set.InsecureOrigins
	case publicSuffixes:
		return set.PublicSuffixes
	case nullOrigin:
		return set.NullOrigin
	case fileOrigin:
		return set.FileOrigin
	case schemesWithCredentials:
		return set.SchemesWithCredentials
	case anyOriginWithCredentials:
		return set.AnyOriginWithCredentials
	case never:
	}
	return false
}

// report makes each risk an error or a warning.
func (e element) report(risks []risk) {
	for _, r := range risks {
		if e.lifted(r.danger) {
			e.warn(r.code, r.what+"; Dangerously."+string(r.danger)+" lets it through")
		} else {
			e.fail(r.code, r.what+e.instead(r))
		}
	}
}

// instead says what to do about a risk that is an error.
func (b *compiler) instead(r risk) string {
	if r.danger == never {
		return "; " + r.instead
	}
	return "; " + r.instead + ", or set Dangerously." + string(r.danger)
}

// risksOf returns the risks of spec, which is well-formed.
func (b *compiler) risksOf(spec string) []risk {
	switch spec {
	case "*":
		return b.anyRisks()
	case "null":
		return b.nullRisks()
	}
	p, _ := origin.ParsePattern(spec)
	return b.patternRisks(p)
}

// anyRisks returns the risks of "*".
func (b *compiler) anyRisks() (risks []risk) {
	if b.in.AllowCredentials {
		risks = append(risks, risk{
			"any-credentials", "any site could read responses made with the user's cookies",
			"list the origins, or leave out AllowCredentials", anyOriginWithCredentials,
		})
	}
	if b.in.Enforce == EnforceAll {
		risks = append(risks, risk{
			"any-enforced", `"*" trusts no origin, so EnforceAll would refuse the pages of all of them`,
			`list the origins to trust, or set Enforce to EnforceUnsafe`, never,
		})
	}
	return risks
}

const nullIs = "any page can obtain the origin null with a sandboxed frame"

// nullRisks returns the risks of "null".
func (b *compiler) nullRisks() []risk {
	if b.in.AllowCredentials {
		return []risk{{"null-credentials", nullIs + ", and would read responses made with the user's credentials", "remove it", never}}
	}
	return []risk{{"null-origin", nullIs, "give the page an origin of its own", nullOrigin}}
}

// patternRisks returns the risks of p.
func (b *compiler) patternRisks(p origin.Pattern) (risks []risk) {
	if p.Scheme == "file" {
		const what = "every page that is loaded from a file has this origin in some applications, a downloaded one included"
		if b.in.AllowCredentials {
			return []risk{{"file-credentials", what + ", and would read responses made with the user's credentials", "serve the page over https or from a loopback server", never}}
		}
		return []risk{{"file-origin", what, "serve the page over https or from a loopback server", fileOrigin}}
	}
	if !b.in.AllowCredentials {
		return nil
	}
	if p.Shape == origin.SchemeWide {
		return []risk{{
			"scheme-credentials", "any application or extension with this scheme could read responses made with the user's credentials",
			"list the origins of those that you trust", schemesWithCredentials,
		}}
	}
	if p.Scheme == "http" && !origin.HostIsLoopback(p.Host) {
		r := risk{
			"insecure-credentials", "anyone who controls the network can act as this origin and read responses made with the user's credentials",
			"serve the page over https", insecureOrigins,
		}
		switch secure := p.Secure(); {
		case unspecified(p.Host):
			r.what += "; servers listen on this address, but browsers rarely show it"
			r.instead = `list the origin that the browser shows, such as "http://localhost:3000"`
		case !origin.HostIsIP(p.Host):
			r.instead = "write " + strconv.Quote(secure.String())
		}
		risks = append(risks, r)
	}
	if p.Shape != origin.Exact {
		if whose := diagnose.Suffix(p.Host); whose != "" {
			risks = append(risks, risk{
				"public-suffix-credentials", whose + ", and their pages could read responses made with the user's credentials",
				"name your own domain", publicSuffixes,
			})
		}
	}
	return risks
}

// unspecified reports whether host is 0.0.0.0 or [::].
func unspecified(host string) bool { return origin.HostAddr(host).IsUnspecified() }
