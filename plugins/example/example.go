package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/secret"
)

// mark tells what this blocker of this installation put into a file.
type mark struct {
	Owner   string `json:"owner,omitempty"`
	Blocker string `json:"blocker,omitempty"`
}

type example struct {
	settings
	devices []*device
	mark    mark
	now     func() time.Time
}

// Facts are what depends on the settings.
func (e *example) Facts() blocker.Facts {
	files := map[string]string{}
	for _, d := range e.devices {
		files["device "+d.ID] = "file " + d.File
	}
	return blocker.Facts{
		Devices: blocker.Names(e.devices), NoUndo: e.NoUndo, NoRepeat: e.NoRepeat, Place: blocker.PlaceOf(files),
	}
}

// Elements are the addresses, domains or account of the target, or a UUID made of it.
func (e *example) Elements(ctx context.Context, t entity.Target) ([]string, error) {
	return e.elements(t), ctx.Err()
}

func (e *example) elements(t entity.Target) []string {
	switch {
	case e.settings.Elements == "uuid":
		return []string{uuid(t.Ref)}
	case t.Account != nil && t.Account.SAM() != "":
		return []string{strings.ToLower(t.Account.SAM())}
	}
	return blocker.Addresses(t)
}

// uuid looks like the random ones of the predecessor's test client, but is the same for each block
// of one target, so that blocking again changes nothing.
func uuid(r entity.Ref) string {
	h := sha256.Sum256([]byte(r.String()))
	h[6], h[8] = h[6]&0x0f|0x80, h[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// BlockAll puts the targets into every file.
func (e *example) BlockAll(ctx context.Context, ts []entity.Target) []blocker.Outcome {
	return blocker.BlockOn(ctx, e.devices, ts, e.blockOn)
}

func (e *example) blockOn(ctx context.Context, d *device, ts []entity.Target) []blocker.Outcome {
	out := make([]blocker.Outcome, len(ts))
	var until time.Time
	if e.Expire > 0 {
		until = e.now().Add(e.Expire).UTC().Truncate(time.Second)
	}
	err := d.change(ctx, func(p *page) error {
		for i, t := range ts {
			out[i] = e.put(p, t, until)
		}
		return nil
	})
	for i := range out {
		if err != nil {
			out[i] = blocker.Outcome{Err: err}
		}
	}
	return out
}

func (e *example) put(p *page, t entity.Target, until time.Time) blocker.Outcome {
	elements := e.elements(t)
	if len(elements) == 0 {
		return blocker.Outcome{Err: &blocker.Error{Class: blocker.Absent, Err: errors.New("the target has no address")}}
	}
	for _, element := range elements {
		p.put(entry{Element: element, Class: t.Kind.Class(), Until: until, mark: e.mark})
	}
	return blocker.Outcome{Receipt: blocker.Receipt{Elements: elements, Until: until}, Pending: p.Fail == wayQueue}
}

// UnblockAll takes the receipts out of every file.
func (e *example) UnblockAll(ctx context.Context, rs []blocker.Release) []error {
	return blocker.UnblockOn(ctx, e.devices, rs, e.unblockOn)
}

func (e *example) unblockOn(ctx context.Context, d *device, rs []blocker.Release) []error {
	errs := make([]error, len(rs))
	err := d.change(ctx, func(p *page) error {
		for i, r := range rs {
			errs[i] = e.take(p, r)
		}
		return nil
	})
	for i := range errs {
		if err != nil {
			errs[i] = err
		}
	}
	return errs
}

func (e *example) take(p *page, r blocker.Release) error {
	elements := r.Receipt.Elements
	if len(elements) == 0 {
		elements = e.elements(r.Target)
	}
	if len(elements) == 0 {
		return &blocker.Error{Class: blocker.Permanent, Err: errors.New("the receipt is empty and the target has no address")}
	}
	for _, element := range elements {
		p.take(entry{Element: element, Class: r.Target.Kind.Class(), mark: e.mark}, r.Receipt.Adopted)
	}
	return nil
}

// List gives what each file holds, somebody else's entries too, under their owner.
func (e *example) List(ctx context.Context) ([]blocker.Inventory, error) {
	return blocker.ListOn(ctx, e.devices, e.listOn), ctx.Err()
}

func (e *example) listOn(ctx context.Context, d *device) (blocker.Inventory, error) {
	p, err := d.look(ctx)
	if err != nil {
		return blocker.Inventory{}, err
	}
	inert := ""
	if p.Fail == wayInert {
		inert = "no policy uses this file"
	}
	var all []blocker.Entry
	for _, en := range p.Entries {
		if en.Until.IsZero() || en.Until.After(e.now()) {
			all = append(all, blocker.Entry{Element: en.Element, Class: en.Class, Owner: e.owner(en), Until: en.Until, Inert: inert})
		}
	}
	return blocker.Inventory{Serial: p.Serial, Booted: p.Booted, Entries: all}, nil
}

// owner is the installation that made an entry for this blocker; what others made is foreign.
func (e *example) owner(en entry) string {
	switch {
	case en.mark == mark{}:
		return "foreign:unmarked"
	case en.Blocker != e.mark.Blocker:
		return "foreign:" + en.Owner + "/" + en.Blocker
	}
	return en.Owner
}

// Probe tells whether each file can be read and written.
func (e *example) Probe(ctx context.Context) []blocker.DeviceReport {
	return blocker.ProbeOn(ctx, e.devices, func(ctx context.Context, d *device) []blocker.Check {
		p, err := d.look(ctx)
		if err != nil {
			return []blocker.Check{{Name: "read", Err: err}}
		}
		checks := []blocker.Check{{Name: "read", Detail: fmt.Sprintf("%d entries", len(p.Entries))}, {Name: "write", Err: d.writable()}}
		if p.Fail == wayInert {
			checks = append(checks, blocker.Check{Name: "effect", Err: &blocker.Error{Class: blocker.Permanent, Err: errors.New("no policy uses this file")}})
		}
		return checks
	})
}

// Enroll fetches the tokens that the files ask for and the settings lack.
func (e *example) Enroll(ctx context.Context) (map[string]secret.String, error) {
	tokens := map[string]secret.String{}
	var errs []error
	for _, d := range e.devices {
		p, err := d.read(ctx)
		switch {
		case err != nil:
			errs = append(errs, blocker.OnDevice(d.ID, err))
		case p.Token != "" && d.Token.Empty():
			d.Token = secret.New(p.Token)
			tokens["device."+d.ID+".token"] = d.Token
		}
	}
	return tokens, errors.Join(errs...)
}
