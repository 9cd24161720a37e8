package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/view"
)

// brainKinds are the kinds of entities that brains know.
var brainKinds = []entity.Kind{entity.KindHost, entity.KindAccount, entity.KindDetection}

// search asks every brain of this run which entities of these kinds a text means: by name, by a host's address,
// or by id. It tells which brains could not be asked.
func (s *system) search(ctx context.Context, text string, kinds []entity.Kind) (targets []entity.Target, problems []error) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, b := range s.brains {
		wg.Go(func() {
			some, err := b.search(ctx, text, kinds)
			mu.Lock()
			defer mu.Unlock()
			targets = append(targets, some...)
			if err != nil {
				problems = append(problems, fmt.Errorf("%s: %w", b.name, err))
			}
		})
	}
	wg.Wait()
	slices.SortFunc(targets, func(a, b entity.Target) int { return a.Ref.Compare(b.Ref) })
	return slices.CompactFunc(targets, func(a, b entity.Target) bool { return a.Ref == b.Ref }), problems
}

func (b *brain) search(ctx context.Context, text string, kinds []entity.Kind) ([]entity.Target, error) {
	var targets []entity.Target
	var errs []error
	for _, ref := range b.refsOf(text, kinds) {
		t, err := b.Target(ctx, ref)
		switch {
		case err == nil:
			targets = append(targets, t)
		case entity.ClassOf(err) != entity.Absent && entity.ClassOf(err) != entity.Unsupported:
			errs = append(errs, err)
		}
	}
	if _, is := view.RefOf(text); is {
		return targets, errors.Join(errs...)
	}
	named, err := b.named(ctx, text, kinds)
	return append(targets, named...), errors.Join(append(errs, err)...)
}

// refsOf are the entities of this brain that a text may be the id of: "source/kind/id", "kind/id" or "id".
func (b *brain) refsOf(text string, kinds []entity.Kind) []entity.Ref {
	if ref, ok := view.RefOf(text); ok {
		if ref.Source == b.name && slices.Contains(kinds, ref.Kind) {
			return []entity.Ref{ref}
		}
		return nil
	}
	if kind, id, ok := strings.Cut(text, "/"); ok && slices.Contains(kinds, entity.Kind(kind)) {
		kinds, text = []entity.Kind{entity.Kind(kind)}, id
	}
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return nil
	}
	refs := make([]entity.Ref, len(kinds))
	for i, k := range kinds {
		refs[i] = entity.Ref{Source: b.name, Kind: k, ID: text}
	}
	return refs
}

// named are the hosts and accounts of that name; detections have none that tells them apart.
func (b *brain) named(ctx context.Context, text string, kinds []entity.Kind) ([]entity.Target, error) {
	var targets []entity.Target
	var errs []error
	for kind, list := range map[entity.Kind]func(context.Context, entity.Query, func(entity.Target) error) error{
		entity.KindHost: b.Hosts, entity.KindAccount: b.Accounts,
	} {
		if !slices.Contains(kinds, kind) {
			continue
		}
		err := list(ctx, entity.Query{Named: text}, func(t entity.Target) error {
			targets = append(targets, t)
			return nil
		})
		if entity.ClassOf(err) != entity.Unsupported {
			errs = append(errs, err)
		}
	}
	return targets, errors.Join(errs...)
}
