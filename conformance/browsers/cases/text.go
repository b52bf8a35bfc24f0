package cases

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Text is what an engine's console says about a failed fetch, and Chromium's names for
// that failure. There are several names if the engine does not distinguish them.
type Text struct {
	Engine string
	Says   []*regexp.Regexp // one for each message, in order; none if the console says nothing
	Codes  []string         // as in Outcome
}

// Match reports whether messages begin with this text.
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

// Find returns the text with which an engine's messages begin, or nil. If several match,
// it returns the one with the most messages.
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
