package configlibs

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cors "github.com/crossgate/cors/core"
)

const core = "../../core/"

// schemaOf compiles core/policy.schema.json. The returned function returns what an editor
// would report about a document, or nil.
func schemaOf(t *testing.T) func(document string) error {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(core + "policy.schema.json")
	require.NoError(t, err)
	return func(document string) error {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
		if err != nil {
			return err
		}
		return schema.Validate(value)
	}
}

// origins and values are the parts of random documents: right values, wrong values, and
// values at the limits.
var origins = []string{
	"*", "null", "https://a.example", "https://a.example:8443", "https://*.a.example", "https://*.a.example:*", "https://app-*.team.a.example", "https://*-x.a.example:81",
	"https://a_b.a.example", "https://*_.a.b.example", "http://localhost", "http://localhost:*", "http://*.localhost:3000", "http://127.0.0.1:5173", "http://[::1]:3000",
	"https://[::ffff:7f00:1]", "https://a.example.", "https://a,b.example", "https://a'b~c!.example", "https://a;b=c.example", `https://a"b.example`, "https://xn--bcher-kva.example",
	"http://192.168.0.1", "https://app", "http://a.example", "https://*.github.io", "https://*.com", "capacitor://localhost", "ionic://localhost", "tauri://localhost", "app://.", "app://*",
	"chrome-extension://abcdefghijklmnopabcdefghijklmnop", "moz-extension://*", "safari-web-extension://D0E7C3A8-1111-4222-8333-444455556666", "vscode-webview://*", "file://", "file://*", "x+y.z-1://h",
	"https://a.example/", "https://A.example", "a.example", "https://*", "https://a.example:443", "https://a.example:0", "https://a.example:99999", "https://*.*.example", "https://a*b*.c.example", "https://a.*.example",
	"https://b\u00fccher.example", "https://a.example b", "https://u@a.example", "https://a.example?x", "https://a.example#x", "wss://a.example", "blob:https://a.example", "data:", "data://x", "about://blank",
	"", "http*://a.example", "https://a.example:80*", "https://[::1", "https://a..example", "https://.a.example", ".*", `^https://.*\.a\.example$`, "https://{a,b}.example", "Null", "https:/a.example", "https://1.2.3",
}

var values = map[string][]string{
	"$schema":          {`"x"`, `7`},
	"allowCredentials": {"true", "true", "false", "1", "null", `"true"`},
	"allowMethods":     {`["PUT"]`, `["*"]`, `["put","PATCH","X!#$%&'*+.^_` + "`" + `|~-9"]`, `["a b"]`, `[]`, `["GET","OPTIONS"]`, `["TRACE"]`, `[1]`, `"PUT"`, `[""]`},
	"allowHeaders":     {`["x-a","*"]`, `["Content-Type","authorization"]`, `["a:"]`, `["Origin"]`, `["accept"]`, `[]`, `["x\u212a"]`},
	"exposeHeaders":    {`["*"]`, `["x","ETag"]`, `["Set-Cookie"]`, `["x,y"]`, `["date"]`},
	"maxAge":           {`"10m"`, "600", "-1", `"-1s"`, `"25h"`, "86400", "86401", "-2", "1.5", `"1h30m"`, `"1.h"`, `".5h"`, `"0"`, `"-0"`, `"+10m"`, `"x"`, `""`, `"10"`, `"1000000µs"`, `"1000000us"`, `"1000ms"`, `"1s1s"`, `"0.5m"`, "2147483648", "0", "-0", `"10 m"`},
	"preflightStatus":  {"204", "0", "200", "299", "300", "404", `"200"`, "204.0"},
	"passPreflight":    {"true", "false", "0"},
	"enforce":          {`"all"`, `"unsafe"`, `"none"`, `"x"`, "1", `"All"`},
	"varyBy":           {`["x"]`, `["*"]`, `[]`, `["x y"]`},
	"alowOrigins":      {"[]"},
}

// randomDocument draws a document, with some of the fields that core knows.
func randomDocument(r *rand.Rand, dangers []string) string {
	var fields []string
	field := func(name, value string) { fields = append(fields, `"`+name+`":`+value) }
	if r.IntN(20) > 0 {
		list := make([]string, 1+r.IntN(2))
		for i := range list {
			text, _ := json.Marshal(origins[min(r.IntN(len(origins)), r.IntN(len(origins)), r.IntN(len(origins)))]) // prefers the right ones, which come first
			list[i] = string(text)
		}
		field("allowOrigins", "["+strings.Join(list, ",")+"]")
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if n := r.IntN(100); n < 2 || n < 20 && name != "alowOrigins" {
			field(name, values[name][r.IntN(len(values[name]))])
		}
	}
	if r.IntN(3) == 0 {
		var set []string
		for _, name := range dangers {
			if r.IntN(2) == 0 {
				set = append(set, fmt.Sprintf("%q:%t", name, r.IntN(4) > 0))
			}
		}
		field("dangerously", "{"+strings.Join(set, ",")+"}")
	}
	r.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	return "{" + strings.Join(fields, ",") + "}"
}

