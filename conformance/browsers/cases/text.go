package cases

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Text is what an engine's console says of a failed fetch, and how Chromium may name
// that failure: one name, unless the engine does not tell several apart.
type Text struct {
	Engine string
	Says   []*regexp.Regexp // one a message, in their order; none: it is silent
	Codes  []string         // as in Outcome
}

// Match tells if messages begin with what the text says.
func (t *Text) Match(messages []string) bool {
	if len(messages) < len(t.Says) {
		return false
	}
	for i, says := range t.Says {
		if !says.MatchString(messages[i]) {
			return false
		}
	}
	return true
}

// Find returns the text with which an engine's messages begin: of several the one
// that takes most of them. It returns nil if there is none.
func Find(all []*Text, engine string, messages []string) *Text {
	var found *Text
	for _, t := range all {
		if t.Engine == engine && t.Match(messages) && (found == nil || len(t.Says) > len(found.Says)) {
			found = t
		}
	}
	return found
}

// ReadTexts reads a file of texts.
func ReadTexts(text string) ([]*Text, error) {
	var all []*Text
	engine := ""
	for i, text := range strings.Split(text, "\n") {
		l := line{i + 1, text}
		if strings.TrimSpace(text) == "" || strings.HasPrefix(text, "#") {
			continue
		}
		word, rest, _ := strings.Cut(text, ":")
		rest = strings.TrimSpace(rest)
		if word == "engine" {
			engine = rest
			continue
		}
		if word == "text" || word == "silent" {
			all = append(all, &Text{Engine: engine})
		}
		if len(all) == 0 || engine == "" {
			return nil, numbered(l, errors.New("before the first engine and text"))
		}
		if err := all[len(all)-1].word(word, rest); err != nil {
			return nil, numbered(l, err)
		}
	}
	for _, t := range all {
		if len(t.Codes) == 0 {
			return nil, fmt.Errorf("%s: the text %v has no codes", t.Engine, t.Says)
		}
	}
	return all, nil
}

func (t *Text) word(word, rest string) error {
	switch word {
	case "silent":
		return nil
	case "text", "then":
		says, err := regexp.Compile(rest)
		t.Says = append(t.Says, says)
		return err
	case "codes":
		t.Codes = strings.Fields(rest)
		slices.Sort(t.Codes)
		return nil
	default:
		return fmt.Errorf("unknown word %q", word)
	}
}
