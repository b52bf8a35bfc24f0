package configlibs

import (
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/ilyakaznacheev/cleanenv"
	"github.com/kelseyhightower/envconfig"

	cors "github.com/crossgate/cors/core"
)

// Variables are what operators may set of the policy. The rest is the program's.
type Variables struct {
	Origins     string           `env:"CORS_ORIGINS" envconfig:"CORS_ORIGINS"`
	Credentials bool             `env:"CORS_CREDENTIALS" envconfig:"CORS_CREDENTIALS"`
	MaxAge      time.Duration    `env:"CORS_MAX_AGE" envconfig:"CORS_MAX_AGE"`
	Enforce     cors.Enforcement `env:"CORS_ENFORCE" envconfig:"CORS_ENFORCE"`
}

// Over returns the defaults with what the variables say. A variable that is not set has the
// value that the defaults have.
func (v Variables) Over(defaults cors.Config) cors.Config {
	config := defaults
	config.AllowCredentials, config.MaxAge, config.Enforce = v.Credentials, v.MaxAge, v.Enforce
	if v.Origins != "" {
		config.AllowOrigins = cors.SplitList(v.Origins)
	}
	return config
}

// FromDefaults returns variables with the values of the defaults.
func FromDefaults(defaults cors.Config) Variables {
	return Variables{Credentials: defaults.AllowCredentials, MaxAge: defaults.MaxAge, Enforce: defaults.Enforce}
}

// ReadEnvconfig reads the environment with kelseyhightower/envconfig.
func ReadEnvconfig(defaults cors.Config) (cors.Config, error) {
	v := FromDefaults(defaults)
	err := envconfig.Process("", &v)
	return v.Over(defaults), err
}

// ReadEnv reads the environment with caarlos0/env.
func ReadEnv(defaults cors.Config) (cors.Config, error) {
	v := FromDefaults(defaults)
	err := env.Parse(&v)
	return v.Over(defaults), err
}

// ReadCleanenv reads the environment with cleanenv.
func ReadCleanenv(defaults cors.Config) (cors.Config, error) {
	v := FromDefaults(defaults)
	err := cleanenv.ReadEnv(&v)
	return v.Over(defaults), err
}
