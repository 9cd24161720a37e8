package scenario

import "time"

const (
	// page is how many objects a brain or a FortiGate gives at once, and how many a brain tags in one call.
	page = 1000
	// shard is how many members one nested group gets beside its placeholder.
	shard = 249
	// message is how many entries one call to the other devices takes, answer how many PAN-OS lists at once.
	message = 1000
	answer  = 500
)

// Step is one step of the longest chain: requests that wait for the step before.
type Step struct {
	Name string `json:"name"`
	// Rounds is how many requests follow each other.
	Rounds int `json:"rounds"`
}

// Floor is how long a pass must take when every request takes this delay and nothing else takes any time: the steps
// that wait for each other, each at the end that is busiest in it, with as many requests in flight as var allows
// itself. It knows only how many targets there are, never what was measured.
func Floor(s Scenario, c Concurrency, delay time.Duration) time.Duration {
	rounds := 0
	for _, step := range Steps(s, c) {
		rounds += step.Rounds
	}
	return time.Duration(rounds) * delay
}

// Steps are the longest chain of a pass: log in, read the brain, list the devices, act, record.
func Steps(s Scenario, c Concurrency) []Step {
	return []Step{
		{"log in", 1},
		{"read", s.pages()},
		{"list", s.lists()},
		{"act", s.act(c)},
		{"record", s.record(c)},
	}
}

// pages of the longest list are read one after the other: each is told of by the one before. Lists of different
// things are read side by side.
func (s Scenario) pages() int {
	if s.Work == Start {
		return 1
	}
	longest := s.Targets
	if s.ByType {
		longest = s.Estate
	}
	return max(1, ceil(longest, page))
}

// lists is how many requests it takes one after the other to see what the slowest device holds.
func (s Scenario) lists() int {
	held := 0
	if s.Work == Release || s.Work == Nothing {
		held = s.Elements()
	}
	most := 0
	for _, b := range s.Blockers {
		most = max(most, b.Means.answers(held))
	}
	return most
}

// answers is how many one after the other show what is held. FortiGate gives objects in pages, PAN-OS what is
// registered; bans and feeds are shown at once, and a command cannot be asked.
func (m Means) answers(held int) int {
	switch m {
	case Command:
		return 0
	case Groups:
		return max(1, ceil(held, page))
	case PaloAlto:
		return max(1, ceil(held, answer))
	}
	return 1
}

// act is the chain at the slowest blocker.
func (s Scenario) act(c Concurrency) int {
	if s.Work != Block && s.Work != Release {
		return 0
	}
	most := 0
	for _, b := range s.Blockers {
		most = max(most, s.writes(b.Means, c))
	}
	return most
}

// writes is the chain of writes at one device, all of which work side by side. What several brains want of a blocker
// can go together; messages go one after the other, since two that act at a time could not tell who is the last
// holder of an element.
func (s Scenario) writes(m Means, c Concurrency) int {
	elements := s.Elements()
	switch m {
	case Command:
		return ceil(elements, c.Command)
	case Groups:
		return s.nested(elements, c.Device)
	default:
		return ceil(elements, message)
	}
}

// nested is the chain at a FortiGate: a write for each object, and for each nested group two writes, to make it with
// its members and to put it into the group that is there, or to take it out and delete it. What it has is looked at
// between these. The last group waits for its last object, and the first object for the end of its group.
func (s Scenario) nested(elements, parallel int) int {
	own := 2
	if s.Work == Release {
		own = 3
	}
	return max(ceil(elements+own*ceil(elements, shard), parallel), ceil(elements, parallel)+own)
}

// record is the chain of notes and tags at one brain; brains are written side by side. Each target has one note.
func (s Scenario) record(c Concurrency) int {
	if s.Work != Block && s.Work != Release {
		return 0
	}
	return ceil(s.Targets+s.tags(), c.Brain)
}

// tags is how many calls write them. RUX takes the whole list of each target, which has to be read at once before, so
// that no tag of others is lost. Else each tag is put or taken with one call: a receipt for each element and blocker,
// and one marker for all.
func (s Scenario) tags() int {
	if s.API == RUX {
		return 2 * s.Targets
	}
	return len(s.Blockers)*ceil(s.Targets, s.Sharing) + ceil(s.Targets, page)
}
