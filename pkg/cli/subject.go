package cli

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/view"
)

// subject is the target that a person means: an entity of a brain, else what the text itself stands for.
func (s *system) subject(ctx context.Context, text string, o blockOptions) (entity.Target, error) {
	kinds := brainKinds
	if o.kind != "" {
		kinds = []entity.Kind{entity.Kind(o.kind)}
	}
	known, problems := s.search(ctx, text, kinds)
	s.app.tellTroubles(problems)
	if len(known) == 0 {
		return s.unknown(ctx, text, o)
	}
	among := make([]found, len(known))
	for i, t := range known {
		among[i] = found{target: t}
	}
	chosen, err := s.app.choose(ctx, text, among, "")
	switch {
	case err != nil:
		return entity.Target{}, err
	case len(chosen) != 1:
		return entity.Target{}, usage(errors.New("block takes one target at a time"))
	case len(o.blockers) > 0:
		return entity.Target{}, usage(fmt.Errorf("--blocker: %s is known to its brain; there the tag client:NAME restricts it", chosen[0].target.Ref))
	}
	return chosen[0].target, nil
}

// unknown is a target that no brain knows.
func (s *system) unknown(ctx context.Context, text string, o blockOptions) (t entity.Target, err error) {
	if ref, is := view.RefOf(text); is && ref.Source != entity.SourceHand {
		return t, fmt.Errorf("%s: no brain that could be asked knows it", text)
	}
	destination, refused := config.Destination(text, s.cfg.Static.Networks())
	kind := entity.Kind(o.kind)
	if kind == "" && refused == nil {
		kind = entity.KindStatic
	}
	if kind == "" {
		if kind, err = s.app.askKind(ctx, text); err != nil {
			return t, err
		}
	}
	switch kind {
	case entity.KindStatic, entity.KindDetection:
		if refused != nil {
			return t, usage(fmt.Errorf("%s cannot be blocked as a destination: %w", text, refused))
		}
		t = handTarget(entity.KindStatic, destination)
		t.Static = &entity.Static{Destination: destination}
	case entity.KindHost:
		a, err := netip.ParseAddr(text)
		if err != nil || a.Zone() != "" {
			return t, usage(fmt.Errorf("%s: no brain that could be asked knows such a host: give its address", text))
		}
		t = handTarget(entity.KindHost, a.Unmap().String())
		t.Host = &entity.Host{IP: t.ID}
	case entity.KindAccount:
		t = handTarget(entity.KindAccount, text)
		t.Account = &entity.Account{UID: text, DisplayName: text, NormalizedName: text, FakeSAM: accountOf(text)}
	}
	return s.routed(t, o.blockers)
}

func handTarget(kind entity.Kind, id string) entity.Target {
	return entity.Target{Ref: entity.Ref{Source: entity.SourceHand, Kind: kind, ID: id}, Name: id}
}

// accountOf is the name without the realm before or behind it.
func accountOf(text string) string {
	if _, name, ok := strings.Cut(text, `\`); ok {
		return name
	}
	name, _, _ := strings.Cut(text, "@")
	return name
}

// routed restricts a target to the named blockers, as the tags of a brain would.
func (s *system) routed(t entity.Target, blockers []string) (entity.Target, error) {
	for _, name := range blockers {
		if _, ok := s.cfg.Blockers[name]; !ok {
			return t, usage(fmt.Errorf("--blocker %s: the configuration has no such blocker", name))
		}
		t.Tags = append(t.Tags, "client:"+name)
	}
	return t, nil
}

// askKind asks what a text is that no brain knows and that is no destination.
func (a *App) askKind(ctx context.Context, text string) (entity.Kind, error) {
	wrong := usage(fmt.Errorf("no brain that could be asked knows %q, and it is no public address or domain: "+
		"--kind host blocks it as a host's address, --kind account as an account", text))
	if !a.interactive() {
		return "", wrong
	}
	answer, err := a.ask(ctx, fmt.Sprintf("no brain knows %q; what is it? [host/account] ", text))
	if err != nil {
		return "", err
	}
	if kind := entity.Kind(answer); slices.Contains([]entity.Kind{entity.KindHost, entity.KindAccount}, kind) {
		return kind, nil
	}
	return "", wrong
}
