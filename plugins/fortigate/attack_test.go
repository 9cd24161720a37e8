package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
)

// vandal is an administrator who changes what is ours at random, and adds what is not.
type vandal struct {
	gate   *lab.FortiGate
	rand   *rand.Rand
	adds   int
	safe   int      // addresses from here on are banned by the device itself
	placed []string // what of the admin's own must be there in the end: "group/member", feed entries, bans
}

// try applies an operation; one that the device refuses changes nothing.
func (v *vandal) try(op, format string, args ...any) bool {
	return v.gate.Change(op, json.RawMessage(fmt.Sprintf(format, args...))) == nil
}

func (v *vandal) state() lab.FortiGateVDOMState { return v.gate.Holds().VDOMs["root"] }

// inGroups attacks objects, members and nested groups.
func (v *vandal) inGroups() {
	state := v.state()
	shards := v.some(keys(state.Groups), "Block-var-")
	object := v.some(keys(state.Addresses), "var-")
	if len(shards) > 0 {
		switch members := v.some(state.Groups[shards[0]], "var-"); v.rand.IntN(5) {
		case 0:
			v.try("remove-members", `{"group":%q,"members":[%q]}`, shards[0], strings.Join(members, ""))
		case 1:
			base, _, _ := strings.Cut(shards[0], "-var-")
			v.try("remove-members", `{"group":%q,"members":[%q]}`, base, shards[0])
		case 2:
			v.try("delete", `{"table":"firewall/addrgrp","name":%q,"force":true}`, shards[0])
		}
	}
	if len(object) > 0 {
		switch v.rand.IntN(5) {
		case 0:
			v.try("delete", `{"table":"firewall/address","name":%q,"force":true}`, object[0])
		case 1:
			v.try("update", `{"table":"firewall/address","name":%q,"object":{"subnet":"192.0.2.%d/32"}}`, object[0], v.rand.IntN(250))
		case 2:
			v.try("rename", `{"table":"firewall/address","name":%q,"to":"renamed-%d"}`, object[0], v.rand.IntN(1000))
		}
	}
	v.addMember()
}

// addMember puts an address of the admin's own into the base group: sometimes one that is blocked too.
func (v *vandal) addMember() {
	if v.rand.IntN(3) > 0 {
		return
	}
	v.adds++
	name, group := fmt.Sprintf("theirs-%d", v.adds), "Internal-Block"
	v.try("create", `{"table":"firewall/address","object":{"name":%q,"subnet":"10.0.0.%d/32"}}`, name, v.rand.IntN(20))
	if v.try("add-members", `{"group":%q,"members":[%q]}`, group, name) {
		v.placed = append(v.placed, group+"/"+name)
	}
}

// inBans lifts ours, and has the device ban by itself: others than are being lifted at that moment, for the call
// that lifts knows no difference.
func (v *vandal) inBans() {
	if bans := v.state().Bans; len(bans) > 0 && v.rand.IntN(2) == 0 {
		v.try("unban", `{"ip":%q,"source":"Administrative"}`, bans[v.rand.IntN(len(bans))].IP)
	}
	ip := fmt.Sprintf("10.0.0.%d", v.safe+v.rand.IntN(20))
	if v.rand.IntN(4) == 0 && v.try("ban", `{"ip":%q,"source":"IPS"}`, ip) {
		v.placed = append(v.placed, "ban "+ip)
	}
}

func (v *vandal) inFeed() {
	if entries := v.state().Feeds["var-dst"].Valid; len(entries) > 0 {
		v.try("feed-remove", `{"feed":"var-dst","entries":[%q]}`, entries[v.rand.IntN(len(entries))])
	}
}

// lost are the admin's own that are not there any more.
func (v *vandal) lost() []string {
	state := v.state()
	return slices.DeleteFunc(slices.Clone(v.placed), func(p string) bool {
		if ip, ok := strings.CutPrefix(p, "ban "); ok {
			return slices.Contains(state.Bans, lab.FortiBanState{IP: ip, Source: "IPS"})
		}
		group, member, _ := strings.Cut(p, "/")
		return slices.Contains(state.Groups[group], member)
	})
}

func (v *vandal) some(names []string, infix string) []string {
	names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !strings.Contains(n, infix) })
	v.rand.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	return names[:min(len(names), 1)]
}

