package registry

import (
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// Agree reports, at little cost, that an entity's tags say what is held and nothing else of ours: nothing is to be
// read from them, and nothing to be written. What it does not agree with may agree all the same: see Decode and Edit.
func Agree(k entity.Kind, tags []string, held []entity.Holding) bool {
	if Marker(k) == "" || !slices.Contains(tags, Marker(k)) {
		return false
	}
	for _, tag := range tags {
		if label, element, ok := parseReceipt(tag); ok && !holds(held, label, element) {
			return false
		}
	}
	written := 0
	for i := range held {
		for _, e := range held[i].Receipt.Elements {
			if held[i].State == entity.Refused || !slices.ContainsFunc(tags, isReceipt(held[i].Label, e)) {
				return false
			}
			written++
		}
	}
	return written > 0 && written <= maxTags
}

// Tags are those that say what is held.
func Tags(k entity.Kind, held []entity.Holding) []string { return Encode(k, receipts(held)) }

func holds(held []entity.Holding, label, element string) bool {
	for i := range held {
		if held[i].Label == label && slices.Contains(held[i].Receipt.Elements, element) {
			return true
		}
	}
	return false
}

// isReceipt recognizes the tag of an element that stands in it as it is.
func isReceipt(label, element string) func(tag string) bool {
	return func(tag string) bool {
		body, ok := strings.CutPrefix(tag, receiptPrefix)
		return ok && len(tag) <= maxTag && len(body) == len(label)+1+len(element) && strings.HasPrefix(body, label) &&
			body[len(label)] == ':' && strings.HasSuffix(body, element) && writable(element) && label != ""
	}
}
