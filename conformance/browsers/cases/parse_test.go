package cases

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const head = "section: a\nwhy: b\n"

func read(text string) ([]*Case, error) {
	return Read(fstest.MapFS{"rule.txt": {Data: []byte(text)}})
}

func TestRead(t *testing.T) {
	t.Parallel()
	all, err := read(`
# A comment.
section: Fetch, "CORS check"
why: Because.

all:
preflight: 204
< Access-Control-Allow-Methods: $value
response: 200
< Access-Control-Allow-Origin: *

case: one
response: 404
for SomeCode: first = A
for NoCode: second = B,C
fetch: $value /next {"headers": {"x": "1"}}
blocked: $code
wire: OPTIONS $value | /next $value

page: other
case: two
fetch: GET
sees: 204
wait: 2s
fetch: PUT
sees: 200
reads: x-b x-a
response /next: 302
response /next: 200
wire: GET | PUT

policy: {"allowOrigins": ["*"]}
all:
case: three
sees: opaque
`)
	require.NoError(t, err)
	require.Len(t, all, 4)

	first, second, two, three := all[0], all[1], all[2], all[3]
	assert.Equal(t, "rule/one: first", first.Name)
	assert.Equal(t, `Fetch, "CORS check"`, first.Section)
	assert.Equal(t, "localhost", first.Page)
	assert.Equal(t, map[string]Resource{"": {
		Preflights: []Head{{Status: 204, Lines: []string{"Access-Control-Allow-Methods: A"}}},
		Responses:  []Head{{Status: 404}},
	}}, first.Resources)
	assert.Equal(t, "rule/one: second", second.Name)
	assert.Equal(t, Outcome{Type: "error", Code: "NoCode"}, second.Steps[0].Want)

	assert.Equal(t, "other", two.Page)
	require.Len(t, two.Steps, 2)
	assert.Empty(t, two.Steps[0].Want.Reads)
	assert.Equal(t, 2*time.Second, two.Steps[1].Wait)
	assert.Equal(t, []string{"x-a", "x-b"}, two.Steps[1].Want.Reads)
	assert.Equal(t, []Head{{Status: 302}, {Status: 200}}, two.Resources["/next"].Responses)
	assert.Equal(t, []string{"GET", "PUT"}, two.Wire)

	assert.Equal(t, `{"allowOrigins": ["*"]}`, three.Policy)
	assert.Equal(t, "GET", three.Steps[0].Method)
	assert.Equal(t, []string{"GET"}, three.Wire)
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, err string }{
		"a word that does not exist":    {head + "case: a\nmood: good\n", `rule.txt:4: unknown word "mood"`},
		"a line before a case":          {head + "sees: 200\n", "rule.txt:3"},
		"a field without a response":    {head + "case: a\n< A: b\n", "a header field without a response"},
		"no section":                    {"why: b\ncase: a\nresponse: 200\nsees: 200\n", "no section"},
		"no outcome":                    {head + "case: a\nresponse: 200\nfetch: GET\n", "neither sees: nor blocked:"},
		"no fetch":                      {head + "case: a\nresponse: 200\n", "fetches nothing"},
		"no response":                   {head + "case: a\nfetch: GET\nsees: 200\n", "neither a policy nor a response"},
		"a policy and a response":       {head + "policy: {}\ncase: a\nresponse: 200\nsees: 200\n", "a policy and responses"},
		"a status that is not a number": {head + "case: a\nresponse: ok\nsees: 200\n", "has no status"},
		"an outcome that is not one":    {head + "case: a\nresponse: 200\nsees: all\n", "rule.txt:5"},
		"two codes":                     {head + "case: a\nresponse: 200\nblocked: a b\n", "needs a code"},
		"broken JSON":                   {head + "case: a\nresponse: 200\nfetch: GET {\"a\"}\nsees: 200\n", "not JSON"},
		"a value without a label":       {head + "case: a\nfor: b\n", "label = value"},
		"two cases of a name":           {head + "case: a\nresponse: 200\nsees: 200\ncase: a\nresponse: 200\nsees: 200\n", "two cases"},
		"preflights without a wire":     {head + "case: a\npreflight: 204\nresponse: 200\nfetch: PUT\nsees: 200\n", "on the wire"},
		"two fetches without a wire":    {head + "case: a\nresponse: 200\nfetch: GET\nsees: 200\nfetch: GET\nsees: 200\n", "on the wire"},
		"a time that cannot be read":    {head + "case: a\nresponse: 200\nwait: long\nfetch: GET\nsees: 200\n", "rule.txt:5"},
		"a case that has no policies":   {head + "policy: {}\ncase: a\nfetch:\nsees: 200\n", "needs METHOD"},
	} {
		_, err := read(tt.text)
		assert.ErrorContains(t, err, tt.err, name)
	}
}

