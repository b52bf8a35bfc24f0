package examples_test

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

// page is a Markdown file, split into the parts that tests check.
type page struct {
	file      string // slash-separated, from the root
	generated bool   // written by a test, which says so in its first line
	links     []place
	spans     []place // of code in the text
	blocks    []block
	anchors   map[string]bool
}

// place is a text and its line.
type place struct {
	text string
	line int
}

// block is a fenced block of code, or an indented one, which has no language.
type block struct {
	language string
	mark     string // the comment on the line before it, without its signs
	text     string
	line     int
}

// readPages parses all Markdown files of the repository, those of testdata included.
func readPages(t *testing.T, repository fs.FS) []page {
	t.Helper()
	var pages []page
	require.NoError(t, fs.WalkDir(repository, ".", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && file != "." && (strings.HasPrefix(entry.Name(), ".") || strings.HasPrefix(entry.Name(), "_") || entry.Name() == "node_modules"):
			return fs.SkipDir
		case path.Ext(file) != ".md" || entry.IsDir():
			return nil
		}
		text, err := fs.ReadFile(repository, file)
		if err != nil {
			return err
		}
		pages = append(pages, parsePage(file, string(text)))
		return nil
	}))
	require.NotEmpty(t, pages)
	return pages
}

var (
	fence     = regexp.MustCompile("^ *```(\\S*)\\s*$")
	comment   = regexp.MustCompile(`^<!-- (.*) -->$`)
	heading   = regexp.MustCompile(`^#{1,6} +(.*?)(?: #+)?$`)
	anchor    = regexp.MustCompile(`<a (?:id|name)="([^"]+)"`)
	span      = regexp.MustCompile("`([^`]+)`")
	link      = regexp.MustCompile(`\]\(\s*([^)\s]*)(?:\s+"[^"]*")?\s*\)`)
	reference = regexp.MustCompile(`^\[[^\]]+\]:\s*(\S+)`)
	bare      = regexp.MustCompile(`\bhttps?://[^\s)>\]"]+`)
)

// parsePage finds the code, the links and the anchors that GitHub would show.
func parsePage(file, text string) page {
	p := page{file: file, anchors: make(map[string]bool), generated: strings.HasPrefix(text, "<!-- Written by ")}
	var open *block
	mark, lastBlank, inList := "", true, false
	for i, line := range strings.Split(text, "\n") {
		number := i + 1
		if m := fence.FindStringSubmatch(line); m != nil {
			if open == nil {
				open = &block{language: m[1], mark: mark, line: number}
			} else {
				p.blocks = append(p.blocks, *open)
				open = nil
			}
			mark, lastBlank = "", false
			continue
		}
		if open != nil {
			open.text += line + "\n"
			continue
		}
		indented := strings.HasPrefix(line, "    ") && !inList
		if indented && (lastBlank || len(p.blocks) > 0 && p.blocks[len(p.blocks)-1].line < 0) {
			// An indented block: continued while lines are.
			if !lastBlank {
				p.blocks[len(p.blocks)-1].text += strings.TrimSpace(line) + "\n"
			} else {
				p.blocks = append(p.blocks, block{text: strings.TrimSpace(line) + "\n", line: -number})
			}
			lastBlank = false
			continue
		}
		mark = ""
		if m := comment.FindStringSubmatch(line); m != nil {
			mark = m[1]
		}
		lastBlank = strings.TrimSpace(line) == ""
		if !lastBlank {
			inList = regexp.MustCompile(`^\s*([-*]|\d+\.) `).MatchString(line) || inList && strings.HasPrefix(line, " ")
		}
		p.readLine(line, number)
	}
	if open != nil {
		p.blocks = append(p.blocks, block{language: "a block without an end", line: open.line})
	}
	for i := range p.blocks {
		p.blocks[i].line = max(p.blocks[i].line, -p.blocks[i].line)
	}
	return p
}

func (p *page) readLine(line string, number int) {
	if m := heading.FindStringSubmatch(line); m != nil {
		slug := slugOf(m[1])
		for n, base := 1, slug; p.anchors[slug]; n++ {
			slug = fmt.Sprintf("%s-%d", base, n)
		}
		p.anchors[slug] = true
	}
	for _, m := range anchor.FindAllStringSubmatch(line, -1) {
		p.anchors[m[1]] = true
	}
	for _, m := range span.FindAllStringSubmatch(line, -1) {
		p.spans = append(p.spans, place{m[1], number})
	}
	line = span.ReplaceAllString(line, "code") // text in a code span is not a link
	for _, m := range link.FindAllStringSubmatch(line, -1) {
		p.links = append(p.links, place{m[1], number})
	}
	if m := reference.FindStringSubmatch(line); m != nil {
		p.links = append(p.links, place{m[1], number})
	}
	for _, m := range bare.FindAllString(link.ReplaceAllString(line, ""), -1) {
		p.links = append(p.links, place{strings.TrimRight(m, ".,;:"), number})
	}
}

// slugOf returns the anchor that GitHub gives a heading: its text without markup, in lower
// case, with only letters, digits and hyphens, and hyphens for spaces.
func slugOf(text string) string {
	text = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`).ReplaceAllString(text, "$1")
	text = regexp.MustCompile(`<[^>]*>`).ReplaceAllString(text, "")
	var b strings.Builder
	for _, r := range strings.ToLower(strings.TrimSpace(text)) {
		switch {
		case r == ' ':
			b.WriteByte('-')
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}
