package registry

import (
	"fmt"
	"strings"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// stamp is the predecessor's form of a time, followed by the zone, which it left out.
const stamp = "02 Jan 2006 at 15:04:05 MST"

// manyReasons is how many reasons a note tells of: a target of very many elements may have one for each that stays
// for others, and a brain takes notes of some thousand characters only.
const manyReasons = 20

// Change is one thing done to a target on one blocker, for its note.
type Change struct {
	Action  entity.Action
	Blocker string
	Reasons []string
	Partial bool
}

// NoteText tells an analyst of one action at one time: "VAR: Blocked on
// 21 Nov 2026 at 19:18:30 UTC on edge, dc (in part): tag vectra_host_block".
func NoteText(at time.Time, changes []Change) string {
	if len(changes) == 0 {
		return ""
	}
	names := make([]string, 0, len(changes))
	var reasons []string
	for _, c := range changes {
		name := c.Blocker
		if c.Partial {
			name += " (in part)"
		}
		names = append(names, name)
		reasons = appendNew(reasons, c.Reasons)
	}
	text := fmt.Sprintf("VAR: %s on %s on %s", verb(changes[0].Action), at.Format(stamp), strings.Join(names, ", "))
	if more := len(reasons) - manyReasons; more > 0 {
		reasons = append(reasons[:manyReasons], fmt.Sprintf("and %d more", more))
	}
	if len(reasons) > 0 {
		text += ": " + strings.Join(reasons, "; ")
	}
	return text
}

// StripText tells that a block tag was taken off since the release tag is there.
func StripText(at time.Time, tag, release string) string {
	return fmt.Sprintf("%s%s: the entity carries the release tag %s", stripPrefix(tag), at.Format(stamp), release)
}

// TellsStrip reports that a note tells that this tag was taken off, whenever that was.
func TellsStrip(note, tag string) bool { return strings.HasPrefix(note, stripPrefix(tag)) }

func stripPrefix(tag string) string { return "VAR: Tag " + tag + " taken off on " }

func verb(a entity.Action) string {
	switch a {
	case entity.ActionRelease:
		return "Unblocked"
	case entity.ActionGroom:
		return "Unblocked due to grooming"
	}
	return "Blocked"
}

func appendNew(list, more []string) []string {
	seen := make(map[string]bool, len(list))
	for _, s := range list {
		seen[s] = true
	}
	for _, s := range more {
		if !seen[s] {
			seen[s] = true
			list = append(list, s)
		}
	}
	return list
}
