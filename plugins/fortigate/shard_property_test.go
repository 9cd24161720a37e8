package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
)

// crowd is a device that two installations and an administrator write to.
type crowd struct {
	*world
	t *rapid.T
	// wanted are the hosts of each installation that it blocked last, touched those that it ever did.
	wanted, touched map[*fortigate]map[int]bool
	second          *fortigate
	// theirs are the administrator's members, as group/name.
	theirs []string
}

const crowded = 30

func newCrowd(t *testing.T, rt *rapid.T) *crowd {
	w := newWorld(t, 1, func(s *settings, _ *lab.FortiGateConfig) { s.MemberLimit = 6 })
	w.change(w.gates[0], "fill", `{"count":40,"prefix":"theirs-"}`)
	c := &crowd{world: w, t: rt, second: w.open("edge", "site-b", requestTimeout)}
	c.wanted, c.touched = map[*fortigate]map[int]bool{}, map[*fortigate]map[int]bool{}
	for _, f := range []*fortigate{c.fortigate, c.second} {
		c.wanted[f], c.touched[f] = map[int]bool{}, map[int]bool{}
	}
	return c
}

// some draws hosts that follow each other.
func (c *crowd) some() []int {
	first := rapid.IntRange(0, crowded-1).Draw(c.t, "first")
	var some []int
	for i := range rapid.IntRange(1, 20).Draw(c.t, "how many") {
		some = append(some, (first+i)%crowded)
	}
	return some
}

func targetsOf(some []int) (ts []entity.Target, rs []blocker.Release) {
	all := hosts(crowded)
	for _, i := range some {
		ts = append(ts, all[i])
		rs = append(rs, blocker.Release{Target: all[i], Receipt: blocker.Receipt{Elements: blocker.Addresses(all[i])}})
	}
	return ts, rs
}

func (c *crowd) put(f *fortigate, some []int, disturbed bool) {
	ts, _ := targetsOf(some)
	outcomes, acting := f.BlockAll(c.world.t.Context(), ts), c.actingOf(f)
	for n, o := range outcomes {
		c.wanted[f][some[n]], c.touched[f][some[n]] = true, true
		if o.Err != nil && !disturbed {
			c.t.Fatalf("block %s: %v", ts[n].Ref, o.Err)
		}
		if o.Err == nil && !acts(acting, some[n]) {
			c.t.Fatalf("%s is told as blocked and does not act", ts[n].Ref)
		}
	}
}

func (c *crowd) take(f *fortigate, some []int, disturbed bool) {
	_, rs := targetsOf(some)
	errs, acting := f.UnblockAll(c.world.t.Context(), rs), c.actingOf(f)
	for n, err := range errs {
		delete(c.wanted[f], some[n])
		if err != nil && !disturbed {
			c.t.Fatalf("release %s: %v", rs[n].Target.Ref, err)
		}
		if err == nil && acts(acting, some[n]) {
			c.t.Fatalf("%s is told as released and acts", rs[n].Target.Ref)
		}
	}
}

// acts reports whether one of the objects that act is that of a host.
func acts(acting []string, host int) bool {
	end := "-" + hosts(crowded)[host].Host.IP
	return slices.ContainsFunc(acting, func(name string) bool { return strings.HasSuffix(name, end) })
}

func (c *crowd) actingOf(f *fortigate) []string {
	if f == c.second {
		return c.acting("Internal-Block", "owner=site-b", true)
	}
	return c.oursActing()
}

// disturb has a request of the next batch go wrong.
func (c *crowd) disturb() {
	c.fault(0, lab.Fault{
		What:  rapid.SampledFrom([]lab.Misbehaviour{lab.DropAfter, lab.Reset, lab.Truncate}).Draw(c.t, "what"),
		Skip:  rapid.IntRange(0, 30).Draw(c.t, "when"),
		Times: rapid.IntRange(0, 3).Draw(c.t, "how often"),
	})
}

