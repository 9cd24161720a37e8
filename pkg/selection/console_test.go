package selection_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/selection"
)

const brain = "hq"

// console is a brain in memory: it answers queries exactly, remembers what it was asked, and
// fails on demand.
type console struct {
	rux        bool
	hosts      []entity.Target
	accounts   []entity.Target
	detections []entity.Finding
	groups     map[string]entity.Members
	urgencies  map[entity.Kind]map[string]int
	// unlisted are known to the brain, and in no list.
	unlisted []entity.Target
	// detail: what is not listed is known better than what is.
	detail bool
	// few: everything of a kind stands on one page.
	few bool
	// fail says which calls fail.
	fail func(call string) error

	mu    sync.Mutex
	calls []string
}

var errDown = errors.New("500 on page 2")

func (c *console) asked(call string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = append(c.calls, call)
	if c.fail != nil {
		return c.fail(call)
	}
	return nil
}

func (c *console) Urgency() bool { return c.rux }

func (c *console) Hosts(_ context.Context, q entity.Query, fold func(entity.Target) error) error {
	return c.list("hosts", c.hosts, q, fold)
}

func (c *console) Accounts(_ context.Context, q entity.Query, fold func(entity.Target) error) error {
	return c.list("accounts", c.accounts, q, fold)
}

func (c *console) Few(_ context.Context, k entity.Kind, q entity.Query, fold func(entity.Target) error) (bool, error) {
	if !c.few {
		return false, c.asked(fmt.Sprintf("few %ss", k))
	}
	all := c.hosts
	if k == entity.KindAccount {
		all = c.accounts
	}
	err := c.list(fmt.Sprintf("few %ss", k), all, q, fold)
	return err == nil, err
}

// list fails after the first half, as a walk does whose second page is lost.
func (c *console) list(name string, all []entity.Target, q entity.Query, fold func(entity.Target) error) error {
	err := c.asked(name + " " + describe(q))
	for i, t := range all {
		if err != nil && i >= len(all)/2 {
			return err
		}
		if !matches(q, t) {
			continue
		}
		if err := fold(t); err != nil {
			return err
		}
	}
	return err
}

func (c *console) Detections(_ context.Context, q entity.Query, fold func(entity.Finding) error) error {
	err := c.asked("detections " + describe(q))
	for i, f := range c.detections {
		if err != nil && i >= len(c.detections)/2 {
			return err
		}
		if !matches(q, f.Target) || q.Where != nil && !q.Where(&f) {
			continue
		}
		if q.Lean {
			d := *f.Detection
			d.Destinations = nil
			f.Detection = &d
		}
		if err := fold(f); err != nil {
			return err
		}
	}
	return err
}

