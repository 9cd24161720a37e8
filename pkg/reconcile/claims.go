package reconcile

import (
	"context"
	"slices"

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
func (r *Reconciler) orphans(ctx context.Context, lists map[string][]entity.Inventory, held ...holdings) ([]plan.Orphan, error) {
	all, err := r.allRead(ctx)
	if err != nil {
		return nil, err
	}
	free := unheld(lists, held)
	placed, err := r.placed(ctx, free)
	if err != nil {
		return nil, err
	}
	return plan.Orphans(free, nil, plan.Claims{Owner: r.Owner, AllRead: all, Placed: placed}), nil
}

// unheld are the lists without what somebody holds: a list is as long as what is held, and little of it is free.
func unheld(lists map[string][]entity.Inventory, held []holdings) map[string][]entity.Inventory {
	free := map[string][]entity.Inventory{}
	for blocker, inventories := range lists {
		taken := elementsOn(blocker, held)
		for _, inv := range inventories {
			var rest []entity.Entry
			for _, e := range inv.Entries {
				if _, is := taken[e.Class][e.Element]; !is {
					rest = append(rest, e)
				}
			}
			inv.Entries = rest
			free[blocker] = append(free[blocker], inv)
		}
	}
	return free
}

// elementsOn are the elements that a blocker holds.
func elementsOn(blocker string, held []holdings) map[entity.Class]map[string]struct{} {
	taken := map[entity.Class]map[string]struct{}{}
	for n, hs := range held {
		if slices.ContainsFunc(held[:n], hs.is) {
			continue
		}
		for i := range hs {
			if hs[i].Blocker != blocker {
				continue
			}
			class := hs[i].Class()
			if taken[class] == nil {
				taken[class] = make(map[string]struct{}, len(hs)-i)
			}
			for _, e := range hs[i].Receipt.Elements {
				taken[class][e] = struct{}{}
			}
		}
	}
	return taken
}

// placed asks the journal's history about every listed element without a holder.
func (r *Reconciler) placed(ctx context.Context, free map[string][]entity.Inventory) (func(string, entity.Class, string) bool, error) {
	was := map[plan.Share]bool{}
	for blocker, inventories := range free {
		for class, elements := range byClass(inventories) {
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

func byClass(inventories []entity.Inventory) map[entity.Class][]string {
	elements := map[entity.Class][]string{}
	for _, inv := range inventories {
		for _, e := range inv.Entries {
			elements[e.Class] = append(elements[e.Class], e.Element)
		}
	}
	return elements
}
