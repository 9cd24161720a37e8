package secret

import (
	"encoding/json"
	"net/url"
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
	known []string
	swap  *strings.Replacer
}

// Add makes secrets known, also as they look inside JSON and URLs. A secret shorter than four
// bytes is left out.
func (r *Redactor) Add(secrets ...String) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range secrets {
		if text := s.Reveal(); len(text) >= minRedacted {
			r.known = append(r.known, text, quoted(text), url.QueryEscape(text), url.PathEscape(text))
		}
	}
	// The longest first, lest a secret that begins another leave the other's end behind.
	slices.SortFunc(r.known, func(a, b string) int { return len(b) - len(a) })
	r.known = slices.Compact(r.known)
	pairs := make([]string, 0, 2*len(r.known))
	for _, text := range r.known {
		pairs = append(pairs, text, Redacted)
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

func quoted(text string) string {
	q, err := json.Marshal(text)
	if err != nil {
		return text
	}
	return string(q[1 : len(q)-1])
}
