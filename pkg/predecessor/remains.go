package predecessor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// remains are what a predecessor left: the files of a folder, or those in ConfigMaps of manifests.
type remains struct {
	folder string
	// main is the name of its configuration.
	main string
	// packed are the files in ConfigMaps by their names; nil: the files are in the folder.
	packed map[string]string
	// environment are the variables that manifests give it.
	environment []variable
}

// left looks for what a path leads to.
func left(path string) (*remains, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	folder, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return leftIn(filepath.Dir(folder), filepath.Base(folder))
	}
	for _, name := range []string{"config.py", "config.json"} {
		if _, err := os.Stat(filepath.Join(folder, name)); !errors.Is(err, fs.ErrNotExist) {
			return &remains{folder: folder, main: name}, err
		}
	}
	manifests, err := manifestsIn(folder)
	if err == nil && len(manifests) == 0 {
		err = fmt.Errorf("%s: there is neither config.py nor config.json, and no manifest of Kubernetes (*.yaml): name the folder that the predecessor runs in", path)
	}
	if err != nil {
		return nil, err
	}
	return unpack(folder, manifests...)
}

func leftIn(folder, name string) (*remains, error) {
	if isManifest(name) {
		return unpack(folder, name)
	}
	return &remains{folder: folder, main: name}, nil
}

func isManifest(name string) bool {
	return slices.Contains([]string{".yaml", ".yml"}, strings.ToLower(filepath.Ext(name)))
}

// manifestsIn are the names of a folder's manifests.
func manifestsIn(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	var names []string
	for _, e := range entries {
		if isManifest(e.Name()) && !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// read gives a file by its path, which begins at the folder of the predecessor. Those of ConfigMaps are known by their
// names alone: where they were mounted does not matter.
func (r *remains) read(path string, most int64) ([]byte, error) {
	if r.packed == nil {
		if !filepath.IsAbs(path) {
			path = filepath.Join(r.folder, path)
		}
		return contents(path, most)
	}
	text, there := r.packed[filepath.Base(path)]
	if !there {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	return []byte(text), nil
}
