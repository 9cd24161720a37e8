package protect

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// Limits of asking for names: a dead name server must not hold up a pass for long, however many names there are.
const (
	lookupTimeout  = 3 * time.Second
	lookupsTimeout = 10 * time.Second
	lookupsAtATime = 8
)

// remembered begins the keys of last answers.
const remembered = "resolved:"

var (
	errNoLookup = errors.New("names cannot be looked up here")
	errNoAnswer = fmt.Errorf("no answer within %s", lookupTimeout)
	errTooLong  = fmt.Errorf("not all names were answered within %s", lookupsTimeout)
)

// answer is what a name stands for: addresses, and what was wrong.
type answer struct {
	addresses []netip.Addr
	err       error
}

// lookUp gives an answer for each name among hosts: the one of now, else the last one.
func (m Machine) lookUp(ctx context.Context, hosts []Named, memory Memory) map[string]answer {
	names := names(hosts)
	fresh := m.askAll(ctx, names)
	answers := make(map[string]answer, len(names))
	for i, name := range names {
		answers[name] = settle(ctx, memory, name, fresh[i])
	}
	return answers
}

func names(hosts []Named) []string {
	var all []string
	for _, h := range hosts {
		if _, ok := address(h.Host); !ok && canonicalName(h.Host) != "" {
			all = append(all, canonicalName(h.Host))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// askAll asks for all names at the same time; answers are in the order of the names.
func (m Machine) askAll(ctx context.Context, names []string) []answer {
	ctx, stop := context.WithTimeoutCause(ctx, lookupsTimeout, errTooLong)
	defer stop()
	answers := make([]answer, len(names))
	var g errgroup.Group
	g.SetLimit(lookupsAtATime)
	for i, name := range names {
		g.Go(func() error {
			answers[i] = m.ask(ctx, name)
			return nil
		})
	}
	_ = g.Wait() // each answer has its own error
	return answers
}

func (m Machine) ask(ctx context.Context, name string) answer {
	if m.LookupHost == nil {
		return answer{err: errNoLookup}
	}
	ctx, stop := context.WithTimeoutCause(ctx, lookupTimeout, errNoAnswer)
	defer stop()
	texts, err := m.LookupHost(ctx, name)
	a := answer{parse(texts), err}
	if ctx.Err() != nil {
		a.err = context.Cause(ctx)
	}
	if a.err == nil && len(a.addresses) == 0 {
		a.err = &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	return a
}

// settle remembers a new answer and recalls the last one where there is none.
func settle(ctx context.Context, memory Memory, name string, fresh answer) answer {
	if len(fresh.addresses) > 0 {
		return answer{fresh.addresses, remember(ctx, memory, name, fresh.addresses)}
	}
	last, err := recall(ctx, memory, name)
	if len(last) > 0 {
		return answer{addresses: last}
	}
	return answer{err: errors.Join(fmt.Errorf("only the name is protected, no address is known: %w", fresh.err), err)}
}

// parse takes what are addresses, sorted, each once.
func parse(texts []string) []netip.Addr {
	var all []netip.Addr
	for _, text := range texts {
		if a, err := netip.ParseAddr(text); err == nil {
			all = append(all, a.WithZone("").Unmap())
		}
	}
	slices.SortFunc(all, netip.Addr.Compare)
	return slices.Compact(all)
}

func recall(ctx context.Context, memory Memory, name string) ([]netip.Addr, error) {
	if memory == nil {
		return nil, nil
	}
	value, _, err := memory.Recall(ctx, remembered+name)
	return parse(strings.Fields(value)), err
}

// remember writes only what is new.
func remember(ctx context.Context, memory Memory, name string, found []netip.Addr) error {
	if memory == nil {
		return nil
	}
	texts := make([]string, len(found))
	for i, a := range found {
		texts[i] = a.String()
	}
	value := strings.Join(texts, " ")
	if last, ok, err := memory.Recall(ctx, remembered+name); err == nil && ok && last == value {
		return nil
	}
	if err := memory.Remember(ctx, remembered+name, value); err != nil {
		return fmt.Errorf("its addresses are not remembered: %w", err)
	}
	return nil
}

// unknown reports that a name server said that there is no such name, or that nobody could be asked.
func unknown(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}
