package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// golden compares a text with a file below testdata/review, which docs/review.md shows.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || got != string(want) {
		t.Errorf("%s is not this (run with -update, then go test ./examples -run TestPages -update): %v\n%s", file, err, got)
	}
}

// TestReviewPage checks the output that docs/review.md shows.
func TestReviewPage(t *testing.T) { // not parallel: it changes the folder
	folder, err := filepath.Abs("testdata/review")
	if err != nil {
		t.Fatal(err)
	}
	work := t.TempDir()
	for from, to := range map[string]string{"old.json": "old.json", "new.json": "cors.json", "faulty.yaml": "cors.yaml"} {
		text, err := os.ReadFile(filepath.Join(folder, from))
		if err != nil {
			t.Fatal(err)
		}
		write(t, work, to, string(text))
	}
	t.Chdir(work)
	for _, shown := range []struct {
		name string
		args []string
	}{
		{"diff.txt", []string{"diff", "old.json", "cors.json"}},
		{"check.txt", []string{"check", "cors.yaml"}},
		{"fix.txt", []string{"check", "--fix", "cors.yaml"}},
		{"explain.txt", []string{"explain", "cors.json", "--origin", "https://app.example.com", "--method", "PATCH"}},
	} {
		exit, out, problems := doctor(t, shown.args...)
		if exit != exitIll || problems != "" {
			t.Errorf("%v: exit status %d: %s", shown.args, exit, problems)
		}
		golden(t, filepath.Join(folder, shown.name), out)
	}
}

// pipeline is a repository with a branch that changes a policy, as a pipeline gets it.
type pipeline struct {
	folder string
	env    []string
}

// newPipeline commits a policy to main, and another one to a branch, and clones that.
func newPipeline(t *testing.T, bin, before, after string) *pipeline {
	t.Helper()
	upstream, folder := t.TempDir(), filepath.Join(t.TempDir(), "clone")
	git(t, upstream, "init", "-q", "-b", "main")
	write(t, upstream, "cors.json", before)
	git(t, upstream, "add", ".")
	git(t, upstream, "commit", "-q", "-m", "one")
	git(t, upstream, "checkout", "-q", "-b", "change")
	write(t, upstream, "cors.json", after)
	git(t, upstream, "commit", "-q", "-a", "--allow-empty", "-m", "two")
	git(t, upstream, "clone", "-q", "-b", "change", upstream, folder)
	p := &pipeline{folder: folder, env: append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "GOBIN="+bin)}
	base, err := exec.CommandContext(t.Context(), "git", "-C", folder, "merge-base", "origin/main", "HEAD").Output()
	if err != nil {
		t.Fatal(err)
	}
	p.env = append(p.env, "CI_MERGE_REQUEST_DIFF_BASE_SHA="+strings.TrimSpace(string(base)))
	return p
}

// installLine is the line of the workflows that installs corsdoctor.
const installLine = "git clone --depth 1 https://github.com/crossgate/cors ../crossgate && (cd ../crossgate && go install ./conformance/cmd/corsdoctor)"

// step runs a line of a workflow, and returns its exit status. In place of installLine it
// installs corsdoctor from this folder.
func (p *pipeline) step(t *testing.T, script string, env ...string) (exit int, out string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "bash", "-e", "-c", script)
	command.Dir, command.Env = p.folder, append(p.env, env...)
	if script == installLine {
		module, err := filepath.Abs(".")
		if err != nil {
			t.Fatal(err)
		}
		command.Dir, command.Args[3] = module, "go install ."
	}
	text, err := command.CombinedOutput()
	if err != nil && command.ProcessState == nil {
		t.Fatal(err)
	}
	return command.ProcessState.ExitCode(), string(text)
}

