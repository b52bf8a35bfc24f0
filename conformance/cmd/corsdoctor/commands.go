package main

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// commands are the program's commands and their flags.
type commands struct {
	Check   checkCommand   `cmd:"" help:"Report every fault of policies, with its place and its repair."`
	Explain explainCommand `cmd:"" help:"Say what a policy answers to a request, and why."`
	Diff    diffCommand    `cmd:"" help:"Say what pages gain and lose when one policy replaces another."`
	Fetch   fetchCommand   `cmd:"" default:"withargs" help:"Make a request as a browser would, and say why it is blocked (the default)."`
}

// A command runs and returns the exit status.
type command interface {
	run(ctx context.Context, t *terminal) (exit int, err error)
}

type checkCommand struct {
	Policies []string `arg:"" name:"policy" help:"Files with a policy or a set of policies, as JSON or YAML; - is standard input."`
	Fix      bool     `help:"Show what the repairs change, and write it into the files."`
	DryRun   bool     `help:"With --fix: show it, and write nothing."`
	Strict   bool     `help:"Exit with 1 for warnings too."`
	Format   string   `enum:"text,json,github,gitlab" default:"text" help:"text, json, or annotations: github, gitlab."`
	JSON     bool     `name:"json" help:"The same as --format json."`
}

type explainCommand struct {
	Policy    string   `arg:"" help:"File with a policy or a set of policies, as JSON or YAML; - is standard input."`
	Origin    string   `required:"" placeholder:"ORIGIN" help:"The page's origin, such as https://app.example.com."`
	Method    string   `default:"GET" placeholder:"METHOD" help:"The request's method (${default})."`
	Header    []string `sep:"none" placeholder:"FIELD" help:"A field that the script sets, as 'Name: value'; may be repeated."`
	Preflight bool     `help:"Explain the preflight, also where a browser sends none."`
	Host      string   `placeholder:"HOST" help:"The request's Host, for Enforce."`
	Name      string   `placeholder:"NAME" help:"Which policy, of a set."`
	JSON      bool     `name:"json" help:"Print a JSON document, for scripts."`
}

type diffCommand struct {
	Old    string `arg:"" help:"The policy in force: a file, - or a file of a git revision, such as HEAD~1:cors.json."`
	New    string `arg:"" help:"The policy that replaces it: the same kinds of value."`
	Format string `enum:"text,json,github,gitlab" default:"text" help:"text, json, or annotations: github, gitlab."`
	JSON   bool   `name:"json" help:"The same as --format json."`
}

type fetchCommand struct {
	URL         string        `arg:"" optional:"" name:"url" help:"What the page asks for."`
	Origin      string        `placeholder:"ORIGIN" help:"The page's origin; if empty, the policy's, or https://app.example.com."`
	Method      string        `default:"GET" placeholder:"METHOD" help:"The request's method (${default}); it is really sent."`
	Header      []string      `sep:"none" placeholder:"FIELD" help:"A field that the script sets, as 'Name: value'; may be repeated."`
	Credentials string        `default:"same-origin" placeholder:"MODE" help:"fetch's credentials mode: omit, same-origin or include (${default})."`
	Timeout     time.Duration `default:"20s" placeholder:"TIME" help:"How long all requests may take together (${default})."`
	Probe       bool          `default:"true" negatable:"" help:"Look for mistakes with further requests, all GET or OPTIONS (the default)."`
	Paste       bool          `help:"Read a copied request, or a console's message, from standard input."`
	Send        bool          `help:"Send all of what was pasted, and to private addresses too."`
	For         string        `placeholder:"SYSTEM" help:"Print the change for this system, such as nginx; or all."`
	Policy      string        `placeholder:"FILE" help:"Compare the server with the policy in this file, JSON or YAML."`
	Name        string        `placeholder:"NAME" help:"Which policy, of a set."`
	JSON        bool          `name:"json" help:"Print a JSON document, for scripts."`
}

var commandNames = []string{"check", "explain", "diff", "fetch"}

