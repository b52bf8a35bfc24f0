package configlibs

import (
	"bytes"
	"encoding/json"
)

// DecodeJSON reads a JSON document over the application's defaults.
func DecodeJSON(document []byte, defaults App) (App, error) {
	app := defaults
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.DisallowUnknownFields() // outside the policy, which is always strict
	err := decoder.Decode(&app)
	return app, err
}
