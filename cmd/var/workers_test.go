package main_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/var-project/var/pkg/journal/journaltest"
	"github.com/var-project/var/pkg/lab"
)

const (
	manyBrains  = 20
	manyWorkers = 3
	// lease is how long a worker that vanished keeps what it worked on: long beside a round of the others, also on a
	// machine that does much else.
	lease = 10 * time.Second
)

// manyKills is how many workers are killed.
func manyKills() int {
	if os.Getenv("VAR_TEST_ALL") != "" {
		return 20
	}
	return 3
}

// device writes down what it is told, and when somebody else tells it something at the same time.
const device = `#!/bin/sh
exec 9>>"$0.lock"
flock -n 9 || echo "$1 $2" >>"$0.overlaps"
flock 9
sleep 0.02
echo "$1 $2" >>"$0.log"
`

// workers are several processes of var that share a state on a server, 20 brains and one device.
type workers struct {
	*stage
	db *pgx.Conn
	// running are the processes, by their ids.
	running map[int]*process
	// wanted says for each brain whether its host is to be blocked, blocks how often that was wanted anew.
	wanted map[string]bool
	blocks map[string]int
}

// TestWorkersShareTheSources: killed at random, none of the brains is forgotten, nothing is told to the device by two
// at once, no note is written twice, and what the dead worked on is taken over within two lease times.
func TestWorkersShareTheSources(t *testing.T) {
	t.Parallel()
	w := newWorkers(t)
	random := rand.New(rand.NewPCG(3, 20))
	for kill := range manyKills() {
		for len(w.running) < manyWorkers {
			w.hire(t)
		}
		w.changeMinds(t, random)
		victim := slices.Sorted(maps.Keys(w.running))[random.IntN(manyWorkers)]
		held := w.killAtWork(t, victim)
		w.takenOver(t, held, time.Now())
		w.served(t)
		t.Logf("kill %d: %d leases were taken over", kill, len(held))
	}
	for pid, p := range w.running {
		if e := p.end(t, os.Interrupt); e.code != 0 {
			t.Errorf("a worker was interrupted: %s", e)
		}
		if kept := w.heldBy(t, pid); len(kept) > 0 {
			t.Errorf("a worker that was interrupted keeps %v", kept)
		}
	}
	w.free(t)
	w.pass(t, 0)
	w.check(t)
}

func newWorkers(t *testing.T) *workers {
	t.Helper()
	bin := programs(t)
	server, err := journaltest.Start(t.Context())
	journaltest.Need(t, server, err)
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	w := &workers{stage: newStageOf(t, bin, families[0]), running: map[int]*process{}, wanted: map[string]bool{}, blocks: map[string]int{}}
	place := server.Place(t)
	w.db = openDB(t, place)
	w.write(t, "credentials/state.password", journaltest.Password)
	for n := range manyBrains {
		w.furnish(t, n)
	}
	executable(t, filepath.Join(w.dir, "device"), device)
	w.write(t, "config.toml", w.config(place))
	w.pass(t, 0)
	t.Cleanup(w.dismiss)
	return w
}

func openDB(t *testing.T, place string) *pgx.Conn {
	t.Helper()
	c, err := pgx.ParseConfig(place)
	if err != nil {
		t.Fatal(err)
	}
	c.Password = journaltest.Password
	db, err := pgx.ConnectConfig(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(context.WithoutCancel(t.Context())) }) // it was only read
	return db
}

// furnish adds a brain with one host.
func (w *workers) furnish(t *testing.T, n int) {
	t.Helper()
	name := fmt.Sprintf("b%02d", n)
	b := w.family.open(w.world)
	b.Fill(lab.Estate{Hosts: []lab.Host{{
		Subject: lab.Subject{ID: player, Threat: 1, Certainty: 1}, Scored: lab.Scored{Name: "pc-" + name}, IP: addressAt(name), Traffic: true,
	}}})
	w.world.Add(name, b)
	w.write(t, "credentials/brain."+name+".token", brainToken)
	w.wanted[name] = false
}

func addressAt(brain string) string { return "10.77." + strings.TrimPrefix(brain[1:], "0") + ".9" }

func (w *workers) config(place string) string {
	program := filepath.Join(w.dir, "device")
	text := fmt.Sprintf("state = \"%s&lease_time=%v\"\nowner = \"workers\"\n[run]\ninterval = \"1s\"\n[accounts]\nenabled = false\n[detections]\nenabled = false\n", place, lease)
	text += fmt.Sprintf("[blocker.script]\nplugin = \"external-command\"\nparallel = 1\n[blocker.script.settings]\nhost_block = [%q, \"block\", \"{ip}\"]\nhost_unblock = [%q, \"unblock\", \"{ip}\"]\n", program, program)
	for _, name := range slices.Sorted(maps.Keys(w.wanted)) {
		text += fmt.Sprintf("[brain.%s]\nurl = %q\napi = %q\nauth = %q\nca_file = \"ca.pem\"\n", name, w.world.End(name).URL, w.family.version, w.family.auth)
	}
	return text
}

// hire starts one more worker. It works for as long as the test takes.
func (w *workers) hire(t *testing.T) {
	t.Helper()
	p := &process{stop: func() {}, cmd: exec.CommandContext(t.Context(), filepath.Join(w.bin, "var"), "run", "--loop")}
	p.cmd.Dir = w.dir
	p.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + w.dir, "CREDENTIALS_DIRECTORY=" + filepath.Join(w.dir, "credentials")}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.err
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.running[p.cmd.Process.Pid] = p
}

// dismiss ends all who are still there.
func (w *workers) dismiss() {
	for _, p := range w.running {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	}
}

