package cors

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/crossgate/cors/core/internal/diagnose"
)

// ParseConfig reads a JSON configuration strictly. An unknown or repeated field, a wrong
// type, or anything after the document is an error. All problems are reported at once, each
// as a *ParseError with its line and column. Compile then checks what the values mean.
//
//	{
//	  "allowOrigins": ["https://app.example.com"],
//	  "allowCredentials": true,
//	  "allowMethods": ["PUT"],
//	  "allowHeaders": ["content-type"],
//	  "exposeHeaders": ["x-total-count"],
//	  "maxAge": "10m",
//	  "preflightStatus": 204,
//	  "passPreflight": false,
//	  "enforce": "none",
//	  "varyBy": [],
//	  "dangerously": {"insecureOrigins": false, "publicSuffixes": false, "nullOrigin": false,
//	    "fileOrigin": false, "schemesWithCredentials": false, "anyOriginWithCredentials": false}
//	}
//
// The document may also have "$schema", a string, so that an editor finds
// policy.schema.json. At most 100 problems are reported.
func ParseConfig(data []byte) (Config, error) {
	var c Config
	err := c.overlay(data)
	return c, err
}

// UnmarshalJSON reads what ParseConfig reads, so that a Config can be part of a larger
// document. Fields that are not in the document keep their value, so you can set defaults
// first; a list in the document replaces the default list. If anything is wrong, c does not
// change. Compile the result with CompileDocument: its errors name fields as the document
// does.
//
// The errors are *ConfigErrors without a line and column, because the place of data in the
// larger document is not known.
func (c *Config) UnmarshalJSON(data []byte) error { return withoutPlaces(c.overlay(data)) }

// overlay sets the fields of c that a document names: all of them, or on an error none.
func (c *Config) overlay(data []byte) error {
	r := newJSONReader(data)
	next := *c
	if err := r.object("", next.jsonFields()); err == nil {
		r.end()
	}
	if len(r.errs) > 0 {
		return errors.Join(r.errs...)
	}
	*c = next
	return nil
}

// withoutPlaces returns the ConfigErrors that err joins.
func withoutPlaces(err error) error {
	var problems []error
	for _, e := range ConfigErrors(err) {
		problems = append(problems, e)
	}
	return errors.Join(problems...)
}

// MarshalJSON writes the form that ParseConfig reads, without zero values. A Config with an
// AllowOriginFunc is an error, because a document cannot hold a function.
func (c Config) MarshalJSON() ([]byte, error) {
	document, err := c.document()
	if err != nil {
		return nil, err
	}
	return json.Marshal(document)
}

// MarshalYAML is MarshalJSON for YAML libraries: it returns the value that they write, and
// UnmarshalYAML reads it back.
func (c Config) MarshalYAML() (any, error) { return c.document() }

// configDocument has the fields of a document, for encoders.
type configDocument struct {
	AllowOrigins     []string        `json:"allowOrigins,omitempty" yaml:"allowOrigins,omitempty"`
	VaryBy           []string        `json:"varyBy,omitempty" yaml:"varyBy,omitempty"`
	AllowCredentials bool            `json:"allowCredentials,omitempty" yaml:"allowCredentials,omitempty"`
	AllowMethods     []string        `json:"allowMethods,omitempty" yaml:"allowMethods,omitempty"`
	AllowHeaders     []string        `json:"allowHeaders,omitempty" yaml:"allowHeaders,omitempty"`
	ExposeHeaders    []string        `json:"exposeHeaders,omitempty" yaml:"exposeHeaders,omitempty"`
	MaxAge           string          `json:"maxAge,omitempty" yaml:"maxAge,omitempty"`
	PreflightStatus  int             `json:"preflightStatus,omitempty" yaml:"preflightStatus,omitempty"`
	PassPreflight    bool            `json:"passPreflight,omitempty" yaml:"passPreflight,omitempty"`
	Enforce          string          `json:"enforce,omitempty" yaml:"enforce,omitempty"`
	Dangerously      map[string]bool `json:"dangerously,omitempty" yaml:"dangerously,omitempty"`
}

func (c Config) document() (configDocument, error) {
	if c.AllowOriginFunc != nil {
		return configDocument{}, errors.New("cors: AllowOriginFunc: a function cannot be written into a document")
	}
	var maxAge, enforce string
	if c.MaxAge != 0 {
		maxAge = documentDuration(c.MaxAge)
	}
	if c.Enforce != EnforceNone {
		text, err := c.Enforce.MarshalText()
		if err != nil {
			return configDocument{}, err
		}
		enforce = string(text)
	}
	return configDocument{
		c.AllowOrigins, c.VaryBy, c.AllowCredentials, c.AllowMethods, c.AllowHeaders, c.ExposeHeaders,
		maxAge, c.PreflightStatus, c.PassPreflight, enforce, c.Dangerously.document(),
	}, nil
}

// jsonField is a field of the document and the function that reads its value.
type jsonField struct {
	name string
	read func(r *jsonReader, path string) error
}

