package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/reconcile"
)

type stopView struct {
	What string    `json:"what"`
	By   entity.By `json:"by"`
	text string
}

// deviceStatus is how much of what is held there a device has in force, by the last comparison and what it has confirmed
// since.
type deviceStatus struct {
	Blocker  string    `json:"blocker"`
	Device   string    `json:"device"`
	Held     int       `json:"held"`
	Enforced int       `json:"enforced"`
	At       time.Time `json:"at"`
	Problem  string    `json:"problem,omitempty"`
}

type sourceStatus struct {
	Source string `json:"source"`
	// Complete is when it was last read completely; zero is never.
	Complete time.Time `json:"complete,omitzero"`
}

type leaseView struct {
	Name   string    `json:"name"`
	Holder string    `json:"holder"`
	Since  time.Time `json:"since"`
}

// surround adds what the journal tells besides what is held.
func (v *statusView) surround(ctx context.Context, cfg *config.Config, j *journal.Journal, held []entity.Holding, now time.Time) error {
	return errors.Join(v.stops(ctx, j), v.orders(ctx, j, now), v.devices(ctx, j, held), v.sources(ctx, cfg, j), v.leases(ctx, j))
}

func (v *statusView) stops(ctx context.Context, j *journal.Journal) error {
	stops, err := j.Stops(ctx)
	for _, s := range stopTexts(stops) {
		v.Stopped = append(v.Stopped, stopView{s.name, s.by, s.text})
	}
	return err
}

func (v *statusView) orders(ctx context.Context, j *journal.Journal, now time.Time) error {
	orders, err := j.Orders(ctx)
	for _, o := range orders {
		v.Orders = append(v.Orders, viewOrder(o, now))
	}
	return err
}

func (v *statusView) devices(ctx context.Context, j *journal.Journal, held []entity.Holding) error {
	all, err := reconcile.RecallEnforcement(ctx, j, held)
	for _, e := range all {
		v.Devices = append(v.Devices, deviceStatus(e))
	}
	return err
}

func (v *statusView) sources(ctx context.Context, cfg *config.Config, j *journal.Journal) error {
	for _, name := range configuredSources(cfg) {
		at, err := lastComplete(ctx, j, name)
		if err != nil {
			return err
		}
		v.Sources = append(v.Sources, sourceStatus{name, at})
	}
	return nil
}

func (v *statusView) leases(ctx context.Context, j *journal.Journal) error {
	all, err := j.Leases(ctx)
	for _, l := range all {
		v.Leases = append(v.Leases, leaseView(l))
	}
	return err
}

// printSurroundings tells for people what is not a holding.
func (a *App) printSurroundings(v statusView) {
	for _, o := range v.Orders {
		fmt.Fprintf(a.Err, "%s %s: %s\n", entity.Ref{Source: o.Source, Kind: o.Kind, ID: o.ID}, legible(o.Name), o.text())
	}
	for _, d := range v.Devices {
		fmt.Fprintf(a.Err, "%s %s: %s\n", d.Blocker, d.Device, d.text())
	}
	for _, name := range v.uncompared() {
		fmt.Fprintf(a.Err, "%s: not compared with what its devices list\n", name)
	}
	for _, s := range v.Sources {
		text := "never read completely"
		if !s.Complete.IsZero() {
			text = "last read completely " + stamp(s.Complete)
		}
		fmt.Fprintf(a.Err, "%s: %s\n", s.Source, text)
	}
	for _, l := range v.Leases {
		fmt.Fprintf(a.Err, "%s: %s is at work since %s\n", l.Name, l.Holder, stamp(l.Since))
	}
}

func (d deviceStatus) text() string {
	text := fmt.Sprintf("%d of %d in force", d.Enforced, d.Held)
	if d.Problem != "" {
		text = fmt.Sprintf("%d held, not read: %s", d.Held, oneLine(d.Problem))
	}
	return fmt.Sprintf("%s (compared %s)", text, stamp(d.At))
}

// uncompared are blockers that hold something of which no comparison tells.
func (v *statusView) uncompared() []string {
	names := map[string]bool{}
	for _, h := range v.Holdings {
		names[h.Blocker] = true
	}
	for _, d := range v.Devices {
		delete(names, d.Blocker)
	}
	return slices.Sorted(maps.Keys(names))
}
