// Package configlibs has a recipe for each library with which Go applications read their
// configuration: how to make a cors.Config a part of it. Its tests run each recipe on
// good and bad input, and write the results into docs/recipes/configuration.md. They also
// compare core/policy.schema.json with what compiles.
package configlibs

import cors "github.com/crossgate/cors/core"

// App is an application's configuration.
type App struct {
	Port int         `json:"port" yaml:"port" toml:"port" mapstructure:"port"`
	CORS cors.Config `json:"cors" yaml:"cors" toml:"cors" mapstructure:"cors"`
}