// dangerNames returns the fields of "dangerously" that ParseConfig knows.
func dangerNames(t *testing.T) []string {
	t.Helper()
	_, err := cors.ParseConfig([]byte(`{"dangerously": {"what fields are there?": true}}`))
	_, list, found := strings.Cut(err.Error(), "the fields are ")
	require.True(t, found, err)
	var names []string
	for _, quoted := range strings.Split(list, ", ") {
		names = append(names, strings.Trim(quoted, `"`))
	}
	return names
}

// TestSchemaMarksNothingThatCompiles checks that no document from which a policy can be
// made is marked in an editor.
func TestSchemaMarksNothingThatCompiles(t *testing.T) {
	t.Parallel()
	marks := schemaOf(t)
	r := rand.New(rand.NewPCG(15, 1))
	dangers := dangerNames(t)
	compiled, refused, marked := 0, 0, 0
	check := func(document string) {
		if _, err := cors.ParsePolicy([]byte(document)); err != nil {
			refused++
			if marks(document) != nil {
				marked++
			}
			return
		}
		compiled++
		assert.NoError(t, marks(document), "%s compiles, but the schema marks it", document)
	}
	for _, origin := range origins { // each origin alone, with and without credentials
		for _, credentials := range []bool{false, true} {
			all := strings.Join(dangers, `":true,"`)
			text, _ := json.Marshal(origin)
			check(fmt.Sprintf(`{"allowOrigins":[%s],"allowCredentials":%t,"dangerously":{"%s":true}}`, text, credentials, all))
		}
	}
	for range 20_000 {
		check(randomDocument(r, dangers))
	}
	t.Logf("%d documents compile; of %d that do not, %d are marked", compiled, refused, marked)
	assert.Greater(t, compiled, 1000)
	assert.Greater(t, marked, refused/2)
}

// TestSchemaPassesThePoliciesOfTheSuite checks the policies of the suite's cases: each one
// that compiles passes.
func TestSchemaPassesThePoliciesOfTheSuite(t *testing.T) {
	t.Parallel()
	marks := schemaOf(t)
	files, err := filepath.Glob("../testdata/cases/*.txt")
	require.NoError(t, err)
	policies := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for line := range strings.Lines(string(text)) {
			policy, found := strings.CutPrefix(line, "policy:")
			if _, err := cors.ParsePolicy([]byte(policy)); !found || err != nil {
				continue
			}
			policies++
			assert.NoError(t, marks(policy), policy)
		}
	}
	assert.Greater(t, policies, 20)
}

// TestSchemaMarksMistakes checks that an editor marks the mistakes that people make. Some
// are for Compile alone, such as a default port.
func TestSchemaMarksMistakes(t *testing.T) {
	t.Parallel()
	marks := schemaOf(t)
	for _, document := range []string{
		`{"allowOrigin": ["*"]}`, `{"AllowOrigins": ["*"]}`, `{"allowOrigins": "*"}`, `{"allowOrigins": [null]}`, `{"dangerously": {"nullOrigins": true}}`,
		`{"dangerously": ["nullOrigin"]}`, `{"allowCredentials": "true"}`, `{"maxAge": "ten minutes"}`, `{"maxAge": "600"}`, `{"maxAge": 1.5}`, `{"preflightStatus": 404}`,
		`{"enforce": "ALL"}`, `{"enforce": true}`, `{"allowMethods": ["PUT, PATCH"]}`, `{"allowHeaders": ["x-a:"]}`, `{"$schema": 7}`, `[]`, `"*"`,
		`{"allowOrigins": ["*"], "allowCredentials": true}`, `{"allowOrigins": ["null"], "allowCredentials": true}`, `{"exposeHeaders": ["*"], "allowCredentials": true}`,
	} {
		assert.Error(t, marks(document), document)
	}
	text, err := os.ReadFile(core + "testdata/config_mistakes.json")
	require.NoError(t, err)
	var mistakes []struct{ Mistake, Spec string }
	require.NoError(t, json.Unmarshal(text, &mistakes))
	refused, marked := 0, 0
	for _, m := range mistakes {
		document, err := json.Marshal(map[string]any{"allowOrigins": []string{m.Spec}})
		require.NoError(t, err)
		if _, err := cors.ParsePolicy(document); err == nil {
			continue
		}
		refused++
		if marks(string(document)) != nil {
			marked++
		} else {
			t.Logf("only Compile finds %s: %s", m.Mistake, m.Spec)
		}
	}
	assert.GreaterOrEqual(t, marked*10, refused*7, "%d of %d known mistakes are marked", marked, refused)
}