// nested are the groups of the first installation that act, and that nobody else uses.
func (c *crowd) nested() []string {
	state := c.holds(0)
	return slices.DeleteFunc(slices.Clone(state.Groups["Internal-Block"]), func(name string) bool {
		members := state.Groups[name]
		return len(members) < 2 || !strings.Contains(state.Addresses[members[1]].Comment, "owner="+owner)
	})
}

// adds puts a member of the administrator's into the base group or into one of ours.
func (c *crowd) adds() {
	group := rapid.SampledFrom(append(c.nested(), "Internal-Block")).Draw(c.t, "group")
	name := fmt.Sprintf("theirs-%05d", len(c.theirs)%40)
	if !slices.Contains(c.theirs, group+"/"+name) {
		c.member(group, name)
		c.theirs = append(c.theirs, group+"/"+name)
	}
}

// removes takes away a member of ours, or a nested group, where the administrator has none.
func (c *crowd) removes() {
	groups := slices.DeleteFunc(c.nested(), func(group string) bool {
		return slices.ContainsFunc(c.theirs, func(m string) bool { return strings.HasPrefix(m, group+"/") })
	})
	if len(groups) == 0 {
		return
	}
	group := rapid.SampledFrom(groups).Draw(c.t, "group")
	if rapid.Bool().Draw(c.t, "all of it") {
		c.noMember("Internal-Block", group)
	} else {
		c.noMember(group, c.holds(0).Groups[group][1])
	}
}

// check holds what belongs to the administrator and to the second installation against what they did.
func (c *crowd) check() {
	state := c.holds(0).Groups
	for _, m := range c.theirs {
		group, name, _ := strings.Cut(m, "/")
		if !slices.Contains(state[group], name) || (group != "Internal-Block" && !slices.Contains(state["Internal-Block"], group)) {
			c.t.Fatalf("the administrator's %s does not act: %v", m, state)
		}
	}
	if got := len(c.actingOf(c.second)); got != len(c.wanted[c.second]) {
		c.t.Fatalf("%d of the second installation act, want %d", got, len(c.wanted[c.second]))
	}
}

// settle puts right what is wanted and what is not, as passes do.
func (c *crowd) settle() {
	var gone, wanted []int
	for _, i := range slices.Sorted(maps.Keys(c.touched[c.fortigate])) {
		if c.wanted[c.fortigate][i] {
			wanted = append(wanted, i)
		} else {
			gone = append(gone, i)
		}
	}
	c.take(c.fortigate, gone, false)
	c.put(c.fortigate, wanted, false)
	if got := c.oursActing(); len(got) != len(wanted) || len(c.objects()) != len(wanted) {
		c.t.Fatalf("%q act, and there are %q; want %d of each", got, c.objects(), len(wanted))
	}
	c.take(c.fortigate, wanted, false)
	if got := c.objects(); len(got) > 0 {
		c.t.Fatalf("%q are left", got)
	}
	c.check()
}

func TestWhateverHappensOursActsAsToldAndOthersStays(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := newCrowd(t, rt)
		ours := c.fortigate
		for range rapid.IntRange(3, 15).Draw(rt, "steps") {
			switch rapid.IntRange(0, 6).Draw(rt, "step") {
			case 0, 1:
				c.put(ours, c.some(), false)
			case 2:
				c.take(ours, c.some(), false)
			case 3:
				c.disturb()
				if rapid.Bool().Draw(rt, "block") {
					c.put(ours, c.some(), true)
				} else {
					c.take(ours, c.some(), true)
				}
				c.fault(0)
			case 4:
				c.adds()
			case 5:
				c.removes()
			case 6:
				if some := c.some(); rapid.Bool().Draw(rt, "block") {
					c.put(c.second, some, false)
				} else {
					c.take(c.second, some, false)
				}
			}
			c.check()
		}
		c.settle()
	})
}
