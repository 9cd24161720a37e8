package blocker

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/var-project/var/pkg/internal/wire"
	"github.com/var-project/var/pkg/schema"
	"github.com/var-project/var/pkg/secret"
)

// program is a Plugin without its type parameter.
type program struct {
	description wire.Description
	check       func(values map[string]any) schema.Problems
	open        func(ctx context.Context, values map[string]any, secrets map[string]secret.String, i Instance) (Blocker, error)
}

func (p Plugin[S]) check() error {
	_, err := schema.Of[S]()
	switch {
	case err != nil:
		return err
	case p.Name == "" || p.Label == "" || len(p.Kinds) == 0 || p.Open == nil:
		return errors.New("Name, Label, Kinds and Open must be set")
	}
	return nil
}

func (p Plugin[S]) program() program {
	settings, _ := schema.Of[S]()
	return program{
		description: wire.Description{
			Name: p.Name, Version: p.Version, Help: p.Help, Label: p.Label,
			Aliases: p.Aliases, Kinds: p.Kinds, Settings: settings,
		},
		check: func(values map[string]any) schema.Problems {
			_, err := decode[S](values, nil)
			var problems schema.Problems
			if errors.As(err, &problems) {
				return problems
			}
			return nil
		},
		open: func(ctx context.Context, values map[string]any, secrets map[string]secret.String, i Instance) (Blocker, error) {
			s, err := decode[S](values, secrets)
			if err != nil {
				return nil, fmt.Errorf("settings: %w", err)
			}
			if missing := schema.Missing(settings, values, secrets); missing != nil {
				return nil, fmt.Errorf("secrets are not set: %s", strings.Join(missing, ", "))
			}
			return p.Open(ctx, s, i)
		},
	}
}

func decode[S any](values map[string]any, secrets map[string]secret.String) (S, error) {
	var s S
	if err := schema.Decode(values, secrets, &s); err != nil {
		return s, err
	}
	problems := schema.Validate(s)
	if problems == nil {
		problems = schema.Validate(&s)
	}
	if problems != nil {
		return s, problems
	}
	return s, nil
}
