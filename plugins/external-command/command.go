package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
)

// command is one configured argv with its placeholders.
type command struct {
	argv []string
	// subject is the placeholder whose values a block is known by; there is one call for each of
	// them when perValue, else one call altogether.
	subject  string
	perValue bool
	// optional arguments are left out when they are empty: those that were appended.
	optional bool
}

func newCommand(kind entity.Kind, argv []string) command {
	c := command{argv: slices.Clone(argv)}
	used := placeholders(strings.Join(argv[1:], "\x00"))
	if len(used) == 0 {
		c.argv, c.optional = append(c.argv, appended[kind]...), true
		used = placeholders(strings.Join(appended[kind], ""))
	}
	c.subject = subject(kind, used)
	c.perValue = slices.Contains(used, c.subject)
	return c
}

// subject is destination wherever there are destinations; else what has many values, else the first
// placeholder that tells targets apart, else the id.
func subject(kind entity.Kind, used []string) string {
	if kind.Class() == entity.ClassDestination {
		return "destination"
	}
	if slices.Contains(used, "mac") {
		return "mac"
	}
	for _, name := range used {
		if !slices.Contains(mayBeEmpty, name) {
			return name
		}
	}
	return "id"
}

// call is one run of a command: its argv, and the values of the subject that it is about.
type call struct {
	argv  []string
	about []string
}

// calls are the runs that a target with these values needs; none when it has no value of the subject.
func (c command) calls(v values) ([]call, error) {
	about := v[c.subject]
	if len(about) == 0 {
		return nil, missing(c.subject)
	}
	if !c.perValue {
		argv, err := c.expand(v)
		return []call{{argv, about}}, err
	}
	all := make([]call, len(about))
	for i, one := range about {
		argv, err := c.expand(v.with(c.subject, one))
		if err != nil {
			return nil, err
		}
		all[i] = call{argv, []string{one}}
	}
	return all, nil
}

func (v values) with(name, value string) values {
	w := values{name: {value}}
	for other, texts := range v {
		if other != name {
			w[other] = texts
		}
	}
	return w
}

func missing(name string) error {
	return &blocker.Error{Class: blocker.Absent, Err: fmt.Errorf("the target has no {%s} now", name)}
}

// expand fills the placeholders in. A value may not make an argument an option: only after a
// literal -- may an argument begin with one that begins with a hyphen.
func (c command) expand(v values) ([]string, error) {
	argv, ended := []string{c.argv[0]}, false
	for _, template := range c.argv[1:] {
		arg, err := fill(template, v)
		if err != nil {
			return nil, err
		}
		if !ended && strings.HasPrefix(arg, "-") && !strings.HasPrefix(template, "-") {
			return nil, refused("%q would be read as an option; put \"--\" before %s if the program knows it", arg, template)
		}
		ended = ended || template == "--"
		if arg != "" || !c.optional {
			argv = append(argv, arg)
		}
	}
	return argv, nil
}

func fill(template string, v values) (string, error) {
	var failed error
	arg := placeholder.ReplaceAllStringFunc(template, func(match string) string {
		name := strings.Trim(match, "{}")
		text, err := v.one(name)
		if err != nil {
			failed = err
		}
		return text
	})
	return arg, failed
}

func (v values) one(name string) (string, error) {
	texts := v[name]
	if len(texts) == 0 {
		if slices.Contains(mayBeEmpty, name) {
			return "", nil
		}
		return "", missing(name)
	}
	if !utf8.ValidString(texts[0]) || strings.ContainsFunc(texts[0], unicode.IsControl) {
		return "", refused("{%s} is %q, which holds control characters", name, texts[0])
	}
	return texts[0], nil
}

func refused(format string, args ...any) error {
	return &blocker.Error{Class: blocker.Permanent, Err: fmt.Errorf(format, args...)}
}
