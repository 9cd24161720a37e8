package cli

import (
	"context"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/var-project/var/pkg/admin/page"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/view"
)

// onlooker reads for the page. It has the journal open by itself, for reading alone: whoever looks never waits for a pass,
// nor a pass for him.
type onlooker struct {
	app *App
	// system is the one that is in force now, interval the time from one of its passes to the next.
	system   atomic.Pointer[system]
	interval atomic.Int64

	mu      sync.Mutex
	journal *journal.Journal
}

// goBy has the page show what is configured now.
func (o *onlooker) goBy(s *system, interval time.Duration) {
	o.interval.Store(int64(interval))
	o.system.Store(s)
}

// close gives the journal back, once nobody asks for a page any more.
func (o *onlooker) close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.journal == nil {
		return nil
	}
	return o.journal.Close()
}

func (o *onlooker) handler() http.Handler {
	s := o.system.Load()
	host, _ := os.Hostname() // nobody needs to know it
	return page.New(page.Options{
		Data: o, Site: page.Site{Owner: s.journal.Owner(), Host: host, Version: Version}, Now: o.app.Now, Log: s.log,
		Patience: func() time.Duration { return tooLong * time.Duration(o.interval.Load()) },
	})
}

// reader opens the journal with the first request.
func (o *onlooker) reader(ctx context.Context) (view.Reader, error) {
	s := o.system.Load()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.journal == nil {
		j, err := o.app.lookAtState(ctx, s.cfg)
		if err != nil {
			return view.Reader{}, err
		}
		o.journal = j
	}
	return view.Reader{
		Journal: o.journal, Now: o.app.Now,
		Configured: func(now time.Time) view.Configured { return configuredView(s.cfg, now) },
		NeverBlock: func(t entity.Target) (string, bool) { return s.protected().Covers(t, nil) },
	}, nil
}

// Status, Why and History read what the commands of these names do.
func (o *onlooker) Status(ctx context.Context) (view.Status, error) {
	r, err := o.reader(ctx)
	if err != nil {
		return view.Status{}, err
	}
	return r.Status(ctx)
}

// Why is what the journal knows of a target.
func (o *onlooker) Why(ctx context.Context, text string) (view.Why, error) {
	r, err := o.reader(ctx)
	if err != nil {
		return view.Why{}, err
	}
	return r.Why(ctx, text)
}

// History is what was done and decided.
func (o *onlooker) History(ctx context.Context, q view.Question) (view.History, error) {
	r, err := o.reader(ctx)
	if err != nil {
		return view.History{}, err
	}
	return r.History(ctx, q)
}
