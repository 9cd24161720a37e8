package cli

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/reconcile"
)

// pass goes over every source at the same time, and then over what nobody holds.
func (s *system) pass(ctx context.Context, dry bool) []reconcile.Report {
	began := s.app.Now()
	if err := s.named.hold(ctx, s.journal); err != nil {
		return []reconcile.Report{{Source: "configuration", Fatal: err}}
	}
	s.warn()
	p := s.app.startProgress()
	defer p.stop()
	s.rec.Progress = p.add
	sources := slices.DeleteFunc(s.sources(), func(src reconcile.Source) bool {
		return src.Name == entity.SourceHand && !s.handed(ctx)
	})
	if !dry {
		if err := s.takeOver(ctx, sources); err != nil {
			return []reconcile.Report{{Source: "journal", Fatal: err}}
		}
	}
	compare, err := s.comparing(ctx, dry)
	if err != nil {
		return []reconcile.Report{{Source: "journal", Fatal: err}}
	}
	s.app.meter.comparing(compare)
	options := s.options
	options.Lists = s.rec.NewLists(compare)
	options.Deadline = s.deadline(began)
	reports := s.passes(ctx, sources, options, dry)
	if ctx.Err() != nil {
		return reports
	}
	if swept := s.sweep(ctx, options, dry); foundAnything(swept) {
		reports = append(reports, swept)
	}
	return append(reports, s.abandoned(ctx)...)
}

// deadline is when a pass that began at a time begins nothing more; zero: never.
func (s *system) deadline(began time.Time) time.Time {
	if s.cfg.Run.Deadline == 0 {
		return time.Time{}
	}
	return began.Add(s.cfg.Run.Deadline)
}

func (s *system) passes(ctx context.Context, sources []reconcile.Source, o reconcile.Options, dry bool) []reconcile.Report {
	reports := make([]reconcile.Report, len(sources))
	var wg sync.WaitGroup
	for i, src := range sources {
		wg.Go(func() {
			if dry {
				reports[i] = s.rec.Preview(ctx, src, o)
			} else {
				reports[i] = s.rec.Pass(ctx, src, o)
			}
		})
	}
	wg.Wait()
	return reports
}

func (s *system) sweep(ctx context.Context, o reconcile.Options, dry bool) reconcile.Report {
	defer s.app.meter.sweeping()()
	if dry {
		return s.rec.PreviewSweep(ctx, o.Lists)
	}
	return s.rec.Sweep(ctx, o)
}

// foundAnything reports that a sweep found something.
func foundAnything(r reconcile.Report) bool {
	return r.Fatal != nil || r.Err != nil || len(r.Orphans) > 0
}

// roundsKey counts passes, where not every one looks at the devices.
const roundsKey = "rounds"

// comparing reports that it is this pass's turn to compare what is held with what the devices list.
func (s *system) comparing(ctx context.Context, dry bool) (bool, error) {
	every := s.cfg.Run.Compare
	if every <= 1 {
		return every == 1, nil
	}
	text, _, err := s.journal.Recall(ctx, roundsKey)
	if err != nil {
		return false, err
	}
	round, _ := strconv.Atoi(text) // what is not there is 0
	if !dry {
		err = s.journal.Remember(ctx, roundsKey, strconv.Itoa((round+1)%every))
	}
	return round%every == 0, err
}
