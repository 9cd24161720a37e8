// Package scenario says what the bench measures: worlds, what is wanted in them, and the least that a pass over
// them must ask of anybody.
package scenario

import "time"

// Work is what the measured pass has to do.
type Work string

// Block puts targets on devices that held none, Release takes them off, Nothing finds all as it should be. Start
// looks at a brain in which there is nothing yet.
const (
	Start   Work = "start"
	Block   Work = "block"
	Nothing Work = "nothing"
	Release Work = "release"
)

// Means is a way of blocking.
type Means string

// The means: three modes of FortiGate, PAN-OS, and a program of one's own.
const (
	Groups     Means = "groups"
	Quarantine Means = "quarantine"
	Feed       Means = "feed"
	PaloAlto   Means = "paloalto"
	Command    Means = "command"
)

// Plugin is the plugin that blocks so.
func (m Means) Plugin() string {
	switch m {
	case PaloAlto:
		return "paloalto"
	case Command:
		return "external-command"
	}
	return "fortigate"
}

// Kinds of targets.
const (
	Host      = "host"
	Detection = "detection"
)

// RUX is the version of brains that keep the tags of each host as one list.
const RUX = "3.4"

// Blocker is one blocker of the configuration.
type Blocker struct {
	Means Means
	// Devices is how many it writes to; a command has none.
	Devices int
}

// Setup is a world. Scenarios with the same name of setup play in one world, one after the other.
type Setup struct {
	Name string
	// Kind is what is blocked, Targets how many of them in each brain.
	Kind    string
	Targets int
	// Estate is how many hosts each brain has, and as many detections.
	Estate int
	Brains int
	// Sharing is how many detections have the same destination.
	Sharing  int
	Blockers []Blocker
	// API is the version that brains speak: RUX, or "" for what var takes a brain for.
	API string
	// ByType has hosts blocked for the types of their detections too, so that all detections are read.
	ByType bool
	// Adopt seeds what is held as tags and entries on the devices, which var takes over; otherwise var blocks it.
	Adopt bool
}

// Scenario is one row of the table.
type Scenario struct {
	Setup
	Work Work
	// Usual scenarios are run when none is named.
	Usual bool
}

// Name is unique among scenarios.
func (s Scenario) Name() string { return string(s.Work) + "/" + s.Setup.Name }

// Elements is how many addresses each device gets for the targets of all brains.
func (s Setup) Elements() int { return s.Brains * ceil(s.Targets, s.Sharing) }

// Concurrency is how many requests var has in flight at each sort of end unless it is told otherwise.
type Concurrency struct{ Brain, Device, Command int }

// Defaults are what config.example.toml says.
var Defaults = Concurrency{Brain: 8, Device: 4, Command: 4}

// Allowance is how long a scenario may take: a quarter more than its floor, and the start-up.
func Allowance(floor, startup time.Duration) time.Duration { return floor + floor/4 + startup }

func ceil(n, by int) int { return (n + by - 1) / by }
