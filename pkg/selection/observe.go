package selection

import (
	"context"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// Observe reads a brain. A kind whose reading was not complete is frozen, with
// why, and so is what depends on it; the others are answered all the same. Of a held target that bears
// its marker raw JSON and note are left out: who needs them has them from when it was blocked.
func Observe(ctx context.Context, c Console, source string, pol Policy, held []entity.Ref) plan.Observation {
	o := newObserver(c, source, pol, held)
	o.read(ctx)
	o.join(ctx)
	gone := o.ask(ctx)
	seen := o.judge()
	o.lookAgain(ctx, seen)
	o.freezeDependants()
	return plan.Observation{Source: source, Read: pol.Kinds, Frozen: o.frozen, Seen: seen, Gone: gone}
}

// observer gathers what the walks find.
type observer struct {
	c      Console
	source string
	pol    Policy
	// held are the ids of what is held, by kind.
	held map[entity.Kind]*ids
	// rated is closed when the urgencies are read.
	rated chan struct{}

	mu      sync.Mutex
	frozen  map[entity.Kind]string
	urgency map[entity.Kind]map[string]int
	spared  map[entity.Kind]entity.Members
	blocked map[entity.Kind]entity.Members
	found   shelf
	// whole are the kinds of which everything was found.
	whole map[entity.Kind]bool
	// sources are what found detections were made on, by their ids.
	sources *byID[sources]
	// types are the listed types of active detections that a host or account has, by its id. Those that have the same
	// types share them.
	types map[entity.Kind]*byID[*types]
	same  map[string]*types
	// reasons are those that match together, each list once.
	reasons map[reasons][]plan.Reason
}

// types is a set of detection types with its text.
type types struct {
	names []string
	text  string
}

// reasons is a list of reasons with one more: the first of those before it tells which list that is.
type reasons struct {
	before *plan.Reason
	n      int
	more   plan.Reason
}

// sources are the entities on which a detection was made; nil where it does not tell.
type sources struct{ host, account *entity.Origin }

func newObserver(c Console, source string, pol Policy, held []entity.Ref) *observer {
	o := &observer{
		c: c, source: source, pol: pol, held: map[entity.Kind]*ids{}, rated: make(chan struct{}), frozen: map[entity.Kind]string{},
		urgency: map[entity.Kind]map[string]int{}, spared: map[entity.Kind]entity.Members{}, blocked: map[entity.Kind]entity.Members{},
		whole: map[entity.Kind]bool{}, types: map[entity.Kind]*byID[*types]{}, same: map[string]*types{}, reasons: map[reasons][]plan.Reason{},
	}
	for _, k := range entity.Kinds() {
		o.held[k] = idsOf(source, k, held)
		o.types[k] = &byID[*types]{known: o.held[k]}
	}
	o.sources = &byID[sources]{known: o.held[entity.KindDetection]}
	o.found = newShelf(o.held)
	return o
}

func (o *observer) ref(k entity.Kind, id string) entity.Ref {
	return entity.Ref{Source: o.source, Kind: k, ID: id}
}

func (o *observer) rules(k entity.Kind) Rules {
	if k == entity.KindAccount {
		return o.pol.Accounts
	}
	return o.pol.Hosts
}

// freeze keeps the first reason for which a kind could not be read.
func (o *observer) freeze(err error, what string, kinds ...entity.Kind) {
	if err == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, k := range kinds {
		if _, is := o.frozen[k]; !is && o.pol.reads(k) {
			o.frozen[k] = fmt.Sprintf("%s: %v", what, err)
		}
	}
}

func (o *observer) isFrozen(k entity.Kind) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, is := o.frozen[k]
	return is
}

// read makes all first walks at the same time.
func (o *observer) read(ctx context.Context) {
	var g errgroup.Group
	for _, k := range []entity.Kind{entity.KindHost, entity.KindAccount} {
		o.readGroups(ctx, &g, k)
		if o.pol.reads(k) {
			g.Go(func() error { o.readKind(ctx, k); return nil })
		}
	}
	g.Go(func() error { o.readUrgency(ctx); return nil })
	o.readDetections(ctx, &g)
	_ = g.Wait()
}
