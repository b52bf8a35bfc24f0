package pasted

import (
	"errors"
	"fmt"
	"strings"
)

// parseCurl reads one command. rest is the text after its line.
func parseCurl(text string) (*Request, string, error) {
	name, _, _ := strings.Cut(text, " ")
	arguments := strings.TrimLeft(strings.TrimPrefix(text[len("curl"):], ".exe"), " \t")
	r := &Request{Form: CurlBash}
	split := bashWords
	if strings.HasPrefix(name, "curl.exe") || strings.HasPrefix(strings.TrimPrefix(arguments, "--url "), `^"`) {
		r.Form, split = CurlCmd, cmdWords
	}
	words, rest, err := split(arguments)
	if err == nil {
		err = r.options(words)
	}
	if err == nil {
		err = r.finish()
	}
	return r, rest, err
}

// options reads curl's arguments. It accepts only the options that DevTools writes.
func (r *Request) options(words []string) error {
	var target string
	targets, glob, hasData := 0, true, false
	for i := 0; i < len(words); i++ {
		option := words[i]
		if !strings.HasPrefix(option, "-") {
			target, targets = option, targets+1
			continue
		}
		switch option {
		case "--compressed", "--insecure":
			continue
		case "--globoff":
			glob = false
			continue
		case "-I":
			r.Method = "HEAD"
			continue
		case "--url", "-X", "-H", "-b", "--data", "--data-raw", "--data-binary":
		default:
			return fmt.Errorf("curl's option %s is not one that DevTools writes", quoted(option))
		}
		i++
		if i == len(words) {
			return fmt.Errorf("curl's option %s has no value", option)
		}
		value := words[i]
		var err error
		switch option {
		case "--url":
			target, targets = value, targets+1
		case "-X":
			r.Method = value
		case "-H":
			err = r.curlHeader(value)
		case "-b":
			if !strings.Contains(value, "=") {
				return errors.New("curl would read the cookies from a file: -b without a =")
			}
			r.Cookie = value
		default:
			if option != "--data-raw" && strings.HasPrefix(value, "@") {
				return fmt.Errorf("curl would read the body from a file: %s with an @", option)
			}
			if hasData {
				return errors.New("the command has two bodies")
			}
			r.Body, hasData = value, true
		}
		if err != nil {
			return err
		}
	}
	if targets != 1 {
		return fmt.Errorf("the command has %d URLs, and should have one", targets)
	}
	if hasData && r.Method == "" {
		r.Method = "POST"
	}
	var err error
	r.URL, err = unglob(target, glob)
	return err
}

// curlHeader reads the value of -H: "Name: value", or "Name;" for an empty value.
func (r *Request) curlHeader(line string) error {
	if strings.HasPrefix(line, "@") {
		return errors.New("curl would read headers from a file: -H with an @")
	}
	colon := strings.IndexByte(line, ':')
	if strings.HasPrefix(line, ":") { // of HTTP/2, such as ":authority: x"
		if colon = strings.IndexByte(line[1:], ':'); colon >= 0 {
			colon++
		}
	}
	if colon < 0 {
		name, empty := strings.CutSuffix(line, ";")
		if !empty {
			return fmt.Errorf("the header %s has no value", quoted(line))
		}
		return r.add(name, "")
	}
	return r.add(line[:colon], strings.Trim(line[colon+1:], " \t"))
}

// unglob removes the backslashes before characters that curl would read as patterns in a
// URL.
func unglob(target string, glob bool) (string, error) {
	if !glob {
		return target, nil
	}
	var b strings.Builder
	for i := 0; i < len(target); i++ {
		if target[i] == '\\' && i+1 < len(target) && strings.IndexByte("[]{}", target[i+1]) >= 0 {
			i++
		} else if strings.IndexByte("[]{}", target[i]) >= 0 {
			return "", fmt.Errorf("the URL has the pattern character %q, which DevTools writes with a backslash", target[i])
		}
		b.WriteByte(target[i])
	}
	return b.String(), nil
}