// examples are the examples that each command's --help shows.
var examples = map[string][]string{
	"check":   {"corsdoctor check cors.json", "corsdoctor check --fix policies.yaml", "corsdoctor check --format github *.json"},
	"explain": {"corsdoctor explain cors.json --origin https://app.example.com", "corsdoctor explain cors.yaml --name shop --origin https://a.example \\\n    --method PUT --header 'Content-Type: application/json'"},
	"diff":    {"corsdoctor diff old.json cors.json", "corsdoctor diff HEAD~1:cors.json cors.json", "corsdoctor diff origin/main:policies.yaml policies.yaml --format github"},
	"fetch":   {"corsdoctor https://api.example.com/items", "corsdoctor --origin https://app.example.com --method PUT --for nginx \\\n    https://api.example.com/items/1", "xclip -o | corsdoctor --paste", "corsdoctor --policy cors.json https://api.example.com/items"},
}

// run is main with its inputs and outputs as parameters.
func run(ctx context.Context, args []string, in io.Reader, out, problems io.Writer) int {
	t := newTerminal(in, out, problems)
	var list commands
	helped := false
	parser, err := kong.New(&list, kong.Name("corsdoctor"), kong.Writers(t.out, t.problems), kong.Help(help), kong.Exit(func(int) { helped = true }),
		kong.Description("Says why a page's request is blocked, finds the faults of a policy, and says what a new policy changes."))
	if err != nil {
		return t.fail(err)
	}
	chosen, err := parser.Parse(twoDashes(args))
	if helped {
		return exitHealthy
	}
	if err != nil && len(args) > 0 && !strings.ContainsAny(args[0], "-.:/") && !slices.Contains(commandNames, args[0]) {
		err = notCommand(args[0])
	}
	if err != nil {
		return t.fail(fmt.Errorf("%w; corsdoctor --help shows what there is", err))
	}
	var c command
	switch name, _, _ := strings.Cut(chosen.Command(), " "); name {
	case "check":
		c = &list.Check
	case "explain":
		c = &list.Explain
	case "diff":
		c = &list.Diff
	default:
		c = &list.Fetch
	}
	exit, err := c.run(ctx, t)
	if err == nil {
		err = t.failed
	}
	if err != nil {
		return t.fail(err)
	}
	return exit
}

// help prints kong's help in 80 columns, followed by examples.
func help(options kong.HelpOptions, c *kong.Context) error {
	options.WrapUpperBound, options.NoExpandSubcommands, options.FlagsLast = width, true, true
	if err := kong.DefaultHelpPrinter(options, c); err != nil {
		return err
	}
	names := commandNames
	if selected := c.Selected(); selected != nil && selected.Name != "fetch" || len(c.Args) > 0 && c.Args[0] == "fetch" {
		names = []string{selected.Name}
	}
	var b strings.Builder
	b.WriteString("\nExamples:\n")
	for _, name := range names {
		lines := examples[name]
		if len(names) > 1 {
			lines = lines[:2]
		}
		for _, line := range lines {
			b.WriteString("  " + line + "\n")
		}
	}
	_, err := io.WriteString(c.Stdout, b.String())
	return err
}

// twoDashes turns -flag into --flag.
func twoDashes(args []string) []string {
	names := make(map[string]bool)
	for _, of := range reflect.VisibleFields(reflect.TypeFor[commands]()) {
		for i := range of.Type.NumField() {
			names[flagName(of.Type.Field(i))] = true
		}
	}
	names["help"] = true
	var list []string
	for i, arg := range args {
		if arg == "--" {
			return append(list, args[i:]...)
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(arg, "-"), "=")
		if strings.HasPrefix(arg, "-") && names[name] {
			arg = "-" + arg
		}
		list = append(list, arg)
	}
	return list
}

// flagName returns the name that kong gives a field: in lower case, with hyphens.
func flagName(f reflect.StructField) string {
	if name := f.Tag.Get("name"); name != "" {
		return name
	}
	var b strings.Builder
	for i, r := range f.Name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('-')
		}
		b.WriteString(strings.ToLower(string(r)))
	}
	return b.String()
}
