// Package registry records in the brain whom we blocked, as tags and notes that
// analysts see, and reads that record back.
package registry

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

const (
	receiptPrefix = "VAR ID:"
	// rest stands for the elements beyond maxTags.
	rest = "*"
	// hashMark begins the digest that stands for an element whose tag would be too long.
	hashMark = "~"
	hashLen  = 32
	// maxTag is the length of a tag in bytes, maxTags how many elements of one blocker are written.
	maxTag  = 200
	maxTags = 20
)

var markers = map[entity.Kind]string{
	entity.KindHost:      "VAR Host Blocked",
	entity.KindAccount:   "VAR Account Blocked",
	entity.KindDetection: "VAR Detection Blocked",
}

// Marker is the tag that shows that an entity of this kind is blocked; empty
// for kinds that bear no tags.
func Marker(k entity.Kind) string { return markers[k] }

// Record is what an entity's tags say of us.
type Record struct {
	// Marked: the entity bears its kind's marker.
	Marked bool
	// Receipts are the elements by label. An element may be a digest ("~…") or "*" for the
	// rest: the journal, a list or the blocker's Elements resolve those.
	Receipts map[string][]string
}

// Decode reads our record from an entity's tags and leaves everybody else's
// out. No tag makes it fail: a leftover that says nothing is nobody's receipt.
func Decode(k entity.Kind, tags []string) Record {
	rec := Record{Receipts: map[string][]string{}}
	for _, tag := range tags {
		if tag != "" && tag == Marker(k) {
			rec.Marked = true
		}
		if label, element, ok := parseReceipt(tag); ok {
			rec.Receipts[label] = append(rec.Receipts[label], element)
		}
	}
	for label, elements := range rec.Receipts {
		rec.Receipts[label] = entity.Union(elements)
	}
	return rec
}

// parseReceipt splits "VAR ID:<label>:<element>"; the element may contain colons.
func parseReceipt(tag string) (label, element string, ok bool) {
	body, ok := strings.CutPrefix(tag, receiptPrefix)
	if !ok {
		return "", "", false
	}
	label, element, ok = strings.Cut(body, ":")
	return label, element, ok && label != "" && element != ""
}

// Own reports whether a tag is of our record for this kind.
func Own(k entity.Kind, tag string) bool {
	_, _, ok := parseReceipt(tag)
	return ok || tag != "" && tag == Marker(k)
}

// Foreign is the tags that are not ours. It may be a part of what it is given: who wants to change it changes a copy.
func Foreign(k entity.Kind, tags []string) []string {
	first := slices.IndexFunc(tags, func(tag string) bool { return Own(k, tag) })
	if first < 0 {
		return tags
	}
	foreign := tags[:first:first]
	for _, tag := range tags[first:] {
		if !Own(k, tag) {
			foreign = append(foreign, tag)
		}
	}
	return foreign
}

// Encode is the tags that a record of these elements by label needs.
func Encode(k entity.Kind, receipts map[string][]string) []string {
	var tags []string
	for label, elements := range receipts {
		if label != "" {
			tags = append(tags, receiptTags(label, elements)...)
		}
	}
	if len(tags) == 0 || Marker(k) == "" {
		return nil
	}
	return entity.Union(tags, []string{Marker(k)})
}

// Receipt is the tag that tells of one element.
func Receipt(label, element string) string { return receiptTag(label, element) }

func receiptTags(label string, elements []string) []string {
	var tags []string
	for _, e := range entity.Union(elements) {
		switch {
		case e == "":
		case len(tags) == maxTags:
			return append(tags, receiptPrefix+label+":"+rest)
		default:
			tags = append(tags, receiptTag(label, e))
		}
	}
	return tags
}

func receiptTag(label, element string) string {
	tag := receiptPrefix + label + ":" + element
	if len(tag) > maxTag || !writable(element) {
		return receiptPrefix + label + ":" + Digest(element)
	}
	return tag
}

// writable reports that an element can stand in a tag: printable ASCII without the comma, which
// separates tags in filters, and without a blank at its end, which is lost.
func writable(element string) bool {
	return !strings.HasSuffix(element, " ") &&
		!strings.ContainsFunc(element, func(r rune) bool { return r < ' ' || r > '~' || r == ',' })
}

// Digest is what stands in a tag for an element that cannot; a digest stands for itself.
func Digest(element string) string {
	if isDigest(element) {
		return element
	}
	sum := sha256.Sum256([]byte(element))
	return hashMark + hex.EncodeToString(sum[:])[:hashLen]
}

// Resolve gives the elements that a receipt's tags stand for, with the help of
// elements known from elsewhere. Digests and "*" that nothing explains are left over: what
// is known explains "*" only when it is more than tags of its own would have been written for.
func Resolve(written, known []string) (elements, unexplained []string) {
	digests := make(map[string]string, len(known))
	for _, e := range known {
		digests[Digest(e)] = e
	}
	for _, e := range written {
		switch whole, found := digests[e]; {
		case e == rest:
		case found:
			elements = append(elements, whole)
		case isDigest(e):
			unexplained = append(unexplained, e)
		default:
			elements = append(elements, e)
		}
	}
	if elements = entity.Union(elements); !slices.Contains(written, rest) {
		return elements, unexplained
	}
	if all := entity.Union(elements, known); len(all) > maxTags {
		return all, unexplained
	}
	return elements, append(unexplained, rest)
}

// Forms are the texts that may stand for elements in receipt tags: themselves, their digests, and "*" when
// they are too many for tags of their own.
func Forms(elements []string) []string {
	forms := slices.Clone(elements)
	for _, e := range elements {
		forms = append(forms, Digest(e))
	}
	if len(entity.Union(elements)) > maxTags {
		forms = append(forms, rest)
	}
	return forms
}

// ResolveDigests is Resolve without "*": for elements known of others too.
func ResolveDigests(written, known []string) (elements, unexplained []string) {
	stars, digests := []string(nil), []string(nil)
	for _, e := range written {
		if e == rest {
			stars = append(stars, e)
		} else {
			digests = append(digests, e)
		}
	}
	elements, unexplained = Resolve(digests, known)
	return elements, append(unexplained, stars...)
}

func isDigest(e string) bool {
	if len(e) != len(hashMark)+hashLen || !strings.HasPrefix(e, hashMark) {
		return false
	}
	_, err := hex.DecodeString(e[len(hashMark):])
	return err == nil
}