func TestBytes(t *testing.T) {
	t.Parallel()
	names := map[string]string{"origin": "http://a.example"}
	for line, want := range map[string]string{
		`A: $origin/`:         "A: http://a.example/",
		`A:\t"b"\r\n c\u00e4`: "A:\t\"b\"\r\n c\u00e4",
		`A: \{3*b,}c`:         "A: b,b,b,c",
		`A: $5`:               "A: $5",
	} {
		got, err := Bytes(line, names)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	for _, line := range []string{`A: $page`, `A: \q`} {
		_, err := Bytes(line, names)
		assert.Error(t, err, line)
	}
}

const difference = "difference: d\nengine: e\nseen: 1\nsection: s\nevidence: v\n"

func TestReadDifferences(t *testing.T) {
	t.Parallel()
	all, err := ReadDifferences(difference + `
case: rule/a: *
case: rule/b
wire: GET | PUT

case: rule/c
sees: 200
blocked: X
`)
	require.NoError(t, err)
	require.Len(t, all, 1)
	d := all[0]
	for name, shown := range map[string]int{"rule/a: 1": 0, "rule/b": 0, "rule/c": 1} {
		got, ok := d.In(&Case{Name: name})
		assert.True(t, ok, name)
		assert.Equal(t, d.Shown[shown], got, name)
	}
	_, ok := d.In(&Case{Name: "rule/b: 1"})
	assert.False(t, ok)
	assert.Equal(t, []string{"GET", "PUT"}, d.Shown[0].Wire)
	assert.Nil(t, d.Shown[0].Steps)
	assert.Equal(t, []Outcome{{Type: "cors", Status: 200, Reads: []string{"content-length"}}, {Type: "error", Code: "X"}}, d.Shown[1].Steps)

	for _, text := range []string{
		"case: a\n", difference, strings.Replace(difference, "seen: 1\n", "", 1) + "case: a\n",
		difference + "wire: GET\n", difference + "case: a\nmood: good\n",
	} {
		_, err := ReadDifferences(text)
		assert.Error(t, err, text)
	}
}

func TestReadTexts(t *testing.T) {
	t.Parallel()
	all, err := ReadTexts(`
# A comment.
engine: e
text: no \d+
codes: B A

text: no \d+
then: it failed
codes: P

silent:
codes: -

engine: f
text: no
codes: C
`)
	require.NoError(t, err)
	require.Len(t, all, 4)
	assert.Equal(t, []string{"A", "B"}, all[0].Codes)
	for _, tt := range []struct {
		engine   string
		messages []string
		want     *Text
	}{
		{"e", []string{"no 1"}, all[0]},
		{"e", []string{"no 1", "no 2"}, all[0]},
		{"e", []string{"no 1", "it failed", "no 2"}, all[1]},
		{"e", nil, all[2]},
		{"e", []string{"it failed"}, all[2]},
		{"f", []string{"no 1", "it failed"}, all[3]},
		{"f", nil, nil},
	} {
		assert.Same(t, tt.want, Find(all, tt.engine, tt.messages), "%s says %q", tt.engine, tt.messages)
	}
	for _, text := range []string{
		"text: a\ncodes: A\n", "engine: e\ncodes: A\n", "engine: e\ntext: a\n", "engine: e\ntext: (\ncodes: A\n",
		"engine: e\ntext: a\nmood: good\n",
	} {
		_, err := ReadTexts(text)
		assert.Error(t, err, text)
	}
}