func keys[V any](m map[string]V) []string {
	all := make([]string, 0, len(m))
	for k := range m {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}

// attacked is a blocker, what is wanted of it, and the receipts of what it holds.
type attacked struct {
	*fortigate
	owner   string
	targets []entity.Target
	wanted  map[int]bool
	rand    *rand.Rand
}

// work blocks and releases at random. What fails is left to the passes.
func (a *attacked) work(t *testing.T) {
	a.toggle(t, a.rand.IntN(len(a.targets)))
}

func (a *attacked) toggle(t *testing.T, n int) {
	t.Helper()
	target := a.targets[n]
	if a.wanted[n] = !a.wanted[n]; a.wanted[n] {
		a.BlockAll(t.Context(), []entity.Target{target})
		return
	}
	a.UnblockAll(t.Context(), []blocker.Release{{Target: target, Receipt: blocker.Receipt{Elements: blocker.Addresses(target)}}})
}

// pass compares the list with what is wanted and puts right what differs: what is missing, and what is ours
// without a holder. It tells how much that was.
func (a *attacked) pass(t *testing.T) int {
	t.Helper()
	inventories, _ := a.List(t.Context())
	if inventories[0].Err != nil {
		t.Fatal(inventories[0].Err)
	}
	listed := map[string]bool{}
	var gone []blocker.Release
	for _, e := range inventories[0].Entries {
		listed[e.Element] = true
		if e.Owner == a.owner && !a.wants(e.Element) {
			orphan := entity.Target{Ref: entity.Ref{Kind: a.targets[0].Kind}}
			gone = append(gone, blocker.Release{Target: orphan, Receipt: blocker.Receipt{Elements: []string{e.Element}}})
		}
	}
	var missing []entity.Target
	for n, target := range a.targets {
		if a.wanted[n] && !listed[blocker.Addresses(target)[0]] {
			missing = append(missing, target)
		}
	}
	for i, o := range a.BlockAll(t.Context(), missing) {
		if o.Err != nil {
			t.Errorf("repair of %s: %v", missing[i].Ref, o.Err)
		}
	}
	for _, err := range a.UnblockAll(t.Context(), gone) {
		if err != nil {
			t.Errorf("sweep: %v", err)
		}
	}
	return len(missing) + len(gone)
}

func (a *attacked) wants(element string) bool {
	for n, target := range a.targets {
		if a.wanted[n] && blocker.Addresses(target)[0] == element {
			return true
		}
	}
	return false
}

// release ends every block, as from the records.
func (a *attacked) release(t *testing.T) {
	t.Helper()
	for n := range a.targets {
		if a.wanted[n] {
			a.toggle(t, n)
		}
	}
}

// settle passes until nothing differs; two must do.
func (a *attacked) settle(t *testing.T) {
	t.Helper()
	for range 2 {
		if a.pass(t) == 0 {
			return
		}
	}
	if left := a.pass(t); left != 0 {
		t.Errorf("the third pass still has %d to do: it would never end", left)
	}
}

func TestAnAdminWhoChangesWhatIsOursAtRandomLosesNothingAndIsPutRight(t *testing.T) {
	seeds := uint64(4)
	if testing.Short() {
		seeds = 1
	}
	for mode, attack := range map[string]func(*vandal){
		modeGroup: (*vandal).inGroups, modeQuarantine: (*vandal).inBans, modeFeed: (*vandal).inFeed,
	} {
		for seed := range seeds {
			t.Run(fmt.Sprintf("%s/%d", mode, seed), func(t *testing.T) { underAttack(t, mode, attack, seed) })
		}
	}
}

func underAttack(t *testing.T, mode string, attack func(*vandal), seed uint64) {
	w := newWorld(t, 1, inMode(mode), func(s *settings, _ *lab.FortiGateConfig) { s.MemberLimit = 4 })
	v := &vandal{gate: w.gates[0], safe: many, rand: rand.New(rand.NewPCG(seed, 1))}
	all := []*attacked{attackedIn(w.fortigate, owner, mode, seed)}
	if mode == modeGroup {
		all = append(all, attackedIn(w.open("edge", "site-b", requestTimeout), "site-b", mode, seed+100))
	}
	meanwhile(t, all, func() { attack(v) })
	v.safe = 0
	for range 6 {
		attack(v)
	}
	for range 2 { // what one sweeps away may have stood in for what the other misses
		for _, a := range all {
			a.settle(t)
		}
	}
	for _, a := range all {
		if left := a.pass(t); left != 0 {
			t.Errorf("%s has %d to do again after the other one's passes", a.owner, left)
		}
	}
	for _, a := range all {
		a.release(t)
		a.settle(t)
	}
	for _, e := range w.entries(0) {
		if e.Owner == owner || e.Owner == "site-b" {
			t.Errorf("%+v is left although nothing is wanted", e)
		}
	}
	if lost := v.lost(); len(lost) > 0 {
		t.Errorf("the admin's own are lost: %q", lost)
	}
}

// meanwhile has the blockers work, and the admin strike once for each step of theirs while they go on.
func meanwhile(t *testing.T, all []*attacked, strike func()) {
	steps := make(chan struct{}, 1)
	var admin, work sync.WaitGroup
	admin.Go(func() {
		for range steps {
			strike()
		}
	})
	for _, a := range all {
		work.Go(func() {
			for range 40 {
				steps <- struct{}{}
				a.work(t)
			}
		})
	}
	work.Wait()
	close(steps)
	admin.Wait()
}

// many are the targets of each blocker.
const many = 12

func attackedIn(f *fortigate, owner, mode string, seed uint64) *attacked {
	a := &attacked{fortigate: f, owner: owner, wanted: map[int]bool{}, rand: rand.New(rand.NewPCG(seed, 2))}
	for i := range many {
		if mode == modeFeed {
			a.targets = append(a.targets, static(fmt.Sprintf("198.51.100.%d", i)))
		} else {
			a.targets = append(a.targets, host(i, fmt.Sprintf("10.0.0.%d", i)))
		}
	}
	return a
}
