package entity

// Query says which entities of one kind a console is asked for. All that is set must hold;
// the zero Query asks for everything. A console answers exactly: what its server matches
// loosely or cannot filter, it filters itself.
type Query struct {
	// Tags: the entity carries at least one of these, compared exactly.
	Tags []string
	// Floor: the entity's own scores reach it; nil asks for any score.
	Floor *Floor
	// IDs: the entity is one of these; empty asks for any.
	IDs []string
	// Named: this is its name or, of a host, its address; neither case nor the form of the address counts.
	Named string
	// Active: its state is "active".
	Active bool
	// Types and Untriaged are for detections: the type is one of these, compared exactly, and
	// nobody and nothing has triaged it.
	Types     []string
	Untriaged bool
	// Lean leaves out what is heavy: raw JSON, and of detections the destinations.
	Lean bool
	// Where holds of each detection. It is asked of those for which all else holds, before raw JSON, note and
	// destinations are read; nil: it always does.
	Where func(f *Finding) bool
	// Bare says of which entities raw JSON and note are left out; nil: of none.
	Bare func(t *Target) bool
}

// Floor is a lower bound of threat and certainty, both inclusive: both must be reached, or
// with Or one of them.
type Floor struct {
	Threat    int
	Certainty int
	Or        bool
}

// Met reports that a score reaches the floor.
func (f Floor) Met(s Score) bool {
	threat, certainty := s.Threat >= f.Threat, s.Certainty >= f.Certainty
	if f.Or {
		return threat || certainty
	}
	return threat && certainty
}

// Finding is a detection together with what its row tells of the entities it was made on.
// A source that the row does not name is nil.
type Finding struct {
	Target
	SourceHost    *Origin
	SourceAccount *Origin
}

// Origin is the host or account on which a detection was made, with its scores of now.
type Origin struct {
	ID    string
	Name  string
	Score Score
	// Groups are the names of the host groups that it is in.
	Groups []string
}

// Members are all members of one group: hosts by id, accounts by id or by the name (UID)
// that the console gives them.
type Members struct {
	IDs  map[string]bool
	UIDs map[string]bool
}

// Has reports that the entity of this id and name is a member. Hosts have no UID: their
// names do not count.
func (m Members) Has(id, uid string) bool {
	return id != "" && m.IDs[id] || uid != "" && m.UIDs[uid]
}
