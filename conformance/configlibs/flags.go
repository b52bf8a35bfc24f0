package configlibs

import (
	"flag"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	cors "github.com/crossgate/cors/core"
)

// ParseFlags reads a command line with the standard library's flag.
func ParseFlags(arguments []string, defaults cors.Config) (cors.Config, error) {
	config := defaults
	flags := flag.NewFlagSet("app", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // the caller reports the error
	origins := flags.String("cors-origins", strings.Join(defaults.AllowOrigins, ","), "`origins` whose pages may read responses, with commas between")
	flags.BoolVar(&config.AllowCredentials, "cors-credentials", defaults.AllowCredentials, "allow requests with cookies")
	flags.DurationVar(&config.MaxAge, "cors-max-age", defaults.MaxAge, "how long browsers may cache the answer to a preflight")
	flags.TextVar(&config.Enforce, "cors-enforce", defaults.Enforce, `which requests of other origins to refuse: "none", "unsafe" or "all"`)
	err := flags.Parse(arguments)
	config.AllowOrigins = cors.SplitList(*origins)
	return config, err
}

// ParseKong reads a command line with kong.
func ParseKong(arguments []string, defaults cors.Config) (cors.Config, error) {
	var line struct {
		Origins     string           `name:"cors-origins" default:"${origins}" help:"Origins whose pages may read responses, with commas between."`
		Credentials bool             `name:"cors-credentials" default:"${credentials}" negatable:"" help:"Allow requests with cookies."`
		MaxAge      time.Duration    `name:"cors-max-age" default:"${maxAge}" help:"How long browsers may cache the answer to a preflight."`
		Enforce     cors.Enforcement `name:"cors-enforce" default:"${enforce}" help:"Which requests of other origins to refuse: none, unsafe or all."`
	}
	config := defaults
	parser, err := kong.New(&line, kong.Vars{
		"origins":     strings.Join(defaults.AllowOrigins, ","),
		"credentials": strconv.FormatBool(defaults.AllowCredentials),
		"maxAge":      defaults.MaxAge.String(),
		"enforce":     defaults.Enforce.String(),
	})
	if err == nil {
		_, err = parser.Parse(arguments)
	}
	config.AllowOrigins = cors.SplitList(line.Origins)
	config.AllowCredentials, config.MaxAge, config.Enforce = line.Credentials, line.MaxAge, line.Enforce
	return config, err
}
