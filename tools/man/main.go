// Command man writes the manual: a page for each command, and var.toml(5) for the configuration.
//
//	man -version v1.2.3 -date 2026-11-22T10:00:00Z -out build/man
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/cpuguy83/go-md2man/v2/md2man"
	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/var-project/var/pkg/cli"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "man:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("man", flag.ContinueOnError)
	version := flags.String("version", "", "version of the program")
	date := flags.String("date", "", "when that was made, in RFC 3339")
	out := flags.String("out", "", "folder for the pages")
	if err := flags.Parse(args); err != nil {
		return err
	}
	made, err := time.Parse(time.RFC3339, *date)
	if err != nil {
		return fmt.Errorf("-date: %w", err)
	}
	if err := os.MkdirAll(*out, 0o755); err != nil {
		return err
	}
	if err := commandPages(*version, made.UTC(), *out); err != nil {
		return err
	}
	page, err := configurationPage(*version, made.UTC())
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(*out, "var.toml.5"), md2man.Render([]byte(page)), 0o644)
}

// manual is what stands at the top of each page.
const manual = "Vectra Automated Response"

func commandPages(version string, made time.Time, out string) error {
	root := cli.Commands()
	plain(root)
	return doc.GenManTree(root, &doc.GenManHeader{
		Section: "1", Date: &made, Source: "var " + version, Manual: manual,
	}, out)
}

// plain leaves out what only machines of builders would differ in, and the commands that every program of the library has.
func plain(cmd *cobra.Command) {
	cmd.DisableAutoGenTag = true
	cmd.Long = verbatim(cmd.Long)
	if cmd.Name() == "completion" {
		cmd.RemoveCommand(cmd.Commands()...)
	}
	for _, sub := range cmd.Commands() {
		plain(sub)
	}
}

// verbatim keeps the lines of a list, such as that of exit codes, apart: Markdown would make a paragraph of them.
func verbatim(text string) string {
	var out strings.Builder
	list := false
	for line := range strings.Lines(text) {
		if in := strings.HasPrefix(line, " "); in != list {
			list = in
			out.WriteString("\n")
		}
		if list {
			out.WriteString("    ")
		}
		out.WriteString(line)
	}
	return out.String()
}
