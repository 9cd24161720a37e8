// Command package makes what var is installed from: a Debian package, an RPM and a container image, out of programs that
// are built already, and SHA256SUMS of them. The same programs and the same commit give the same bytes, wherever.
//
//	package -root ../.. -bin bin -man build/man -version v1.2.3 -commit HASH -date 2026-11-22T10:00:00Z -out dist deb rpm image
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "package:", err)
		os.Exit(1)
	}
}

// release is what is packed, and what is said of it.
type release struct {
	// root is the folder of the sources, bin that of the programs, man that of the man pages, completions that of
	// the completions of shells.
	root, bin, man, completions string
	// version is what git describe says, commit the full hash, date that of the commit.
	version, commit string
	date            time.Time
	arch            string
	// loose packs in a hurry.
	loose bool
}

// kinds are what can be made, by name.
var kinds = map[string]func(r release, folder string) (file string, err error){
	"deb": makeDeb, "rpm": makeRPM, "image": makeImage,
}

func run(args []string) error {
	flags := flag.NewFlagSet("package", flag.ContinueOnError)
	var r release
	flags.StringVar(&r.root, "root", ".", "folder of the sources")
	flags.StringVar(&r.bin, "bin", "bin", "folder of var, with its plugins in plugins/")
	flags.StringVar(&r.man, "man", "", "folder of the man pages")
	flags.StringVar(&r.completions, "completions", "", "folder of var.bash, var.zsh and var.fish")
	flags.StringVar(&r.version, "version", "", "what git describe says")
	flags.StringVar(&r.commit, "commit", "", "hash of the commit")
	flags.StringVar(&r.arch, "arch", "amd64", "of the programs, as Go names it")
	flags.BoolVar(&r.loose, "loose", false, "pack in a hurry, into larger files")
	date := flags.String("date", "", "when the commit was made, in RFC 3339")
	out := flags.String("out", "dist", "folder for what is made")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var err error
	if r.date, err = time.Parse(time.RFC3339, *date); err != nil {
		return fmt.Errorf("-date: %w", err)
	}
	return r.make(*out, flags.Args())
}

// make writes what is wanted into a folder, and the sums of it.
func (r release) make(out string, wanted []string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	var files []string
	for _, name := range wanted {
		kind, known := kinds[name]
		if !known {
			return fmt.Errorf("%q: want deb, rpm or image", name)
		}
		file, err := kind(r, out)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		files = append(files, filepath.Base(file))
	}
	if len(files) == 0 {
		return errors.New("nothing is wanted: say deb, rpm or image")
	}
	return writeSums(out, files)
}
