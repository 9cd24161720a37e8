package setup

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/schema"
	"github.com/var-project/var/pkg/secret"
)

// brains goes over the brains for as long as the person wants to see or to add one.
func (t *talk) brains(ctx context.Context) error {
	for {
		names := t.named("brain")
		choice, err := t.menu(ctx, menu{brainTables, "Vectra brains, each under a name of its own. " + namesStay, names, len(names) == 0, false})
		switch name, out := strings.CutPrefix(choice, takeOut); {
		case err != nil || choice == goOn:
			return err
		case out:
			err = t.remove(join("brain", name), freshly(brainTables, name), join("brain", name))
		case choice == another:
			err = t.newBrain(ctx, names)
		default:
			err = t.brain(ctx, name)
		}
		if err != nil {
			return err
		}
	}
}

// What the menus of brains and blockers are called.
const (
	brainTables   = "brains"
	blockerTables = "blockers"
	namesStay     = "A name stays: var config rename changes it everywhere."
)

func (t *talk) newBrain(ctx context.Context, taken []string) error {
	name, err := t.newName(ctx, "brain", "Name of the brain, which stands in the state and in lists.", "hq", taken)
	if err != nil {
		return err
	}
	t.fresh[freshly(brainTables, name)] = true
	return t.brain(ctx, name)
}

// newName asks what a new brain or blocker is to be called.
func (t *talk) newName(ctx context.Context, what, help, usual string, taken []string) (string, error) {
	if alike(usual, taken) != "" {
		usual = ""
	}
	return t.ask(ctx, Question{Key: what + ".NAME", Help: help, Default: usual, Check: func(name string) error {
		if err := untaken(name, taken); err != nil {
			return err
		}
		return t.nameable(what, name)
	}})
}

// nameable says what the file would have against a name.
func (t *talk) nameable(what, name string) error {
	if name == "" || strings.ContainsAny(name, ".[]\"'") {
		return fmt.Errorf("%q cannot be a name: write lower-case letters, digits, hyphens and underscores", name)
	}
	draft := t.draft.Clone()
	example := map[string]map[string]any{
		"brain": {"url": "https://brain.example.net"}, "blocker": {"plugin": "example"}, webhookTables: {"template": "json"},
	}[what]
	if err := draft.Set(join(what, name), example); err != nil {
		return err
	}
	for _, p := range t.reading(draft).problems {
		if p.Path == join(what, name) {
			return fmt.Errorf("%s", p.Text)
		}
	}
	return nil
}

// brain asks for one brain: where it is, what it is, and how to log in, until that goes well or is left so.
func (t *talk) brain(ctx context.Context, name string) error {
	p := t.top("brain")
	p = place{path: join("brain", name), secrets: join("brain", name), Field: p.Field}
	if err := t.address(ctx, name, p); err != nil {
		return err
	}
	for next := otherSecrets; next != goOn; {
		var err error
		if next, err = t.login(ctx, name, p, next); err != nil {
			return err
		}
	}
	return t.keys(ctx, without(p, "url", "ca_file", "auth"))
}

// without is a table without some of its keys: those that were asked for already.
func without(p place, names ...string) place {
	rest := p
	rest.Fields = nil
	for _, f := range p.Fields {
		if !slices.Contains(names, f.Name) {
			rest.Fields = append(rest.Fields, f)
		}
	}
	return rest
}

// address asks where a brain is, and looks what answers there.
func (t *talk) address(ctx context.Context, name string, p place) error {
	for choice := otherAddress; ; {
		if choice == otherAddress {
			if err := t.each(ctx, p, []schema.Field{fieldOf(p.Fields, "url"), fieldOf(p.Fields, "ca_file")}); err != nil {
				return err
			}
		}
		report, err := t.tryBrain(ctx, name, "asking what answers at "+t.config().Brains[name].URL+" …")
		if err != nil {
			return err
		}
		if report.Family != "" {
			return t.recognised(ctx, name, p, report)
		}
		if err := t.tellChecks(failed(report.Checks)); err != nil {
			return err
		}
		choice, err = t.whatNow(ctx, trouble{p.path, "No brain was recognised.", otherAddress, failed(report.Checks)}, correctAddress)
		if err != nil {
			return err
		}
		if choice == goOn {
			return t.auth(ctx, name, p)
		}
	}
}

