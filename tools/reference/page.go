package main

import (
	"context"
	"fmt"
	"strings"
)

const note = "<!-- Written by make generate; do not edit. -->\n\n"

// commandPage shows the help of every command, each before its own subcommands.
func commandPage(ctx context.Context, p program) (string, error) {
	var page strings.Builder
	page.WriteString(note + "# Commands\n")
	var visit func(path []string) error
	visit = func(path []string) error {
		help, err := p.says(ctx, append(path[:len(path):len(path)], "--help")...)
		if err != nil {
			return err
		}
		writeBlock(&page, strings.TrimSpace("var "+strings.Join(path, " ")), help)
		for _, name := range subcommands(help) {
			if err := visit(append(path[:len(path):len(path)], name)); err != nil {
				return err
			}
		}
		return nil
	}
	err := visit(nil)
	return page.String(), err
}

// pluginPage is what a plugin says of itself and of its settings, which is Markdown.
func pluginPage(ctx context.Context, p program, name string) (string, error) {
	text, err := p.says(ctx, "plugin", "describe", name)
	if err != nil {
		return "", err
	}
	return note + strings.TrimSpace(text) + "\n", nil
}

func writeBlock(page *strings.Builder, title, text string) {
	fmt.Fprintf(page, "\n## `%s`\n\n```text\n%s\n```\n", title, strings.TrimSpace(text))
}

// subcommands finds the commands that a help text lists. Those of completion,
// and help itself, are the library's and say the same in every program.
func subcommands(help string) []string {
	_, list, found := strings.Cut(help, "\nAvailable Commands:\n")
	if !found || strings.Contains(help, "\n  var completion [command]\n") {
		return nil
	}
	var names []string
	for line := range strings.Lines(list) {
		name, _, _ := strings.Cut(strings.TrimPrefix(line, "  "), " ")
		if !strings.HasPrefix(line, "  ") || name == "" {
			break
		}
		if name != "help" {
			names = append(names, name)
		}
	}
	return names
}
