package registry

import (
	"slices"

	"github.com/var-project/var/pkg/entity"
)

// Edit is the change that makes an entity's tags say what is held. Foreign tags
// are not in it, nor are receipts under a label that no blocker has: they are
// kept, and the marker with them.
func Edit(ref entity.Ref, tags []string, held []entity.Holding, labels []string) entity.TagEdit {
	want := Encode(ref.Kind, receipts(held))
	stray := strays(tags, labels)
	keep := slices.Concat(want, stray)
	if len(stray) > 0 {
		keep = append(keep, Marker(ref.Kind))
	}
	edit := entity.TagEdit{Ref: ref}
	for _, tag := range want {
		if !slices.Contains(tags, tag) {
			edit.Add = append(edit.Add, tag)
		}
	}
	for _, tag := range tags {
		if Own(ref.Kind, tag) && !slices.Contains(keep, tag) && !bare(ref.Kind, tag, tags) {
			edit.Remove = append(edit.Remove, tag)
		}
	}
	return edit
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

// strays are the receipts under labels that no blocker has.
func strays(tags, labels []string) []string {
	var stray []string
	for _, tag := range tags {
		if label, _, ok := parseReceipt(tag); ok && !slices.Contains(labels, label) {
			stray = append(stray, tag)
		}
	}
	return stray
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

// bare reports a marker without any receipt: nothing is known of what it stands for, so a human
// has to look at it.
func bare(k entity.Kind, tag string, tags []string) bool {
	return tag == Marker(k) && len(Decode(k, tags).Receipts) == 0
}
