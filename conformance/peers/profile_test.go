package peers

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

// peer is a system that users of Crossgate come from.
type peer struct {
	name     string
	language string // the language of its configuration, by its Markdown name
	source   string // the function that returns its profiles
	profiles []profile

	// start serves the application with the configuration of each profile.
	start func(tb testing.TB, profiles []profile) (addrs []string)
}

// profile is a common configuration of a peer, and the Config that replaces it. The tests
// compare both, and print their source text.
type profile struct {
	name string

	there any // the peer's configuration: a text in a script's language, or Go middleware
	here  any // a cors.Config, or the map for cors.NewRoutes

	// note tells the reader what a browser cannot see.
	note string

	differs []difference
}

// difference says where a browser's page sees another result, and why.
type difference struct {
	when func(fetch) bool
	what string // "Pages of other origins"
	// allowedThere says that the peer allows the page and Crossgate does not. If it is
	// false, it is the reverse.
	allowedThere bool
	why          string
}

// peers are in the order of the pages.
func peers() []peer {
	return []peer{
		{name: "Express", language: "js", source: "expressProfiles", profiles: expressProfiles(), start: startExpress},
		{name: "Flask-CORS", language: "python", source: "flaskProfiles", profiles: flaskProfiles(), start: startFlask},
		{name: "PHP", language: "php", source: "phpProfiles", profiles: phpProfiles(), start: startPHP},
		{name: "gin-contrib/cors", language: "go", source: "ginProfiles", profiles: ginProfiles(), start: startGo},
		{name: "go-chi/cors", language: "go", source: "chiProfiles", profiles: chiProfiles(), start: startChi},
		{name: "rs/cors", language: "go", source: "rsProfiles", profiles: rsProfiles(), start: startGo},
		{name: "jub0bs/cors", language: "go", source: "jub0bsProfiles", profiles: jub0bsProfiles(), start: startGo},
		{name: "echo", language: "go", source: "echoProfiles", profiles: echoProfiles(), start: startGo},
		{name: "fiber", language: "go", source: "fiberProfiles", profiles: fiberProfiles(), start: startGo},
	}
}

// TestProfiles lets a browser's pages fetch from each peer and from Crossgate. The pages
// must see the same results, except for the differences that the profile names. Each of
// these differences must occur.
func TestProfiles(t *testing.T) {
	t.Parallel()
	for _, p := range peers() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			addrs := p.start(t, p.profiles)
			require.Len(t, addrs, len(p.profiles))
			for i, profile := range p.profiles {
				t.Run(profile.name, func(t *testing.T) {
					ours := listenHTTP(t, onHTTP(corshttp.New(profile.decider(t))))
					wrong, err := profile.compare(t.Context(), addrs[i], ours)
					require.NoError(t, err)
					assert.Empty(t, wrong, strings.Join(wrong, "\n"))
				})
			}
		})
	}
}

