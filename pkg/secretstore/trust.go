package secretstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// trustedFolder is that of the keyring of files, or one beside it.
func (s *Store) trustedFolder(beside string) (string, error) {
	dir, err := s.filesFolder()
	if err != nil {
		return "", err
	}
	dir += beside
	return dir, s.trusted(dir)
}

// trusted refuses a keyring's folder in which strangers may put files of their own, as ssh does with its own. One that
// is not there is made for its owner alone.
func (s *Store) trusted(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case strange(info):
		return fmt.Errorf("the keyring's folder %s belongs to another user of this machine: chown it, or set VAR_KEYRING_DIR", dir)
	case worldWritable(info):
		return fmt.Errorf("every user of this machine may put files into the keyring's folder %s, which has mode %04o: look at what is in it, then chmod go-w %s",
			dir, info.Mode().Perm(), dir)
	}
	s.warnOfGroup(dir, info)
	return nil
}

// warnOfGroup tells once of a folder that a group may write: on a volume of Kubernetes with fsGroup all of them are, and
// the group is that of var alone.
func (s *Store) warnOfGroup(dir string, info fs.FileInfo) {
	if !groupWritable(info) {
		return
	}
	if _, told := s.warned.LoadOrStore(dir, true); !told {
		s.log.Warn("a group may put files into the keyring's folder; chmod g-w it, unless var alone is in the group", "folder", dir)
	}
}

// errLink says what stands in the place of an item; var puts files there and nothing else.
var errLink = errors.New("is a link or something else than a file, and is not followed: look where it comes from, then take it away")

// trustedItem refuses what a stranger may have put in the place of an item, or may change.
func trustedItem(path string) error {
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return &fs.PathError{Op: "open", Path: path, Err: errLink}
	case worldWritable(info):
		return &fs.PathError{Op: "open", Path: path, Err: fmt.Errorf("every user of this machine may change it: replace the secret, then chmod 600 %s", path)}
	}
	return nil
}
