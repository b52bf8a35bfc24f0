package lab

import (
	"fmt"
	"go/format"
	"strconv"
	"strings"
	"time"

	"github.com/crossgate/cors/conformance/browser"
	cors "github.com/crossgate/cors/core"
)

// Copies are the policy and the call in other forms.
type Copies struct {
	Go   string `json:"go"`
	JSON string `json:"json"`
	YAML string `json:"yaml"`
	Curl string `json:"curl,omitempty"` // only if the call can be judged
}

// copies writes the policy in each format. The user's own text is copied unchanged, with its
// comments.
func copies(p *policy, v *browser.Verdict) (Copies, error) {
	config := p.compiled.Config()
	k := Copies{Go: goCode(config)}
	var err error
	if k.JSON, err = asDocument(formatJSON, config); err != nil {
		return Copies{}, err
	}
	if k.YAML, err = asDocument(formatYAML, config); err != nil {
		return Copies{}, err
	}
	if p.format == formatJSON {
		k.JSON = p.text
	} else {
		k.YAML = p.text
	}
	if v != nil {
		k.Curl = curl(*v)
	}
	return k, nil
}

// goCode is the policy as Go.
func goCode(c cors.Config) string {
	var b strings.Builder
	b.WriteString("// import cors \"github.com/crossgate/cors/core\"\npolicy := cors.MustCompile(cors.Config{\n")
	list := func(name string, elements []string) {
		if len(elements) == 0 {
			return
		}
		var quoted []string
		width := 0
		for _, e := range elements {
			quoted = append(quoted, strconv.Quote(e))
			width += len(quoted[len(quoted)-1])
		}
		if width < 80 {
			fmt.Fprintf(&b, "\t%s: []string{%s},\n", name, strings.Join(quoted, ", "))
			return
		}
		fmt.Fprintf(&b, "\t%s: []string{\n\t\t%s,\n\t},\n", name, strings.Join(quoted, ",\n\t\t"))
	}
	list("AllowOrigins", c.AllowOrigins)
	list("VaryBy", c.VaryBy)
	if c.AllowCredentials {
		b.WriteString("\tAllowCredentials: true,\n")
	}
	list("AllowMethods", c.AllowMethods)
	list("AllowHeaders", c.AllowHeaders)
	list("ExposeHeaders", c.ExposeHeaders)
	if c.MaxAge != 0 {
		b.WriteString("\tMaxAge: " + goDuration(c.MaxAge) + ",\n")
	}
	if c.PreflightStatus != 0 {
		fmt.Fprintf(&b, "\tPreflightStatus: %d,\n", c.PreflightStatus)
	}
	if c.PassPreflight {
		b.WriteString("\tPassPreflight: true,\n")
	}
	switch c.Enforce {
	case cors.EnforceUnsafe:
		b.WriteString("\tEnforce: cors.EnforceUnsafe,\n")
	case cors.EnforceAll:
		b.WriteString("\tEnforce: cors.EnforceAll,\n")
	case cors.EnforceNone:
	}
	if dangers := goDangers(c.Dangerously); dangers != "" {
		fmt.Fprintf(&b, "\tDangerously: cors.Dangers{%s},\n", dangers)
	}
	b.WriteString("})\n")
	code, err := format.Source([]byte(b.String()))
	if err != nil {
		return b.String() // not reached: it is Go
	}
	return string(code)
}

func goDangers(d cors.Dangers) string {
	var set []string
	for _, danger := range []struct {
		name  string
		value bool
	}{
		{"InsecureOrigins", d.InsecureOrigins},
		{"PublicSuffixes", d.PublicSuffixes},
		{"NullOrigin", d.NullOrigin},
		{"FileOrigin", d.FileOrigin},
		{"SchemesWithCredentials", d.SchemesWithCredentials},
		{"AnyOriginWithCredentials", d.AnyOriginWithCredentials},
	} {
		if danger.value {
			set = append(set, danger.name+": true")
		}
	}
	return strings.Join(set, ", ")
}

// goDuration writes a duration as people write it in Go.
func goDuration(d time.Duration) string {
	if d == cors.NoCache {
		return "cors.NoCache"
	}
	for _, unit := range []struct {
		name string
		of   time.Duration
	}{{"time.Hour", time.Hour}, {"time.Minute", time.Minute}} {
		switch {
		case d == unit.of:
			return unit.name
		case d%unit.of == 0:
			return fmt.Sprintf("%d * %s", d/unit.of, unit.name)
		}
	}
	return fmt.Sprintf("%d * time.Second", d/time.Second)
}

// curl writes what the browser sends as commands for a shell. It is empty if browsers refuse
// to make the call.
func curl(v browser.Verdict) string {
	var b strings.Builder
	for _, x := range v.Exchanges {
		method, _, _ := strings.Cut(x.Request, " ")
		parts := []string{"curl -i"}
		if strings.ContainsAny(x.URL, "[]{}") { // which curl would take for a pattern
			parts[0] += " -g"
		}
		switch method {
		case "GET":
		case "HEAD":
			parts[0] += " -I"
		default:
			parts[0] += " -X " + quotedShell(method)
		}
		parts[0] += " " + quotedShell(x.URL)
		for _, f := range requestFields(x) {
			switch {
			case f.Name == "Host", f.Name == "Accept" && f.Value == "*/*": // which curl sends by itself
			case f.Value == "": // with a colon, curl would not send it
				parts = append(parts, "-H "+quotedShell(f.Name+";"))
			default:
				parts = append(parts, "-H "+quotedShell(f.Name+": "+f.Value))
			}
		}
		if x.Preflight {
			b.WriteString("# the preflight\n")
		} else if v.Preflights() > 0 {
			b.WriteString("# the request\n")
		}
		b.WriteString(strings.Join(parts, " \\\n  ") + "\n")
	}
	return b.String()
}

// quotedShell quotes s as a word of a POSIX shell.
func quotedShell(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
