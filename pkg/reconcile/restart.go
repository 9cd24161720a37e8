package reconcile

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
)

// serials are those that the devices of each blocker had when a source last asserted everything there.
type serials map[string]map[string]string

func serialsKey(source string) string { return "devices:" + source }

// compare gives the lists of all devices, when they are to be compared with what is held. A device with another
// serial than before is another device: it counts as one that has just started.
func (r *Reconciler) compare(ctx context.Context, source string, lists *Lists) (map[string][]entity.Inventory, error) {
	if !lists.compare {
		return nil, nil
	}
	was, err := r.serials(ctx, source)
	if err != nil {
		return nil, err
	}
	all := lists.all(ctx, func(blocker string, err error) {
		r.Log.Info("blocker cannot be listed", "source", source, "blocker", blocker, "error", err)
	})
	for blocker, inventories := range all {
		for i, inv := range inventories {
			if then := was[blocker][inv.Device]; then != "" && inv.Serial != "" && inv.Serial != then {
				inventories[i].Booted = r.Now()
			}
		}
	}
	return all, nil
}

func (r *Reconciler) serials(ctx context.Context, source string) (serials, error) {
	was := serials{}
	text, known, err := r.Journal.Recall(ctx, serialsKey(source))
	if err == nil && known {
		err = json.Unmarshal([]byte(text), &was)
	}
	return was, err
}

// rememberSerials keeps the serials of the blockers on which nothing failed: there everything is asserted now.
func (r *Reconciler) rememberSerials(ctx context.Context, source string, l *look, results []dispatch.Result) error {
	was, err := r.serials(ctx, source)
	if err != nil || len(l.obs.Devices) == 0 {
		return err
	}
	for blocker, inventories := range l.obs.Devices {
		if slices.ContainsFunc(results, func(res dispatch.Result) bool { return res.Item.Blocker == blocker && !done(res) }) {
			continue
		}
		if was[blocker] == nil {
			was[blocker] = map[string]string{}
		}
		for _, inv := range inventories {
			if inv.Err == nil && inv.Serial != "" {
				was[blocker][inv.Device] = inv.Serial
			}
		}
	}
	text, err := json.Marshal(was)
	return errors.Join(err, r.Journal.Remember(ctx, serialsKey(source), string(text)))
}

func done(res dispatch.Result) bool { return !res.Failed() && res.HeldBack == "" }
