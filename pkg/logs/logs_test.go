package logs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"testing/slogtest"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/var-project/var/pkg/logs"
	"github.com/var-project/var/pkg/secret"
)

// written is what a logger writes, as text and as JSON.
func written(t *testing.T, mask *logs.Mask, use func(*slog.Logger)) (text, object string) {
	t.Helper()
	var a, b bytes.Buffer
	l := logs.New(mask, logs.Stream(&a, logs.Form{Level: slog.LevelDebug}), logs.Stream(&b, logs.Form{Level: slog.LevelDebug, JSON: true}))
	use(l.Logger())
	return a.String(), b.String()
}

func TestTheHandlerKeepsTheRulesOfSlog(t *testing.T) {
	var out bytes.Buffer
	h := logs.New(&logs.Mask{}, logs.Stream(&out, logs.Form{JSON: true})).Logger().Handler()
	err := slogtest.TestHandler(h, func() []map[string]any {
		var all []map[string]any
		for line := range bytes.Lines(out.Bytes()) {
			var m map[string]any
			if err := json.Unmarshal(line, &m); err != nil {
				t.Fatal(err)
			}
			all = append(all, m)
		}
		return all
	})
	if err != nil {
		t.Error(err)
	}
}

type shy struct{ Token, Port any }

func TestNoSecretIsWritten(t *testing.T) {
	const hidden = `hun"ter2-S3cr3t`
	mask := &logs.Mask{}
	mask.Learn(secret.New(hidden))
	tests := map[string]func(*slog.Logger){
		"in the message":           func(l *slog.Logger) { l.Info("brain said " + hidden) },
		"in a value":               func(l *slog.Logger) { l.Info("x", "answer", "it is "+hidden) },
		"in an error":              func(l *slog.Logger) { l.Info("x", "error", fmt.Errorf("no: %s", hidden)) },
		"in bytes":                 func(l *slog.Logger) { l.Info("x", "body", []byte(hidden)) },
		"in a list":                func(l *slog.Logger) { l.Info("x", "all", []string{"a", hidden}) },
		"in a struct":              func(l *slog.Logger) { l.Info("x", "all", shy{Port: hidden}) },
		"in a key":                 func(l *slog.Logger) { l.Info("x", hidden, 1) },
		"in a group":               func(l *slog.Logger) { l.Info("x", slog.Group("g", "a", hidden)) },
		"bound before":             func(l *slog.Logger) { l.With("a", hidden).WithGroup("g").Info("x", "b", 1) },
		"in what makes its value":  func(l *slog.Logger) { l.Info("x", "a", late(hidden)) },
		"in a URL":                 func(l *slog.Logger) { l.Info("x", "url", "https://h/?a=hun%22ter2-S3cr3t") },
		"cut in half":              func(l *slog.Logger) { l.Info("x", "a", strings.Repeat("a", 8<<10-5)+hidden) },
		"told by its key":          func(l *slog.Logger) { l.Info("x", "api_key", "ter2-S3") },
		"told by a key in a map":   func(l *slog.Logger) { l.Info("x", "a", map[string]any{"Client-Secret": []string{"ter2-S3"}}) },
		"told by a key of a field": func(l *slog.Logger) { l.Info("x", "a", shy{Token: "ter2-S3"}) },
		"told by a flag":           func(l *slog.Logger) { l.Info("x", "argv", []string{"curl", "--api-token", "ter2-S3"}) },
	}
	for name, use := range tests {
		t.Run(name, func(t *testing.T) {
			text, object := written(t, mask, use)
			for _, got := range []string{text, object} {
				if strings.Contains(got, "ter2") || strings.Contains(got, "hun") {
					t.Errorf("leaked: %s", got)
				}
				if !strings.Contains(got, secret.Redacted) && name != "cut in half" {
					t.Errorf("nothing was taken out: %s", got)
				}
			}
		})
	}
}

type late string

func (l late) LogValue() slog.Value { return slog.StringValue(string(l)) }

