package browsers

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/browsers/cases"
	"github.com/crossgate/cors/conformance/browsers/site"
)

// In every case, the model of each engine does what TestEngines has seen the engine do. A
// difference that is not modelled must say why. The model of the standard does what the
// cases say.
func TestModel(t *testing.T) {
	t.Parallel()
	all, differences := readCases(t), readDifferences(t)
	for name, model := range map[string]browser.Engine{
		"standard": {},
		"chromium": browser.Chromium(),
		"firefox":  browser.Firefox(),
		"webkit":   browser.WebKit(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := site.New(t, all, adapters(), "insecure.test")
			verdicts := playModel(t, model, s)
			for _, r := range s.Runs() {
				want := modelled(differences, name, r.Case)
				got := result{steps: verdicts[r], wire: r.Wire()}
				if diff := got.differs(want); diff != "" {
					t.Errorf("%s: %s (%s)%s", name, r.Name(), r.Case.Section, diff)
				}
			}
			assert.Empty(t, s.Strange(), "unexpected events")
		})
	}
}

// modelled returns the result of a case in the model of an engine, or of the "standard".
func modelled(differences []*cases.Difference, name string, c *cases.Case) result {
	want := standard(c)
	for _, who := range []string{"model/" + name, "model", name} {
		if d, shown := known(differences, who, c); d != nil {
			if d.Unmodelled == "" {
				want = want.with(shown)
			}
			break
		}
	}
	return want
}

// playModel runs all cases in the model, each with its own preflight cache.
func playModel(t *testing.T, model browser.Engine, s *site.Site) map[*site.Run][]cases.Outcome {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(s.CA())
	var (
		mu       sync.Mutex
		group    sync.WaitGroup
		verdicts = make(map[*site.Run][]cases.Outcome)
		slots    = make(chan struct{}, 8) // some cases wait, and others must end within 5 s
	)
	for _, r := range s.Runs() {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			client := &browser.Client{
				Origin:       r.Origin,
				TLS:          &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
				Engine:       model,
				AddressSpace: map[string]browser.AddressSpace{"public": browser.Public, "insecure": browser.Public}[r.Case.Page],
				StrictURLs:   r.Case.Page == "mixed",
				Resolve:      func(hostPort string) string { return strings.Replace(hostPort, "localhost:", "127.0.0.1:", 1) },
			}
			var steps []cases.Outcome
			for _, step := range r.Steps {
				time.Sleep(time.Duration(step.Wait) * time.Millisecond)
				o, err := fetchModel(t.Context(), client, step)
				if !assert.NoError(t, err, r.Name()) {
					return
				}
				steps = append(steps, o)
			}
			mu.Lock()
			defer mu.Unlock()
			verdicts[r] = steps
		})
	}
	group.Wait()
	return verdicts
}

// fetchModel does a step in the same way as runner.js.
func fetchModel(ctx context.Context, client *browser.Client, step site.Step) (cases.Outcome, error) {
	var init struct {
		Method      string
		Headers     json.RawMessage
		Body        string
		Mode        browser.Mode
		Credentials browser.Credentials
		Redirect    browser.Redirect
		Cache       browser.Cache
		Upload      bool
	}
	if err := json.Unmarshal(step.Init, &init); err != nil {
		return cases.Outcome{}, err
	}
	header, err := fields(init.Headers)
	if err != nil {
		return cases.Outcome{}, err
	}
	v, err := client.Fetch(ctx, browser.Request{
		Method: init.Method, URL: step.URL, Header: header, Body: init.Body,
		Mode: init.Mode, Credentials: init.Credentials, Redirect: init.Redirect, Cache: init.Cache,
		ForcePreflight: init.Upload,
	})
	if err != nil {
		return cases.Outcome{}, err
	}
	if !v.Allowed {
		code := string(v.Code)
		if code == "" {
			code = "-"
		}
		return cases.Outcome{Type: "error", Code: code}, nil
	}
	o := cases.Outcome{Type: string(v.Type), Status: v.Status}
	for _, f := range v.Header {
		o.Reads = append(o.Reads, f.Name)
	}
	return o, nil
}

// fields reads the headers that a script may pass: an object, or an array of pairs.
func fields(headers json.RawMessage) ([]browser.Field, error) {
	var out []browser.Field
	if len(headers) == 0 {
		return nil, nil
	}
	if headers[0] == '[' {
		var pairs [][2]string
		err := json.Unmarshal(headers, &pairs)
		for _, p := range pairs {
			out = append(out, browser.Field{Name: p[0], Value: latin1(p[1])})
		}
		return out, err
	}
	var object map[string]string
	err := json.Unmarshal(headers, &object)
	for _, name := range slices.Sorted(maps.Keys(object)) {
		out = append(out, browser.Field{Name: name, Value: latin1(object[name])})
	}
	return out, err
}

// latin1 returns the bytes of a script's string: one byte for each character.
func latin1(s string) string {
	var b []byte
	for _, r := range s {
		b = append(b, byte(r))
	}
	return string(b)
}

// Each difference must name existing cases and an existing engine.
func TestDifferencesAreOfCases(t *testing.T) {
	t.Parallel()
	all := readCases(t)
	seen := make(map[string]string) // the differences by engine and case
	for _, d := range readDifferences(t) {
		assert.Contains(t, []string{"chromium", "firefox", "webkit", "model", "model/standard", "model/firefox"}, d.Engine, d.Name)
		for _, shown := range d.Shown {
			for _, name := range shown.Cases {
				one := cases.Difference{Shown: []cases.Shown{{Cases: []string{name}}}}
				assert.True(t, slices.ContainsFunc(all, func(c *cases.Case) bool { _, ok := one.In(c); return ok }),
					"%s: there is no case %q", d.Name, name)
			}
		}
		for _, c := range all {
			shown, ok := d.In(c)
			if !ok {
				continue
			}
			assert.Empty(t, seen[d.Engine+" "+c.Name], "%s: %s has two differences", d.Engine, c.Name)
			seen[d.Engine+" "+c.Name] = d.Name
			want := standard(c)
			require.NotEmpty(t, want.with(shown).differs(want), "%s makes no difference in %s", d.Name, c.Name)
			require.Len(t, want.with(shown).steps, len(want.steps), "%s in %s", d.Name, c.Name)
		}
	}
}
