package cli

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/var-project/var/pkg/blocker/blockertest"
	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/lab"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/protect"
	"github.com/var-project/var/pkg/service"
	"github.com/var-project/var/pkg/view"
)

// The test binary is the plugin too.
func TestMain(m *testing.M) { blockertest.Main(m, scribe()) }

// stage is a world with one brain of each family, and a folder with all that a run needs.
type stage struct {
	t       *testing.T
	dir     string
	hq      *lab.End
	cloud   *lab.End
	brain   *lab.Brain
	front   *front // where requests to the brain come by
	machine protect.Machine
	// manager is asked for by a loop; nil: there is none.
	manager func() (service.Manager, error)
	// ahead is how far the program's clock is.
	ahead time.Duration
	// chance is what is drawn by chance; from the start it is the middle, which is no jitter.
	chance   float64
	out, err bytes.Buffer
}

const (
	clientID     = "the client's id"
	clientSecret = "the client's secret"
	brainToken   = "the brain's token"
)

func newStage(t *testing.T) *stage {
	t.Helper()
	w, err := lab.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	s := &stage{t: t, dir: t.TempDir(), chance: 0.5}
	s.brain = newBrain("2.5")
	s.front = &front{Brain: s.brain}
	s.hq, s.cloud = w.Add("hq", s.front), w.Add("cloud", &front{Brain: newBrain("3.4")})
	s.write("ca.pem", string(w.CA()))
	for _, brain := range []string{"hq", "cloud"} {
		s.write("brain."+brain+".client_id", clientID)
		s.write("brain."+brain+".client_secret", clientSecret)
		s.write("brain."+brain+".token", brainToken)
	}
	t.Setenv("CREDENTIALS_DIRECTORY", s.dir)
	t.Setenv("VAR_KEYRING_BACKEND", "none")
	s.hire()
	return s
}

// front is where requests to a brain come by.
type front struct {
	*lab.Brain
	mu  sync.Mutex
	met func(r *http.Request) (enter bool)
}

// meet has a test see each request first, and say whether the brain learns of it.
func (f *front) meet(met func(r *http.Request) (enter bool)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.met = met
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	met := f.met
	f.mu.Unlock()
	if met == nil || met(r) {
		f.Brain.ServeHTTP(w, r)
	}
}

// hire puts the test binary where the plugin "scribe" is looked for.
func (s *stage) hire() {
	self, err := os.Executable()
	if err == nil {
		err = os.Mkdir(filepath.Join(s.dir, "plugins"), 0o700)
	}
	if err == nil {
		err = os.Symlink(self, filepath.Join(s.dir, "plugins", "var-plugin-scribe"))
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

func newBrain(version string) *lab.Brain {
	c := lab.BrainConfig{Version: version, ClientID: clientID, ClientSecret: clientSecret}
	if version < "3" {
		c.Tokens = []string{brainToken}
	}
	b := lab.NewBrain(c)
	b.Fill(people())
	return b
}

func (s *stage) write(name, text string) string {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

func (s *stage) path(name string) string { return filepath.Join(s.dir, name) }

// base is the least that works, without what the lines set themselves.
func (s *stage) base(lines string) string {
	least := []string{
		fmt.Sprintf("state = %q", "sqlite://"+s.path("var.db")),
		fmt.Sprintf("brain.hq.url = %q", s.hq.URL),
		fmt.Sprintf("brain.hq.ca_file = %q", s.path("ca.pem")),
		`blocker.desk.plugin = "scribe"`,
		fmt.Sprintf("blocker.desk.settings.book = %q", s.path("book.json")),
	}
	given := "\n" + strings.ReplaceAll(lines, "CLOUD", s.cloud.URL)
	var kept []string
	for _, line := range least {
		key, _, _ := strings.Cut(line, " ")
		if !strings.Contains(given, "\n"+key+" ") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n") + given + "\n"
}

func (s *stage) app() *App {
	s.out.Reset()
	s.err.Reset()
	return &App{
		In: strings.NewReader(""), Out: &s.out, Err: &s.err, Now: s.now, Getenv: os.Getenv, Pause: unhurried,
		Random:  func() float64 { return s.chance },
		Machine: s.machine, Manager: s.manager,
	}
}

func (s *stage) now() time.Time { return time.Now().Add(s.ahead) }

// unhurried is a pause that takes no time.
func unhurried(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// run plays a command line with these lines in the configuration and gives the exit code.
func (s *stage) run(lines string, args ...string) int {
	s.t.Helper()
	path := s.write("config.toml", s.base(lines))
	return s.app().Run(s.t.Context(), append([]string{"--config", path, "--plugin-dir", s.path("plugins")}, args...))
}

// want is run with the exit code that it must have.
func (s *stage) want(code int, lines string, args ...string) {
	s.t.Helper()
	if got := s.run(lines, args...); got != code {
		s.t.Fatalf("var %v ended with %d, want %d\n%s%s", args, got, code, &s.out, &s.err)
	}
}

// decided is what would be done with these lines in the configuration, as far as no blocker needs to be asked:
// "block host host-1: tag vectra_host_block". A frozen kind is there too.
func (s *stage) decided(lines string) []string {
	s.t.Helper()
	cfg, problems := config.Parse(s.path("config.toml"), []byte(s.base(lines)))
	if len(problems) > 0 {
		s.t.Fatal(problems)
	}
	a := s.app()
	sys := &system{
		app: a, cfg: cfg, log: a.log(), secrets: a.secretStore(), only: entity.Kinds(), static: cfg.Static.Destinations != "",
	}
	defer sys.close() //nolint:errcheck // only idle connections
	var err error
	if sys.journal, err = journal.OpenMemory(s.t.Context(), ""); err != nil {
		s.t.Fatal(err)
	}
	if sys.brains, err = sys.openBrains(nil); err != nil {
		s.t.Fatal(err)
	}
	edge := []entity.Blocker{{Name: "edge", Plugin: "any", Label: "Any", Kinds: entity.Kinds()}}
	var rows []string
	for _, src := range sys.sources() {
		p := plan.Compute(src.Observe(s.t.Context(), nil), nil, planPolicy(cfg, edge, nil, false), a.Now())
		rows = append(rows, rowsOf(p)...)
	}
	return rows
}

func rowsOf(p plan.Plan) []string {
	var rows []string
	for _, it := range p.Items {
		rows = append(rows, fmt.Sprintf("%s %s %s: %s", it.Action, it.Target.Kind, it.Target.Name, why(view.ItemOf(it))))
	}
	for kind, reason := range p.Frozen {
		rows = append(rows, fmt.Sprintf("frozen %s: %s", kind, reason))
	}
	slices.Sort(rows)
	return rows
}

// has reports a row that begins so.
func has(rows []string, start string) bool {
	return slices.ContainsFunc(rows, func(row string) bool { return strings.HasPrefix(row, start) })
}

// some is every eighth of a table with -short, and else all of it: each of them runs the program in the same way, for
// which the race detector takes ten times as long.
func some[T any](table []T) []T {
	if !testing.Short() {
		return table
	}
	var few []T
	for i := 0; i < len(table); i += 8 {
		few = append(few, table[i])
	}
	return few
}
