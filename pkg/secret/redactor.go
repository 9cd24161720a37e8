package secret

import (
	"cmp"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"sync"
)

// minRedacted is the length below which a secret is not looked for: it would blot out ordinary words.
const minRedacted = 4

// Redactor takes secrets out of texts that somebody else wrote, such as log
// lines and answers of devices. The zero value knows none. It may be used by many at once.
type Redactor struct {
	mu    sync.RWMutex
	known map[string]bool
	swap  *strings.Replacer
}

// Add makes secrets known, also as they look inside JSON, URLs, base64 and hexadecimal. A secret shorter than
// four bytes is left out. Adding one again costs nothing.
func (r *Redactor) Add(secrets ...String) {
	var fresh []string
	for _, s := range secrets {
		if text := s.Reveal(); len(text) >= minRedacted && !r.knows(text) {
			fresh = append(fresh, text)
		}
	}
	if len(fresh) > 0 {
		r.learn(fresh)
	}
}

func (r *Redactor) knows(text string) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.known[text]
}

func (r *Redactor) learn(texts []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known == nil {
		r.known = map[string]bool{}
	}
	for _, text := range texts {
		for _, form := range forms(text) {
			r.known[form] = true
		}
	}
	// The longest first, lest a secret that begins another leave the other's end behind.
	longest := slices.SortedFunc(maps.Keys(r.known), func(a, b string) int {
		return cmp.Or(len(b)-len(a), strings.Compare(a, b))
	})
	pairs := make([]string, 0, 2*len(longest))
	for _, form := range longest {
		pairs = append(pairs, form, Redacted)
	}
	r.swap = strings.NewReplacer(pairs...)
}

// Text is the text with every known secret replaced.
func (r *Redactor) Text(text string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.swap == nil {
		return text
	}
	return r.swap.Replace(text)
}

// forms are the ways in which a secret may stand in a text.
func forms(text string) []string {
	hexed := hex.EncodeToString([]byte(text))
	all := append([]string{text, hexed, strings.ToUpper(hexed)}, escaped(text)...)
	return append(all, encoded(text)...)
}
