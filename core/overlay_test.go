package cors_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	cors "github.com/crossgate/cors/core"
)

// defaults has a value in every field of a Config.
func defaults() cors.Config {
	return cors.Config{
		AllowOrigins: []string{"https://default.example"}, AllowOriginFunc: askNobody, VaryBy: []string{"x-default"}, AllowCredentials: true,
		AllowMethods: []string{"PUT"}, AllowHeaders: []string{"x-default"}, ExposeHeaders: []string{"x-default"}, MaxAge: time.Hour,
		PreflightStatus: 200, PassPreflight: true, Enforce: cors.EnforceAll, Dangerously: cors.Dangers{InsecureOrigins: true, NullOrigin: true},
	}
}

// ways are the two methods by which a library reads a Config in its own document.
var ways = map[string]func(c *cors.Config, document string) error{
	"JSON": func(c *cors.Config, document string) error { return json.Unmarshal([]byte(document), c) },
	"YAML": func(c *cors.Config, document string) error {
		return c.UnmarshalYAML(func(to any) error { return json.Unmarshal([]byte(document), to) })
	},
}

// TestOverlayKeepsWhatIsNotNamed decodes documents into a Config that has defaults.
func TestOverlayKeepsWhatIsNotNamed(t *testing.T) {
	t.Parallel()
	for name, over := range ways {
		for document, change := range map[string]func(*cors.Config){
			`{}`: func(*cors.Config) {},
			`{"allowOrigins": ["https://a.example", "https://b.example"]}`: func(c *cors.Config) { c.AllowOrigins = []string{"https://a.example", "https://b.example"} },
			`{"allowMethods": []}`:                     func(c *cors.Config) { c.AllowMethods = []string{} }, // the document names it, so it is replaced
			`{"allowCredentials": false}`:              func(c *cors.Config) { c.AllowCredentials = false },
			`{"maxAge": "0s"}`:                         func(c *cors.Config) { c.MaxAge = 0 },
			`{"enforce": "none"}`:                      func(c *cors.Config) { c.Enforce = cors.EnforceNone },
			`{"dangerously": {}}`:                      func(*cors.Config) {},
			`{"dangerously": {"nullOrigin": false}}`:   func(c *cors.Config) { c.Dangerously.NullOrigin = false },
			`{"dangerously": {"publicSuffixes":true}}`: func(c *cors.Config) { c.Dangerously.PublicSuffixes = true },
		} {
			got, want := defaults(), defaults()
			change(&want)
			if err := over(&got, document); err != nil {
				t.Fatalf("%s %s: %v", name, document, err)
			}
			checkSameConfig(t, name+" "+document, got, want)
			if c := defaults(); len(got.AllowOrigins) > 0 && len(c.AllowOrigins) > 0 && c.AllowOrigins[0] != "https://default.example" {
				t.Errorf("%s %s writes into a list of the defaults", name, document)
			}
		}
	}
}

// TestOverlayChangesAListOfItsOwn checks that decoding does not write into the lists of the
// defaults, which several Configs may share.
func TestOverlayChangesAListOfItsOwn(t *testing.T) {
	t.Parallel()
	for name, over := range ways {
		shared := make([]string, 1, 10)
		shared[0] = "PUT"
		c := cors.Config{AllowMethods: shared}
		if err := over(&c, `{"allowMethods": ["DELETE", "PATCH"]}`); err != nil {
			t.Fatal(err)
		}
		if all := shared[:2]; all[0] != "PUT" || all[1] != "" {
			t.Errorf("%s wrote into the defaults: %q", name, all)
		}
	}
}

// TestOverlayIsAllOrNothing checks that a document with a mistake changes nothing.
func TestOverlayIsAllOrNothing(t *testing.T) {
	t.Parallel()
	for name, over := range ways {
		for _, document := range []string{
			`{"allowOrigins": ["https://a.example"], "maxage": 5}`,
			`{"maxAge": 5, "passPreflight": "no"}`,
			`{"enforce": "none", "varyBy": [7]}`,
			`{"dangerously": {"publicSuffixes": true, "x": true}}`,
			`{"allowMethods": ["DELETE"], "enforce": "some"}`,
			`{"allowCredentials": false, "dangerously": {"nullOrigin": 0}}`,
			`{"exposeHeaders": [], "preflightStatus": 1.0}`,
			`null`, `[]`, `"https://a.example"`, `7`,
		} {
			got := defaults()
			if err := over(&got, document); err == nil {
				t.Errorf("%s %s is accepted", name, document)
			}
			checkSameConfig(t, name+" "+document, got, defaults())
		}
	}
}

// checkSameConfig compares two Configs. Of functions it compares only whether they are set.
func checkSameConfig(t *testing.T, what string, got, want cors.Config) {
	t.Helper()
	if (got.AllowOriginFunc == nil) != (want.AllowOriginFunc == nil) {
		t.Errorf("%s: the function is lost, or comes from nowhere", what)
	}
	got.AllowOriginFunc, want.AllowOriginFunc = nil, nil
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got\n%+v\nwant\n%+v", what, got, want)
	}
}

// TestDefaultsAreWhole checks that the defaults above set every field.
func TestDefaultsAreWhole(t *testing.T) {
	t.Parallel()
	c := reflect.ValueOf(defaults())
	for i := range c.NumField() {
		if c.Field(i).IsZero() {
			t.Errorf("%s has no default", c.Type().Field(i).Name)
		}
	}
}
