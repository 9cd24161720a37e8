package secretstore

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

// maxSecret bounds a secret in bytes; certificates with their keys fit.
const maxSecret = 64 << 10

func (s *Store) fromEnvironment(missed *NotFoundError) (string, Origin, error) {
	variable := Variable(missed.Name)
	origin := Origin{StoreEnvironment, variable}
	text, ok := s.lookup(variable)
	if !ok {
		missed.Looked = append(missed.Looked, "$"+variable)
		return "", origin, nil
	}
	return text, origin, unlessEmpty(text, "$"+variable)
}

// fromFormer looks where a predecessor was given the secret.
func (s *Store) fromFormer(variables []string) func(*NotFoundError) (string, Origin, error) {
	return func(missed *NotFoundError) (string, Origin, error) {
		for _, variable := range variables {
			if text, ok := s.lookup(variable); ok {
				return text, Origin{StoreEnvironment, variable}, unlessEmpty(text, "$"+variable)
			}
		}
		if len(variables) > 0 {
			missed.Looked = append(missed.Looked, "$"+variables[0]+" (the predecessor's)")
		}
		return "", Origin{}, nil
	}
}

func (s *Store) fromFile(missed *NotFoundError) (string, Origin, error) {
	variable := Variable(missed.Name) + "_FILE"
	path, ok := s.lookup(variable)
	if !ok {
		missed.Looked = append(missed.Looked, "$"+variable)
		return "", Origin{}, nil
	}
	text, err := s.readFile(path)
	if err != nil {
		err = fmt.Errorf("the file that $%s names: %w", variable, err)
	}
	return text, Origin{StoreFile, path}, err
}

func (s *Store) fromCredentials(missed *NotFoundError) (string, Origin, error) {
	dir, ok := s.lookup("CREDENTIALS_DIRECTORY")
	if !ok || dir == "" {
		missed.Looked = append(missed.Looked, "$CREDENTIALS_DIRECTORY (not set)")
		return "", Origin{}, nil
	}
	path, text, err := s.readCredential(dir, missed.Name)
	if errors.Is(err, fs.ErrNotExist) {
		missed.Looked = append(missed.Looked, path)
		return "", Origin{}, nil
	}
	return text, Origin{StoreCredentials, path}, err
}

// fromFolder begins the names of credentials that systemd loaded from a whole folder: LoadCredential=var:/etc/var/credentials.
const fromFolder = "var_"

// readCredential reads a secret out of a credentials directory, one that was loaded by itself first.
func (s *Store) readCredential(dir, name string) (path, text string, err error) {
	path = filepath.Join(dir, name)
	if text, err = s.readFile(path); !errors.Is(err, fs.ErrNotExist) {
		return path, text, err
	}
	loaded := filepath.Join(dir, fromFolder+name)
	if text, err = s.readFile(loaded); !errors.Is(err, fs.ErrNotExist) {
		return loaded, text, err
	}
	return path, "", err
}

// readFile reads a secret and drops the line end that editors leave behind it.
func (s *Store) readFile(path string) (string, error) {
	f, err := infile.OpenPipe(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := bounded(f)
	if err != nil {
		return "", err
	}
	s.warnOf(f)
	trimmed := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	return trimmed, unlessEmpty(trimmed, path)
}

// bounded reads a file that is not larger than a secret may be.
func bounded(f *os.File) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err == nil && len(text) > maxSecret {
		err = fmt.Errorf("%s is larger than %d KiB", f.Name(), maxSecret>>10)
	}
	return text, err
}

// warnOf tells once of a file that every user of the machine can read.
func (s *Store) warnOf(f *os.File) {
	info, err := f.Stat()
	if err != nil || !worldReadable(info) {
		return
	}
	if _, told := s.warned.LoadOrStore(f.Name(), true); !told {
		s.log.Warn("every user of this machine can read a secret; chmod o-r it", "file", f.Name())
	}
}

func unlessEmpty(text, place string) error {
	if text == "" {
		return fmt.Errorf("%s is empty", place)
	}
	return nil
}
