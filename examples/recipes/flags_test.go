package recipes_test

import (
	"flag"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/examples/recipes"
)

// set reads a command line and variables into the program's Config.
func set(arguments []string, variables map[string]string) (cors.Config, error) {
	flags := flag.NewFlagSet("app", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	c := recipes.Flags(flags, cors.Config{AllowOrigins: []string{app}, AllowMethods: []string{"PUT"}, Enforce: cors.EnforceUnsafe})
	if err := flags.Parse(arguments); err != nil {
		return cors.Config{}, err
	}
	err := recipes.FromEnvironment(flags, func(name string) (string, bool) { value, found := variables[name]; return value, found })
	return *c, err
}

func TestFlags(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		arguments []string
		variables map[string]string
		want      cors.Config
	}{
		{"nothing is set", nil, nil, cors.Config{AllowOrigins: []string{app}, Enforce: cors.EnforceUnsafe}},
		{
			"flags", []string{"-cors-origins=" + app + ", " + admin, "-cors-credentials", "-cors-max-age=10m", "-cors-enforce=all"}, nil,
			cors.Config{AllowOrigins: []string{app, admin}, AllowCredentials: true, MaxAge: 10 * time.Minute, Enforce: cors.EnforceAll},
		},
		{
			"variables", nil, map[string]string{"APP_CORS_ORIGINS": admin + "\n" + other, "APP_CORS_CREDENTIALS": "true", "APP_CORS_MAX_AGE": "1h", "APP_CORS_ENFORCE": "none"},
			cors.Config{AllowOrigins: []string{admin, other}, AllowCredentials: true, MaxAge: time.Hour},
		},
		{
			"a flag before a variable", []string{"-cors-origins", admin}, map[string]string{"APP_CORS_ORIGINS": other, "APP_CORS_MAX_AGE": "1h"},
			cors.Config{AllowOrigins: []string{admin}, MaxAge: time.Hour, Enforce: cors.EnforceUnsafe},
		},
		{"an empty variable", nil, map[string]string{"APP_CORS_ORIGINS": ""}, cors.Config{Enforce: cors.EnforceUnsafe}},
	} {
		got, err := set(tt.arguments, tt.variables)
		require.NoError(t, err, tt.name)
		tt.want.AllowMethods = []string{"PUT"} // the program's
		assert.Equal(t, tt.want, got, tt.name)
	}
}

func TestFlagsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		arguments []string
		variables map[string]string
		want      string
	}{
		{[]string{"-cors-enforce=some"}, nil, `write "none", "unsafe" or "all"`},
		{[]string{"-cors-credentials=maybe"}, nil, "cors-credentials"},
		{[]string{"-cors-credential"}, nil, "not defined: -cors-credential"},
		{nil, map[string]string{"APP_CORS_ENFORCE": "some"}, `APP_CORS_ENFORCE "some": cors: enforce "some": write "none", "unsafe" or "all"`},
		{nil, map[string]string{"APP_CORS_MAX_AGE": "600"}, `APP_CORS_MAX_AGE "600"`},
		{nil, map[string]string{"APP_CORS_CREDENTIALS": ""}, "APP_CORS_CREDENTIALS"},
	} {
		_, err := set(tt.arguments, tt.variables)
		assert.ErrorContains(t, err, tt.want)
	}
	_, err := set(nil, map[string]string{"APP_CORS_ENFORCE": "some", "APP_CORS_MAX_AGE": "600"})
	require.ErrorContains(t, err, "APP_CORS_ENFORCE")
	assert.ErrorContains(t, err, "APP_CORS_MAX_AGE", "all at once")
}

// Without origins there is no CORS, and the application starts.
func TestOrOff(t *testing.T) {
	t.Parallel()
	policy, err := recipes.OrOff(cors.Config{AllowMethods: []string{"PUT"}})
	require.NoError(t, err)
	require.Nil(t, policy)
	response, err := http.Get("http://" + listen(t, corshttp.New(policy)(http.HandlerFunc(hello))))
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	assert.Equal(t, http.StatusOK, response.StatusCode)
	assert.Empty(t, response.Header["Access-Control-Allow-Origin"])

	policy, err = recipes.OrOff(cors.Config{AllowOrigins: []string{app}})
	require.NoError(t, err)
	assert.True(t, visit(t, behind(t, policy), app, get).Allowed)
	_, err = recipes.OrOff(cors.Config{AllowOrigins: []string{app + "/"}})
	assert.ErrorContains(t, err, "an origin has no path")
}
