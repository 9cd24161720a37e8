package scenario

import "fmt"

// estate is how many hosts a brain has, and detections, unless more are wanted.
const estate = 3000

// sets are the worlds with one brain and one blocker of each means.
var sets = []struct {
	means   Means
	devices int
	kind    string
	// usual is how many targets the usual scenario has, holds how many such a device may hold.
	usual, holds int
}{
	{Groups, 2, Host, 500, 10_000},
	{Quarantine, 2, Host, 100, 10_000},
	{Feed, 2, Detection, 100, 100_000},
	{PaloAlto, 2, Host, 500, 100_000},
	{Command, 0, Host, 100, 100_000},
}

// All are the scenarios in the order of the table.
func All() []Scenario {
	all := []Scenario{{Setup{Name: "three-plugins", Kind: Host, Brains: 1, Sharing: 1, Blockers: three()}, Start, true}}
	for _, n := range []int{100, 500, 5_000} {
		for _, set := range sets {
			all = append(all, life(Life(set.means, n), n == set.usual)...)
		}
	}
	all = append(all, life(Shared(500), true)...)
	all = append(all, life(Tenant(500), true)...)
	all = append(all, life(Brains(20, 25), true)...)
	all = append(all, life(Blockers(10, 20, 20), true)...)
	for _, n := range []int{1_000, 10_000, 100_000} {
		for _, set := range sets {
			if n <= set.holds {
				all = append(all, Scenario{Idle(set.means, n), Nothing, n == 1_000 || set.means == PaloAlto && n == 10_000})
			}
		}
	}
	return all
}

func three() []Blocker { return []Blocker{{Groups, 2}, {PaloAlto, 2}, {Command, 0}} }

// life is to block and to release in the same world.
func life(s Setup, usual bool) []Scenario { return []Scenario{{s, Block, usual}, {s, Release, usual}} }

// Life is a world in which n targets are blocked and released by one means.
func Life(m Means, n int) Setup {
	for _, set := range sets {
		if set.means == m {
			return one(m, set.devices, set.kind, n)
		}
	}
	panic("no such means: " + m)
}

func one(m Means, devices int, kind string, n int) Setup {
	return Setup{
		Name: fmt.Sprintf("%d/%s", n, m), Kind: kind, Targets: n, Estate: max(n, estate), Brains: 1, Sharing: 1,
		Blockers: []Blocker{{m, devices}},
	}
}

// Idle is a world in which n targets are held already, of a brain that has no more.
func Idle(m Means, n int) Setup {
	s := Life(m, n)
	s.Estate, s.ByType = n, s.Kind == Host
	s.Adopt = n > 1_000 && m != Groups
	return s
}

// Shared is a world in which ten detections each have the same destination.
func Shared(n int) Setup {
	s := one(Groups, 2, Detection, n)
	s.Name, s.Sharing = fmt.Sprintf("%d/shared", n), 10
	return s
}

// Tenant is a world with a RUX brain and two firewalls.
func Tenant(n int) Setup {
	s := Life(PaloAlto, n)
	s.Name, s.API = fmt.Sprintf("%d/rux", n), RUX
	return s
}

// Brains is a world of many brains, each with n hosts to block, and two firewalls.
func Brains(brains, n int) Setup {
	s := Life(PaloAlto, n)
	s.Name, s.Brains, s.Estate = fmt.Sprintf("%d/%d-brains", n, brains), brains, 500
	return s
}

// Blockers is a world of many blockers of many devices: FortiGates that ban and firewalls that tag, by turns.
func Blockers(blockers, devices, n int) Setup {
	s := Life(PaloAlto, n)
	s.Name, s.Blockers = fmt.Sprintf("%d/%d-blockers-of-%d", n, blockers, devices), nil
	for i := range blockers {
		s.Blockers = append(s.Blockers, Blocker{[]Means{Quarantine, PaloAlto}[i%2], devices})
	}
	return s
}