// changeMinds has half of the brains want something else.
func (w *workers) changeMinds(t *testing.T, random *rand.Rand) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(w.wanted)) {
		if random.IntN(2) == 0 {
			continue
		}
		w.wanted[name] = !w.wanted[name]
		op := "remove_tag"
		if w.wanted[name] {
			op = "add_tag"
			w.blocks[name]++
		}
		w.admin.change(t, name, op, map[string]any{"kind": "host", "id": player, "tag": blockTags["host"]})
	}
}

// leaseRow is a lease as the database has it.
type leaseRow struct {
	name, holder string
	fence        int64
	since, until time.Time
}

// leases are those of one holder that it has not given back, or all.
func (w *workers) leases(t *testing.T, where string, args ...any) map[string]leaseRow {
	t.Helper()
	rows, err := w.db.Query(t.Context(), `select name, holder, fence, since, until from lease where `+where, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	all := map[string]leaseRow{}
	for rows.Next() {
		var l leaseRow
		var since, until int64
		if err := rows.Scan(&l.name, &l.holder, &l.fence, &since, &until); err != nil {
			t.Fatal(err)
		}
		l.since, l.until = time.Unix(0, since), time.Unix(0, until)
		all[l.name] = l
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	return all
}

// killAtWork kills a worker as soon as it has leases, and says which it took to the grave.
func (w *workers) killAtWork(t *testing.T, pid int) map[string]leaseRow {
	t.Helper()
	if !within(patience, func() bool { return len(w.heldBy(t, pid)) > 0 }) {
		t.Fatalf("worker %d has nothing to do", pid)
	}
	p := w.running[pid]
	delete(w.running, pid)
	if e := p.end(t, os.Kill); e.code != -1 {
		t.Errorf("it was not killed: %s", e)
	}
	return w.heldBy(t, pid)
}

// heldBy are the leases that a worker has not given back.
func (w *workers) heldBy(t *testing.T, pid int) map[string]leaseRow {
	t.Helper()
	return w.leases(t, "until > 0 and holder like $1", fmt.Sprintf("process %d on %%", pid))
}

// free waits until nobody has a lease: what a worker asked for with its last breath, the server may do after its death.
func (w *workers) free(t *testing.T) {
	t.Helper()
	var held map[string]leaseRow
	if !within(patience, func() bool {
		held = w.leases(t, "until > extract(epoch from clock_timestamp()) * 1000000000")
		return len(held) == 0
	}) {
		t.Fatalf("%v are held by nobody who lives", held)
	}
}

// takenOver waits until others have taken the leases of the dead, which they do within two lease times.
func (w *workers) takenOver(t *testing.T, dead map[string]leaseRow, killed time.Time) {
	t.Helper()
	for name, was := range dead {
		if was.until.Sub(killed) > lease {
			t.Errorf("%s ends %v after its holder died", name, was.until.Sub(killed))
		}
		if strings.HasPrefix(name, "blocker:") {
			continue // it is taken when there is work for it
		}
		var now leaseRow
		if !within(patience, func() bool {
			now = w.leases(t, "name = $1", name)[name]
			return now.fence > was.fence
		}) {
			t.Fatalf("%s was never taken over", name)
		}
		if after := now.since.Sub(killed); after > 2*lease {
			t.Errorf("%s was taken over %.1f lease times after its holder died", name, after.Seconds()/lease.Seconds())
		}
	}
}

// served waits until the device has what the brains want, and the brains were told. What a dead worker did and nobody
// took up yet would be told of never, if its brain wanted something else by then.
func (w *workers) served(t *testing.T) {
	t.Helper()
	var got []string
	var open int
	want := w.wish()
	if !within(patience, func() bool { got, open = w.blocked(t), w.open(t); return slices.Equal(got, want) && open == 0 }) {
		t.Fatalf("blocked are %v, want %v; %d intents and notes are open", got, want, open)
	}
}

// open counts the intents and notes that are still to be settled.
func (w *workers) open(t *testing.T) (n int) {
	t.Helper()
	if err := w.db.QueryRow(t.Context(), `select (select count(*) from intent) + (select count(*) from note)`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (w *workers) wish() []string {
	var all []string
	for name, wanted := range w.wanted {
		if wanted {
			all = append(all, addressAt(name))
		}
	}
	slices.Sort(all)
	return all
}

// told are the lines that the device wrote.
func (w *workers) told(t *testing.T, suffix string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(w.dir, "device"+suffix))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return strings.Fields(strings.ReplaceAll(string(text), " ", "="))
}

// blocked is what the device blocks after all that it was told.
func (w *workers) blocked(t *testing.T) []string {
	t.Helper()
	now := map[string]bool{}
	for _, line := range w.told(t, ".log") {
		verb, address, _ := strings.Cut(line, "=")
		if now[address] = verb == "block"; !now[address] {
			delete(now, address)
		}
	}
	return slices.Sorted(maps.Keys(now))
}

// check looks at everything after the last pass.
func (w *workers) check(t *testing.T) {
	t.Helper()
	if got, want := w.blocked(t), w.wish(); !slices.Equal(got, want) {
		t.Errorf("blocked are %v, want %v", got, want)
	}
	if held, open := w.status(t); len(held) != len(w.wish()) || open > 0 {
		t.Errorf("%d held of %d, %d open", len(held), len(w.wish()), open)
	}
	if overlaps := w.told(t, ".overlaps"); len(overlaps) > 0 {
		t.Errorf("two at once told the device %v", overlaps)
	}
	for name, want := range w.blocks {
		var view brainView
		w.admin.state(t, name, &view)
		notes := slices.Concat(slices.Collect(maps.Values(view.notes()))...)
		if got := len(slices.DeleteFunc(notes, func(n string) bool { return !strings.HasPrefix(n, "VAR: Blocked") })); got != want {
			t.Errorf("%s: %d notes of %d blocks", name, got, want)
		}
	}
}
