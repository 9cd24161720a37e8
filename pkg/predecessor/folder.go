package predecessor

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/var-project/var/pkg/internal/infile"
)

// Read reads what a predecessor left: its folder, or its config.py or config.json. A *Refusal names what keeps it from
// being carried over.
func Read(path string, o Options) (*Import, error) {
	file, err := configured(path)
	if err != nil {
		return nil, err
	}
	text, err := contents(file, maxFile)
	if err != nil {
		return nil, err
	}
	folder, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return nil, err
	}
	i := &importer{options: o}
	i.Folder = folder
	if strings.EqualFold(filepath.Ext(file), ".json") {
		return i.blocklist(filepath.Base(file), text)
	}
	m, err := parseModule(filepath.Base(file), text)
	if err != nil {
		return nil, err
	}
	s := source{m, i}
	if _, sibling := m.values["FORTI_INFO"]; sibling {
		s.sibling()
	} else {
		s.response(folder)
	}
	return i.result()
}

// configured is the file that holds the configuration.
func configured(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.IsDir() {
		return path, nil
	}
	for _, name := range []string{"config.py", "config.json"} {
		file := filepath.Join(path, name)
		if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
			return file, err
		}
	}
	return "", fmt.Errorf("%s: there is neither config.py nor config.json: name the folder that the predecessor runs in", path)
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

// readClient reads the configuration of a client. In the container of the predecessor clients lie beside its folder.
func readClient(folder string, c client) (*module, error) {
	name := filepath.Join("third_party_clients", c.folder, c.module+"_config.py")
	for _, path := range []string{filepath.Join(folder, name), filepath.Join(folder, "..", name), filepath.Join(folder, filepath.Base(name))} {
		text, err := contents(path, maxFile)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		shown, err := filepath.Rel(folder, path)
		if err != nil {
			shown = path
		}
		return parseModule(shown, text)
	}
	return nil, fmt.Errorf("%s is not there: bring it along", name)
}
