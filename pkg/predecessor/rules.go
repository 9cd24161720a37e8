package predecessor

import "fmt"

// names are the parameters of one kind, and the table that they go to.
type names struct {
	table                 string
	blockTag, unblockTag  string
	noBlock, block        string
	score, urgency        string
	types, typesScore     string
	defaultUnblock        string
	matchScore, matchType match
}

var hostNames = names{
	table: "hosts", blockTag: "BLOCK_HOST_TAG", unblockTag: "UNBLOCK_HOST_TAG",
	noBlock: "NO_BLOCK_HOST_GROUP_NAME", block: "BLOCK_HOST_GROUP_NAME",
	score: "BLOCK_HOST_THREAT_CERTAINTY", urgency: "BLOCK_HOST_URGENCY",
	types: "BLOCK_HOST_DETECTION_TYPES", typesScore: "BLOCK_HOST_DETECTION_TYPES_MIN_TC_SCORE",
	defaultUnblock: "vectra_host_unblock", matchType: match{above: true},
}

var accountNames = names{
	table: "accounts", blockTag: "BLOCK_ACCOUNT_TAG", unblockTag: "UNBLOCK_ACCOUNT_TAG",
	noBlock: "NO_BLOCK_ACCOUNT_GROUP_NAME", block: "BLOCK_ACCOUNT_GROUP_NAME",
	score: "BLOCK_ACCOUNT_THREAT_CERTAINTY", urgency: "BLOCK_ACCOUNT_URGENCY",
	types: "BLOCK_ACCOUNT_DETECTION_TYPES", typesScore: "BLOCK_ACCOUNT_DETECTION_TYPES_MIN_TC_SCORE",
	defaultUnblock: "vectra_account_unblock", matchScore: match{upper: true}, matchType: match{above: true},
}

// families says which kinds of brains there are.
type families struct{ qux, rux bool }

// rules carries over what selects hosts, or accounts.
func (s source) rules(n names, explicit bool, f families) {
	s.tags(n.table, n.blockTag, n.unblockTag, n.defaultUnblock, explicit)
	s.group(n.table+".block_group", n.block)
	s.group(n.table+".no_block_group", n.noBlock)
	if s.same(n.block, n.noBlock) {
		s.to.refuse(s.get(n.block).Origin, "is the group of %s as well: the predecessor blocks none of its members; set one of them to None", n.noBlock)
	}
	s.urgency(n, s.score(n.table+".score", n.score, n.matchScore), f)
	s.types(n)
}

// same reports that two parameters are one text.
func (s source) same(a, b string) bool {
	one, p := s.peek(a)
	two, q := s.peek(b)
	return p == nil && q == nil && !one.none() && one.value == two.value
}

// tags carries over the tags of one kind. Unless unblocking is explicit the predecessor never looks at the release tag.
func (s source) tags(table, block, unblock, otherwise string, explicit bool) {
	tag, p := s.text(block)
	s.to.set(table+".block_tag", tag, "", p.Origin)
	s.tag(p, tag)
	release, q := s.text(unblock)
	s.tag(q, release)
	path := table + ".unblock_tag"
	switch {
	case !explicit:
		s.to.set(path, "", notLookedAt(q), q.Origin)
	case release == "" || release == tag:
		s.to.set(path, otherwise, "the predecessor's releases nothing for good; var needs one, with which a release holds", q.Origin)
		s.to.tell(q.Origin, "%s cannot release anything for good, so %q is the release tag now", shown(q.value), otherwise)
	default:
		s.to.set(path, release, "what carries it stays released for as long as it does", q.Origin)
	}
}

// notLookedAt says why a release tag is left out.
func notLookedAt(tag param) string {
	const off = "EXPLICIT_UNBLOCK is off, so the predecessor "
	if tag.none() {
		return off + "looks for no release tag; write one here to release by it"
	}
	return off + fmt.Sprintf("never looks at %s; write it here to release by it", shown(tag.value))
}

// tag refuses what var would not take for one.
func (s source) tag(p param, tag string) {
	if ownTag(tag) {
		s.to.refuse(p.Origin, "%q is how the predecessor's own record begins: choose another tag", tag)
	}
}

// group keeps the name of a group. Whether it exists nobody can tell here; in the predecessor one that does not is
// empty, in var it freezes the kind, so that a misspelt name protects nobody in silence.
func (s source) group(path, name string) {
	group, p := s.text(name)
	note := ""
	if group != "" {
		note = "it must exist in every brain, or the pass freezes these: create it, or write \"\""
	}
	s.to.set(path, group, note, p.Origin)
}

// urgency carries over the urgency, which RUX brains alone have, and where it wins over the score.
func (s source) urgency(n names, score condition, f families) {
	path, p := n.table+".urgency", s.get(n.urgency)
	u, whole := p.value.(int64)
	switch {
	case !p.there:
		s.to.off(path, orMissing(p, "threat and certainty count on RUX, too"), p.Origin)
	case !whole:
		s.wrong(p, "a whole number or None")
	case f.rux && u <= 0:
		s.to.refuse(p.Origin, "%d is reached by everything there is: var has no such rule; raise it first", u)
	case u > 0 && u <= 100:
		s.to.set(path, u, "", p.Origin)
	case f.rux && f.qux && !score.never():
		s.to.refuse(p.Origin, "%d turns scores off on RUX brains, while %s counts on QUX: import them one after the other, "+
			"with the brains of one kind in COGNITO_URL", u, n.score)
	case f.rux:
		s.to.off(path, fmt.Sprintf("%d is off", u), p.Origin)
		s.silence(n.table + ".score")
	default:
		s.to.off(path, fmt.Sprintf("%d, without effect on QUX", u), p.Origin)
	}
}

// silence takes back a score that the predecessor never looks at.
func (s source) silence(path string) {
	for i := range s.to.Settings {
		if set := &s.to.Settings[i]; set.Path == path && !set.Off {
			set.Off, set.Note = true, "without effect: on RUX the urgency counts, and that is off"
		}
	}
}

// types carries over the detection types and the scores that they need besides. The predecessor wants these to be
// exceeded, where every other threshold is to be reached.
func (s source) types(n names) {
	types, p := s.texts(n.types)
	s.to.set(n.table+".detection_types", types, "", p.Origin)
	path := n.table + ".detection_types_score"
	if len(types) == 0 {
		s.to.off(path, "without effect: there are no types", s.get(n.typesScore).Origin)
		return
	}
	c, q, ok := s.condition(n.typesScore, n.matchType)
	switch {
	case !ok:
		s.to.refuse(q.Origin, "has no value, with which the predecessor ends with an error: write (-1, \"and\", -1) to have none needed")
	case c.always():
		s.to.off(path, python(q.value)+" is exceeded by all", q.Origin)
	case c.never():
		s.to.set(path, c.table(), "the predecessor wants these scores to be exceeded, which none can: nothing is selected by type", q.Origin)
		s.to.tell(q.Origin, "%s can never be exceeded, so %s selects nothing, there and here; to have it work: var config set %s.threat 50",
			python(q.value), n.types, path)
	default:
		s.to.set(path, c.table(), python(q.value)+" had to be exceeded; these are to be reached", q.Origin)
	}
}
