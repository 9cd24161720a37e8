package logs

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"sync"

	"github.com/var-project/var/pkg/internal/inert"
)

// Form is how lines look.
type Form struct {
	// Level is the least that is written.
	Level slog.Level
	// JSON: objects, one a line; else logfmt.
	JSON bool
	// Journal puts the priority before each line as journald reads it, sd-daemon(3), and leaves the time to it.
	Journal bool
}

// stream writes lines to a writer, each with one call.
type stream struct {
	form  Form
	mu    sync.Mutex
	line  bytes.Buffer
	lines slog.Handler
	w     io.Writer
}

// Stream is an end that writes each record as one line, with one call of w.Write. What w answers is nobody's to hear.
func Stream(w io.Writer, f Form) End {
	s := &stream{form: f, w: w}
	o := &slog.HandlerOptions{Level: f.Level, ReplaceAttr: f.timeless}
	s.lines = slog.NewTextHandler(&s.line, o)
	if f.JSON {
		s.lines = slog.NewJSONHandler(&s.line, o)
	}
	return s
}

func (f Form) timeless(groups []string, a slog.Attr) slog.Attr {
	if f.Journal && len(groups) == 0 && a.Key == slog.TimeKey && a.Value.Kind() == slog.KindTime {
		return slog.Attr{}
	}
	return a
}

func (s *stream) Wants(level slog.Level) bool { return level >= s.form.Level }

func (s *stream) Write(ctx context.Context, r slog.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.line.Reset()
	if s.form.Journal {
		s.line.WriteString(priority(r.Level))
	}
	if err := s.lines.Handle(ctx, r); err == nil {
		_, _ = s.w.Write(inert.JSON(s.line.Bytes()))
	}
}

// priority is a level as syslog counts, RFC 5424, 6.2.1.
func priority(level slog.Level) string {
	switch {
	case level >= slog.LevelError:
		return "<3>"
	case level >= slog.LevelWarn:
		return "<4>"
	case level >= slog.LevelInfo:
		return "<6>"
	}
	return "<7>"
}
