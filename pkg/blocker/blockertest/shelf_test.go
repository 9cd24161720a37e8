package blockertest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/secret"
)

// The plugin of these tests keeps a file per element in a folder per device. It is sound, but for
// the one bug that its settings ask for.
func plugin() blocker.Plugin[settings] {
	return blocker.Plugin[settings]{
		Name: "shelf", Version: "1.0.0", Help: "Keeps a file per element.", Label: "Shelf Client",
		Kinds: entity.Kinds(),
		Open:  open,
	}
}

type settings struct {
	Bug     string  `toml:"bug" help:"What it does wrong."`
	Devices []shelf `toml:"device" required:"true" help:"A folder each."`
}

type shelf struct {
	ID    string        `toml:"name" required:"true" help:"Its name."`
	Dir   string        `toml:"dir" required:"true" help:"Where the elements are."`
	Token secret.String `toml:"token" help:"What the folder asks for."`
	bug   string
	owner string
}

func open(ctx context.Context, s settings, i blocker.Instance) (blocker.Blocker, error) {
	for n := range s.Devices {
		if s.Bug == "asks when opened" {
			if err := s.Devices[n].enter(ctx); err != nil {
				return nil, err
			}
		}
		s.Devices[n].bug, s.Devices[n].owner = s.Bug, i.Owner
	}
	b := blocker.Batch(&shelves{s})
	if s.Bug == "forgets" {
		return &forgetful{shelves: &shelves{s}}, nil
	}
	return b, nil
}

type shelves struct{ settings }

func (s *shelves) Facts() blocker.Facts {
	places := map[string]string{"source": "files"}
	for _, d := range s.Devices {
		places["device "+d.ID] = "folder " + d.Dir
	}
	if s.Bug == "place wavers" {
		places["source"] = fmt.Sprint(os.Getpid())
	}
	if s.Bug == "place of nobody" {
		places["device z"] = "nowhere"
	}
	return blocker.Facts{Devices: blocker.Names(s.Devices), Place: blocker.PlaceOf(places)}
}

func (s *shelves) Elements(_ context.Context, t entity.Target) ([]string, error) {
	if s.Bug == "other elements" {
		return []string{"other"}, nil
	}
	return elements(s.Bug, t), nil
}

func elements(bug string, t entity.Target) []string {
	switch {
	case bug == "not canonical" && t.Host != nil && t.Host.IP != "":
		return []string{t.Host.IP}
	case bug == "names as elements":
		return []string{t.Name}
	case t.Account != nil:
		return []string{t.Account.SAM()}
	}
	return blocker.Addresses(t)
}

func (s *shelves) BlockAll(ctx context.Context, ts []entity.Target) []blocker.Outcome {
	if s.Bug == "first device only" {
		return blocker.BlockOn(ctx, s.Devices[:1], ts, blockShelf)
	}
	out := blocker.BlockOn(ctx, s.Devices, ts, blockShelf)
	for i := range out {
		switch s.Bug {
		case "success in part":
			if len(out[i].Receipt.Elements) > 0 {
				out[i].Err = nil
			}
		case "empty receipt in part":
			if out[i].Err != nil {
				out[i].Receipt = blocker.Receipt{}
			}
		case "plain errors":
			if out[i].Err != nil {
				out[i].Err = errors.New(out[i].Err.Error())
			}
		case "leaks":
			out[i].Receipt.Former = s.Devices[0].Token.Reveal()
		}
	}
	if s.Bug == "disorder" && len(out) > 1 {
		out[0], out[1] = out[1], out[0]
	}
	return out
}

func (s *shelves) UnblockAll(ctx context.Context, rs []blocker.Release) []error {
	return blocker.UnblockOn(ctx, s.Devices, rs, unblockShelf)
}

func (s *shelves) List(ctx context.Context) ([]blocker.Inventory, error) {
	all := blocker.ListOn(ctx, s.Devices, listShelf)
	for _, i := range all {
		if s.Bug == "list fails whole" && i.Err != nil {
			return nil, i.Err
		}
	}
	if s.Bug == "list hides" {
		return all[:1], nil
	}
	return all, nil
}

func (s *shelves) Probe(ctx context.Context) []blocker.DeviceReport {
	return blocker.ProbeOn(ctx, s.Devices, func(ctx context.Context, d shelf) []blocker.Check {
		if s.Bug == "probe sees nothing" {
			return []blocker.Check{{Name: "login"}}
		}
		return []blocker.Check{{Name: "login", Err: d.enter(ctx)}}
	})
}

// forgetful undoes only what this process blocked.
type forgetful struct {
	*shelves
	known map[string]bool
}

func (f *forgetful) BlockAll(ctx context.Context, ts []entity.Target) []blocker.Outcome {
	if f.known == nil {
		f.known = map[string]bool{}
	}
	for _, t := range ts {
		f.known[t.ID] = true
	}
	return f.shelves.BlockAll(ctx, ts)
}

func (f *forgetful) Block(ctx context.Context, t entity.Target) (blocker.Receipt, error) {
	o := f.BlockAll(ctx, []entity.Target{t})[0]
	return o.Receipt, o.Err
}