// The comparison must report a difference that the profile does not name, and a named
// difference that does not occur.
func TestComparisonNotices(t *testing.T) {
	t.Parallel()
	serve := func(c cors.Config) (addr string) {
		return listenHTTP(t, onHTTP(corshttp.New(cors.MustCompile(c))))
	}
	open := cors.Config{AllowOrigins: []string{"*"}, AllowMethods: []string{"PUT"}, AllowHeaders: []string{"Content-Type"}}
	closed, kept, exposed := open, open, open
	closed.AllowOrigins = []string{"https://app.example.com"}
	kept.MaxAge = 10 * time.Minute
	exposed.ExposeHeaders = []string{"X-Total-Count"}
	openAddr, closedAddr, keptAddr, exposedAddr := serve(open), serve(closed), serve(kept), serve(exposed)
	others := notFrom("https://app.example.com")
	everyone := func(fetch) bool { return true }
	for _, test := range []struct {
		name         string
		differs      []difference
		theirs, ours string
		want         string // a text in one of the complaints, or "" for no complaint
	}{
		{"the same", nil, openAddr, openAddr, ""},
		{"a difference without a name", nil, openAddr, closedAddr, "GET /items from https://other.test\n    there: allowed\n    here:  blocked"},
		{
			"another age", nil, openAddr, keptAddr,
			"PUT /items from https://app.example.com with Content-Type, and again after 9m59s\n    there: allowed, after another preflight\n    here:  allowed",
		},
		{"another exposed header", nil, exposedAddr, openAddr, "GET /items from https://app.example.com\n    there: allowed X-Total-Count\n    here:  allowed"},
		{"a difference with a name", []difference{{when: others, what: "others", allowedThere: true}}, openAddr, closedAddr, ""},
		{"the other way round", []difference{{when: others, what: "others", allowedThere: true}}, closedAddr, openAddr, "is not the difference that the profile names: others"},
		{"a name for too much", []difference{{when: everyone, what: "everyone", allowedThere: true}}, openAddr, closedAddr, "is not the difference that the profile names: everyone"},
		{"a name for nothing", []difference{{when: from("https://nobody.test"), what: "nobody"}}, openAddr, openAddr, "no fetch meets the difference that the profile names: nobody"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			wrong, err := profile{differs: test.differs}.compare(t.Context(), test.theirs, test.ours)
			require.NoError(t, err)
			if test.want == "" {
				assert.Empty(t, wrong)
			} else {
				assert.Contains(t, strings.Join(wrong, "\n"), test.want)
			}
		})
	}
}

func (p profile) decider(tb testing.TB) cors.Decider {
	tb.Helper()
	if routes, ok := p.here.(map[string]cors.Decider); ok {
		decider, err := cors.NewRoutes(routes)
		require.NoError(tb, err)
		return decider
	}
	policy, err := cors.Compile(p.here.(cors.Config))
	require.NoError(tb, err)
	return policy
}

// compare makes all fetches from both, and returns what is not as the profile says.
func (p profile) compare(ctx context.Context, theirs, ours string) (wrong []string, err error) {
	met, allowed := make([]int, len(p.differs)), 0
	for _, f := range fetches() {
		there, err := f.outcome(ctx, theirs)
		if err != nil {
			return nil, fmt.Errorf("%s, there: %w", f, err)
		}
		here, err := f.outcome(ctx, ours)
		if err != nil {
			return nil, fmt.Errorf("%s, here: %w", f, err)
		}
		if here != blocked {
			allowed++
		}
		seen := fmt.Sprintf("%s\n    there: %s\n    here:  %s", f, there, here)
		named := slices.IndexFunc(p.differs, func(d difference) bool { return d.when(f) })
		switch {
		case there == here && (named < 0 || here == blocked): // the fetch shows no difference, although its kind may
		case named < 0:
			wrong = append(wrong, seen)
		case (there == blocked) == p.differs[named].allowedThere, (here == blocked) != p.differs[named].allowedThere:
			wrong = append(wrong, seen+"\n    is not the difference that the profile names: "+p.differs[named].what)
		default:
			met[named]++
		}
	}
	for i, d := range p.differs {
		if met[i] == 0 {
			wrong = append(wrong, "no fetch meets the difference that the profile names: "+d.what)
		}
	}
	if allowed == 0 {
		wrong = append(wrong, "no fetch is allowed, so the comparison shows nothing")
	}
	return wrong, nil
}

// The conditions of differences.

func from(origins ...string) func(fetch) bool {
	return func(f fetch) bool { return slices.Contains(origins, f.origin) }
}

func notFrom(origins ...string) func(fetch) bool {
	return func(f fetch) bool { return !slices.Contains(origins, f.origin) }
}

func all(conditions ...func(fetch) bool) func(fetch) bool {
	return func(f fetch) bool {
		return !slices.ContainsFunc(conditions, func(holds func(fetch) bool) bool { return !holds(f) })
	}
}
