// Package configlibs has a recipe for each of the libraries that Go applications read
// their configuration with: how a cors.Config becomes a part of it. Its tests run each
// recipe on good and bad input and write what happens into docs/recipes/configuration.md.
// They also hold core/policy.schema.json against what compiles.
package configlibs

import cors "github.com/crossgate/cors/core"

// App is an application's configuration.
type App struct {
	Port int         `json:"port" yaml:"port" toml:"port" mapstructure:"port"`
	CORS cors.Config `json:"cors" yaml:"cors" toml:"cors" mapstructure:"cors"`
}
