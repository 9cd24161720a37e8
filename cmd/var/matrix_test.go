package main_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// ways are the blockers of the matrix.
var ways = []struct {
	name  string
	means means
}{
	{"FortiGate-address-group", fortigates{"address-group"}},
	{"FortiGate-quarantine", fortigates{"quarantine"}},
	{"FortiGate-feed", fortigates{"feed"}},
	{"Palo-Alto", panos{}},
	{"external-command", command{}},
}

var kinds = []string{"host", "account", "detection", "static"}

// TestMatrix runs the life of a block in every family of brains, on every blocker, for every kind.
func TestMatrix(t *testing.T) {
	programs(t)
	for _, f := range families {
		for _, way := range ways {
			for _, kind := range kinds {
				t.Run(f.name+"/"+way.name+"/"+kind, func(t *testing.T) {
					t.Parallel()
					r := newRow(t, f, way.means, kind)
					if len(way.means.elements(wishes(kind, false))) == 0 {
						r.unsupported(t)
						return
					}
					r.life(t)
				})
			}
		}
	}
}

// row is one line of the matrix: one player in a world of its own.
type row struct {
	*stage
	means means
	kind  string
	// before is the world without var.
	before reality
}

func newRow(t *testing.T, f family, m means, kind string) row {
	t.Helper()
	r := row{stage: newStage(t, f, m), means: m, kind: kind}
	r.configure(t)
	r.before = r.reality(t)
	return r
}

// life is block, nothing, move, nothing, release, nothing. A step that fails ends it: the next one builds on it.
func (r row) life(t *testing.T) {
	steps := []struct {
		name string
		do   func(*testing.T)
	}{
		{"block", r.block},
		{"second pass idle", r.idle},
		{"groom", r.groom},
		{"second pass idle after groom", r.idle},
		{"release", r.release},
		{"second pass idle after release", r.idle},
		{"release after adoption", r.adoption},
	}
	for _, s := range steps {
		if !t.Run(s.name, s.do) {
			return
		}
	}
}

func (r row) block(t *testing.T) {
	r.want(t, true)
	e := r.pass(t, 0)
	r.expect(t, r.held(false), "VAR: Blocked")
	for _, domain := range wishes(r.kind, false).domains {
		blocked := slices.Contains(r.means.elements(wishes(r.kind, false)), domain)
		if !blocked && !strings.Contains(e.out, domain+": ") {
			t.Errorf("%s cannot be blocked there, and that is not shown: %s", domain, e)
		}
	}
}

func (r row) groom(t *testing.T) {
	r.move(t)
	r.pass(t, 0, "--groom")
	told := []string{"VAR: Blocked", "VAR: Unblocked due to grooming"}
	if r.kind == "static" {
		told = nil
	}
	r.expect(t, r.held(true), told...)
}

func (r row) release(t *testing.T) {
	r.want(t, false)
	r.pass(t, 0)
	r.expect(t, r.before, "VAR: Blocked", "VAR: Unblocked due to grooming", "VAR: Unblocked")
	if held, open := r.status(t); len(held) > 0 || open > 0 {
		t.Errorf("after the release %v are held, %d open", held, open)
	}
}

// idle is a pass that has nothing to do: it asks the devices only what they hold, and the brain only what the
// rules cost. Grooming may need to know a device's release.
func (r row) idle(t *testing.T) {
	before := r.reality(t)
	r.requests(t)
	r.pass(t, 0)
	r.quiet(t, inventory)
	r.pass(t, 0, "--groom")
	r.quiet(t, inventory+1)
	if diff := cmp.Diff(before, r.reality(t)); diff != "" {
		t.Errorf("an idle pass changed the world (-before +after):\n%s", diff)
	}
}

// inventory is how many requests a look at everything that a device holds may take: var compares that with what
// it holds in each pass, and looks for marks of another owner when its state is new.
const inventory = 16

// quiet looks at what was asked in a pass that had nothing to do: no writes, of the brain what the rules
// cost, of each device no more than so many looks.
func (r row) quiet(t *testing.T, looks int) {
	t.Helper()
	counts := r.requests(t)
	if c := counts[brainName]; c.sum() != r.family.reads || len(c.writes()) > 0 {
		t.Errorf("the brain was asked %v, want %d reads", c, r.family.reads)
	}
	for _, end := range r.ends() {
		if c := counts[end]; c.sum() > looks || len(c.writes()) > 0 {
			t.Errorf("%s was asked %v, want no more than %d looks", end, c, looks)
		}
	}
}

// unsupported: what the blocker cannot do is shown, nothing is asked of any device, and nothing has failed.
func (r row) unsupported(t *testing.T) {
	r.want(t, true)
	wanted := r.reality(t)
	r.requests(t)
	for range 2 {
		e := r.pass(t, 0, "--output", "json")
		if !spared(t, e) {
			t.Errorf("the pass does not show what cannot be blocked: %s", e)
		}
		r.quiet(t, 2*inventory)
	}
	if diff := cmp.Diff(wanted, r.reality(t)); diff != "" {
		t.Errorf("the world changed (-before +after):\n%s", diff)
	}
}

// spared reports that the pass shows something that no blocker takes.
func spared(t *testing.T, e ended) bool {
	t.Helper()
	var view struct {
		Sources []struct {
			Items []struct {
				Action  string
				Reasons []struct{ Rule string }
			}
		}
	}
	if err := json.Unmarshal([]byte(e.out), &view); err != nil {
		t.Fatalf("%v: %s", err, e)
	}
	for _, s := range view.Sources {
		for _, it := range s.Items {
			if it.Action == "spare" && it.Reasons[0].Rule == "unsupported" {
				return true
			}
		}
	}
	return false
}

func (r row) held(moved bool) reality { return r.holding(r.means.elements(wishes(r.kind, moved))) }

// holding is the world with the player blocked: elements on every device, tags on the player.
func (r row) holding(elements []string) reality {
	want := reality{InForce: maps.Clone(r.before.InForce), Tags: maps.Clone(r.before.Tags)}
	for _, place := range r.places() {
		want.InForce[place] = slices.Sorted(slices.Values(slices.Concat(want.InForce[place], elements)))
	}
	if r.kind != "static" {
		want.Tags[r.player()] = slices.Sorted(slices.Values(append(r.receipt(elements), analyst, blockTags[r.kind])))
	}
	return want
}

func (r row) places() []string {
	var places []string
	for _, end := range append([]string{}, r.means.ends()...) {
		places = append(places, r.means.place(end, r.kind))
	}
	if len(places) == 0 {
		places = []string{r.means.place("", r.kind)}
	}
	return places
}

func (r row) receipt(elements []string) []string {
	tags := []string{markers[r.kind]}
	for _, e := range elements {
		tags = append(tags, "VAR ID:"+r.means.label()+":"+e)
	}
	return tags
}

// expect compares the world with how it should be, and the notes of the player with what should have been told.
func (r row) expect(t *testing.T, want reality, told ...string) {
	t.Helper()
	got := r.reality(t)
	if diff := cmp.Diff(want.InForce, got.InForce); diff != "" {
		t.Errorf("in force (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want.Tags, got.Tags); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	wantNotes := map[string][]string{}
	if len(told) > 0 && r.kind != "static" {
		wantNotes[r.player()] = told
	}
	if diff := cmp.Diff(wantNotes, got.Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}
