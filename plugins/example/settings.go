package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/secret"
)

type settings struct {
	Elements string        `toml:"elements" enum:"address,uuid" default:"address" help:"What a block leaves behind: the addresses, domains or account of the target, or one made-up UUID."`
	Expire   time.Duration `toml:"expire" min:"1s" help:"How long a block lasts before the device forgets it; for ever when not set."`
	NoUndo   bool          `toml:"no_undo" help:"Say that blocks cannot be taken back."`
	NoRepeat bool          `toml:"no_repeat" help:"Say that a block must not be made twice."`
	Devices  []device      `toml:"device" required:"true" help:"The devices, a file each."`
}

// The ways in which a device can be told to behave.
const (
	wayDown   = "down"
	wayRefuse = "unauthorized"
	wayFull   = "full"
	waySlow   = "slow"
	wayQueue  = "queue"
	wayInert  = "inert"
	wayIgnore = "ignore"
)

type device struct {
	ID    string        `toml:"name" required:"true" help:"What the device is called."`
	File  string        `toml:"file" required:"true" help:"The JSON file that holds its blocks; made when it is not there."`
	Token secret.String `toml:"token" optional:"true" help:"What the file asks for when it holds a token; enrolment fetches it."`
	Fail  string        `toml:"fail" enum:"down,unauthorized,full,slow,queue,inert,ignore" help:"How the device misbehaves; the key fail in its file does the same while var runs."`
}

// Name is the device's own.
func (d *device) Name() string { return d.ID }

// Validate refuses two devices with one file: they would undo each other's work.
func (s settings) Validate() []error {
	var errs []error
	seen := map[string]string{}
	for i, d := range s.Devices {
		path := filepath.Clean(d.File)
		if other, taken := seen[path]; taken {
			errs = append(errs, &blocker.FieldError{Path: fmt.Sprintf("device[%d].file", i), Msg: "is the file of device " + other})
		}
		seen[path] = d.ID
	}
	return errs
}

func plugin() blocker.Plugin[settings] {
	return blocker.Plugin[settings]{
		Name:    "example",
		Version: version,
		Help:    "Keeps its blocks in JSON files, to try things out.",
		Label:   "Example Client",
		Aliases: []string{"test_client"},
		Kinds:   entity.Kinds(),
		Open:    open,
	}
}

func open(_ context.Context, s settings, i blocker.Instance) (blocker.Blocker, error) {
	e := &example{settings: s, mark: mark{i.Owner, i.Name}, now: time.Now}
	for n := range s.Devices {
		e.devices = append(e.devices, &s.Devices[n])
	}
	return blocker.Batch(e), nil
}
