package cors

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/crossgate/cors/core/internal/contain"
)

// Compile checks c and turns it into a Policy. If anything is wrong, it returns no policy
// and all problems at once: an error made by errors.Join, whose elements are *ConfigErrors
// (see [ConfigErrors]). It reports at most 100; one more then says how many are left out.
//
// Compile copies what it needs of c. It does no I/O.
func Compile(c Config) (*Policy, error) {
	b := compiler{in: c}
	out := &b.policy.config
	*out = Config{
		AllowOriginFunc:  c.AllowOriginFunc,
		AllowCredentials: c.AllowCredentials,
		MaxAge:           c.MaxAge,
		PreflightStatus:  c.PreflightStatus,
		PassPreflight:    c.PassPreflight,
		Enforce:          c.Enforce,
		Dangerously:      c.Dangerously,
	}
	b.origins()
	b.varyBy()
	b.methods()
	b.allowHeaders()
	b.exposeHeaders()
	b.scalars()
	if len(b.errs) > 0 {
		return nil, b.joined()
	}
	b.policy.failures = new(contain.Reporter)
	b.policy.writeRows()
	b.policy.warnings = b.warnings.list()
	return &b.policy, nil
}

// MustCompile is like Compile but panics if c has a problem. It is for
// configurations written in the program.
func MustCompile(c Config) *Policy {
	p, err := Compile(c)
	if err != nil {
		panic(err)
	}
	return p
}

// compiler holds what Compile has found so far.
type compiler struct {
	in        Config
	policy    Policy
	errs      []error
	more      int // problems beyond maxErrors
	warnings  findings
	anyOrigin bool // AllowOrigins has "*"
}

// maxErrors bounds how many problems are reported at once, and so the size of the error.
const maxErrors = 100

// joined returns the errors, and says how many more there are.
func (b *compiler) joined() error {
	if b.more > 0 {
		b.errs = append(b.errs, &ConfigError{Field: "Config", Code: "config-problems", Hint: fmt.Sprintf("only the first %d problems are reported, and there are %d more", maxErrors, b.more)})
	}
	return errors.Join(b.errs...)
}

func (b *compiler) fail(field, value, code, hint string, repair ...string) {
	if len(b.errs) == maxErrors {
		b.more++
		return
	}
	b.errs = append(b.errs, &ConfigError{Field: field, Value: value, Code: code, Hint: hint, Repair: repair})
}

func (b *compiler) warn(field, value, code, hint string, repair ...string) {
	b.warnings.add(Warning{Field: field, Value: value, Code: code, Hint: hint, Repair: repair})
}

func at(field string, i int) string { return field + "[" + strconv.Itoa(i) + "]" }

func (b *compiler) scalars() {
	c := &b.in
	const day = 24 * time.Hour
	age := c.MaxAge
	fraction := func(wrong string, fixed time.Duration) {
		b.fail("MaxAge", age.String(), "max-age-fraction", fmt.Sprintf("%s; write %v, in Go %d * time.Second", wrong, fixed, fixed/time.Second), fixed.String())
	}
	switch {
	case age < 0 && age != NoCache:
		b.fail("MaxAge", age.String(), "max-age-negative", "write 0 to let the browser choose (5 s), or NoCache (-1 s) to keep preflights from being cached")
	case age > day:
		b.policy.config.MaxAge = day
		b.warn("MaxAge", age.String(), "max-age-long", "no browser keeps a preflight's answer for over 24 h, so 24 h are sent")
	case age > 0 && age < time.Second && age*time.Second <= day:
		fraction("a number without a unit counts nanoseconds", age*time.Second)
	case age%time.Second != 0:
		fraction("the header counts whole seconds", max(age.Round(time.Second), time.Second))
	case age > 2*time.Hour:
		b.warn("MaxAge", age.String(), "max-age-capped", "Chromium keeps a preflight's answer for 2 h at most, WebKit for 10 min")
	}
	if c.PreflightStatus != 0 && (c.PreflightStatus < 200 || c.PreflightStatus > 299) {
		b.fail("PreflightStatus", strconv.Itoa(c.PreflightStatus), "preflight-status", "browsers accept the answer to a preflight only with a status from 200 to 299; write 0 for 204")
	}
	if c.Enforce > EnforceAll {
		b.fail("Enforce", strconv.Itoa(int(c.Enforce)), "enforce-value", "write EnforceNone, EnforceUnsafe or EnforceAll")
	}
}
