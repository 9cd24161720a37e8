package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/goreleaser/nfpm/v2"
	"github.com/goreleaser/nfpm/v2/deb"
	"github.com/goreleaser/nfpm/v2/files"
	"github.com/goreleaser/nfpm/v2/rpm"
)

const description = `Keep what a security console decides in force on the devices that can act
var reads hosts, accounts and detections from Vectra brains, works out who
must be blocked and who must be released, and has vendor plugins do it:
FortiGate, Palo Alto, any command.`

func makeDeb(r release, folder string) (string, error) {
	return r.pack(deb.Default, folder, func(info *nfpm.Info) {
		info.Recommends = []string{"systemd", "ca-certificates"}
		info.Section, info.Priority = "net", "optional"
		info.Deb.Compression = "gzip" // every dpkg reads it, and xz would take minutes
		if r.loose {
			info.Deb.Compression = "none"
		}
	})
}

func makeRPM(r release, folder string) (string, error) {
	return r.pack(rpm.DefaultRPM, folder, func(info *nfpm.Info) {
		info.Recommends = []string{"systemd", "ca-certificates"}
		info.RPM.Group = "System Environment/Daemons"
		info.RPM.Summary = "Keep what a security console decides in force on the devices that can act"
		info.RPM.BuildHost = "localhost" // the name of the machine that builds would be other bytes on each
		info.RPM.Compression = "gzip:6"
		if r.loose {
			info.RPM.Compression = "gzip:1"
		}
	})
}

// pack makes a package of one format.
func (r release) pack(format nfpm.Packager, folder string, particular func(*nfpm.Info)) (string, error) {
	contents, err := r.contents()
	if err != nil {
		return "", err
	}
	info := r.info(contents)
	particular(info)
	if err := nfpm.PrepareForPackager(info, extension(format)); err != nil {
		return "", err
	}
	path := filepath.Join(folder, format.ConventionalFileName(info))
	out, err := os.Create(path)
	if err != nil {
		return "", err
	}
	if err := format.Package(info, out); err != nil {
		_ = out.Close()
		return "", err
	}
	return path, out.Close()
}

func extension(format nfpm.Packager) string {
	if format == nfpm.Packager(deb.Default) {
		return "deb"
	}
	return "rpm"
}

func (r release) info(contents files.Contents) *nfpm.Info {
	script := func(name string) string { return filepath.Join(r.root, "tools", "package", "scripts", name) }
	info := &nfpm.Info{
		Name: "var", Arch: r.arch, Platform: "linux", Release: "1", MTime: r.date,
		Version: packageVersion(r.version, r.date), VersionSchema: "none",
		Maintainer: "The var project <maintainers@var-project.example>", Vendor: "The var project",
		Homepage: "https://github.com/var-project/var", License: "Apache-2.0", Description: description,
	}
	info.Contents, info.Umask, info.DisableGlobbing = contents, 0o022, true
	info.Scripts = nfpm.Scripts{
		PreInstall: script("before-install"), PostInstall: script("after-install"),
		PreRemove: script("before-remove"), PostRemove: script("after-remove"),
	}
	return nfpm.WithDefaults(info)
}

// contents are the files of a package, with mode and owner.
func (r release) contents() (files.Contents, error) {
	all, err := r.files()
	if err != nil {
		return nil, err
	}
	var contents files.Contents
	for _, f := range all {
		c := &files.Content{
			Source: f.source, Destination: f.path, Type: f.kind,
			FileInfo: &files.ContentFileInfo{Owner: "root", Group: "root", Mode: f.mode, MTime: r.date},
		}
		if f.group != "" {
			c.FileInfo.Group = f.group
		}
		contents = append(contents, c)
	}
	if len(contents) == 0 {
		return nil, fmt.Errorf("nothing is built in %s", r.bin)
	}
	return contents, nil
}
