package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
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

// mark is the n-th time that a program comes to a fail point.
type mark struct {
	program, name string
	n             int
}

func (m mark) String() string { return m.program + " " + m.name + " " + strconv.Itoa(m.n) }

// crashWorld is a stage with programs of its own, so that each process of it can be told.
type crashWorld struct {
	*stage
	runs int
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

// try runs var until it ends or a program dies at the mark, and says whether one did. Nothing of it is left
// running.
func (w *crashWorld) try(t *testing.T, m mark, args ...string) (e ended, died bool) {
	t.Helper()
	w.runs++
	once := filepath.Join(w.dir, "died-"+strconv.Itoa(w.runs))
	w.env = []string{"FAILPOINT=", "FAILPOINT_ONCE=" + once, "FAILPOINT_LOG=" + w.log()}
	if m != (mark{}) {
		w.env[0] += m.String()
	}
	e = w.stage.run(t, args...)
	if left := survivors(w.bin, farewell); len(left) > 0 {
		t.Errorf("after run %d there are still %v", w.runs, left)
	}
	_, err := os.Stat(once)
	return e, err == nil
}

// log is the file of the marks that the latest run came to.
func (w *crashWorld) log() string { return filepath.Join(w.dir, "marks-"+strconv.Itoa(w.runs)) }

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
	if e, _ := w.try(t, mark{}, args...); e.code != 0 {
		t.Fatalf("var %s: %s", strings.Join(args, " "), e)
	}
}

// undisturbed is what becomes of a story in which nobody dies, and the marks that it comes to.
func (s story) undisturbed(t *testing.T, bin string) (picture, []mark) {
	t.Helper()
	w := newCrashWorld(t, bin, s)
	s.begin(t, w)
	w.whole(t, s.command()...)
	marks := w.marks(t)
	return s.end(t, w), marks
}

func (s story) begin(t *testing.T, w *crashWorld) {
	t.Helper()
	if s.before != nil {
		s.before(t, w)
	}
}

// end is what becomes of the world once var can do its work.
func (s story) end(t *testing.T, w *crashWorld) picture {
	t.Helper()
	if s.then != nil {
		s.then(t, w)
	}
	w.whole(t, s.command()...)
	w.requests(t)
	w.whole(t, "run", "--groom")
	for end, c := range w.requests(t) {
		if writes := c.writes(); len(writes) > 0 {
			t.Errorf("a pass with nothing to do writes to %s: %v", end, writes)
		}
	}
	return w.picture(t, s)
}

// play kills, and says how the world differs from what becomes of it when nobody dies.
func (p plot) play(t *testing.T, bin string, want picture, told *figures) (diff string) {
	t.Helper()
	w := newCrashWorld(t, bin, p.story)
	p.story.begin(t, w)
	p.kill(t, w, p.mark, told)
	if p.again != (mark{}) {
		p.kill(t, w, p.again, told)
	}
	return cmp.Diff(want, p.story.end(t, w))
}

func (p plot) kill(t *testing.T, w *crashWorld, m mark, told *figures) {
	t.Helper()
	e, died := w.try(t, m, p.story.command()...)
	if !died {
		told.unreached.Add(1)
		return
	}
	told.kills.Add(1)
	if mine := m.program == "var"; mine != (e.code == -1) {
		t.Errorf("%s died: %s", m, e)
	}
}