func (f *forgetful) Unblock(ctx context.Context, t entity.Target, r blocker.Receipt) error {
	return f.UnblockAll(ctx, []blocker.Release{{Target: t, Receipt: r}})[0]
}

func (f *forgetful) UnblockAll(ctx context.Context, rs []blocker.Release) []error {
	errs := make([]error, len(rs))
	for i, r := range rs {
		if f.known[r.Target.ID] {
			errs[i] = f.shelves.UnblockAll(ctx, rs[i:i+1])[0]
		}
	}
	return errs
}

func (d shelf) Name() string { return d.ID }

func (d shelf) enter(ctx context.Context) error {
	for {
		if _, err := os.Stat(d.Dir + ".slow"); err != nil {
			break
		}
		if d.bug == "deaf to deadlines" {
			ctx = context.WithoutCancel(ctx)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
	if _, err := os.Stat(d.Dir + ".deny"); err == nil {
		class := blocker.Unauthorized
		if d.bug == "wrong class" {
			class = blocker.Transient
		}
		return &blocker.Error{Class: class, Err: fmt.Errorf("the folder refuses %s", d.Token.Reveal())}
	}
	if _, err := os.Stat(d.Dir); err != nil {
		return &blocker.Error{Class: blocker.Transient, Err: errors.New("the folder is away")}
	}
	return nil
}

func (d shelf) file(element string) string { return filepath.Join(d.Dir, url.PathEscape(element)) }

func blockShelf(ctx context.Context, d shelf, ts []entity.Target) []blocker.Outcome {
	out := make([]blocker.Outcome, len(ts))
	for i, t := range ts {
		all := elements(d.bug, t)
		if err := d.enter(ctx); err != nil {
			out[i].Err = err
			continue
		}
		if len(all) == 0 && d.bug == "panics" {
			panic("no element")
		}
		if len(all) == 0 {
			out[i].Err = &blocker.Error{Class: blocker.Absent, Err: errors.New("nothing to block")}
			continue
		}
		out[i].Receipt.Elements = all
		for _, e := range all {
			out[i].Err = errors.Join(out[i].Err, d.put(e, t))
		}
	}
	return out
}

func (d shelf) put(e string, t entity.Target) error {
	text := d.owner + " " + string(t.Kind.Class())
	if d.bug == "wrong class of elements" {
		text = d.owner + " account"
	}
	switch d.bug {
	case "does nothing":
		return nil
	case "blocks twice":
		if _, err := os.Stat(d.file(e)); err == nil {
			return os.WriteFile(d.file(e+".again"), []byte(text), 0o600)
		}
	case "fails when blocked":
		if _, err := os.Stat(d.file(e)); err == nil {
			return errors.New("it exists")
		}
	case "harms others":
		_ = os.Remove(filepath.Join(d.Dir, "foreign"))
	}
	return os.WriteFile(d.file(e), []byte(text), 0o600)
}

func unblockShelf(ctx context.Context, d shelf, rs []blocker.Release) []error {
	errs := make([]error, len(rs))
	for i, r := range rs {
		errs[i] = d.release(ctx, r)
	}
	return errs
}

func (d shelf) release(ctx context.Context, r blocker.Release) error {
	if err := d.enter(ctx); err != nil {
		if d.bug == "unblock hides failures" {
			return nil
		}
		return err
	}
	all := r.Receipt.Elements
	switch {
	case d.bug == "releases all of the target":
		all = append(all, elements("", r.Target)...)
	case len(all) == 0 && d.bug != "empty means nothing":
		all = elements("", r.Target)
	case d.bug == "needs the target" && r.Target.ID == "":
		return errors.New("which target?")
	}
	for _, e := range all {
		err := os.Remove(d.file(e))
		if err != nil && (!errors.Is(err, os.ErrNotExist) || d.bug == "fails when gone") {
			return err
		}
	}
	return nil
}

func listShelf(ctx context.Context, d shelf) (blocker.Inventory, error) {
	if err := d.enter(ctx); err != nil {
		return blocker.Inventory{}, err
	}
	files, err := os.ReadDir(d.Dir)
	if err != nil {
		return blocker.Inventory{}, err
	}
	var all []blocker.Entry
	for _, f := range files {
		text, _ := os.ReadFile(filepath.Join(d.Dir, f.Name()))
		owner, class, _ := strings.Cut(string(text), " ")
		name, _ := url.PathUnescape(f.Name())
		if d.bug == "lists another text" && strings.Contains(name, ":") {
			name = strings.ToUpper(name)
		}
		all = append(all, blocker.Entry{Element: name, Owner: owner, Class: entity.Class(class)})
	}
	i := blocker.Inventory{Serial: "shelf " + d.Name(), Entries: all}
	if d.bug == "other serial each time" {
		i.Serial = fmt.Sprint(os.Getpid())
	}
	if d.bug == "boots in the future" {
		i.Booted = time.Now().Add(time.Hour)
	}
	return i, nil
}
