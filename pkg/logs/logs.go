// Package logs makes the logger of the program: facts as text (logfmt) or JSON, on as many ends as are wanted, without
// secrets, and in lines that nobody who is named in them can forge.
//
// What a line is about stands under the same names everywhere: see the keys.
package logs

import (
	"context"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"
)

// The keys of what lines are about. The first four are the scopes, which metrics and holdings name alike.
const (
	KeySource  = "source"
	KeyBlocker = "blocker"
	KeyDevice  = "device"
	KeyTarget  = "target"
	KeyAction  = "action"
	KeyOutcome = "outcome"
	// KeyDuration is in milliseconds, see Duration.
	KeyDuration = "duration_ms"
	KeyError    = "error"
)

// Duration says how long something took.
func Duration(d time.Duration) slog.Attr {
	return slog.Float64(KeyDuration, float64(d.Microseconds())/1000)
}

// End is where lines go.
type End interface {
	// Wants reports that lines of a level are written.
	Wants(level slog.Level) bool
	// Write writes a record whose attributes hold no secrets. What becomes of it is the end's own affair: no log
	// stops what it tells of.
	Write(ctx context.Context, r slog.Record)
}

// Log hands records to ends, which may be exchanged while its loggers are in use.
type Log struct {
	mask *Mask
	ends atomic.Pointer[[]End]
}

// New is a log that takes out what a mask knows.
func New(mask *Mask, ends ...End) *Log {
	l := &Log{mask: mask}
	l.To(ends...)
	return l
}

// To sends lines elsewhere from now on, those of loggers that were made before too.
func (l *Log) To(ends ...End) {
	own := slices.Clone(ends)
	l.ends.Store(&own)
}

// Logger makes a logger of the log.
func (l *Log) Logger() *slog.Logger { return slog.New(&handler{log: l}) }

// handler keeps what a logger was narrowed with, for when a record comes.
type handler struct {
	log   *Log
	steps []step
}

// step is a group that was opened, or attributes that were bound.
type step struct {
	group string
	attrs []slog.Attr
}

func (h *handler) Enabled(_ context.Context, level slog.Level) bool {
	return slices.ContainsFunc(*h.log.ends.Load(), func(e End) bool { return e.Wants(level) })
}

func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	if len(attrs) == 0 {
		return h
	}
	return h.with(step{attrs: slices.Clone(attrs)})
}

func (h *handler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	return h.with(step{group: name})
}

func (h *handler) with(s step) slog.Handler {
	return &handler{log: h.log, steps: append(slices.Clip(h.steps), s)}
}

// Handle hands the record to every end that wants it. It never fails: there is nobody to tell.
func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	whole := slog.NewRecord(r.Time, r.Level, h.log.mask.shown(r.Message), r.PC)
	whole.AddAttrs(h.log.mask.attrs(distinct(h.all(r), builtIn...))...)
	for _, e := range *h.log.ends.Load() {
		if e.Wants(r.Level) {
			e.Write(ctx, whole)
		}
	}
	return nil
}

// all are the attributes of a record with those that were bound before.
func (h *handler) all(r slog.Record) []slog.Attr {
	attrs := make([]slog.Attr, 0, r.NumAttrs())
	r.Attrs(func(a slog.Attr) bool {
		attrs = append(attrs, a)
		return true
	})
	for _, s := range slices.Backward(h.steps) {
		if s.group != "" {
			attrs = []slog.Attr{{Key: s.group, Value: slog.GroupValue(attrs...)}}
		} else {
			attrs = append(slices.Clone(s.attrs), attrs...)
		}
	}
	return attrs
}

// builtIn are the keys that a line has by itself.
var builtIn = []string{slog.TimeKey, slog.LevelKey, slog.MessageKey}

// distinct gives a key that comes again another name. What a plugin logs must not stand for what we say of it: of two
// values under one key, readers of JSON take the last.
func distinct(attrs []slog.Attr, taken ...string) []slog.Attr {
	seen := map[string]bool{}
	for _, key := range taken {
		seen[key] = true
	}
	for i, a := range attrs {
		for seen[attrs[i].Key] {
			attrs[i].Key += "_"
		}
		seen[attrs[i].Key] = a.Key != "" // groups without a name are no key
	}
	return attrs
}
