package configlibs

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/ilyakaznacheev/cleanenv"
	"github.com/kelseyhightower/envconfig"

	cors "github.com/crossgate/cors/core"
)

// Variables are the settings of the policy that operators may set. The program sets the
// rest.
type Variables struct {
	Origins     string           `env:"APP_CORS_ORIGINS" envconfig:"APP_CORS_ORIGINS"`
	Credentials bool             `env:"APP_CORS_CREDENTIALS" envconfig:"APP_CORS_CREDENTIALS"`
	MaxAge      time.Duration    `env:"APP_CORS_MAX_AGE" envconfig:"APP_CORS_MAX_AGE"`
	Enforce     cors.Enforcement `env:"APP_CORS_ENFORCE" envconfig:"APP_CORS_ENFORCE"`
}

// Over returns the defaults with the values of the variables. A variable that is empty or
// not set changes nothing.
func (v Variables) Over(defaults cors.Config) cors.Config {
	config := defaults
	config.AllowCredentials, config.MaxAge, config.Enforce = v.Credentials, v.MaxAge, v.Enforce
	if v.Origins != "" {
		config.AllowOrigins = cors.SplitList(v.Origins)
	}
	return config
}

// Unknown returns an error if a variable has the prefix of these variables but another
// name. Libraries only look up the names that they know, so they do not notice a misspelt
// variable.
func Unknown(environment []string) error {
	known := []string{"APP_CORS_ORIGINS", "APP_CORS_CREDENTIALS", "APP_CORS_MAX_AGE", "APP_CORS_ENFORCE"}
	for _, variable := range environment {
		name, _, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "APP_CORS_") && !slices.Contains(known, name) {
			return fmt.Errorf("%s: there is no such variable; the variables are %s", name, strings.Join(known, ", "))
		}
	}
	return nil
}

// FromDefaults returns variables with the values of the defaults.
func FromDefaults(defaults cors.Config) Variables {
	return Variables{Credentials: defaults.AllowCredentials, MaxAge: defaults.MaxAge, Enforce: defaults.Enforce}
}

// ReadEnvconfig reads the environment with kelseyhightower/envconfig.
func ReadEnvconfig(defaults cors.Config) (cors.Config, error) {
	v := FromDefaults(defaults)
	err := errors.Join(Unknown(os.Environ()), envconfig.Process("", &v))
	return v.Over(defaults), err
}

// ReadEnv reads the environment with caarlos0/env. The page shows Variables, FromDefaults
// and Unknown with envconfig.
func ReadEnv(defaults cors.Config) (cors.Config, error) {
	v := FromDefaults(defaults)
	err := errors.Join(Unknown(os.Environ()), env.Parse(&v))
	return v.Over(defaults), err
}

// ReadCleanenv reads the environment with cleanenv. The page shows Variables, FromDefaults
// and Unknown with envconfig.
func ReadCleanenv(defaults cors.Config) (cors.Config, error) {
	v := FromDefaults(defaults)
	err := errors.Join(Unknown(os.Environ()), cleanenv.ReadEnv(&v))
	return v.Over(defaults), err
}