func (c *console) Entities(_ context.Context, kinds []entity.Kind, least int, fold func(entity.Kind, string, int) error) error {
	if err := c.asked(fmt.Sprintf("urgency of %v from %d", kinds, least)); err != nil {
		return err
	}
	for _, k := range kinds {
		for id, u := range c.urgencies[k] {
			if u < least {
				continue
			}
			if err := fold(k, id, u); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *console) Group(_ context.Context, k entity.Kind, name string) (entity.Members, error) {
	if err := c.asked(fmt.Sprintf("group %s of %ss", name, k)); err != nil {
		return entity.Members{}, err
	}
	m, ok := c.groups[string(k)+"/"+name]
	if !ok {
		return m, fmt.Errorf("no %s group is called %q", k, name)
	}
	return m, nil
}

func (c *console) Target(_ context.Context, ref entity.Ref) (entity.Target, error) {
	if err := c.asked("target " + ref.ID); err != nil {
		return entity.Target{}, err
	}
	all := slices.Concat(c.hosts, c.accounts, c.unlisted)
	if c.detail {
		all = c.unlisted
	}
	for _, f := range c.detections {
		all = append(all, f.Target)
	}
	for _, t := range all {
		if t.Kind == ref.Kind && t.ID == ref.ID {
			return t, nil
		}
	}
	return entity.Target{}, &entity.Error{Class: entity.Absent, Err: errors.New("404")}
}

func describe(q entity.Query) string {
	var parts []string
	for _, p := range []struct {
		is   bool
		name string
	}{{len(q.Tags) > 0, "tags"}, {q.Floor != nil, "scores"}, {len(q.IDs) > 0, "ids"}, {q.Active, "active"}} {
		if p.is {
			parts = append(parts, p.name)
		}
	}
	return strings.Join(parts, " ")
}

// matches is what a console promises of a query.
func matches(q entity.Query, t entity.Target) bool {
	carries := func(tag string) bool { return slices.Contains(t.Tags, tag) }
	switch {
	case len(q.Tags) > 0 && !slices.ContainsFunc(q.Tags, carries),
		len(q.IDs) > 0 && !slices.Contains(q.IDs, t.ID),
		q.Floor != nil && !q.Floor.Met(t.Score):
		return false
	}
	d := t.Detection
	return d == nil || (len(q.Types) == 0 || slices.Contains(q.Types, d.Type)) &&
		(!q.Active || d.State == "active") && (!q.Untriaged || !d.Triaged)
}

func host(id string, threat, certainty int, tags ...string) entity.Target {
	return entity.Target{
		Ref: entity.Ref{Kind: entity.KindHost, ID: id}, Name: "pc-" + id, Tags: tags,
		Score: entity.Score{Threat: threat, Certainty: certainty}, Host: &entity.Host{IP: "10.0.0." + id},
	}
}

func account(id string, threat, certainty int, tags ...string) entity.Target {
	return entity.Target{
		Ref: entity.Ref{Kind: entity.KindAccount, ID: id}, Name: "user" + id, Tags: tags,
		Score: entity.Score{Threat: threat, Certainty: certainty}, Account: &entity.Account{UID: "user" + id + "@corp"},
	}
}

// detection is an active one of a type, on a host.
func detection(id, typ string, on entity.Target, tags ...string) entity.Finding {
	f := entity.Finding{Target: entity.Target{
		Ref: entity.Ref{Kind: entity.KindDetection, ID: id}, Tags: tags,
		Detection: &entity.Detection{Type: typ, Category: "COMMAND & CONTROL", State: "active", Destinations: []string{"8.8.4.4"}},
	}}
	origin := &entity.Origin{ID: on.ID, Name: on.Name, Score: on.Score}
	switch on.Kind {
	case entity.KindHost:
		f.SourceHost, f.Detection.HostID = origin, on.ID
	case entity.KindAccount:
		origin.Name = on.Account.UID
		f.SourceAccount, f.Detection.AccountID = origin, on.ID
	}
	return f
}

func (c *console) observe(t *testing.T, pol selection.Policy, held ...entity.Ref) plan.Observation {
	t.Helper()
	if pol.Kinds == nil {
		pol.Kinds = []entity.Kind{entity.KindHost, entity.KindAccount, entity.KindDetection}
	}
	if pol.Markers == nil {
		pol.Markers = markers
	}
	return selection.Observe(t.Context(), c, brain, pol, held)
}

var markers = map[entity.Kind]string{
	entity.KindHost: "VAR Host Blocked", entity.KindAccount: "VAR Account Blocked", entity.KindDetection: "VAR Detection Blocked",
}

func ref(k entity.Kind, id string) entity.Ref { return entity.Ref{Source: brain, Kind: k, ID: id} }

// story is what an observation says of its targets, one line each.
func story(obs plan.Observation) []string {
	var lines []string
	for _, s := range obs.Seen {
		line := string(s.Target.Kind) + " " + s.Target.ID + ":"
		for _, m := range s.Matches {
			line += " " + string(m.Rule) + ","
		}
		if s.NoBlock != "" {
			line += " spared by " + s.NoBlock + ","
		}
		if s.Release != "" {
			line += " released by " + s.Release + ","
		}
		lines = append(lines, strings.TrimRight(line, ",:"))
	}
	return lines
}

func number(n int) *int { return &n }
