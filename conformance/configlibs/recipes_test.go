package configlibs

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cors "github.com/crossgate/cors/core"
)

// library is a way to read a policy from a text in some form, over defaults.
type library struct {
	name      string // the name on the page: the import path
	form      form
	functions []string // the functions that the page shows, in order
	read      func(document []byte, arguments []string, defaults cors.Config) (cors.Config, error)
}

func document(decode func([]byte, App) (App, error)) func([]byte, []string, cors.Config) (cors.Config, error) {
	return func(text []byte, _ []string, defaults cors.Config) (cors.Config, error) {
		app, err := decode(text, App{CORS: defaults})
		return app.CORS, err
	}
}

func environment(read func(cors.Config) (cors.Config, error)) func([]byte, []string, cors.Config) (cors.Config, error) {
	return func(_ []byte, _ []string, defaults cors.Config) (cors.Config, error) { return read(defaults) }
}

func flags(parse func([]string, cors.Config) (cors.Config, error)) func([]byte, []string, cors.Config) (cors.Config, error) {
	return func(_ []byte, arguments []string, defaults cors.Config) (cors.Config, error) {
		return parse(arguments, defaults)
	}
}

var libraries = []library{
	{"encoding/json", jsonForm, []string{"DecodeJSON"}, document(DecodeJSON)},
	{"sigs.k8s.io/yaml", yamlForm, []string{"DecodeSigs"}, document(DecodeSigs)},
	{"gopkg.in/yaml.v3", yamlForm, []string{"DecodeGopkg"}, document(DecodeGopkg)},
	{"go.yaml.in/yaml/v3", yamlForm, []string{"DecodeYAML3"}, document(DecodeYAML3)},
	{"go.yaml.in/yaml/v4", yamlForm, []string{"DecodeYAML4"}, document(DecodeYAML4)},
	{"github.com/goccy/go-yaml", yamlForm, []string{"DecodeGoccy"}, document(DecodeGoccy)},
	{"github.com/knadh/koanf/v2", yamlForm, []string{"Overlay", "DecodeKoanf"}, document(DecodeKoanf)},
	{"github.com/spf13/viper", yamlForm, []string{"DecodeViper"}, document(DecodeViper)},
	{"github.com/BurntSushi/toml", tomlForm, []string{"DecodeBurntSushi"}, document(DecodeBurntSushi)},
	{"github.com/pelletier/go-toml/v2", tomlForm, []string{"DecodePelletier"}, document(DecodePelletier)},
	{"github.com/kelseyhightower/envconfig", environmentForm, []string{"Variables", "FromDefaults", "Over", "Unknown", "ReadEnvconfig"}, environment(ReadEnvconfig)},
	{"github.com/caarlos0/env/v11", environmentForm, []string{"ReadEnv"}, environment(ReadEnv)},
	{"github.com/ilyakaznacheev/cleanenv", environmentForm, []string{"ReadCleanenv"}, environment(ReadCleanenv)},
	{"flag", flagForm, []string{"ParseFlags"}, flags(ParseFlags)},
	{"github.com/alecthomas/kong", flagForm, []string{"ParseKong"}, flags(ParseKong)},
}

// outcome is the result for each text of a form. It has a cell of the table for each
// text, and the messages about the wrong texts.
type outcome struct {
	good, misspelt, wrong, empty, overDefaults string
	misspeltSays, wrongSays, emptySays         string
}

// The cells of the table.
const (
	works     = "works"
	kept      = "kept"
	withFix   = "error with the fix"
	plain     = "error"
	compile   = "Compile's error"
	unnoticed = "**not noticed**"
)

// run reads each text of the library's form.
func (l library) run(t *testing.T) outcome {
	t.Helper()
	var o outcome
	config, err := l.readText(t, l.form.good, cors.Config{})
	o.good = cellOf(config, err, l.form.wanted(), works)

	defaults := programDefaults()
	want := programDefaults()
	want.AllowOrigins = []string{"https://app.example.com"}
	config, err = l.readText(t, l.form.overDefaults, defaults)
	o.overDefaults = cellOf(config, err, want, kept)
	if !slices.Equal(defaults.AllowOrigins, programDefaults().AllowOrigins) {
		o.overDefaults += ", but the program's list is written to"
	}
	o.misspelt, o.misspeltSays = l.mistake(t, l.form.misspelt, map[string]string{"environment": "APP_CORS_CREDENTIALS", "flags": "--cors-credentials"}, `"allowCredentials"`)
	o.wrong, o.wrongSays = l.mistake(t, l.form.wrong, nil, "true")
	o.empty, o.emptySays = l.mistake(t, l.form.empty, nil, "write")
	return o
}

// mistake reads a wrong text. The error has the fix if it says what to write.
func (l library) mistake(t *testing.T, text string, fixes map[string]string, fix string) (cell, says string) {
	t.Helper()
	if own, found := fixes[l.form.name]; found {
		fix = own
	}
	config, err := l.readText(t, text, cors.Config{})
	if err != nil {
		if strings.Contains(err.Error(), fix) {
			return withFix, err.Error()
		}
		return plain, err.Error()
	}
	if _, err := cors.Compile(config); err != nil {
		return compile, err.Error()
	}
	return unnoticed, ""
}

