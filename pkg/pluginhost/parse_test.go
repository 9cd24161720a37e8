package pluginhost

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
)

func shown(t testing.TB, record slog.Record) string {
	t.Helper()
	var b bytes.Buffer
	handler := slog.NewJSONHandler(&b, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && a.Key == slog.TimeKey && a.Value.Kind() == slog.KindTime {
			return slog.Attr{}
		}
		return a
	}})
	if err := handler.Handle(t.Context(), record); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}

func TestParseLine(t *testing.T) {
	tests := map[string]string{
		`{"@level":"WARN","@message":"m","z":1,"a":2.5,"g":{"k":"v"},"l":[1,{"x":null}],"b":true}`: `{"level":"WARN","msg":"m","z":1,"a":2.5,"g":{"k":"v"},"l":[1,{"x":null}],"b":true}`,
		`{"@level":"trace","@message":"m","@timestamp":5}`:                                         `{"level":"DEBUG","msg":"m"}`,
		`{"@level":5,"@message":"m","n":123456789012345678901234567890}`:                           `{"level":"INFO","msg":"m","n":1.2345678901234568e+29}`,
		`{"@level":"INFO"}`: "", `{`: "", `[1]`: "", `goroutine 1 [running]:`: "", ``: "", `{"a":{"b":`: "", `{"@message":"m","a":[`: "",
		`{"@message":"m","a":` + strings.Repeat(`{"a":`, 20) + `1` + strings.Repeat(`}`, 21): "",
	}
	for line, want := range tests {
		got := ""
		if record, ok := parseLine(line); ok {
			got = shown(t, record)
		}
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", line, got, want)
		}
	}
}

// A plugin's standard error is foreign: no line may stop the host.
func FuzzParseLine(f *testing.F) {
	f.Add(`{"@level":"WARN","@message":"m","g":{"k":[1,"x"]}}`)
	f.Add(`{"@message":5,"@level":{},"@timestamp":[]}`)
	f.Fuzz(func(t *testing.T, line string) {
		if record, ok := parseLine(line); ok {
			if record.Message == "" || !json.Valid([]byte(shown(t, record))) {
				t.Errorf("%q became %s", line, shown(t, record))
			}
		}
	})
}

func TestLongAndPlainLinesAreBounded(t *testing.T) {
	log := newLogged()
	l := newLines(t.Context(), log.logger())
	l.read(strings.NewReader(strings.Repeat("x", 3*maxLine) + "\nshort\n\n"))
	if got := strings.Count(log.text(), "\n"); got != 2 || len(log.text()) > maxLine+1000 {
		t.Errorf("%d lines, %d bytes", got, len(log.text()))
	}
	for range 2 * maxLast {
		_, _ = l.Write([]byte("again\n"))
	}
	if got := strings.Count(l.last(), "again"); got != maxLast {
		t.Errorf("%d last lines are kept, want %d", got, maxLast)
	}
}
