package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// fragile is the folder of the programs that die at marks.
func fragile(t *testing.T) string {
	t.Helper()
	programs(t) // its folder is removed at the end
	dir, err := buildFragile()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

var buildFragile = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(shop.dir, "fragile")
	return dir, build(dir, "-tags", "failpoints")
})

// crashWorld is a stage with programs of its own, so that each process of it can be told.
type crashWorld struct {
	*stage
	runs int
	// each process dies that comes to a mark, and not only the first.
	each bool
	// lived says that a run ended by itself although something was lost: it may have told that it did its work in part.
	lived bool
}

func newCrashWorld(t *testing.T, bin string, s story) *crashWorld {
	t.Helper()
	own := filepath.Join(t.TempDir(), "bin")
	link(t, bin, own)
	w := &crashWorld{stage: newStageOf(t, own, s.family, s.means)}
	w.adjust = func(config string) string {
		config = strings.Replace(config, ".settings]\n", ".settings]\n"+s.settings, 1)
		return marked.ReplaceAllString(config, "$0\nenv = [\"FAILPOINT\", \"FAILPOINT_ONCE\", \"FAILPOINT_LOG\"]")
	}
	w.configure(t, `owner = "crash"`)
	return w
}

// marked finds where a blocker's variables are to stand.
var marked = regexp.MustCompile(`(?m)^plugin = .*$`)

// link gives every program a second name, which its processes bear.
func link(t *testing.T, from, to string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(from, "plugins", "var-plugin-*"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(to, "plugins"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, filepath.Join(from, "var")) {
		name, err := filepath.Rel(from, file)
		if err == nil {
			err = os.Link(file, filepath.Join(to, name))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// try runs var, with programs dying at a mark when there is one. Nothing of it is left running.
func (w *crashWorld) try(t *testing.T, mark string, args ...string) ended {
	t.Helper()
	w.runs++
	w.env = []string{"FAILPOINT=" + mark, "FAILPOINT_ONCE=" + w.grave(), "FAILPOINT_LOG=" + w.log()}
	if w.each {
		w.env[1] = "FAILPOINT_ONCE="
	}
	args = slices.Clone(args)
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "DIR", w.dir)
	}
	e := w.stage.run(t, args...)
	if left := survivors(w.bin, farewell); len(left) > 0 {
		t.Errorf("after run %d there are still %v", w.runs, left)
	}
	return e
}

// log is the file of the marks that the latest run came to, grave the one that whoever died in it made.
func (w *crashWorld) log() string   { return filepath.Join(w.dir, "marks-"+strconv.Itoa(w.runs)) }
func (w *crashWorld) grave() string { return filepath.Join(w.dir, "grave-"+strconv.Itoa(w.runs)) }

// marks are those that the latest run came to.
func (w *crashWorld) marks(t *testing.T) []mark {
	t.Helper()
	text, err := os.ReadFile(w.log())
	if err != nil {
		t.Fatal(err)
	}
	var all []mark
	seen := map[mark]int{}
	for line := range strings.Lines(string(text)) {
		program, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		m := mark{program: program, name: name}
		seen[m]++
		m.n = seen[m]
		all = append(all, m)
	}
	return all
}

// whole runs var and wants it to end well.
func (w *crashWorld) whole(t *testing.T, args ...string) {
	t.Helper()
	if e := w.try(t, "", args...); e.code != 0 {
		t.Fatalf("var %s: %s", strings.Join(args, " "), e)
	}
}