// recognised says what a brain is, and asks how to log in where there are two ways.
func (t *talk) recognised(ctx context.Context, name string, p place, report BrainReport) error {
	if err := t.tell(fmt.Sprintf("%s is a %s brain", name, report.Family)); err != nil {
		return err
	}
	if report.Family == "RUX" && t.config().Brains[name].Auth != tokenAuth {
		return nil
	}
	return t.auth(ctx, name, p)
}

// version has a new brain spoken to in the newest version that it answers. One that was there before keeps its own.
func (t *talk) version(p place, report BrainReport, now string) error {
	if report.API == "" || report.API == now || !t.fresh[freshly(brainTables, strings.TrimPrefix(p.path, "brain."))] {
		return nil
	}
	return t.draft.Set(join(p.path, "api"), report.API)
}

// tokenAuth is the way to log in that RUX brains do not know.
const tokenAuth = "token"

// auth asks how to log in, and forgets what was typed for another way.
func (t *talk) auth(ctx context.Context, name string, p place) error {
	if err := t.key(ctx, p.below(fieldOf(p.Fields, "auth"))); err != nil {
		return err
	}
	needs := t.BrainNeeds(name, t.config().Brains[name])
	maps.DeleteFunc(t.given, func(full string, _ secret.String) bool {
		return strings.HasPrefix(full, join("brain", name)+".") && !slices.ContainsFunc(needs, func(n Need) bool { return n.Name == full })
	})
	return nil
}

// login asks for credentials, tries them, and says what is to be done next.
func (t *talk) login(ctx context.Context, name string, p place, ask string) (next string, err error) {
	switch ask {
	case otherAddress:
		err = t.address(ctx, name, p)
		if err == nil {
			err = t.credentials(ctx, name, t.missing)
		}
	case otherSecrets:
		err = t.credentials(ctx, name, t.any)
	}
	if err != nil {
		return "", err
	}
	report, err := t.tryBrain(ctx, name, "logging in to "+name+" …")
	if err != nil {
		return "", err
	}
	if err := t.tellChecks(report.Checks); err != nil {
		return "", err
	}
	if err := t.version(p, report, t.config().Brains[name].API); err != nil {
		return "", err
	}
	if len(report.Checks) > 0 && len(failed(report.Checks)) == 0 {
		return goOn, nil
	}
	wrong := trouble{p.path, "Not all went well.", cureOf(report), failed(report.Checks)}
	return t.whatNow(ctx, wrong, Option{otherSecrets, "type the credentials again"}, correctAddress)
}

// credentials asks for what a brain needs to log in, as far as it is wanted.
func (t *talk) credentials(ctx context.Context, name string, wanted func(context.Context, Need) (bool, error)) error {
	for _, need := range t.BrainNeeds(name, t.config().Brains[name]) {
		ask, err := wanted(ctx, need)
		if err == nil && ask {
			err = t.secret(ctx, need)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *talk) any(context.Context, Need) (bool, error) { return true, nil }

// missing reports that a secret is nowhere.
func (t *talk) missing(ctx context.Context, n Need) (bool, error) {
	where, err := find(ctx, t, func() string { return t.found(ctx, n) })
	return where == "", err
}

func (t *talk) tryBrain(ctx context.Context, name, words string) (BrainReport, error) {
	if err := t.tell(words); err != nil {
		return BrainReport{}, err
	}
	b := t.config().Brains[name]
	if _, chosen := t.draft.Get(join(join("brain", name), "api")); !chosen && t.fresh[freshly(brainTables, name)] {
		b.API = "" // the newest that answers will be taken
	}
	return find(ctx, t, func() BrainReport { return t.Trial.Brain(ctx, name, b, maps.Clone(t.given)) })
}
