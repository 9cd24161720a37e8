// Package audit writes what the history tells into a file, a line of JSON for each change, and for each time that it
// happens again.
package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/logs"
	"github.com/var-project/var/pkg/notify"
)

// Config is where to write.
type Config struct {
	// File is the path; older parts stand beside it as File.1, File.2 and so on.
	File string
	// MaxBytes is the size from which on the file is put aside, Keep how many that were put aside are kept.
	MaxBytes int64
	Keep     int
}

// Channel is the file. Each line of it is there once: what was written before a process died, which then could not
// remember it, is found in the file.
type Channel struct {
	config Config
	origin notify.Origin
	file   *logs.File
	// known is the file as this channel left it: as long as it is the same, nothing in it has to be looked for.
	known fs.FileInfo
}

// New makes a channel. The folder of the file has to be there.
func New(c Config, o notify.Origin) (*Channel, error) {
	folder, err := os.Stat(filepath.Dir(c.File))
	switch {
	case err != nil:
		return nil, fmt.Errorf("notify.audit.file: make its folder, or name another file: %w", err)
	case !folder.IsDir():
		return nil, fmt.Errorf("notify.audit.file: %s is no folder: name another file", filepath.Dir(c.File))
	}
	return &Channel{config: c, origin: o, file: logs.NewFile(c.File, c.MaxBytes, c.Keep, nil).Durable()}, nil
}

// Send appends a line for each event that has none yet; all of them, or none.
func (c *Channel) Send(ctx context.Context, b notify.Batch) (taken int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, context.Cause(ctx)
	}
	there, err := c.written()
	if err != nil {
		return 0, fmt.Errorf("audit file: %w", err)
	}
	lines, err := c.lines(b, there)
	if err == nil && len(lines) > 0 {
		err = c.file.Append(lines)
	}
	if err != nil {
		c.known = nil
		return 0, fmt.Errorf("audit file: %w", err)
	}
	c.known, _ = os.Stat(c.config.File) // where that fails it is only read again
	return len(b.Events), nil
}

// Close has nothing to end: the file is open only while it is written to.
func (c *Channel) Close() error { return nil }

// lines are those of a batch that are not there yet.
func (c *Channel) lines(b notify.Batch, there map[mark]bool) ([]byte, error) {
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	out.SetEscapeHTML(false)
	for _, l := range c.notices(b) {
		if err := out.Encode(l); err != nil {
			return nil, err
		}
	}
	for _, e := range b.Events {
		l := c.line(e)
		if there[l.mark] {
			continue
		}
		if err := out.Encode(l); err != nil {
			return nil, err
		}
	}
	return inert.JSON(text.Bytes()), nil
}
