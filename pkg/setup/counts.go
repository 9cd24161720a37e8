package setup

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// rules asks for the rules of one kind, says what they match now, and asks whether they are right.
func rules(name string, kind entity.Kind, first ...string) func(*talk, context.Context) error {
	return func(t *talk, ctx context.Context) error {
		for {
			if err := t.keys(ctx, t.top(name), first...); err != nil {
				return err
			}
			told, err := t.count(ctx, kind)
			if err != nil || !told {
				return err
			}
			again, err := t.yes(ctx, name+".again", "Go over these rules again?", false)
			if err != nil || !again {
				return err
			}
		}
	}
}

// gates says what the rules of all kinds match, and asks how much of it one pass may do.
func (t *talk) gates(ctx context.Context) error {
	if _, err := t.count(ctx, entity.Kinds()...); err != nil {
		return err
	}
	return t.keys(ctx, t.top("gate"), "max_blocks", "max_releases", "max_releases_percent", "floor")
}

// count tells what the rules for these kinds match now, and whether there was anything to tell.
func (t *talk) count(ctx context.Context, kinds ...entity.Kind) (told bool, err error) {
	cfg := t.config()
	if len(cfg.Brains) == 0 {
		return false, nil
	}
	if err := t.tell("asking the brains what these rules match now …"); err != nil {
		return false, err
	}
	counts, err := find(ctx, t, func() []Count { return t.Trial.Counts(ctx, cfg, maps.Clone(t.given)) })
	if err != nil {
		return false, err
	}
	var lines []string
	for _, c := range counts {
		for _, kind := range kinds {
			if c.Kind == kind {
				lines = append(lines, c.line(cfg.Gate.Of(kind).MaxBlocks))
			}
		}
	}
	if len(lines) == 0 {
		return false, t.tell("  no rule matches anything: none is set")
	}
	return true, t.tell(strings.Join(lines, "\n"))
}

// line says what a rule does now, besides the gate that it would meet.
func (c Count) line(limit int) string {
	where, found := fmt.Sprintf("  %s at %s: ", c.Rule, c.Brain), many(c.Matches, c.Kind)
	switch {
	case c.Err != nil:
		return where + "not counted: " + oneLine(c.Err.Error())
	case c.spares():
		return where + "would spare or release " + found + " now"
	case limit == 0:
		return where + "would block " + found + " now; there is no max_blocks"
	case c.Matches > limit:
		return where + fmt.Sprintf("would block %s now; max_blocks is %d: all of them would be held back", found, limit)
	}
	return where + fmt.Sprintf("would block %s now; max_blocks is %d", found, limit)
}

// spares tells the rules that keep from blocking.
func (c Count) spares() bool {
	_, key, _ := strings.Cut(c.Rule, ".")
	return key == "unblock_tag" || key == "no_block_group" || strings.HasPrefix(key, "spare_")
}

func many(n int, kind entity.Kind) string {
	if n == 1 {
		return "1 " + string(kind)
	}
	return fmt.Sprintf("%d %ss", n, kind)
}
