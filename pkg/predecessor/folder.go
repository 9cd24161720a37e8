package predecessor

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/var-project/var/pkg/internal/infile"
)

// Read reads what a predecessor left: its folder, its config.py or config.json, or the manifests with which it runs in
// Kubernetes. A *Refusal names what keeps it from being carried over.
func Read(path string, o Options) (*Import, error) {
	what, err := left(path)
	if err != nil {
		return nil, err
	}
	text, err := what.read(what.main, maxFile)
	if err != nil {
		return nil, err
	}
	i := &importer{options: o, left: what}
	i.Folder = what.folder
	if strings.EqualFold(filepath.Ext(what.main), ".json") {
		return i.blocklist(what.main, text)
	}
	m, err := parseModule(what.main, text)
	if err != nil {
		return nil, err
	}
	s := source{m, i}
	if _, sibling := m.values["FORTI_INFO"]; sibling {
		s.sibling()
	} else {
		s.response(what.folder)
	}
	i.fromEnvironment(what.environment)
	return i.result()
}

// contents reads a regular file up to a size.
func contents(path string, most int64) ([]byte, error) {
	f, err := infile.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(text)) > most {
		return nil, fmt.Errorf("%s: is larger than %d KiB", path, most>>10)
	}
	return text, nil
}

// client reads the configuration of a client. In the container of the predecessor clients lie beside its folder.
func (r *remains) client(c client) (*module, error) {
	name := filepath.Join("third_party_clients", c.folder, c.module+"_config.py")
	for _, path := range []string{name, filepath.Join("..", name), filepath.Base(name)} {
		text, err := r.read(path, maxFile)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if r.packed != nil {
			path = filepath.Base(name)
		}
		return parseModule(path, text)
	}
	return nil, fmt.Errorf("%s is not there: bring it along", name)
}
