package protect

import (
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// canonicalName has one form for each name of a host or a domain.
func canonicalName(text string) string {
	return strings.TrimSuffix(strings.ToLower(strings.TrimSpace(text)), ".")
}

// hostTexts are the addresses and names of a host.
func hostTexts(t entity.Target) []string {
	texts := []string{t.Name}
	if h := t.Host; h != nil {
		texts = append(texts, h.IP, h.FullName, h.VMwareName)
		for _, a := range h.Artifacts {
			texts = append(texts, a.Value)
		}
	}
	return texts
}

// hosts find a host by its name, with its domain and without.
type hosts struct {
	// exact are the names as they were given, short the first labels of those with a domain.
	exact, short map[string]int
}

func (h *hosts) add(i int, name string) {
	name = canonicalName(name)
	first(&h.exact, name, i)
	if label, _, dotted := strings.Cut(name, "."); dotted {
		first(&h.short, label, i)
	}
}

func (h *hosts) find(name string) (int, bool) {
	name = canonicalName(name)
	if name == "" {
		return 0, false
	}
	if i, ok := h.exact[name]; ok {
		return i, true
	}
	label, _, dotted := strings.Cut(name, ".")
	if !dotted {
		i, ok := h.short[name]
		return i, ok
	}
	i, ok := h.exact[label]
	return i, ok
}

// domains find a domain that is, is below, or contains one that is protected.
type domains struct {
	// exact are protected names, whole those with everything below them, above everything that contains one.
	exact, whole, above map[string]int
}

func (d *domains) add(i int, name string, whole bool) {
	if name = canonicalName(name); name == "" {
		return
	}
	if whole {
		first(&d.whole, name, i)
	}
	first(&d.exact, name, i)
	for _, parent, ok := strings.Cut(name, "."); ok; _, parent, ok = strings.Cut(parent, ".") {
		first(&d.above, parent, i)
	}
}

func (d *domains) find(name string) (int, bool) {
	if name = canonicalName(name); name == "" {
		return 0, false
	}
	if i, ok := d.exact[name]; ok {
		return i, true
	}
	for _, parent, ok := strings.Cut(name, "."); ok; _, parent, ok = strings.Cut(parent, ".") {
		if i, ok := d.whole[parent]; ok {
			return i, true
		}
	}
	i, ok := d.above[name]
	return i, ok
}