// jsonFields lists the document's fields, in the order of Config's.
func (c *Config) jsonFields() []jsonField {
	return []jsonField{
		{"$schema", func(r *jsonReader, path string) error {
			return r.scalar(path, "write the address of a JSON schema, as a string", func(t json.Token) bool {
				_, ok := t.(string)
				return ok
			})
		}},
		{"allowOrigins", stringList(&c.AllowOrigins)},
		{"varyBy", stringList(&c.VaryBy)},
		{"allowCredentials", boolean(&c.AllowCredentials)},
		{"allowMethods", stringList(&c.AllowMethods)},
		{"allowHeaders", stringList(&c.AllowHeaders)},
		{"exposeHeaders", stringList(&c.ExposeHeaders)},
		{"maxAge", duration(&c.MaxAge)},
		{"preflightStatus", func(r *jsonReader, path string) error {
			return r.scalar(path, "write a number such as 204", func(t json.Token) bool {
				n, err := strconv.Atoi(fmt.Sprint(t))
				c.PreflightStatus = n
				_, number := t.(json.Number)
				return number && err == nil
			})
		}},
		{"passPreflight", boolean(&c.PassPreflight)},
		{"enforce", func(r *jsonReader, path string) error {
			return r.scalar(path, enforceHint, func(t json.Token) bool {
				s, _ := t.(string)
				return c.Enforce.UnmarshalText([]byte(s)) == nil
			})
		}},
		{"dangerously", func(r *jsonReader, path string) error {
			return r.object(path+".", dangerFields(&c.Dangerously))
		}},
	}
}

// danger is a field of Dangers, as documents name it.
type danger struct {
	name  string
	value *bool
}

func (d *Dangers) fields() []danger {
	return []danger{
		{"insecureOrigins", &d.InsecureOrigins},
		{"publicSuffixes", &d.PublicSuffixes},
		{"nullOrigin", &d.NullOrigin},
		{"fileOrigin", &d.FileOrigin},
		{"schemesWithCredentials", &d.SchemesWithCredentials},
		{"anyOriginWithCredentials", &d.AnyOriginWithCredentials},
	}
}

func dangerFields(d *Dangers) []jsonField {
	var fields []jsonField
	for _, danger := range d.fields() {
		fields = append(fields, jsonField{danger.name, boolean(danger.value)})
	}
	return fields
}

// document returns those that are set, or nil.
func (d Dangers) document() map[string]bool {
	var set map[string]bool
	for _, danger := range d.fields() {
		if *danger.value {
			if set == nil {
				set = make(map[string]bool)
			}
			set[danger.name] = true
		}
	}
	return set
}

func boolean(to *bool) func(*jsonReader, string) error {
	return func(r *jsonReader, path string) error {
		return r.scalar(path, "write true or false", func(t json.Token) (ok bool) {
			*to, ok = t.(bool)
			return ok
		})
	}
}

func duration(to *time.Duration) func(*jsonReader, string) error {
	return func(r *jsonReader, path string) error {
		return r.scalar(path, `write a duration such as "10m", or a whole number of seconds`, func(t json.Token) bool {
			switch t := t.(type) {
			case string:
				d, err := time.ParseDuration(t)
				if err != nil && isDuration(t) {
					d, err = time.Duration(maxSeconds)*time.Second, nil
				}
				*to = d
				return err == nil
			case json.Number:
				n, err := strconv.ParseInt(t.String(), 10, 64)
				if errors.Is(err, strconv.ErrRange) {
					err = nil // n is the nearest
				}
				*to = time.Duration(min(max(n, -maxSeconds), maxSeconds)) * time.Second
				return err == nil
			}
			return false
		})
	}
}

// maxSeconds is the longest Duration, in seconds. A longer one is read as this, so that
// Compile can say that it is too long.
const maxSeconds = int64(math.MaxInt64 / time.Second)

// isDuration reports whether s has the syntax of a duration that is not negative. If
// time.ParseDuration refuses it, it is only too long.
func isDuration(s string) bool {
	found, err := regexp.MatchString(`^\+?(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+$`, s)
	return found && err == nil
}

func stringList(to *[]string) func(*jsonReader, string) error {
	return func(r *jsonReader, path string) error {
		place := r.place()
		t, err := r.token()
		if err != nil {
			return err
		}
		if t != json.Delim('[') {
			s, _ := t.(string)
			hint := "write a list of strings"
			// A long string would be cut, so the list would not be one to copy.
			if s != "" && len(s) <= maxQuoted {
				hint += ": [" + strings.Join(diagnose.Quoted(diagnose.Elements(s)), ", ") + "]"
			}
			r.fail(place, path, s, "json-type", hint)
			return r.skip(t)
		}
		r.remember(path, place, "")
		list := []string{}
		for r.dec.More() {
			err := r.scalar(at(path, len(list)), "write a string", func(t json.Token) bool {
				s, ok := t.(string)
				list = append(list, s)
				return ok
			})
			if err != nil {
				return err
			}
		}
		*to = list
		_, err = r.token()
		return err
	}
}
