package configlibs

import (
	"bytes"
	"strings"

	burnt "github.com/BurntSushi/toml"
	"github.com/caarlos0/env/v11"
	"github.com/kelseyhightower/envconfig"
	koanfyaml "github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"
	pelletier "github.com/pelletier/go-toml/v2"
	"github.com/spf13/viper"

	cors "github.com/crossgate/cors/core"
)

// fieldsForm is the environment with the names that libraries derive from Config's
// fields.
var fieldsForm = form{
	name: environmentForm.name,
	good: both("ALLOW_ORIGINS=https://app.example.com, https://admin.example.com") + both("ALLOW_CREDENTIALS=true") + both("MAX_AGE=10m") +
		"CORS_ENFORCE=unsafe\n",
	misspelt:     both("ALLOW_ORIGINS=https://app.example.com") + both("ALLOW_CREDENTIAL=true"),
	wrong:        both("ALLOW_ORIGINS=https://app.example.com") + both("ALLOW_CREDENTIALS=maybe"),
	empty:        both("ALLOW_ORIGINS="),
	overDefaults: both("ALLOW_ORIGINS=https://app.example.com"),
}

// both writes a variable with and without the underscore between words.
func both(variable string) string {
	name, value, _ := strings.Cut(variable, "=")
	return "CORS_" + name + "=" + value + "\nCORS_" + strings.ReplaceAll(name, "_", "") + "=" + value + "\n"
}

// usualCalls are the calls that people write first: the library itself decodes into the
// Config.
var usualCalls = []library{
	{"koanf's `Unmarshal`", yamlForm, nil, document(func(text []byte, defaults App) (App, error) {
		k := koanf.New(".")
		if err := k.Load(rawbytes.Provider(text), koanfyaml.Parser()); err != nil {
			return defaults, err
		}
		err := k.Unmarshal("", &defaults)
		return defaults, err
	})},
	{"viper's `Unmarshal`", yamlForm, nil, document(func(text []byte, defaults App) (App, error) {
		v := viper.New()
		v.SetConfigType("yaml")
		if err := v.ReadConfig(bytes.NewReader(text)); err != nil {
			return defaults, err
		}
		err := v.Unmarshal(&defaults)
		return defaults, err
	})},
	{"BurntSushi's `toml.Decode`", tomlForm, nil, document(func(text []byte, defaults App) (App, error) {
		_, err := burnt.Decode(string(text), &defaults)
		return defaults, err
	})},
	{"pelletier's `toml.Unmarshal`", tomlForm, nil, document(func(text []byte, defaults App) (App, error) {
		err := pelletier.Unmarshal(text, &defaults)
		return defaults, err
	})},
	{"envconfig's `Process` with a Config", fieldsForm, nil, environment(func(defaults cors.Config) (cors.Config, error) {
		app := struct{ CORS cors.Config }{defaults}
		err := envconfig.Process("", &app)
		return app.CORS, err
	})},
	{"caarlos0's `env.Parse` with a Config", fieldsForm, nil, environment(func(defaults cors.Config) (cors.Config, error) {
		app := struct {
			CORS cors.Config `envPrefix:"CORS_"`
		}{defaults}
		err := env.ParseWithOptions(&app, env.Options{UseFieldNameByDefault: true})
		return app.CORS, err
	})},
}
