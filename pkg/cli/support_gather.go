package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"github.com/var-project/var/pkg/pluginhost"
)

// piece is one file of a bundle.
type piece struct {
	name, about string
	text        []byte
	// names: names and addresses stand in it, under keys that say so.
	names bool
}

// bundle is what was gathered, as it is.
type bundle struct{ pieces []piece }

func (b *bundle) add(name, about string, text []byte) {
	b.pieces = append(b.pieces, piece{name: name, about: about, text: text})
}

// pieceTime is how long one of the commands may take: a device that hangs holds up no bug report.
const pieceTime = 30 * time.Second

// gather runs what a person would run. What fails is part of the answer.
func (a *App) gather(ctx context.Context) *bundle {
	a.learnEverything(ctx)
	b := &bundle{}
	b.add("system.txt", "operating system, machine and process", a.systemFacts())
	b.add("environment.txt", "names of environment variables, without their values", environment())
	for _, q := range a.askings() {
		b.pieces = append(b.pieces, piece{q.name, "what \"var " + strings.Join(q.args, " ") + "\" says", a.inquire(ctx, q.args), q.names})
	}
	if path, err := a.configPath(); err == nil {
		b.add("config-outline.txt", "tables and keys of the configuration, without values", outline(path))
	}
	b.add("state.json", "what the state is, and how much is in it", a.stateFacts(ctx))
	b.add("log.txt", "the end of the log file", a.logEnd())
	b.add(goroutinesPiece, "what this process was doing", goroutines())
	return b
}

// Files that are cleaned in a way of their own: where secrets are kept, and code, whose names look like those of hosts.
const (
	secretPlaces    = "secret-places.json"
	goroutinesPiece = "goroutines.txt"
)

// asking is a command and the file for its answer.
type asking struct {
	name  string
	args  []string
	names bool
}

func (a *App) askings() []asking {
	all := []asking{
		{"version.json", []string{"version"}, false},
		{"config.json", []string{"config", "show"}, true},
		{"config-check.json", []string{"config", "check"}, false},
		{secretPlaces, []string{"secret", "list"}, false},
		{"status.json", []string{"status"}, true},
		{"history.json", []string{"history", "--limit", "200"}, true},
		{"plugins.json", []string{"plugin", "list"}, false},
	}
	host := pluginhost.New(pluginhost.Options{Dirs: pluginhost.SearchPath(a.pluginDirs()...), Log: a.log()})
	defer host.Close()
	for _, f := range host.Find() {
		all = append(all, asking{"plugin-" + f.Name + ".json", []string{"plugin", "describe", f.Name}, false})
	}
	return append(all, asking{"plugin-check.json", []string{"plugin", "check"}, false})
}

func (a *App) pluginDirs() []string {
	if a.pluginDir == "" {
		return nil
	}
	return []string{a.pluginDir}
}

// answered is what became of a command.
type answered struct {
	Command string `json:"command"`
	Exit    int    `json:"exit"`
	Errors  string `json:"errors,omitempty"`
	Answer  any    `json:"answer,omitempty"`
}

// inquire runs a command of this program in this process.
func (a *App) inquire(ctx context.Context, args []string) []byte {
	timed, cancel := context.WithTimeoutCause(ctx, pieceTime, fmt.Errorf("not done within %s", pieceTime))
	defer cancel()
	var out, problems bytes.Buffer
	asked := &App{
		In: strings.NewReader(""), Out: &out, Err: &problems, Now: a.Now, Getenv: a.Getenv, Pause: a.Pause, Random: a.Random,
		Machine: a.Machine, vault: a.secretStore(),
	}
	said := answered{Command: strings.Join(args, " ")}
	args = append(slices.Clone(args), "--output", "json")
	if a.config != "" {
		args = append(args, "--config", a.config)
	}
	if a.pluginDir != "" {
		args = append(args, "--plugin-dir", a.pluginDir)
	}
	said.Exit = asked.Run(timed, args)
	said.Errors = problems.String()
	if said.Answer = treeOf(out.Bytes()); said.Answer == nil && out.Len() > 0 {
		said.Answer = out.String()
	}
	text, err := json.Marshal(said)
	if err != nil {
		return []byte(err.Error())
	}
	return text
}

func (a *App) systemFacts() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "written %s\nsystem %s/%s\nprocessors %d\ngo %s\nuser id %d\nterminal %v\njournald %v\n",
		a.Now().UTC().Format(time.RFC3339), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), os.Geteuid(), a.Terminal, a.Journal)
	for _, path := range []string{"/etc/os-release", "/proc/version"} {
		if text, err := os.ReadFile(path); err == nil {
			fmt.Fprintf(&b, "\n%s:\n%s", path, text)
		}
	}
	return b.Bytes()
}

func environment() []byte {
	var names []string
	for _, line := range os.Environ() {
		name, _, _ := strings.Cut(line, "=")
		names = append(names, name)
	}
	slices.Sort(names)
	return []byte(strings.Join(names, "\n") + "\n")
}

func goroutines() []byte {
	var b bytes.Buffer
	_ = pprof.Lookup("goroutine").WriteTo(&b, 2) // a buffer takes all
	return b.Bytes()
}

// mostLog is how many bytes of the log are kept.
const mostLog = 512 << 10

// logEnd is the end of the log file, from the beginning of a line on.
func (a *App) logEnd() []byte {
	cfg := a.legibleConfig()
	if cfg == nil || cfg.Log.File == "" {
		return []byte("no log file is configured\n")
	}
	text, err := fileEnd(cfg.Log.File, mostLog)
	if err != nil {
		return []byte(err.Error())
	}
	return text
}

func fileEnd(path string, most int64) (text []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(err, fmt.Errorf("%s is no regular file", path))
	}
	if _, err := f.Seek(max(0, info.Size()-most), io.SeekStart); err != nil {
		return nil, err
	}
	if text, err = io.ReadAll(io.LimitReader(f, most)); err != nil || info.Size() <= most {
		return text, err
	}
	_, text, _ = bytes.Cut(text, []byte("\n"))
	return text, nil
}
