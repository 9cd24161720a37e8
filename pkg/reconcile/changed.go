package reconcile

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// settings are what the last pass that was carried out went by: the program's version, and for each kind a
// digest of what selects its targets.
type settings struct {
	Version   string                 `json:"version"`
	Selection map[entity.Kind]string `json:"selection"`
}

func selectionKey(source string) string { return "selection:" + source }

// changed says what is new since the last pass over a source that was carried out; empty: nothing that matters
// to the kinds that were read.
func (r *Reconciler) changed(ctx context.Context, src Source, read []entity.Kind) (string, error) {
	if src.Selection == nil {
		return "", nil
	}
	was, err := r.lastSettings(ctx, src.Name)
	if err != nil {
		return "", err
	}
	for _, k := range read {
		then, known := was.Selection[k]
		switch {
		case !known:
			return fmt.Sprintf("first pass over %ss of %s", k, src.Name), nil
		case then != src.Selection[k]:
			return fmt.Sprintf("the selection of %ss changed", k), nil
		}
	}
	if was.Version != r.Version {
		return fmt.Sprintf("version %s → %s", was.Version, r.Version), nil
	}
	return "", nil
}

func (r *Reconciler) lastSettings(ctx context.Context, source string) (settings, error) {
	var was settings
	text, known, err := r.Journal.Recall(ctx, selectionKey(source))
	if err == nil && known {
		err = json.Unmarshal([]byte(text), &was)
	}
	return was, err
}

// rememberSettings keeps what this pass went by, for the kinds that it read completely. A pass that was only
// planned leaves the question open.
func (r *Reconciler) rememberSettings(ctx context.Context, src Source, l *look) error {
	if src.Selection == nil || slices.ContainsFunc(l.plan.Gates, plannedOnly) {
		return nil
	}
	was, err := r.lastSettings(ctx, src.Name)
	if err != nil {
		return err
	}
	now := settings{Version: r.Version, Selection: map[entity.Kind]string{}}
	for k, digest := range was.Selection {
		now.Selection[k] = digest
	}
	for _, k := range l.obs.Read {
		if !l.obs.Whole(k) {
			now.Version = was.Version
			continue
		}
		now.Selection[k] = src.Selection[k]
	}
	text, err := json.Marshal(now)
	if err != nil {
		return err
	}
	return r.Journal.Remember(ctx, selectionKey(src.Name), string(text))
}

// plannedOnly is the gate over a whole source.
func plannedOnly(g plan.Gate) bool { return g.Kind == "" }
