package configlibs

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	burnt "github.com/BurntSushi/toml"
	"github.com/go-viper/mapstructure/v2"
	koanfyaml "github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"
	pelletier "github.com/pelletier/go-toml/v2"
	"github.com/spf13/viper"

	cors "github.com/crossgate/cors/core"
)

// Overlay reads a policy over the defaults. section is the policy that a library has
// decoded into a map.
func Overlay(section map[string]any, defaults cors.Config) (cors.Config, error) {
	config := defaults
	text, err := json.Marshal(section)
	if err == nil && section != nil {
		err = json.Unmarshal(text, &config)
	}
	return config, err
}

// DecodeKoanf reads the document that koanf has loaded, over the application's defaults.
// Overlay decodes the policy, because koanf's own decoder drops unknown fields.
func DecodeKoanf(document []byte, defaults App) (App, error) {
	app := defaults
	k := koanf.New(".")
	if err := k.Load(rawbytes.Provider(document), koanfyaml.Parser()); err != nil {
		return app, err
	}
	app.Port = k.Int("port")
	var err error
	app.CORS, err = Overlay(k.Cut("cors").Raw(), defaults.CORS)
	return app, err
}

// DecodeBurntSushi reads a TOML document over the application's defaults. Overlay decodes
// the policy; the page shows it with koanf.
func DecodeBurntSushi(document []byte, defaults App) (App, error) {
	app := defaults
	file := struct {
		Port *int           `toml:"port"`
		CORS map[string]any `toml:"cors"`
	}{Port: &app.Port}
	meta, err := burnt.Decode(string(document), &file)
	if err != nil {
		return app, err
	}
	for _, key := range meta.Undecoded() { // the policy is always strict
		if !strings.EqualFold(key[0], "cors") {
			return app, errors.New("unknown field " + key.String())
		}
	}
	app.CORS, err = Overlay(file.CORS, defaults.CORS)
	return app, err
}

// DecodePelletier reads a TOML document over the application's defaults. Overlay decodes
// the policy; the page shows it with koanf.
func DecodePelletier(document []byte, defaults App) (App, error) {
	app := defaults
	file := struct {
		Port *int           `toml:"port"`
		CORS map[string]any `toml:"cors"`
	}{Port: &app.Port}
	decoder := pelletier.NewDecoder(bytes.NewReader(document)).DisallowUnknownFields()
	err := decoder.Decode(&file)
	if err != nil {
		return app, err
	}
	app.CORS, err = Overlay(file.CORS, defaults.CORS)
	return app, err
}

// DecodeViper reads the document that viper has loaded, over the application's defaults.
// viper turns all names into lower case, so it must decode the policy itself.
// UnmarshalExact refuses unknown fields, and the hooks read durations and enforce.
func DecodeViper(document []byte, defaults App) (App, error) {
	app := defaults
	v := viper.New()
	v.SetConfigType("yaml")
	if err := v.ReadConfig(bytes.NewReader(document)); err != nil {
		return app, err
	}
	err := v.UnmarshalExact(&app, func(c *mapstructure.DecoderConfig) {
		c.WeaklyTypedInput = false
		c.ZeroFields = true // do not write elements into the lists of the defaults
		c.DecodeHook = mapstructure.ComposeDecodeHookFunc(
			mapstructure.StringToTimeDurationHookFunc(),
			mapstructure.TextUnmarshallerHookFunc(),
		)
	})
	return app, err
}
