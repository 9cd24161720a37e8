package plan

import "github.com/var-project/var/pkg/entity"

// Protector is the never-block set.
type Protector interface {
	// Covers says why a target must never be blocked, by its addresses, names and these elements of it.
	Covers(t entity.Target, elements []string) (why string, covered bool)
}

// Policy is how decisions are made.
type Policy struct {
	Blockers []entity.Blocker
	// Disabled names blockers that are configured and switched off: what they hold is kept.
	Disabled []string
	// ExplicitUnblock: a block ends only by the release tag, a no-block group, never-block, or a person.
	ExplicitUnblock bool
	// Groom: a held target whose elements changed is moved to the new ones.
	Groom bool
	// BlockTags are the configured block tags by kind: taken off together with a release tag.
	BlockTags map[entity.Kind]string
	// Protect is what nothing may block; nil covers nothing.
	Protect Protector
	// Gates are the limits of one pass by kind; a kind without has none.
	Gates map[entity.Kind]Limits
	// Force lifts the gates. It lifts neither never-block nor a pause nor a panic.
	Force bool
	// Changed says what is new since the last pass that was carried out ("version 1.2 → 1.3", "selection
	// changed"); empty: nothing. Such a pass is only a plan when it would release too much.
	Changed string
	Stops   Stops
	Closed  Closed
	// Brief: what is held as it should be is counted and is no item of the plan.
	Brief bool
}

// Closed is the window while it is closed: what it holds back is done once it opens. The zero value holds back nothing.
type Closed struct {
	// Why is the sentence for people ("outside the window until Mon 23 Nov 08:00 CET"); empty: the window is open.
	Why string
	// Releases: what is held and has lost its reason waits too, not only what would be blocked anew.
	Releases bool
}

// Stops say who stopped what, when and why; empty: nobody.
type Stops struct {
	// Panic: nothing is put in place any more. Pause: nothing new is blocked.
	Panic string
	Pause string
}

// Limits bound what one pass may do to the targets of one kind of one source. Zero is no limit.
type Limits struct {
	// MaxBlocks and MaxReleases count targets. MaxReleasesPercent is a share of what is held, which counts
	// once more than Floor targets are.
	MaxBlocks          int
	MaxReleases        int
	MaxReleasesPercent int
	// Floor is also how many releases a pass makes after a change that needs confirmation.
	Floor int
}
