package cors

import "slices"

const enforceHint = `write "none", "unsafe" or "all"`

// UnmarshalText reads the form that String returns: "none", "unsafe" or "all". Libraries
// that read text can use it, such as flag.TextVar and those for TOML and environment
// variables. An error is a *ConfigError and does not change e.
func (e *Enforcement) UnmarshalText(text []byte) error {
	i := slices.Index(enforcementNames[:], string(text))
	if i < 0 {
		return &ConfigError{Field: "enforce", Value: string(text), Code: "enforce-value", Hint: enforceHint}
	}
	*e = Enforcement(i)
	return nil
}
