package vectra

import "strings"

// keeper copies what is kept of a page. Texts of their own stand one behind the other in small blocks, so that a row
// costs few allocations, and a row that alone is kept holds on to one block only.
type keeper struct {
	block strings.Builder
	// words are texts that come again and again, each kept once: tags, types, names of groups.
	words map[string]string
}

// Bounds of a block, and of what is worth remembering as a word.
const (
	blockSize = 1 << 10
	manyWords = 4096
	longWord  = 64
)

// keep copies a text.
func (k *keeper) keep(t text) string {
	if len(t) == 0 {
		return ""
	}
	if k.block.Cap()-k.block.Len() < len(t) {
		k.block.Reset()
		k.block.Grow(max(blockSize, len(t)))
	}
	from := k.block.Len()
	k.block.Write(t)
	return k.block.String()[from:]
}

// word copies a text that may have been kept before.
func (k *keeper) word(t text) string {
	if known, ok := k.words[string(t)]; ok || len(t) == 0 {
		return known
	}
	kept := k.keep(t)
	if len(k.words) < manyWords && len(t) <= longWord {
		k.words[kept] = kept
	}
	return kept
}
