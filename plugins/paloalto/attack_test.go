package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
)

// tool is another program that uses the same table: it tags addresses of its own and of ours, and takes our tag off.
type tool struct {
	sim    *lab.PANOS
	rand   *rand.Rand
	theirs map[string]bool
}

func (o *tool) strike() {
	ip := fmt.Sprintf("172.16.0.%d", o.rand.IntN(20))
	switch o.rand.IntN(3) {
	case 0:
		o.change("untag", map[string]any{"ip": ip, "tags": []string{"Block_Host"}})
	case 1:
		o.change("tag", map[string]any{"ip": ip, "tags": []string{"theirs"}})
		o.theirs[ip+" theirs"] = true
	case 2:
		o.change("untag", map[string]any{"user": fmt.Sprintf(`example\user%d`, o.rand.IntN(5)), "tags": []string{"Block_Account"}})
	}
}

// change may be refused: what is not registered cannot be taken off.
func (o *tool) change(op string, args map[string]any) {
	text, _ := json.Marshal(args)
	_ = o.sim.Change(op, text)
}

func TestAToolThatUsesTheSameTableAtRandomLosesNothingAndOursIsPutRight(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { besideATool(t, seed) })
	}
}

func besideATool(t *testing.T, seed uint64) {
	e := newEstate(t, lab.PANOSConfig{})
	b := e.open(nil)
	random := rand.New(rand.NewPCG(seed, 2))
	targets := hosts(12)
	for i := range 5 {
		targets = append(targets, account(fmt.Sprintf("user%d@example.net", i)))
	}
	other := &tool{e.sims[0], rand.New(rand.NewPCG(seed, 1)), map[string]bool{}}
	wanted := map[int]bool{}
	strikes := make(chan struct{}, 1)
	var beside sync.WaitGroup
	beside.Go(func() {
		for range strikes {
			other.strike()
		}
	})
	for range 60 {
		n := random.IntN(len(targets))
		strikes <- struct{}{}
		if wanted[n] = !wanted[n]; wanted[n] {
			e.mustBlock(b, targets[n])
		} else {
			e.mustUnblock(b, blocker.Release{Target: targets[n], Receipt: blocker.Receipt{Elements: b.wantedTexts(targets[n])}})
		}
	}
	close(strikes)
	beside.Wait()
	for range 6 {
		other.strike()
	}
	e.repair(b, targets, wanted)
	want := slices.Collect(maps.Keys(other.theirs))
	for n, target := range targets {
		if wanted[n] {
			want = append(want, b.wantedTexts(target)[0]+" "+b.firewalls[0].tags[target.Kind.Class()])
		}
	}
	if diff := cmp.Diff(entity.Union(want), e.holds(0)); diff != "" {
		t.Errorf("after a pass the firewall differs (-want +got):\n%s", diff)
	}
}

// repair blocks what is wanted and not listed.
func (e *estate) repair(b *paloalto, targets []entity.Target, wanted map[int]bool) {
	e.t.Helper()
	listed := map[string]bool{}
	for _, entry := range e.inventory(b).Entries {
		listed[entry.Element] = true
		if entry.Owner != "" {
			e.t.Errorf("%+v: nothing there shows whose it is", entry)
		}
	}
	for n, target := range targets {
		if wanted[n] && !listed[b.wantedTexts(target)[0]] {
			e.mustBlock(b, target)
		}
	}
}

func (b *paloalto) wantedTexts(t entity.Target) []string {
	var texts []string
	for _, k := range b.wanted(t).keys {
		texts = append(texts, strings.ToLower(k.text))
	}
	return texts
}
