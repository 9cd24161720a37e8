package view

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/notify"
	"github.com/var-project/var/pkg/reconcile"
)

// Status is all that the journal tells of now.
type Status struct {
	Schema int `json:"schema"`
	// Stopped are a panic and a pause.
	Stopped []Stop `json:"stopped,omitempty"`
	// Window is absent where it never closes.
	Window   *Window   `json:"window,omitempty"`
	Holdings []Holding `json:"holdings"`
	// Devices are what is in force where, as far as is known; Orders what persons decided.
	Devices []Device `json:"devices,omitempty"`
	Orders  []Order  `json:"orders,omitempty"`
	Sources []Source `json:"sources,omitempty"`
	// Passes are the last one over each source that is configured or for which something is held.
	Passes []Pass `json:"passes,omitempty"`
	// Leases are held by processes that are at work now.
	Leases []Lease `json:"leases,omitempty"`
	// Channels are those that tell what was done.
	Channels []Channel `json:"channels,omitempty"`
	// Listener is there only where a loop cannot be watched.
	Listener *Listener `json:"admin,omitempty"`
	// OpenIntents and OpenNotes are what an interrupted run left for the next one.
	OpenIntents int `json:"open_intents"`
	OpenNotes   int `json:"open_notes"`
}

// Device is how much of what is held there a device has in force, by the last comparison and what it has confirmed
// since.
type Device struct {
	Blocker  string    `json:"blocker"`
	Device   string    `json:"device"`
	Held     int       `json:"held"`
	Enforced int       `json:"enforced"`
	At       time.Time `json:"at"`
	Problem  string    `json:"problem,omitempty"`
}

// Source is where targets come from.
type Source struct {
	Source string `json:"source"`
	// Complete is when it was last read completely; zero is never.
	Complete time.Time `json:"complete,omitzero"`
}

// Lease says who is at work on a source or a blocker.
type Lease struct {
	Name   string    `json:"name"`
	Holder string    `json:"holder"`
	Since  time.Time `json:"since"`
}

// Configured is what the configuration says of what is shown.
type Configured struct {
	// Sources are all that may hold something.
	Sources []string
	Window  *Window
	// Channels are those in use.
	Channels []notify.Outlet
}

// ReadStatus reads the journal alone.
func ReadStatus(ctx context.Context, j *journal.Journal, c Configured, now time.Time) (Status, error) {
	held, err := j.Holdings(ctx)
	if err != nil {
		return Status{}, err
	}
	v := Status{Schema: 1, Window: c.Window, Holdings: make([]Holding, len(held))}
	for i, h := range held {
		v.Holdings[i] = HoldingOf(h)
	}
	if v.OpenIntents, v.OpenNotes, err = j.Unfinished(ctx); err != nil {
		return v, err
	}
	return v, errors.Join(v.stops(ctx, j), v.orders(ctx, j, now), v.devices(ctx, j, held), v.sources(ctx, c.Sources, j), v.passes(ctx, c.Sources, j), v.leases(ctx, j), v.channels(ctx, c.Channels, j), v.listener(ctx, j))
}

func (v *Status) stops(ctx context.Context, j *journal.Journal) error {
	stops, err := j.Stops(ctx)
	v.Stopped = StopsOf(stops)
	return err
}

func (v *Status) orders(ctx context.Context, j *journal.Journal, now time.Time) error {
	orders, err := j.Orders(ctx)
	for _, o := range orders {
		v.Orders = append(v.Orders, OrderOf(o, now))
	}
	return err
}

func (v *Status) devices(ctx context.Context, j *journal.Journal, held []entity.Holding) error {
	all, err := reconcile.RecallEnforcement(ctx, j, held)
	for _, e := range all {
		v.Devices = append(v.Devices, Device(e))
	}
	return err
}

func (v *Status) sources(ctx context.Context, names []string, j *journal.Journal) error {
	for _, name := range names {
		at, err := LastComplete(ctx, j, name)
		if err != nil {
			return err
		}
		v.Sources = append(v.Sources, Source{name, at})
	}
	return nil
}

func (v *Status) passes(ctx context.Context, configured []string, j *journal.Journal) error {
	names := map[string]bool{}
	for _, name := range configured {
		names[name] = true
	}
	for i := range v.Holdings {
		names[v.Holdings[i].Source] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		p, err := LastPass(ctx, j, name)
		if err != nil {
			return err
		}
		if p != nil {
			v.Passes = append(v.Passes, *p)
		}
	}
	return nil
}

func (v *Status) leases(ctx context.Context, j *journal.Journal) error {
	all, err := j.Leases(ctx)
	for _, l := range all {
		v.Leases = append(v.Leases, Lease(l))
	}
	return err
}

// CompleteKey is under what the journal remembers when a source was last read completely.
func CompleteKey(source string) string { return "complete:" + source }

// LastComplete is when a source was last read completely; zero when it never was.
func LastComplete(ctx context.Context, j *journal.Journal, source string) (time.Time, error) {
	text, known, err := j.Recall(ctx, CompleteKey(source))
	if err != nil || !known {
		return time.Time{}, err
	}
	return time.Parse(time.RFC3339, text)
}
