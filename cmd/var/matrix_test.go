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

// TestMatrix runs the life of a block in every family of brains, on every blocker, for every kind. The kinds that a
// blocker takes live side by side in one world, each with addresses and names of its own; each of the others has one
// to itself, where nothing else gives a pass anything to do.
func TestMatrix(t *testing.T) {
	t.Parallel()
	programs(t)
	for _, f := range families {
		for _, way := range ways {
			var taken []string
			for _, kind := range kinds {
				if len(way.means.elements(wishes(kind, false))) > 0 {
					taken = append(taken, kind)
					continue
				}
				t.Run(f.name+"/"+way.name+"/"+kind, func(t *testing.T) {
					t.Parallel()
					newRow(t, f, way.means, kind).unsupported(t)
				})
			}
			t.Run(f.name+"/"+way.name+"/"+strings.Join(taken, "+"), func(t *testing.T) {
				t.Parallel()
				newRow(t, f, way.means, taken...).life(t)
			})
		}
	}
}

// row is one line of the matrix: a player of each of some kinds in a world of their own.
type row struct {
	*stage
	means means
	kinds []string
	// before is the world without var.
	before reality
}

func newRow(t *testing.T, f family, m means, kinds ...string) row {
	t.Helper()
	r := row{stage: newStage(t, f, m), means: m, kinds: kinds}
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
	for _, kind := range r.kinds {
		for _, domain := range wishes(kind, false).domains {
			blocked := slices.Contains(r.means.elements(wishes(kind, false)), domain)
			if !blocked && !strings.Contains(e.out, domain+": ") {
				t.Errorf("%s cannot be blocked there, and that is not shown: %s", domain, e)
			}
		}
	}
}

func (r row) groom(t *testing.T) {
	r.move(t)
	r.pass(t, 0, "--groom")
	r.expect(t, r.held(true), "VAR: Blocked", "VAR: Unblocked due to grooming")
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

// held is the world with everything blocked that the players want.
func (r row) held(moved bool) reality {
	return r.holding(func(kind string) []string { return r.means.elements(wishes(kind, moved)) })
}

// holding is the world with the players blocked: their elements on every device, tags on the players.
func (r row) holding(elements func(kind string) []string) reality {
	want := reality{InForce: maps.Clone(r.before.InForce), Tags: maps.Clone(r.before.Tags)}
	for _, kind := range r.kinds {
		for _, place := range r.places(kind) {
			want.InForce[place] = slices.Sorted(slices.Values(slices.Concat(want.InForce[place], elements(kind))))
		}
		if kind != "static" {
			want.Tags[playing(kind)] = slices.Sorted(slices.Values(append(r.receipt(kind, elements(kind)), analyst, blockTags[kind])))
		}
	}
	return want
}

func (r row) places(kind string) []string {
	var places []string
	for _, end := range r.means.ends() {
		places = append(places, r.means.place(end, kind))
	}
	if len(places) == 0 {
		places = []string{r.means.place("", kind)}
	}
	return places
}

func (r row) receipt(kind string, elements []string) []string {
	tags := []string{markers[kind]}
	for _, e := range elements {
		tags = append(tags, "VAR ID:"+r.means.label()+":"+e)
	}
	return tags
}

// expect compares the world with how it should be, and the notes of each player with what should have been told.
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
	for _, kind := range r.kinds {
		if len(told) > 0 && kind != "static" {
			wantNotes[playing(kind)] = told
		}
	}
	if diff := cmp.Diff(wantNotes, got.Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}
