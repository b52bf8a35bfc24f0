package cors

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/crossgate/cors/core/internal/diagnose"
)

// ParseConfig reads a JSON configuration, strictly: an unknown or repeated field,
// a wrong type or anything after the document is an error, and every one of them
// is reported at once, each a *ParseError with its place. What the values mean is
// for Compile to check.
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
//	  "dangerously": {"insecureOrigins": false, "publicSuffixes": false, "nullOrigin": false}
//	}
//
// "$schema", a string, may be there too, so that an editor finds policy.schema.json.
// At most 100 problems are reported.
func ParseConfig(data []byte) (Config, error) {
	var c Config
	err := c.overlay(data)
	return c, err
}

// UnmarshalJSON reads what ParseConfig reads, so that a Config can be part of a larger
// document. A field that the document does not name stays as it was, so a Config with
// defaults keeps them; a list that it names replaces the list. If anything is wrong,
// nothing of c changes.
//
// The errors are *ConfigErrors, without places: data does not tell where it is in the
// larger document, and a line of a part would be taken for a line of the whole.
func (c *Config) UnmarshalJSON(data []byte) error { return withoutPlaces(c.overlay(data)) }

// overlay puts what a document names over what is in c, all or nothing.
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

// MarshalJSON writes the form that ParseConfig reads, without zero values.
// AllowOriginFunc has none, and a Config with one is an error.
func (c Config) MarshalJSON() ([]byte, error) {
	if c.AllowOriginFunc != nil {
		return nil, errors.New("cors: AllowOriginFunc: a function cannot be written as JSON")
	}
	var maxAge string
	if c.MaxAge != 0 {
		maxAge = c.MaxAge.String()
	}
	return json.Marshal(struct {
		AllowOrigins     []string    `json:"allowOrigins,omitempty"`
		VaryBy           []string    `json:"varyBy,omitempty"`
		AllowCredentials bool        `json:"allowCredentials,omitempty"`
		AllowMethods     []string    `json:"allowMethods,omitempty"`
		AllowHeaders     []string    `json:"allowHeaders,omitempty"`
		ExposeHeaders    []string    `json:"exposeHeaders,omitempty"`
		MaxAge           string      `json:"maxAge,omitempty"`
		PreflightStatus  int         `json:"preflightStatus,omitempty"`
		PassPreflight    bool        `json:"passPreflight,omitempty"`
		Enforce          Enforcement `json:"enforce,omitempty"`
		Dangerously      dangersJSON `json:"dangerously,omitzero"`
	}{
		c.AllowOrigins, c.VaryBy, c.AllowCredentials, c.AllowMethods, c.AllowHeaders, c.ExposeHeaders,
		maxAge, c.PreflightStatus, c.PassPreflight, c.Enforce, dangersJSON(c.Dangerously),
	})
}

type dangersJSON struct {
	InsecureOrigins bool `json:"insecureOrigins,omitempty"`
	PublicSuffixes  bool `json:"publicSuffixes,omitempty"`
	NullOrigin      bool `json:"nullOrigin,omitempty"`
}

// jsonField reads the value of one field.
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

func dangerFields(d *Dangers) []jsonField {
	return []jsonField{
		{"insecureOrigins", boolean(&d.InsecureOrigins)},
		{"publicSuffixes", boolean(&d.PublicSuffixes)},
		{"nullOrigin", boolean(&d.NullOrigin)},
	}
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
				*to = d
				return err == nil
			case json.Number:
				n, err := strconv.ParseInt(t.String(), 10, 32)
				*to = time.Duration(n) * time.Second
				return err == nil
			}
			return false
		})
	}
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
			// Only part of a long string could be shown, which is no list to write.
			if s != "" && len(s) <= maxQuoted {
				hint += ": [" + strings.Join(diagnose.Quoted(diagnose.Split(s)), ", ") + "]"
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
