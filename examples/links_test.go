package examples_test

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestLinks checks every link, anchor, file and make target that the documents name.
func TestLinks(t *testing.T) {
	t.Parallel()
	repository := os.DirFS(root)
	pages := readPages(t, repository)
	links, spans := 0, 0
	for _, p := range pages {
		links, spans = links+len(p.links), spans+len(p.spans)
	}
	t.Logf("%d documents, %d links, %d spans of code", len(pages), links, spans)
	assert.Greater(t, links, 100)
	for _, problem := range checkPages(repository, pages) {
		t.Error(problem)
	}
}

// checkPages returns what is wrong with links and names of files and targets.
func checkPages(repository fs.FS, pages []page) (problems []string) {
	byFile := make(map[string]page)
	for _, p := range pages {
		byFile[p.file] = p
	}
	makefile, _ := fs.ReadFile(repository, "Makefile") // without one, no target exists
	for _, p := range pages {
		complain := func(line int, format string, arguments ...any) {
			problems = append(problems, fmt.Sprintf("%s:%d: %s", p.file, line, fmt.Sprintf(format, arguments...)))
		}
		for _, l := range p.links {
			if problem := checkLink(repository, byFile, p.file, l.text); problem != "" {
				complain(l.line, "link %q: %s", l.text, problem)
			}
		}
		for _, s := range p.spans {
			if fileName.MatchString(s.text) && !exists(repository, path.Join(path.Dir(p.file), s.text)) && !exists(repository, s.text) {
				complain(s.line, "`%s`: there is no such file", s.text)
			}
			for _, problem := range checkCommand(repository, string(makefile), s.text) {
				complain(s.line, "`%s`: %s", s.text, problem)
			}
		}
		for _, b := range p.blocks {
			if b.language != "" && b.language != "sh" {
				continue
			}
			for i, line := range strings.Split(b.text, "\n") {
				for _, problem := range checkCommand(repository, string(makefile), line) {
					complain(b.line+i+1, "%s", problem)
				}
			}
		}
	}
	return problems
}

// fileName is a path with a folder and an ending, and no wildcard or placeholder.
var fileName = regexp.MustCompile(`^[a-z_.][\w./-]*/[\w.-]+\.(go|md|txt|json|js|py|php|html|yml|golden)$`)

func checkLink(repository fs.FS, pages map[string]page, from, target string) string {
	u, err := url.Parse(target)
	switch {
	case target == "":
		return "is empty"
	case err != nil:
		return err.Error()
	case u.Scheme == "https":
		if !strings.Contains(u.Hostname(), ".") {
			return "has no host that others could reach"
		}
		return ""
	case u.Scheme == "http" && (u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost"):
		return "" // the reader's own server
	case u.Scheme != "":
		return "should be https, or relative"
	case strings.HasPrefix(u.Path, "/"):
		return "should be relative to its document"
	}
	file := from
	if u.Path != "" {
		file = path.Join(path.Dir(from), u.Path)
	}
	if strings.HasPrefix(file, "..") {
		return "leads out of the repository"
	}
	if !exists(repository, file) {
		return "leads nowhere"
	}
	if u.Fragment == "" {
		return ""
	}
	if exists(repository, path.Join(file, "README.md")) {
		file = path.Join(file, "README.md")
	}
	p, found := pages[file]
	if !found {
		return "anchors are for documents"
	}
	if !p.anchors[u.Fragment] {
		return "there is no such anchor"
	}
	return ""
}

func exists(repository fs.FS, file string) bool {
	_, err := fs.Stat(repository, path.Clean(file))
	return err == nil
}

var (
	makeCommand = regexp.MustCompile(`^(?:\$ )?make ((?:[a-z][a-z-]*\b[ ]?)+)`)
	goCommand   = regexp.MustCompile(`^(?:\$ )?(?:cd (\S+) && )?go (?:run|test|build|vet) (.*)`)
	goGet       = regexp.MustCompile(`^(?:\$ )?go get (` + regexp.QuoteMeta(ourPath) + `)([^\s@]+)`)
)

// checkCommand checks a line that a reader would type.
func checkCommand(repository fs.FS, makefile, line string) (problems []string) {
	line, _, _ = strings.Cut(strings.TrimSpace(line), " #")
	if m := makeCommand.FindStringSubmatch(line); m != nil {
		for _, target := range strings.Fields(m[1]) {
			if !strings.Contains("\n"+makefile, "\n"+target+":") {
				problems = append(problems, "make has no target "+target)
			}
		}
	}
	if m := goCommand.FindStringSubmatch(line); m != nil {
		for _, argument := range strings.Fields(m[2]) {
			folder, relative := strings.CutPrefix(argument, "./")
			if folder = strings.TrimSuffix(folder, "..."); relative && !exists(repository, path.Join(m[1], folder)) {
				problems = append(problems, argument+" is not there")
			}
		}
	}
	if m := goGet.FindStringSubmatch(line); m != nil && !exists(repository, path.Join(m[2], "go.mod")) {
		problems = append(problems, m[2]+" is no module")
	}
	return problems
}
