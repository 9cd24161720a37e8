package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
)

// renamesKey is where the journal remembers renames.
const renamesKey = "renames"

// renames are how often something was renamed, and what is being renamed; empty: nothing.
type renames struct {
	Done    int    `json:"done"`
	Pending string `json:"pending,omitempty"`
	// Given are the names of now by their former ones: another machine that shares the journal may still have those.
	Given map[string]string `json:"given,omitempty"`
}

// with is another rename that is done.
func (r renames) with(former, name string) renames {
	given := map[string]string{former: name}
	for was, is := range r.Given {
		if is == former {
			is = name
		}
		if was != name {
			given[was] = is
		}
	}
	return renames{Done: r.Done + 1, Given: given}
}

func (r renames) text() (string, error) {
	text, err := json.Marshal(r)
	return string(text), err
}

func (r renames) unfinished() error {
	return fmt.Errorf("a rename was interrupted, and no pass is made before it is finished: give \"var config rename %s\" again", r.Pending)
}

type recaller interface {
	Recall(ctx context.Context, key string) (value string, ok bool, err error)
}

func recallRenames(ctx context.Context, j recaller) (renames, error) {
	var r renames
	text, known, err := j.Recall(ctx, renamesKey)
	if err == nil && known {
		err = json.Unmarshal([]byte(text), &r)
	}
	return r, err
}

// memory is a journal, as far as names are concerned.
type memory interface {
	recaller
	Holdings(ctx context.Context) ([]entity.Holding, error)
}

// namesNow are the renames that a configuration which is read now goes by. While one is unfinished, and for a file that
// has a former name, there is none to go by, except for what is urgent.
func namesNow(ctx context.Context, j memory, cfg *config.Config, urgent bool) (renames, error) {
	now, err := recallRenames(ctx, j)
	switch {
	case err != nil || urgent:
		return now, err
	case now.Pending != "":
		return now, usage(now.unfinished())
	}
	return now, now.missed(ctx, j, cfg)
}

// missed says which rename the configuration has not followed: something is held under a name that it lacks.
func (r renames) missed(ctx context.Context, j memory, cfg *config.Config) error {
	for _, former := range slices.Sorted(maps.Keys(r.Given)) {
		t, err := parseRename(former, r.Given[former])
		if err != nil || !t.isIn(cfg, t.old) || t.isIn(cfg, t.new) {
			continue
		}
		held, err := j.Holdings(ctx)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(held, t.holds) {
			return usage(fmt.Errorf("%s is %s in the state now: give \"var config rename %s\" for this file, too", t.former, t.name, t))
		}
	}
	return nil
}

// errRenamed says that a configuration was read before a rename.
var errRenamed = errors.New(`names were changed by "var config rename" since this run has read its configuration: have it read again`)

// hold is errRenamed when names were changed since.
func (r renames) hold(ctx context.Context, j recaller) error {
	now, err := recallRenames(ctx, j)
	if err == nil && (now.Done != r.Done || now.Pending != r.Pending) {
		err = errRenamed
	}
	return err
}
