package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// renamesKey is where the journal remembers renames.
const renamesKey = "renames"

// renames are how often something was renamed, and what is being renamed; empty: nothing.
type renames struct {
	Done    int    `json:"done"`
	Pending string `json:"pending,omitempty"`
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

// namesNow are the renames that a configuration which is read now goes by. While one is unfinished there is none to go
// by, except for what is urgent.
func namesNow(ctx context.Context, j recaller, urgent bool) (renames, error) {
	now, err := recallRenames(ctx, j)
	if err == nil && now.Pending != "" && !urgent {
		err = usage(now.unfinished())
	}
	return now, err
}

// errRenamed says that a configuration was read before a rename.
var errRenamed = errors.New(`names were changed by "var config rename" since this run has read its configuration: have it read again`)

// hold is errRenamed when names were changed since.
func (r renames) hold(ctx context.Context, j recaller) error {
	now, err := recallRenames(ctx, j)
	if err == nil && now != r {
		err = errRenamed
	}
	return err
}
