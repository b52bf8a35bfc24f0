package cors

import (
	"slices"

	"github.com/crossgate/cors/core/internal/contain"
)

// Policy is a compiled Config. It is immutable and safe for concurrent use.
type Policy struct {
	config   Config // normalised
	warnings []Warning

	origins matcher
	methods methodSet
	headers headerSet
	status  uint16 // of the answer to a preflight from an allowed origin; 0 calls the handler

	// The rows of the decision table. Those for preflights from an allowed origin
	// differ in how the method and the headers that are asked for are answered.
	notCORS, actual, actualRefused, preflightRefused *headerRow
	preflight                                        [listSources][listSources]*headerRow

	document bool              // made from a document: texts name fields as documents do
	failures *contain.Reporter // of AllowOriginFunc
}

// Config returns a copy of the configuration in its normal form: methods that browsers
// upper-case are in upper case, header names are in lower case, lists are sorted (except
// origins), and elements without effect are left out. It compiles to an equivalent policy.
func (p *Policy) Config() Config {
	c := p.config
	c.AllowOrigins = slices.Clone(c.AllowOrigins)
	c.VaryBy = slices.Clone(c.VaryBy)
	c.AllowMethods = slices.Clone(c.AllowMethods)
	c.AllowHeaders = slices.Clone(c.AllowHeaders)
	c.ExposeHeaders = slices.Clone(c.ExposeHeaders)
	return c
}

// Warnings returns a warning for each part of the configuration that is legal but
// questionable, in the order of the Config's fields.
func (p *Policy) Warnings() []Warning { return slices.Clone(p.warnings) }
