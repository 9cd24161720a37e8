package secretstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// ClosedError says that the keyring of encrypted files holds something, and that there is no pass phrase for it here.
type ClosedError struct {
	// Folder is where the files are; Name is the secret among them that was asked for, empty for the keyring itself.
	Folder, Name string
	// named: this keyring was asked for, so that what it does not give is nowhere else.
	named bool
}

// phrasePlaces is where a pass phrase may be.
const phrasePlaces = "VAR_KEYRING_PASSPHRASE_FILE (or VAR_KEYRING_PASSPHRASE, or the credential keyring-passphrase)"

// Error names what opens the keyring; shortly for a single secret, since there may be many.
func (e *ClosedError) Error() string {
	if e.Name != "" {
		return "it is in the keyring that is closed: set VAR_KEYRING_PASSPHRASE_FILE"
	}
	return fmt.Sprintf("the keyring of encrypted files in %s is closed: set %s", e.Folder, phrasePlaces)
}

// Is makes it an ErrNoKeyring where none was named: there is none that could be used.
func (e *ClosedError) Is(target error) bool { return target == ErrNoKeyring && !e.named }

// orClosed is what to say where no keyring was found: there may be one that is closed.
func (s *Store) orClosed(err error, named bool) error {
	dir, dirErr := s.filesFolder()
	if dirErr == nil && holdsSecrets(dir) {
		return &ClosedError{Folder: dir, named: named}
	}
	return err
}

func holdsSecrets(dir string) bool {
	entries, err := os.ReadDir(dir)
	return errors.Is(err, fs.ErrPermission) || slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return namePattern.MatchString(e.Name()) && e.Name() != canary
	})
}

// shutAway is the error of a secret that no open keyring has, and that is among the encrypted files; nil when it is not
// there, when they are open, or when another keyring was named. The whole story is told once.
func (s *Store) shutAway(name string) error {
	dir, is := s.closedFolder()
	if !is || !mayBe(filepath.Join(dir, name)) {
		return nil
	}
	if _, told := s.warned.LoadOrStore(dir, true); !told {
		s.log.Warn("the keyring of encrypted files is closed: set "+phrasePlaces, "folder", dir)
	}
	return &ClosedError{Folder: dir, Name: name}
}

// closedFolder is where encrypted files would be used if there were a pass phrase.
func (s *Store) closedFolder() (dir string, closed bool) {
	if backend, _ := s.lookup("VAR_KEYRING_BACKEND"); s.plain || backend != "" {
		return "", false
	}
	_, open, err := s.phrase()
	if open || err != nil {
		return "", false
	}
	dir, err = s.filesFolder()
	return dir, err == nil
}

// mayBe reports that a file is there, or that this user may not know.
func mayBe(path string) bool {
	_, err := os.Stat(path)
	return err == nil || errors.Is(err, fs.ErrPermission)
}
