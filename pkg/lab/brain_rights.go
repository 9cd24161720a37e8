package lab

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// brainRights are what a role may have, by the names that "rights" takes.
var brainRights = []string{
	"read hosts", "write hosts", "read accounts", "write accounts", "read detections", "write detections",
	"read groups", "write groups", "read tags", "write tags", "read notes", "write notes",
}

// rights are those that an operation needs. What lists hosts and accounts together needs both.
func (r *brainRoute) rights() []string {
	verb := "read "
	if r.writes {
		verb = "write "
	}
	of := strings.Split(strings.TrimPrefix(strings.TrimPrefix(r.path, "search/"), "events/"), "/")
	switch {
	case of[0] == "tagging":
		return []string{verb + "tags"}
	case slices.Contains(of, "notes"):
		return []string{verb + "notes"}
	case of[0] == "entities" || of[0] == "entity_scoring":
		return []string{verb + "hosts", verb + "accounts"}
	}
	return []string{verb + of[0]}
}

// lacks reports that the role of every user and API client of the brain has not all that an operation needs.
func (b *Brain) lacks(r *brainRoute) bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return slices.ContainsFunc(r.rights(), func(right string) bool { return slices.Contains(b.missing, right) })
}

func forbidden() brainAnswer {
	return detail(http.StatusForbidden, "You do not have permission to perform this action.")
}

// setRights replaces the rights that the role lacks.
func setRights(b *Brain, args json.RawMessage) error {
	var in struct {
		Lacks []string `json:"lacks"`
	}
	if err := decodeArgs(args, &in); err != nil {
		return err
	}
	for _, right := range in.Lacks {
		if !slices.Contains(brainRights, right) {
			return fmt.Errorf("no right %q; there are %s", right, strings.Join(brainRights, ", "))
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.missing = in.Lacks
	return nil
}
