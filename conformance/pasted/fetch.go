package pasted

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
)

// fetchInit is the second argument of a copied fetch, as DevTools writes it in JSON.
type fetchInit struct {
	Headers        fieldList           `json:"headers"`
	Referrer       *string             `json:"referrer"`
	ReferrerPolicy string              `json:"referrerPolicy"`
	Body           *string             `json:"body"`
	Method         string              `json:"method"`
	Mode           browser.Mode        `json:"mode"`
	Credentials    browser.Credentials `json:"credentials"`
	Cache          string              `json:"cache"`
	Redirect       string              `json:"redirect"`
	Integrity      string              `json:"integrity"`
}

// fieldList is a JSON object of strings, in the original order.
type fieldList []browser.Field

// UnmarshalJSON reads an object.
func (l *fieldList) UnmarshalJSON(data []byte) error {
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return errors.New("headers is not an object")
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		value, err := decoder.Token()
		if err != nil {
			return err
		}
		text, ok := value.(string)
		if !ok {
			return fmt.Errorf("the header %v is not text", name)
		}
		*l = append(*l, browser.Field{Name: name.(string), Value: text}) // the keys of an object are strings
	}
	return nil
}

// settingsError rewrites an error of encoding/json for a developer who does not use Go.
func settingsError(err error) error {
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return errors.New("the text ends in the middle of fetch(: copy all of it")
	case errors.As(err, &kind):
		return fmt.Errorf("the setting %s in fetch( is a %s, and DevTools writes text", kind.Field, kind.Value)
	case strings.Contains(err.Error(), "unknown field"):
		return errors.New(strings.Replace(err.Error(), "json: unknown field", "fetch( has a setting that DevTools does not write:", 1))
	}
	return fmt.Errorf("the settings in fetch( are not JSON, as DevTools writes them: %w", err)
}

// parseFetch reads one call of fetch. rest is the text after it.
func parseFetch(text string) (*Request, string, error) {
	_, arguments, _ := strings.Cut(text, "fetch(")
	r := &Request{Form: Fetch}
	var init fetchInit
	decoder := json.NewDecoder(strings.NewReader(arguments))
	if err := decoder.Decode(&r.URL); err != nil {
		return nil, "", errors.New("the URL in fetch( is not a string in double quotes, as DevTools writes it")
	}
	rest := strings.TrimLeft(arguments[decoder.InputOffset():], " \t\r\n")
	if after, more := strings.CutPrefix(rest, ","); more {
		decoder = json.NewDecoder(strings.NewReader(after))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&init); err != nil {
			return nil, "", settingsError(err)
		}
		rest = strings.TrimLeft(after[decoder.InputOffset():], " \t\r\n")
	}
	rest, closed := strings.CutPrefix(rest, ")")
	if !closed {
		return nil, "", errors.New("fetch( is not closed behind its settings")
	}
	r.Method, r.Mode, r.Credentials = init.Method, init.Mode, init.Credentials
	if init.Mode == "" && init.Credentials == "" {
		r.Form = FetchNode
	}
	for _, f := range init.Headers {
		if err := r.add(f.Name, f.Value); err != nil {
			return nil, "", err
		}
	}
	if init.Referrer != nil {
		r.referrer(*init.Referrer)
	}
	if init.Body != nil {
		r.Body = *init.Body
	}
	switch r.Mode {
	case "", browser.ModeCORS, browser.ModeNoCORS, browser.ModeSameOrigin:
	default: // such as navigate, which a script cannot use
		r.Mode = browser.ModeCORS
	}
	switch r.Credentials {
	case "", browser.Omit, browser.SameOrigin, browser.Include:
	default:
		return nil, "", fmt.Errorf("there is no credentials mode %s", quoted(string(r.Credentials)))
	}
	return r, strings.TrimLeft(rest, ";"), r.finish()
}
