package configlibs

import (
	"context"
	"strings"
	"testing"
	"time"

	cors "github.com/crossgate/cors/core"
)

// form is a language for policies, with one text for each case.
type form struct {
	name                                       string
	good, misspelt, wrong, empty, overDefaults string
}

// shownYAML is the text on the page. It has no danger, because few policies should have
// one.
const shownYAML = `port: 8080
cors:
  allowOrigins: [https://app.example.com, https://admin.example.com]
  allowCredentials: true
  allowMethods: [PUT]
  maxAge: 10m
  enforce: unsafe
`

var yamlForm = form{
	name:         "YAML",
	good:         shownYAML + "  dangerously: {insecureOrigins: true}\n",
	misspelt:     "cors:\n  allowOrigins: [https://app.example.com]\n  allowCredential: true\n",
	wrong:        "cors:\n  allowOrigins: [https://app.example.com]\n  allowCredentials: maybe\n",
	empty:        "cors:\n  allowOrigins:\n",
	overDefaults: "cors:\n  allowOrigins: [https://app.example.com]\n",
}

var jsonForm = form{
	name: "JSON",
	good: `{
  "port": 8080,
  "cors": {
    "allowOrigins": ["https://app.example.com", "https://admin.example.com"],
    "allowCredentials": true,
    "allowMethods": ["PUT"],
    "maxAge": "10m",
    "enforce": "unsafe",
    "dangerously": {"insecureOrigins": true}
  }
}
`,
	misspelt:     "{\"cors\": {\n  \"allowOrigins\": [\"https://app.example.com\"],\n  \"allowCredential\": true}}",
	wrong:        "{\"cors\": {\n  \"allowOrigins\": [\"https://app.example.com\"],\n  \"allowCredentials\": \"maybe\"}}",
	empty:        `{"cors": {"allowOrigins": null}}`,
	overDefaults: `{"cors": {"allowOrigins": ["https://app.example.com"]}}`,
}

var tomlForm = form{
	name: "TOML",
	good: `port = 8080

[cors]
allowOrigins = ["https://app.example.com", "https://admin.example.com"]
allowCredentials = true
allowMethods = ["PUT"]
maxAge = "10m"
enforce = "unsafe"
dangerously = {insecureOrigins = true}
`,
	misspelt:     "[cors]\nallowOrigins = [\"https://app.example.com\"]\nallowCredential = true\n",
	wrong:        "[cors]\nallowOrigins = [\"https://app.example.com\"]\nallowCredentials = \"maybe\"\n",
	empty:        "[cors]\nallowOrigins = []\n",
	overDefaults: "[cors]\nallowOrigins = [\"https://app.example.com\"]\n",
}

var environmentForm = form{
	name: "environment",
	good: `APP_CORS_ORIGINS=https://app.example.com, https://admin.example.com
APP_CORS_CREDENTIALS=true
APP_CORS_MAX_AGE=10m
APP_CORS_ENFORCE=unsafe
`,
	misspelt:     "APP_CORS_ORIGINS=https://app.example.com\nAPP_CORS_CREDENTIAL=true\n",
	wrong:        "APP_CORS_ORIGINS=https://app.example.com\nAPP_CORS_CREDENTIALS=maybe\n",
	empty:        "APP_CORS_ORIGINS=\n",
	overDefaults: "APP_CORS_ORIGINS=https://app.example.com\n",
}

var flagForm = form{
	name: "flags",
	good: `--cors-origins=https://app.example.com, https://admin.example.com
--cors-credentials
--cors-max-age=10m
--cors-enforce=unsafe
`,
	misspelt:     "--cors-origins=https://app.example.com\n--cors-credential\n",
	wrong:        "--cors-origins=https://app.example.com\n--cors-credentials=maybe\n",
	empty:        "--cors-origins=\n",
	overDefaults: "--cors-origins=https://app.example.com\n",
}

// wanted returns the Config of the form's good text. Flags and variables have four
// settings.
func (f form) wanted() cors.Config {
	c := cors.Config{
		AllowOrigins:     []string{"https://app.example.com", "https://admin.example.com"},
		AllowCredentials: true, MaxAge: 10 * time.Minute, Enforce: cors.EnforceUnsafe,
	}
	if f.name != environmentForm.name && f.name != flagForm.name {
		c.AllowMethods = []string{"PUT"}
		c.Dangerously.InsecureOrigins = true
	}
	return c
}

// programDefaults returns a program's own defaults. Its list of origins is longer than
// the list that is decoded over it, and has spare capacity.
func programDefaults() cors.Config {
	return cors.Config{
		AllowOrigins:     append(make([]string, 0, 10), "https://one.example.com", "https://two.example.com"),
		AllowOriginFunc:  func(context.Context, cors.Request, cors.Origin) (bool, error) { return false, nil },
		AllowCredentials: true, AllowMethods: []string{"PUT", "DELETE"}, AllowHeaders: []string{"content-type"}, ExposeHeaders: []string{"x-total-count"},
		VaryBy: []string{"x-tenant"}, MaxAge: time.Hour, PreflightStatus: 200, PassPreflight: true, Enforce: cors.EnforceAll,
		Dangerously: cors.Dangers{PublicSuffixes: true},
	}
}

// in writes a text to the place that its form is read from, and returns it as a document
// or arguments.
func (f form) in(t *testing.T, text string) (document []byte, arguments []string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(text), "\n")
	switch f.name {
	case environmentForm.name:
		for _, line := range lines {
			name, value, _ := strings.Cut(line, "=")
			t.Setenv(name, value)
		}
	case flagForm.name:
		return nil, lines
	}
	return []byte(text), nil
}
