package panos

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/var-project/var/pkg/blocker"
)

const (
	// pageSize is how many entries public clients ask for at once (seen: pan-os-python). Whether a device gives
	// more is not known, and one that gave fewer without saying so would seem to be at the end of its list.
	pageSize = 500
	// maxEntries is the largest capacity of any model: a device that tells more is broken.
	maxEntries = 500_000
)

var errNotPaged = &blocker.Error{Class: blocker.Permanent, Err: errors.New("the device repeats a page of its list; its release does not page")}

// pages reads a list to its end: start-point begins at 1, and a page that is not full is the last.
// The list may change between pages, so what is told twice is taken once. While a page is read that looks full,
// the next is on its way.
func (e *Endpoint) pages(ctx context.Context, tag string, command func(start int) any) ([]Registered, error) {
	ctx, cancel := context.WithCancel(ctx)
	a := &ahead{ask: func(start int) (*reply, error) { return e.run(ctx, command(start)) }}
	defer a.drop()
	defer cancel()
	var all []Registered
	seen := map[string]bool{}
	for start := 1; start <= maxEntries; {
		page, err := a.page(start)
		if err != nil {
			return nil, err
		}
		before := len(seen)
		all = append(all, fresh(page, tag, seen)...)
		if len(page) < pageSize {
			return all, nil
		}
		if len(seen) == before {
			return nil, errNotPaged
		}
		start += len(page)
	}
	return nil, &blocker.Error{Class: blocker.Permanent, Err: fmt.Errorf("the device lists more than %d entries", maxEntries)}
}

// ahead asks for a page before it is needed.
type ahead struct {
	ask func(start int) (*reply, error)
	// next is the page from start on, on its way; nil: none is.
	next  chan asked
	start int
}

type asked struct {
	reply *reply
	err   error
}

func (a *ahead) send(start int) {
	next := make(chan asked, 1)
	a.next, a.start = next, start
	go func() {
		r, err := a.ask(start)
		next <- asked{r, err}
	}()
}

// page reads the entries from start on, and asks for the page behind them when they look like a full one.
func (a *ahead) page(start int) ([]registered, error) {
	if a.next != nil && a.start != start {
		a.drop()
	}
	if a.next == nil {
		a.send(start)
	}
	got := <-a.next
	if a.next = nil; got.err != nil {
		return nil, got.err
	}
	if bytes.Count(got.reply.body, []byte("<entry ")) == pageSize && start+pageSize <= maxEntries {
		a.send(start + pageSize)
	}
	answer, err := got.reply.shown()
	if err != nil {
		return nil, err
	}
	return answer.Result.Entries, nil
}

// drop waits for what is on its way, and forgets it.
func (a *ahead) drop() {
	if a.next != nil {
		<-a.next
		a.next = nil
	}
}