func (l library) readText(t *testing.T, text string, defaults cors.Config) (config cors.Config, err error) {
	t.Helper()
	t.Run(l.name, func(t *testing.T) { // the test unsets the variables at the end
		document, arguments := l.form.in(t, text)
		config, err = l.read(document, arguments, defaults)
	})
	return config, err
}

// cellOf says whether a Config is right, or what is wrong with it.
func cellOf(got cors.Config, err error, want cors.Config, right string) string {
	if err != nil {
		return plain
	}
	if different := differences(got, want); len(different) > 0 {
		return "**loses " + strings.Join(different, ", ") + "**"
	}
	return right
}

// differences returns the names of the fields that differ. For functions it only checks
// whether both exist.
func differences(got, want cors.Config) []string {
	var names []string
	a, b := reflect.ValueOf(got), reflect.ValueOf(want)
	for i := range a.NumField() {
		same := reflect.DeepEqual(a.Field(i).Interface(), b.Field(i).Interface())
		if a.Field(i).Kind() == reflect.Func {
			same = a.Field(i).IsNil() == b.Field(i).IsNil()
		}
		if a.Field(i).Kind() == reflect.Slice && a.Field(i).Len()+b.Field(i).Len() == 0 {
			same = true
		}
		if name := a.Type().Field(i).Name; !same {
			names = append(names, strings.ToLower(name[:1])+name[1:])
		}
	}
	return names
}

// TestRecipes checks that each recipe reads right texts, keeps defaults, and refuses
// every mistake. It also checks that the page shows the results.
func TestRecipes(t *testing.T) {
	outcomes := make(map[string]outcome)
	for _, l := range libraries {
		o := l.run(t)
		outcomes[l.name] = o
		assert.Equal(t, works, o.good, l.name)
		assert.Equal(t, kept, o.overDefaults, l.name)
		for text, cell := range map[string]string{l.form.misspelt: o.misspelt, l.form.wrong: o.wrong, l.form.empty: o.empty} {
			assert.Contains(t, []string{withFix, plain, compile}, cell, "%s: %s", l.name, text)
		}
	}
	usual := make(map[string]outcome)
	for _, l := range usualCalls {
		usual[l.name] = l.run(t)
	}
	checkPage(t, outcomes, usual)
}

// TestOutcomesDiffer checks that the cells can show other results than the wanted ones.
func TestOutcomesDiffer(t *testing.T) {
	deaf := library{"deaf", yamlForm, nil, func(_ []byte, _ []string, defaults cors.Config) (cors.Config, error) {
		return defaults, nil
	}}
	o := deaf.run(t)
	assert.Equal(t, "**loses allowOrigins, allowCredentials, allowMethods, maxAge, enforce, dangerously**", o.good)
	assert.Equal(t, "**loses allowOrigins**", o.overDefaults)
	assert.Equal(t, compile, o.misspelt)

	careless := library{"careless", yamlForm, nil, func(_ []byte, _ []string, defaults cors.Config) (cors.Config, error) {
		defaults.AllowOrigins = append(defaults.AllowOrigins[:0], "https://app.example.com")
		return defaults, nil
	}}
	o = careless.run(t)
	assert.Equal(t, "kept, but the program's list is written to", o.overDefaults)
	assert.Equal(t, []string{unnoticed, unnoticed, unnoticed}, []string{o.misspelt, o.wrong, o.empty})
}

// TestNumbersOfSeconds checks what maxAge = 600 means: ten minutes if Crossgate reads the
// policy, and an error if a library reads it as 600 nanoseconds.
func TestNumbersOfSeconds(t *testing.T) {
	texts := map[string]string{
		"YAML": "cors:\n  allowOrigins: [https://app.example.com]\n  maxAge: 600\n", "TOML": "[cors]\nallowOrigins = [\"https://app.example.com\"]\nmaxAge = 600\n",
		"JSON": `{"cors": {"allowOrigins": ["https://app.example.com"], "maxAge": 600}}`, "environment": "APP_CORS_ORIGINS=https://app.example.com\nAPP_CORS_MAX_AGE=600\n",
		"flags": "--cors-origins=https://app.example.com\n--cors-max-age=600\n",
	}
	for _, l := range libraries {
		config, err := l.readText(t, texts[l.form.name], cors.Config{})
		if err == nil {
			_, err = cors.Compile(config)
		}
		ours := l.form.name != "environment" && l.form.name != "flags" && l.name != "github.com/spf13/viper"
		if ours {
			require.NoError(t, err, l.name)
			assert.Equal(t, 600.0, config.MaxAge.Seconds(), l.name)
		} else {
			assert.Error(t, err, l.name)
		}
	}
}

// TestRepeatedNames checks that no recipe accepts a document that has a field of the
// policy twice.
func TestRepeatedNames(t *testing.T) {
	texts := map[string]string{
		"YAML": "cors:\n  allowOrigins: [https://app.example.com]\n  maxAge: 1s\n  maxAge: 2s\n",
		"TOML": "[cors]\nallowOrigins = [\"https://app.example.com\"]\nmaxAge = \"1s\"\nmaxAge = \"2s\"\n",
		"JSON": `{"cors": {"allowOrigins": ["https://app.example.com"], "maxAge": "1s", "maxAge": "2s"}}`,
	}
	for _, l := range libraries {
		if text, found := texts[l.form.name]; found {
			_, err := l.readText(t, text, cors.Config{})
			assert.Error(t, err, l.name)
		}
	}
}
