package registry_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/registry"
)

// FuzzEncode: what is written is read back: as it is where it fits into a tag, else by its digest.
func FuzzEncode(f *testing.F) {
	f.Add("Fortinet Client", "10.0.0.7")
	f.Add("PAN Client", "2001:db8::7\nEXAMPLE\\user")
	f.Add("External Call Client", "uuid-1\n*\n~0123456789abcdef0123456789abcdef\na,b\n\n x ")
	f.Add("L", strings.Repeat("a", 253)+"\n"+strings.Repeat("1\n", 30))
	f.Fuzz(func(t *testing.T, label, lines string) {
		if label == "" || len(label) > 40 || strings.Contains(label, ":") {
			t.Skip()
		}
		elements := entity.Union(strings.Split(lines, "\n"))
		elements = slices.DeleteFunc(elements, func(e string) bool { return e == "" })
		tags := registry.Encode(entity.KindAccount, map[string][]string{label: elements})
		written := registry.Decode(entity.KindAccount, tags).Receipts[label]
		if slices.Contains(elements, "*") && len(written) > 0 {
			return // "*" is nobody's element: it would stand for the rest
		}
		got, open := registry.Resolve(written, elements)
		if len(open) > 0 || len(elements) <= 20 && len(written) != len(elements) {
			t.Fatalf("%q is written as %q, of which nobody can tell %q", elements, written, open)
		}
		if diff := cmp.Diff(elements, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("read back: %s", diff)
		}
		for _, e := range written {
			if fits := len("VAR ID:"+label+":"+e) <= 200; !fits {
				t.Fatalf("the tag of %q is too long", e)
			}
		}
	})
}

// FuzzEdit: hostile tags never make a foreign one go, and an edit that was made leaves nothing to edit.
func FuzzEdit(f *testing.F) {
	f.Add("VAR Host Blocked\nVAR ID:Fortinet Client:10.0.0.7\nvip", "10.0.0.8", "Fortinet Client")
	f.Add("VAR ID:\nVAR ID::\nVAR ID:A\nVAR ID:A:\nVAR ID:::\n\nVAR Host Blocked", "", "A")
	f.Add("VAR ID:Old:1\nVAR ID:A:*\nVAR ID:A:~0123456789abcdef0123456789abcdef\nblock", "1,2", "A")
	f.Fuzz(func(t *testing.T, tagLines, elementLines, label string) {
		if label == "" || strings.Contains(label, ":") {
			t.Skip()
		}
		tags := slices.Compact(slices.Sorted(slices.Values(strings.Split(tagLines, "\n"))))
		now := []entity.Holding{held(label, strings.Split(elementLines, "\n")...)}
		edit := registry.Edit(ref, tags, now, only(label))
		for _, tag := range edit.Remove {
			ours := tag == "VAR Host Blocked" || strings.HasPrefix(tag, "VAR ID:"+label+":")
			if !ours || !slices.Contains(tags, tag) || slices.Contains(edit.Add, tag) {
				t.Fatalf("%q would be taken off", tag)
			}
		}
		after := edited(tags, edit)
		for _, tag := range tags {
			if !strings.HasPrefix(tag, "VAR ID:"+label+":") && tag != "VAR Host Blocked" && !slices.Contains(after, tag) {
				t.Fatalf("the foreign tag %q is gone", tag)
			}
		}
		if again := registry.Edit(ref, after, now, only(label)); len(again.Add)+len(again.Remove) > 0 {
			t.Fatalf("the second edit still has work: %+v", again)
		}
		stray := slices.ContainsFunc(after, func(tag string) bool { return !registry.Own(entity.KindHost, tag) })
		if foreign := registry.Foreign(entity.KindHost, after); stray != (len(foreign) > 0) {
			t.Fatalf("foreign tags %q", foreign)
		}
		if slices.Contains(tags, "VAR Host Blocked") && len(registry.Decode(entity.KindHost, after).Receipts) > 0 && !slices.Contains(after, "VAR Host Blocked") {
			t.Fatal("receipts without the marker by which their entity is found")
		}
	})
}