// What hosts are called, and what devices answer, is up to those who are to be blocked.
func TestNoNameForgesALine(t *testing.T) {
	names := []string{
		"pc\ntime=2026-01-01T00:00:00Z level=ERROR msg=forged", "pc\r\nlevel=ERROR", "\x1b[2J\x1b]0;owned\x07", "\u009b31m", "a\u202etxt.exe",
		"a\x00b", "\xff\xfe", `pc" level=ERROR msg="x`, `pc","level":"ERROR","x":"`, "\U000e0041tag", "\u2028\u2029\x7f",
	}
	for _, name := range names {
		text, object := written(t, &logs.Mask{}, func(l *slog.Logger) {
			l.Info("held", "target", name, "error", errors.New(name), "all", []string{name}, name, "x")
		})
		for _, got := range []string{text, object} {
			if strings.Count(got, "\n") != 1 || strings.IndexFunc(strings.TrimSuffix(got, "\n"), steers) >= 0 {
				t.Errorf("%q: got %q", name, got)
			}
		}
		if !regexp.MustCompile(`^time=\S+ level=INFO msg=held target=("|\w)`).MatchString(text) {
			t.Errorf("%q: got %s", name, text)
		}
		var m map[string]any
		if err := json.Unmarshal([]byte(object), &m); err != nil || m["level"] != "INFO" || m["msg"] != "held" {
			t.Errorf("%q: got %v, %v", name, m, err)
		}
		if m["target"] != name && utf8.ValidString(name) {
			t.Errorf("got %q, want %q", m["target"], name)
		}
	}
}

func steers(r rune) bool { return !unicode.IsGraphic(r) }

func TestWhatAPluginLogsDoesNotStandForWhatWeSay(t *testing.T) {
	_, object := written(t, &logs.Mask{}, func(l *slog.Logger) {
		l.With("blocker", "edge").Info("x", "blocker", "other", "level", "ERROR", "msg", "forged", "level_", 1)
	})
	var m map[string]any
	if err := json.Unmarshal([]byte(object), &m); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"blocker": "edge", "level": "INFO", "msg": "x", "blocker_": "other", "level_": "ERROR", "msg_": "forged", "level__": 1.0}
	for key, value := range want {
		if m[key] != value {
			t.Errorf("%s: got %v, want %v", key, m[key], value)
		}
	}
}

func TestLoggersFollowTheLogToOtherEnds(t *testing.T) {
	var before, after bytes.Buffer
	log := logs.New(&logs.Mask{}, logs.Stream(&before, logs.Form{Level: slog.LevelWarn}))
	l := log.Logger().With("source", "hq")
	l.Info("not wanted")
	l.Warn("first")
	log.To(logs.Stream(&after, logs.Form{Level: slog.LevelInfo}))
	l.Info("second")
	if got := before.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "msg=first source=hq") {
		t.Errorf("before: got %q", got)
	}
	if got := after.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "msg=second source=hq") {
		t.Errorf("after: got %q", got)
	}
	if l.Enabled(context.Background(), slog.LevelDebug) {
		t.Error("nobody wants details, and they are made")
	}
}

func TestJournaldReadsThePriority(t *testing.T) {
	var out bytes.Buffer
	l := logs.New(&logs.Mask{}, logs.Stream(&out, logs.Form{Level: slog.LevelDebug, Journal: true})).Logger()
	l.Debug("a")
	l.Info("b")
	l.Warn("c")
	l.Error("d", "time", time.Unix(0, 0).UTC())
	want := "<7>level=DEBUG msg=a\n<6>level=INFO msg=b\n<4>level=WARN msg=c\n<3>level=ERROR msg=d time_=1970-01-01T00:00:00.000Z\n"
	if got := out.String(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestALongTextIsCut(t *testing.T) {
	text, _ := written(t, &logs.Mask{}, func(l *slog.Logger) { l.Info("x", "body", strings.Repeat("é", 1<<20)) })
	if len(text) > 9<<10 || !strings.Contains(text, "… (2097152 bytes)") {
		t.Errorf("got %d bytes", len(text))
	}
}
