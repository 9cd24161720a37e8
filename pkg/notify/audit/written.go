package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/var-project/var/pkg/logs"
)

// farBack is how much of the end of the file is looked through, in bytes: more than one batch has.
const farBack = 4 << 20

// written are the lines at the end of the file, and of the part before it, since it may have been put aside in the middle
// of a batch. A last line that is torn, by a process that died, is cut off before.
func (c *Channel) written() (map[mark]bool, error) {
	if now, err := os.Stat(c.config.File); err == nil && c.unchanged(now) {
		return nil, nil
	}
	there := map[mark]bool{}
	for _, path := range []string{c.config.File + ".1", c.config.File} {
		tail, err := readTail(path)
		if err != nil {
			return nil, err
		}
		for text := range bytes.Lines(tail) {
			var m mark
			if json.Unmarshal(text, &m) == nil && m.Revision > 0 {
				there[m] = true
			}
		}
	}
	return there, nil
}

func (c *Channel) unchanged(now fs.FileInfo) bool {
	return c.known != nil && os.SameFile(c.known, now) && c.known.Size() == now.Size()
}

// readTail reads the end of a file whose last line it mends; none where there is no file.
func readTail(path string) ([]byte, error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular(): // a link may lead to somebody else's file
		return nil, &fs.PathError{Op: "read", Path: path, Err: logs.ErrIrregular}
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return mendedTail(file)
}

func mendedTail(file *os.File) ([]byte, error) {
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	tail := make([]byte, min(size, farBack))
	if _, err := file.ReadAt(tail, size-int64(len(tail))); err != nil {
		return nil, err
	}
	whole := bytes.LastIndexByte(tail, '\n') + 1
	if torn := len(tail) - whole; torn > 0 {
		err = file.Truncate(size - int64(torn))
	}
	return tail[:whole], err
}