// TestWorkflows runs the workflows of docs/review.md, step by step, for a change that is
// narrower, one that is wider, and one with an error.
func TestWorkflows(t *testing.T) {
	t.Parallel()
	read := func(name string) string {
		text, err := os.ReadFile("testdata/review/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	bin := t.TempDir() // the second run finds the program up to date
	type outcome struct{ check, diff int }
	for name, c := range map[string]struct {
		before, after string
		want          outcome
		says          string
	}{
		"narrower": {read("new.json"), strings.Replace(read("new.json"), `, "DELETE"`, "", 1), outcome{0, 0}, "narrower: allowMethods DELETE"},
		"wider":    {read("old.json"), read("new.json"), outcome{0, 1}, "wider: allowOrigins https://*.example.com"},
		"wrong":    {read("old.json"), strings.Replace(read("new.json"), "allowMethods", "allowMethod", 1), outcome{1, 2}, "there is no such field"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPipeline(t, bin, c.before, c.after)
			t.Run("GitHub", func(t *testing.T) {
				githubWorkflow(t, p, read("github.yml"), []int{0, c.want.check, c.want.diff}, c.says)
			})
			t.Run("GitLab", func(t *testing.T) {
				gitlabPipeline(t, p, read("gitlab.yml"), []int{0, c.want.check, c.want.diff}, c.says)
			})
		})
	}
}

func githubWorkflow(t *testing.T, p *pipeline, text string, exits []int, says string) {
	t.Helper()
	var workflow struct {
		On   map[string]struct{ Types []string }
		Jobs map[string]struct {
			Steps []struct {
				Name, Uses, Run, If string
				With, Env           map[string]string
			}
		}
	}
	if err := yaml.Load([]byte(text), &workflow); err != nil || !slices.Contains(workflow.On["pull_request"].Types, "labeled") {
		t.Fatal(err, workflow.On)
	}
	ran, all := 0, ""
	for i, step := range workflow.Jobs["cors"].Steps {
		if step.Run == "" {
			want := []string{"actions/checkout@v4", "actions/setup-go@v5"}
			if step.Uses != want[i] || i == 0 && step.With["fetch-depth"] != "0" { // the clone has the whole history
				t.Errorf("step %d is %+v", i, step)
			}
			continue
		}
		if step.If != "" && step.If != "${{ !contains(github.event.pull_request.labels.*.name, 'cors-wider') }}" {
			t.Errorf("nobody has evaluated %s", step.If)
		}
		if strings.Contains(step.Run, "${{") {
			t.Errorf("%s puts a name that others choose into a script", step.Run)
		}
		var env []string
		for name, value := range step.Env {
			env = append(env, name+"="+strings.ReplaceAll(value, "${{ github.base_ref }}", "main"))
		}
		exit, out := p.step(t, step.Run, env...)
		if ran >= len(exits) || exit != exits[ran] {
			t.Errorf("%s: exit status %d: %s", step.Run, exit, out)
		}
		ran++
		all += out
	}
	if ran != len(exits) || !strings.Contains(all, says) || !strings.Contains(all, " file=cors.json,line=") {
		t.Errorf("%d steps say %s", ran, all)
	}
}

func gitlabPipeline(t *testing.T, p *pipeline, text string, exits []int, says string) {
	t.Helper()
	var jobs map[string]struct {
		Script    []string
		Variables map[string]string
		Artifacts struct{ Reports map[string]string }
	}
	if err := yaml.Load([]byte(text), &jobs); err != nil {
		t.Fatal(err)
	}
	job := jobs["cors-policy"]
	if len(job.Script) != len(exits) || job.Variables["GIT_DEPTH"] != "0" {
		t.Fatalf("got %+v", job)
	}
	all := ""
	for i, line := range job.Script {
		exit, out := p.step(t, line)
		if exit != exits[i] {
			t.Errorf("%s: exit status %d: %s", line, exit, out)
		}
		all += out
	}
	if !strings.Contains(strings.Join(strings.Fields(all), " "), says) {
		t.Errorf("the steps say %s", all)
	}
	report, err := os.ReadFile(filepath.Join(p.folder, job.Artifacts.Reports["codequality"]))
	var issues []issue
	if err != nil || json.Unmarshal(report, &issues) != nil || issues == nil || exits[1] == exitIll && issues[0].Location.Path != "cors.json" {
		t.Errorf("the report is %s, %v", report, err)
	}
}
