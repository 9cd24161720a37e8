package reconcile

import (
	"slices"
	"sort"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/registry"
)

// arrange brings what was seen into the order of refs, so that a target is found without an index.
func (l *look) arrange() {
	if !slices.IsSortedFunc(l.obs.Seen, byRef) {
		slices.SortFunc(l.obs.Seen, byRef)
	}
}

func byRef(a, b plan.Seen) int { return a.Target.Ref.Compare(b.Target.Ref) }

// tagsOf are all tags of an entity; false: it was not seen.
func (l *look) tagsOf(ref entity.Ref) ([]string, bool) {
	i := sort.Search(len(l.obs.Seen), func(i int) bool { return l.obs.Seen[i].Target.Ref.Compare(ref) >= 0 })
	if i == len(l.obs.Seen) || l.obs.Seen[i].Target.Ref != ref {
		return nil, false
	}
	return l.tagsAt(i), true
}

// tagsAt are the tags of the i-th that was seen.
func (l *look) tagsAt(i int) []string {
	t := &l.obs.Seen[i].Target
	if tags, kept := l.tags[t.Ref]; kept {
		return tags
	}
	return slices.Concat(t.Tags, registry.Tags(t.Kind, l.held.of(t.Ref)))
}
