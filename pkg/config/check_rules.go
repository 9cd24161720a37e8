package config

import "strings"

// ownTags is how the tags begin that var itself writes.
const ownTags = "VAR "

func (k *checker) tags(path string, run Run, enabled bool, block, unblock string) {
	k.tag(join(path, "block_tag"), block)
	k.tag(join(path, "unblock_tag"), unblock)
	if block != "" && block == unblock {
		k.add(join(path, "unblock_tag"), "is the block tag as well: nothing could ever be blocked by it")
	}
	if enabled && run.ExplicitUnblock && unblock == "" {
		k.add(join(path, "unblock_tag"), "must not be empty while run.explicit_unblock is true: nothing could be released")
	}
}

func (k *checker) tag(path, tag string) {
	k.text(path, tag)
	if strings.HasPrefix(tag, ownTags) {
		k.add(path, "must not begin with %q: such tags are var's own record", ownTags)
	}
}

func (k *checker) text(path, text string) {
	switch {
	case text != strings.TrimSpace(text):
		k.add(path, "must not begin or end with a space")
	case strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }):
		k.add(path, "must not hold control characters")
	}
}

func (k *checker) texts(path string, texts []string) {
	for i, text := range texts {
		if k.text(index(path, i), text); text == "" {
			k.add(index(path, i), "must not be empty")
		}
	}
}

func (k *checker) rules(path string, r Rules) {
	k.text(join(path, "block_group"), r.BlockGroup)
	k.text(join(path, "no_block_group"), r.NoBlockGroup)
	if r.BlockGroup != "" && r.BlockGroup == r.NoBlockGroup {
		k.add(join(path, "no_block_group"), "is the block group as well: its members would never be blocked")
	}
	k.score(join(path, "score"), r.Score)
	k.texts(join(path, "detection_types"), r.DetectionTypes)
	k.score(join(path, "detection_types_score"), r.DetectionTypesScore)
}

// score refuses what every entity reaches: it would block all of them.
func (k *checker) score(path string, s *Score) {
	if s == nil {
		return
	}
	switch {
	case s.Match != matchAnd && s.Match != matchOr:
		k.add(join(path, "match"), `must be "and" or "or"`)
	case s.Match == matchOr && (s.Threat == 0 || s.Certainty == 0):
		k.add(path, `0 with "or" is reached by everything; write match = "and" to go by the other score alone`)
	case s.Threat == 0 && s.Certainty == 0:
		k.add(path, "0 and 0 are reached by everything; leave the key out to turn it off")
	}
}
