package configlibs

import (
	"bytes"

	goccy "github.com/goccy/go-yaml"
	yaml3 "go.yaml.in/yaml/v3"
	yaml4 "go.yaml.in/yaml/v4"
	gopkg "gopkg.in/yaml.v3"
	sigs "sigs.k8s.io/yaml"
)

// DecodeSigs reads a YAML document over the application's defaults. sigs.k8s.io/yaml
// converts the document to JSON, so the names are those of the json tags.
func DecodeSigs(document []byte, defaults App) (App, error) {
	app := defaults
	err := sigs.UnmarshalStrict(document, &app)
	return app, err
}

// DecodeGopkg reads a YAML document over the application's defaults.
func DecodeGopkg(document []byte, defaults App) (App, error) {
	app := defaults
	decoder := gopkg.NewDecoder(bytes.NewReader(document))
	decoder.KnownFields(true) // outside the policy, which is always strict
	err := decoder.Decode(&app)
	return app, err
}

// DecodeYAML3 reads a YAML document over the application's defaults.
func DecodeYAML3(document []byte, defaults App) (App, error) {
	app := defaults
	decoder := yaml3.NewDecoder(bytes.NewReader(document))
	decoder.KnownFields(true) // outside the policy, which is always strict
	err := decoder.Decode(&app)
	return app, err
}

// DecodeYAML4 reads a YAML document over the application's defaults.
func DecodeYAML4(document []byte, defaults App) (App, error) {
	app := defaults
	err := yaml4.Load(document, &app, yaml4.WithKnownFields()) // the policy is always strict
	return app, err
}

// DecodeGoccy reads a YAML document over the application's defaults.
func DecodeGoccy(document []byte, defaults App) (App, error) {
	app := defaults
	err := goccy.UnmarshalWithOptions(document, &app, goccy.Strict()) // the policy is always strict
	return app, err
}
