// Command reference writes docs/reference from what the built programs say
// of themselves: the help of every command, the keys of the configuration, the
// metrics and the description of every plugin. So the pages cannot tell anything
// else than the program does.
//
//	reference -bin bin -out docs/reference fortigate paloalto ...
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "reference:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("reference", flag.ContinueOnError)
	bin := flags.String("bin", "", "folder with var and its plugins")
	out := flags.String("out", "", "folder for the pages; those of plugins are replaced")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *bin == "" || *out == "" {
		return errors.New("usage: reference -bin folder -out folder [plugins]")
	}
	p, err := newProgram(*bin)
	if err != nil {
		return err
	}
	defer p.close()
	pages, err := allPages(ctx, p, flags.Args())
	if err != nil {
		return err
	}
	return replace(*out, pages)
}

// allPages gives the text of each page by its file name.
func allPages(ctx context.Context, p program, plugins []string) (map[string]string, error) {
	commands, err := commandPage(ctx, p)
	if err != nil {
		return nil, err
	}
	configuration, err := configurationPage()
	if err != nil {
		return nil, err
	}
	pages := map[string]string{"commands.md": commands, "configuration.md": configuration, "metrics.md": metricsPage()}
	for _, name := range plugins {
		if pages["plugin-"+name+".md"], err = pluginPage(ctx, p, name); err != nil {
			return nil, err
		}
	}
	return pages, nil
}

// replace writes the pages into folder. The page of a plugin that is gone must not stay behind; pages that
// somebody writes by hand stay.
func replace(folder string, pages map[string]string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	former, err := filepath.Glob(filepath.Join(folder, "plugin-*.md"))
	if err != nil {
		return err
	}
	for _, page := range former {
		if err := os.Remove(page); err != nil {
			return err
		}
	}
	for name, text := range pages {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
