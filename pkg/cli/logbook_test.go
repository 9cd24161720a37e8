package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/secret"
)

// logging is a program whose environment says nothing.
func logging(debug bool) (*App, *bytes.Buffer) {
	var err bytes.Buffer
	return &App{Err: &err, Getenv: func(string) string { return "" }, debug: debug}, &err
}

func TestTheLogGoesWhereTheConfigurationSays(t *testing.T) {
	tests := map[string]struct {
		config config.Log
		debug  bool
		// err and file are which of the lines are there.
		err, file string
	}{
		"what goes wrong, by default": {config.Log{Level: "warn"}, false, "warn", ""},
		"less":                        {config.Log{Level: "error"}, false, "", ""},
		"more":                        {config.Log{Level: "info"}, false, "info warn", ""},
		"all":                         {config.Log{Level: "error"}, true, "debug info warn", ""},
		"a file has more":             {config.Log{Level: "error", File: "log", MaxMegabytes: 1}, false, "", "info warn"},
		"a file has all":              {config.Log{Level: "warn", File: "log", MaxMegabytes: 1}, true, "debug info warn", "debug info warn"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a, stderr := logging(tt.debug)
			log := a.log().With("source", "hq") // made before anybody read the configuration
			path := filepath.Join(t.TempDir(), "log")
			if tt.config.File != "" {
				tt.config.File = path
			}
			a.logTo(tt.config)
			log.Debug("debug")
			log.Info("info")
			log.Warn("warn")
			text, _ := os.ReadFile(path) // not there when there is no file
			if got := messages(stderr.String()); got != tt.err {
				t.Errorf("standard error: got %q, want %q", got, tt.err)
			}
			if got := messages(string(text)); got != tt.file {
				t.Errorf("file: got %q, want %q", got, tt.file)
			}
		})
	}
}

func messages(text string) string {
	var all []string
	for line := range strings.Lines(text) {
		_, rest, _ := strings.Cut(line, "msg=")
		all = append(all, strings.Fields(rest)[0])
	}
	return strings.Join(all, " ")
}

func TestTheLogIsJSONWithoutSecrets(t *testing.T) {
	a, stderr := logging(false)
	path := filepath.Join(t.TempDir(), "log")
	log := a.log()
	a.logTo(config.Log{Level: "info", Format: "json", File: path, MaxMegabytes: 1})
	a.learn(secret.New("very-hidden"))
	log.Info("asked", "answer", "your key is very-hidden")
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range [][]byte{stderr.Bytes(), file} {
		var m map[string]any
		if err := json.Unmarshal(text, &m); err != nil || m["answer"] != "your key is "+secret.Redacted {
			t.Errorf("got %s, %v", text, err)
		}
	}
}

func TestAFileThatCannotBeWrittenIsToldOnce(t *testing.T) {
	a, stderr := logging(false)
	a.logTo(config.Log{Level: "warn", File: filepath.Join(t.TempDir(), "nowhere", "log"), MaxMegabytes: 1})
	a.log().Info("one")
	a.log().Info("two")
	if got := stderr.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "the log file is not written") || !strings.Contains(got, "no such file") {
		t.Errorf("got %q", got)
	}
}
