package registry

import (
	"slices"

	"github.com/var-project/var/pkg/entity"
)

// Edit is the change that makes an entity's tags say what is held. Only receipts that are mine are
// taken off: foreign tags are not in it, nor what is another blocker's or cannot be explained.
// The marker goes last, and stays while any receipt does: it is how the entity is found.
func Edit(ref entity.Ref, tags []string, held []entity.Holding, mine func(label, element string) bool) entity.TagEdit {
	want, marker := Encode(ref.Kind, receipts(held)), Marker(ref.Kind)
	edit := entity.TagEdit{Ref: ref, Add: without(want, tags)}
	staying := len(want)
	for _, tag := range tags {
		label, element, ok := parseReceipt(tag)
		switch {
		case ok && mine(label, element) && !slices.Contains(want, tag):
			edit.Remove = append(edit.Remove, tag)
		case ok:
			staying++
		}
	}
	// A bare marker is left for a human: nothing is known of what it stands for.
	if staying == 0 && len(edit.Remove) > 0 && marker != "" && slices.Contains(tags, marker) {
		edit.Remove = append(edit.Remove, marker)
	}
	return edit
}

func without(tags, there []string) []string {
	return slices.DeleteFunc(slices.Clone(tags), func(tag string) bool { return slices.Contains(there, tag) })
}

// receipts are the elements to be written, by label. What was refused left nothing behind.
func receipts(held []entity.Holding) map[string][]string {
	byLabel := map[string][]string{}
	for _, h := range held {
		if h.State != entity.Refused {
			byLabel[h.Label] = entity.Union(byLabel[h.Label], h.Receipt.Elements)
		}
	}
	return byLabel
}

// Strays are the labels in an entity's tags that no blocker has.
func Strays(k entity.Kind, tags, labels []string) []string {
	var names []string
	for label := range Decode(k, tags).Receipts {
		if !slices.Contains(labels, label) {
			names = append(names, label)
		}
	}
	slices.Sort(names)
	return names
}
