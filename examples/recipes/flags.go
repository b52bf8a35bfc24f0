package recipes

import (
	"errors"
	"flag"
	"fmt"
	"strings"

	cors "github.com/crossgate/cors/core"
)

// Flags declares flags for the settings that operators may change, and returns the Config
// that the flags change. The program sets the other fields.
//
//	config := Flags(flag.CommandLine, cors.Config{AllowMethods: []string{"PUT"}})
//	flag.Parse()
//	if err := FromEnvironment(flag.CommandLine, os.LookupEnv); err != nil {
//		log.Fatal(err)
//	}
//	policy, err := OrOff(*config)
func Flags(flags *flag.FlagSet, program cors.Config) *cors.Config {
	c := program
	flags.Func("cors-origins", "`origins` whose pages may read responses, with commas between", func(value string) error {
		c.AllowOrigins = cors.SplitList(value)
		return nil
	})
	flags.BoolVar(&c.AllowCredentials, "cors-credentials", c.AllowCredentials, "allow requests with cookies")
	flags.DurationVar(&c.MaxAge, "cors-max-age", c.MaxAge, "how long browsers may cache the answer to a preflight")
	flags.TextVar(&c.Enforce, "cors-enforce", c.Enforce, `refuse requests of other origins: "none", "unsafe" or "all"`)
	return &c
}

// FromEnvironment sets the flags that the command line did not set from variables:
// -cors-max-age from APP_CORS_MAX_AGE. Call it after Parse, with os.LookupEnv.
func FromEnvironment(flags *flag.FlagSet, lookup func(name string) (value string, found bool)) error {
	given := make(map[string]bool)
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	var problems []error
	flags.VisitAll(func(f *flag.Flag) {
		name := "APP_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value, found := lookup(name)
		if !found || given[f.Name] {
			return
		}
		if err := flags.Set(f.Name, value); err != nil {
			problems = append(problems, fmt.Errorf("%s %q: %w", name, value, err))
		}
	})
	return errors.Join(problems...)
}

// OrOff compiles c. Without any origin it returns nil: a nil Policy allows no origin and
// sends no CORS headers.
func OrOff(c cors.Config) (*cors.Policy, error) {
	if len(c.AllowOrigins) == 0 && c.AllowOriginFunc == nil {
		return nil, nil
	}
	return cors.Compile(c)
}
