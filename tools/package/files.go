package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/goreleaser/nfpm/v2/files"
)

// file is one of a package: where it comes from and where it goes.
type file struct {
	source, path string
	kind         string
	mode         os.FileMode
	group        string
}

const (
	programs = "/usr/bin"
	plugins  = "/usr/lib/var/plugins"
	units    = "/usr/lib/systemd/system"
	doc      = "/usr/share/doc/var"
)

// files are all of a package. It starts nothing, and brings no configuration: who installs it writes that first.
func (r release) files() ([]file, error) {
	all := []file{
		r.program("var", programs+"/var"),
		{source: filepath.Join(r.root, "deploy/systemd/var-as-service"), path: "/usr/sbin/var-as-service", kind: files.TypeFile, mode: 0o755},
		r.text("deploy/systemd/var.service", units+"/var.service"),
		r.text("deploy/systemd/var-once.service", units+"/var-once.service"),
		r.text("deploy/systemd/var-once.timer", units+"/var-once.timer"),
		// systemd has a var.conf of its own, for the folder.
		r.text("deploy/systemd/var.sysusers", "/usr/lib/sysusers.d/var-project.conf"),
		r.text("deploy/systemd/var.tmpfiles", "/usr/lib/tmpfiles.d/var-project.conf"),
		r.text("config.example.toml", doc+"/config.example.toml"),
		r.text("CHANGELOG.md", doc+"/CHANGELOG.md"),
		r.text("LICENSE", doc+"/copyright"),
		{path: "/etc/var", kind: files.TypeDir, mode: 0o750, group: "var"},
		{path: "/etc/var/credentials", kind: files.TypeDir, mode: 0o700},
	}
	for _, more := range []func() ([]file, error){r.plugins, r.pages, r.completionFiles} {
		found, err := more()
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

func (r release) program(name, path string) file {
	return file{source: filepath.Join(r.bin, name), path: path, kind: files.TypeFile, mode: 0o755}
}

func (r release) text(name, path string) file {
	return file{source: filepath.Join(r.root, name), path: path, kind: files.TypeFile, mode: 0o644}
}

// plugins are all that were built.
func (r release) plugins() ([]file, error) {
	built, err := filepath.Glob(filepath.Join(r.bin, "plugins", "var-plugin-*"))
	if err == nil && len(built) == 0 {
		err = errors.New("no plugins are built in " + r.bin)
	}
	var all []file
	for _, path := range built {
		name := filepath.Base(path)
		all = append(all, r.program(filepath.Join("plugins", name), plugins+"/"+name))
	}
	return all, err
}

// pages are the manual, each in the folder of its section.
func (r release) pages() ([]file, error) {
	found, err := filepath.Glob(filepath.Join(r.man, "*.[0-9]"))
	if err == nil && len(found) == 0 {
		err = errors.New("there are no man pages in " + r.man)
	}
	var all []file
	for _, path := range found {
		section := strings.TrimPrefix(filepath.Ext(path), ".")
		all = append(all, file{
			source: path, path: "/usr/share/man/man" + section + "/" + filepath.Base(path), kind: files.TypeFile, mode: 0o644,
		})
	}
	return all, err
}

// completionFiles are where each shell looks for them.
func (r release) completionFiles() ([]file, error) {
	var all []file
	for name, path := range map[string]string{
		"var.bash": "/usr/share/bash-completion/completions/var",
		"var.zsh":  "/usr/share/zsh/site-functions/_var",
		"var.fish": "/usr/share/fish/vendor_completions.d/var.fish",
	} {
		source := filepath.Join(r.completions, name)
		if _, err := os.Stat(source); err != nil {
			return nil, err
		}
		all = append(all, file{source: source, path: path, kind: files.TypeFile, mode: 0o644})
	}
	return all, nil
}
