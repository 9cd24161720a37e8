package journal

import (
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// pool holds texts and lists that many holdings have in common.
type pool struct {
	texts map[string]string
	lists map[string][]string
}

func newPool() *pool { return &pool{texts: map[string]string{}, lists: map[string][]string{}} }

// text is a string that is shared with all who have the same one.
func (p *pool) text(b []byte) string {
	s, known := p.texts[string(b)]
	if !known {
		s = string(b)
		p.texts[s] = s
	}
	return s
}

// list is a list that is shared with all who have the same one.
func (p *pool) list(l []string) []string {
	if len(l) == 0 {
		return nil
	}
	key := strings.Join(l, "\x00")
	same, known := p.lists[key]
	if !known {
		same = slices.Clip(l)
		p.lists[key] = same
	}
	return same
}

func (p *pool) same(s *string) {
	if known, is := p.texts[*s]; is {
		*s = known
		return
	}
	p.texts[*s] = *s
}

// share has a holding hold what it has in common with others together with them.
func (p *pool) share(h *entity.Holding) {
	p.same(&h.Label)
	p.same(&h.Place)
	p.same((*string)(&h.State))
	h.Reasons, h.Devices, h.Missing = p.list(h.Reasons), p.list(h.Devices), p.list(h.Missing)
	h.Target.Tags = p.list(h.Target.Tags)
	h.Receipt.Elements = exact(h.Receipt.Elements)
	if host := h.Target.Host; host != nil {
		host.Artifacts, host.MACs = exact(host.Artifacts), exact(host.MACs)
		p.same(&host.ProbableOwner)
		alike(&host.FullName, h.Target.Name)
		for _, e := range h.Receipt.Elements {
			alike(&host.IP, e)
		}
	}
	if d := h.Target.Detection; d != nil {
		p.same(&d.Category)
		p.same(&d.Type)
		p.same(&d.State)
		if slices.Equal(d.Destinations, h.Receipt.Elements) {
			d.Destinations = h.Receipt.Elements
		}
	}
}

// exact is a list that takes no more room than it needs: a decoder makes room for more.
func exact[T any](l []T) []T {
	if cap(l) == len(l) {
		return l
	}
	return append(make([]T, 0, len(l)), l...)
}

// alike has two equal strings be one.
func alike(s *string, known string) {
	if *s == known {
		*s = known
	}
}
