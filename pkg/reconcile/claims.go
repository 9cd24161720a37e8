package reconcile

import (
	"context"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

func readKey(source string) string { return "read:" + source }

// rememberRead keeps that a source was read completely since the journal was made: what it holds is known.
func (r *Reconciler) rememberRead(ctx context.Context, src Source, l *look) error {
	kinds := l.obs.Read
	if src.Record != nil {
		kinds = []entity.Kind{entity.KindHost, entity.KindAccount, entity.KindDetection}
	}
	for _, k := range kinds {
		if !l.obs.Whole(k) {
			return nil
		}
	}
	return r.Journal.Remember(ctx, readKey(src.Name), "")
}

// allRead reports that every configured source was read completely since the journal was made.
func (r *Reconciler) allRead(ctx context.Context) (bool, error) {
	for _, name := range r.Sources {
		if _, known, err := r.Journal.Recall(ctx, readKey(name)); err != nil || !known {
			return false, err
		}
	}
	return len(r.Sources) > 0, nil
}

// orphans are the listed elements that nobody holds. What an intent of any source may have put there has a holder.
func (r *Reconciler) orphans(ctx context.Context, lists map[string][]entity.Inventory, held []entity.Holding) ([]plan.Orphan, error) {
	all, err := r.allRead(ctx)
	if err != nil {
		return nil, err
	}
	placed, err := r.placed(ctx, lists, plan.Count(held))
	if err != nil {
		return nil, err
	}
	return plan.Orphans(lists, held, plan.Claims{Owner: r.Owner, AllRead: all, Placed: placed}), nil
}

// placed asks the journal's history about every listed element without a holder.
func (r *Reconciler) placed(ctx context.Context, lists map[string][]entity.Inventory, hs plan.Holders) (func(string, entity.Class, string) bool, error) {
	was := map[plan.Share]bool{}
	for blocker, inventories := range lists {
		for class, elements := range unheld(blocker, inventories, hs) {
			found, err := r.Journal.Placed(ctx, blocker, class, entity.Union(elements))
			if err != nil {
				return nil, err
			}
			for e, yes := range found {
				was[plan.Share{Blocker: blocker, Class: class, Element: e}] = yes
			}
		}
	}
	return func(blocker string, class entity.Class, element string) bool {
		return was[plan.Share{Blocker: blocker, Class: class, Element: element}]
	}, nil
}

func unheld(blocker string, inventories []entity.Inventory, hs plan.Holders) map[entity.Class][]string {
	free := map[entity.Class][]string{}
	for _, inv := range inventories {
		for _, e := range inv.Entries {
			if len(hs[plan.Share{Blocker: blocker, Class: e.Class, Element: e.Element}]) == 0 {
				free[e.Class] = append(free[e.Class], e.Element)
			}
		}
	}
	return free
}
