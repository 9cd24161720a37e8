package registry_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/registry"
)

const label = "Fortinet Client"

func receipt(elements ...string) map[string][]string { return map[string][]string{label: elements} }

// The tags are the predecessor's, so that either program can release what the other blocked.
func TestTagsAreThePredecessors(t *testing.T) {
	tests := map[entity.Kind][]string{
		entity.KindHost:      {"VAR Host Blocked", "VAR ID:Fortinet Client:10.0.0.7"},
		entity.KindAccount:   {"VAR Account Blocked", "VAR ID:Fortinet Client:10.0.0.7"},
		entity.KindDetection: {"VAR Detection Blocked", "VAR ID:Fortinet Client:10.0.0.7"},
		entity.KindStatic:    nil,
	}
	for kind, want := range tests {
		if diff := cmp.Diff(want, registry.Encode(kind, receipt("10.0.0.7"))); diff != "" {
			t.Errorf("%s: %s", kind, diff)
		}
	}
}

func TestNothingHeldNeedsNoTag(t *testing.T) {
	for name, receipts := range map[string]map[string][]string{
		"nobody": nil, "no elements": receipt(), "an empty element": receipt(""), "no label": {"": {"10.0.0.7"}},
	} {
		if got := registry.Encode(entity.KindHost, receipts); got != nil {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func TestDecodeTakesOnlyWhatIsOurs(t *testing.T) {
	tests := map[string]struct {
		tags []string
		want registry.Record
	}{
		"an element with colons": {
			[]string{"VAR ID:PAN Client:2001:db8::7"},
			registry.Record{Receipts: map[string][]string{"PAN Client": {"2001:db8::7"}}},
		},
		"several blockers and elements": {
			[]string{"VAR Host Blocked", "VAR ID:A:2", "VAR ID:A:1", "VAR ID:B:1", "VAR ID:A:1"},
			registry.Record{Marked: true, Receipts: map[string][]string{"A": {"1", "2"}, "B": {"1"}}},
		},
		"another kind's marker":   {[]string{"VAR Account Blocked"}, registry.Record{}},
		"the rest and a digest":   {[]string{"VAR ID:A:*", "VAR ID:A:~0123"}, registry.Record{Receipts: map[string][]string{"A": {"*", "~0123"}}}},
		"leftovers without sense": {[]string{"VAR ID:", "VAR ID::", "VAR ID:A", "VAR ID:A:", "VAR ID::x", "", "VAR"}, registry.Record{}},
	}
	for name, tt := range tests {
		if diff := cmp.Diff(tt.want, registry.Decode(entity.KindHost, tt.tags), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestBUG06ALeftoverTagCrashesNothingAndStays(t *testing.T) {
	tags := []string{"block", "vectra_host_block", "VAR Host Blocked", "VAR ID:Fortinet Client:10.0.0.7"}
	edit := registry.Edit(ref, tags, nil, everything)
	if diff := cmp.Diff([]string{"VAR ID:Fortinet Client:10.0.0.7", "VAR Host Blocked"}, edit.Remove); diff != "" {
		t.Error(diff)
	}
}

func TestBUG19ATagThatMerelyContainsOursIsForeign(t *testing.T) {
	foreign := []string{"not VAR Host Blocked", "VAR Host Blocked?", "var host blocked", "my VAR ID:A:1", "var id:A:1", "VAR_ID:A:1"}
	if diff := cmp.Diff(foreign, registry.Foreign(entity.KindHost, foreign)); diff != "" {
		t.Error(diff)
	}
}

// The predecessor wrote a string's characters one by one as elements.
func TestBUG05AnElementIsNeverTakenApart(t *testing.T) {
	tags := registry.Encode(entity.KindHost, receipt("10.0.0.7"))
	if got := registry.Decode(entity.KindHost, tags).Receipts[label]; len(got) != 1 || got[0] != "10.0.0.7" {
		t.Errorf("got %q", got)
	}
}

func TestWhatDoesNotFitIntoATagIsADigest(t *testing.T) {
	room := 200 - len("VAR ID:"+label+":")
	tests := map[string]struct {
		element string
		plain   bool
	}{
		"fits exactly":       {strings.Repeat("a", room), true},
		"one byte too long":  {strings.Repeat("a", room+1), false},
		"a comma":            {"a,b", false},
		"a tab":              {"a\tb", false},
		"not ASCII":          {"bücher.example", false},
		"a blank at the end": {"a ", false},
		"a blank inside":     {"a b", true},
		"a digest":           {"~" + strings.Repeat("0", 32), true},
		"like a digest":      {"~," + strings.Repeat("0", 31), false},
	}
	for name, tt := range tests {
		tags := registry.Encode(entity.KindHost, receipt(tt.element))
		got := registry.Decode(entity.KindHost, tags).Receipts[label]
		if want := map[bool]string{true: tt.element, false: registry.Digest(tt.element)}[tt.plain]; len(got) != 1 || got[0] != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
		if len(tags[len(tags)-1]) > 200 || strings.Contains(tags[len(tags)-1], ",") {
			t.Errorf("%s: no brain takes the tag %q", name, tags[len(tags)-1])
		}
	}
}

func TestADigestHasTheDesignsForm(t *testing.T) {
	// printf abc | sha256sum
	if got := registry.Digest("abc"); got != "~ba7816bf8f01cfea414140de5dae2223" {
		t.Errorf("got %s", got)
	}
}

func TestBeyondTwentyElementsOneTagStandsForTheRest(t *testing.T) {
	for n, want := range map[int]int{20: 20, 21: 21, 300: 21} {
		tags := registry.Encode(entity.KindHost, receipt(numbered(n)...))
		if got := len(tags) - 1; got != want {
			t.Errorf("%d elements: %d receipt tags, want %d", n, got, want)
		}
		if got := slices.Contains(tags, "VAR ID:Fortinet Client:*"); got != (n > 20) {
			t.Errorf("%d elements: a tag for the rest %v", n, got)
		}
	}
}

func numbered(n int) []string {
	elements := make([]string, n)
	for i := range elements {
		elements[i] = fmt.Sprintf("10.0.%d.%d", i/256, i%256)
	}
	slices.Sort(elements)
	return elements
}

func TestResolveExplainsWhatTagsStandFor(t *testing.T) {
	long := strings.Repeat("a", 250)
	tests := map[string]struct {
		written, known, elements, open []string
	}{
		"plain elements":            {[]string{"a"}, nil, []string{"a"}, nil},
		"a digest of a known one":   {[]string{registry.Digest(long)}, []string{"x", long}, []string{long}, nil},
		"a digest of nothing known": {[]string{registry.Digest(long), "a"}, []string{"x"}, []string{"a"}, []string{registry.Digest(long)}},
		"the rest is what is known": {append(numbered(20), "*"), numbered(30), numbered(30), nil},
		"the rest is what more is":  {append(numbered(20), "*"), []string{"b"}, append(numbered(20), "b"), nil},
		"the rest of nothing":       {[]string{"a", "*"}, nil, []string{"a"}, []string{"*"}},
		// What was adopted from the other tags of the receipt says nothing of the rest.
		"the rest of what has tags of its own": {append(numbered(20), "*"), numbered(20), numbered(20), []string{"*"}},
		"a tilde alone is an element":          {[]string{"~x"}, nil, []string{"~x"}, nil},
	}
	for name, tt := range tests {
		elements, open := registry.Resolve(tt.written, tt.known)
		if diff := cmp.Diff(tt.elements, elements) + cmp.Diff(tt.open, open); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// What devices list belongs to other targets too: it explains digests, never "*".
func TestAListExplainsNoRest(t *testing.T) {
	long := strings.Repeat("a", 250)
	elements, open := registry.ResolveDigests([]string{"*", registry.Digest(long), "a"}, []string{long, "foreign"})
	if diff := cmp.Diff([]string{"a", long}, elements) + cmp.Diff([]string{"*"}, open); diff != "" {
		t.Error(diff)
	}
}

func TestStraysAreTheLabelsThatNoBlockerHas(t *testing.T) {
	tags := []string{"VAR ID:Old:1", "VAR ID:Fortinet Client:1", "VAR ID:Gone:2", "VAR ID:Gone:3", "other"}
	if diff := cmp.Diff([]string{"Gone", "Old"}, registry.Strays(entity.KindHost, tags, []string{label})); diff != "" {
		t.Error(diff)
	}
}

func TestAReceiptIsReadBack(t *testing.T) {
	tag := registry.Receipt("Fortinet Client", "2a00:1450::/32")
	if diff := cmp.Diff(map[string][]string{"Fortinet Client": {"2a00:1450::/32"}}, registry.Decode(entity.KindStatic, []string{tag}).Receipts); diff != "" {
		t.Errorf("%s: -want +got:\n%s", tag, diff)
	}
}
