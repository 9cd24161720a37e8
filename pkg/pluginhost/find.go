package pluginhost

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// prefix begins the file name of every plugin.
const prefix = "var-plugin-"

// Found is a plugin in the search path.
type Found struct {
	Name string `json:"name"`
	Path string `json:"path"`
	// Err says why it would not be run; nil when it would.
	Err error `json:"-"`
}

// SearchPath is where plugins are looked for, in this order: the given folders, those of
// $VAR_PLUGIN_DIR, plugins/ beside the running program, and /usr/lib/var/plugins.
func SearchPath(given ...string) []string {
	dirs := slices.Clone(given)
	dirs = append(dirs, filepath.SplitList(os.Getenv("VAR_PLUGIN_DIR"))...)
	if self, err := os.Executable(); err == nil {
		dirs = append(dirs, filepath.Join(filepath.Dir(self), "plugins"))
	}
	return append(dirs, "/usr/lib/var/plugins")
}

// Find lists the plugins of the search path by name. Of two with one name the first folder's counts.
func (h *Host) Find() []Found {
	var all []Found
	for _, dir := range h.dirs {
		files, _ := filepath.Glob(filepath.Join(dir, prefix+"*"))
		for _, file := range files {
			name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), prefix), ".exe")
			if !slices.ContainsFunc(all, func(f Found) bool { return f.Name == name }) {
				all = append(all, Found{name, file, trusted(file)})
			}
		}
	}
	slices.SortFunc(all, func(a, b Found) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// program finds a plugin and checks that nobody else could have put it there.
func (h *Host) program(name, sum string) (program, error) {
	found := h.Find()
	i := slices.IndexFunc(found, func(f Found) bool { return f.Name == name })
	if i < 0 {
		return program{}, fmt.Errorf("plugin %q: no %s%s in %s", name, prefix, name, strings.Join(h.dirs, ", "))
	}
	if err := found[i].Err; err != nil {
		return program{}, fmt.Errorf("plugin %q: %w", name, err)
	}
	return program{name, found[i].Path, sum}, nil
}

// trusted refuses what somebody else could have put there.
func trusted(path string) error {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(real)
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a regular file", real)
	case info.Mode()&0o111 == 0:
		return fmt.Errorf("%s is not executable: chmod +x it", real)
	case info.Mode()&0o002 != 0:
		return fmt.Errorf("%s can be written by everybody: chmod o-w it", real)
	}
	return errors.Join(owned(real, info), enclosed(filepath.Dir(real)), enclosed(filepath.Dir(path)))
}

// enclosed refuses a folder in which everybody could swap the file.
func enclosed(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if info.Mode()&0o002 != 0 && info.Mode()&fs.ModeSticky == 0 {
		return fmt.Errorf("folder %s can be written by everybody: chmod o-w it", dir)
	}
	return nil
}

// verify compares the file with the pinned sum.
func (p program) verify() error {
	if p.sum == "" {
		return nil
	}
	f, err := os.Open(p.path)
	if err != nil {
		return fmt.Errorf("plugin %q: %w", p.name, err)
	}
	defer func() { _ = f.Close() }()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return fmt.Errorf("plugin %q: %w", p.name, err)
	}
	if got := hex.EncodeToString(hash.Sum(nil)); !strings.EqualFold(got, strings.TrimSpace(p.sum)) {
		return fmt.Errorf("plugin %q: %s has sha256 %s, but %s is configured", p.name, p.path, got, p.sum)
	}
	return nil
}
