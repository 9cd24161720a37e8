package feed

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/blocker"
)

// sample is what a real device says of a feed.
const sample = `{"entries":[{"entry":"203.0.113.0/24","valid":true},{"entry":"198.51.100.7/32","valid":true},
 {"entry":"2001:0DB8::9","valid":false},{"entry":"198.51.100.7"}],"valid_count":3,"invalid_count":1,"overflow":false,
 "resource_file_status":"downloaded","http_status_code":304,"status":"success"}`

func TestDecodeReadsARealFeed(t *testing.T) {
	got, err := decode([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"198.51.100.7", "2001:db8::9", "203.0.113.0/24"}, got.elements()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"198.51.100.7", "198.51.100.7/32"}, got.spellings("198.51.100.7")); diff != "" {
		t.Error(diff)
	}
	if inert, there := got.entry("2001:db8::9"); !there || inert == "" {
		t.Errorf("an invalid entry: there %v, inert %q", there, inert)
	}
	if inert, there := got.entry("203.0.113.0/24"); !there || inert != "" {
		t.Errorf("a valid entry: there %v, inert %q", there, inert)
	}
	if got.invalid != 1 || got.health().Err == nil {
		t.Errorf("%d invalid, %+v", got.invalid, got.health())
	}
}

func TestAnEntryThatTheDeviceCallsInvalidIsNoBlock(t *testing.T) {
	shown, err := decode([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	placed := confirm([]string{"2001:db8::9", "198.51.100.7"}, shown, nil)
	if blocker.ClassOf(placed[0].Err) != blocker.Permanent || !placed[0].There {
		t.Errorf("the invalid entry: %+v, want it there and a permanent error", placed[0])
	}
	if placed[1].Err != nil || placed[1].Pending {
		t.Errorf("the valid entry: %+v", placed[1])
	}
}

func TestDecodeTakesNoHalfFeed(t *testing.T) {
	for _, text := range []string{``, `null`, `[]`, `{"entries":{}}`, `{"entries":[{"entry":7}]}`, `{"entries":[`} {
		if got, err := decode([]byte(text)); err == nil {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte(`{"entries":[{"entry":"192.0.2.255"}],"overflow":true}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := decode(text)
		if err != nil {
			return
		}
		elements := got.elements()
		if !slices.IsSorted(elements) || len(slices.Compact(slices.Clone(elements))) != len(elements) {
			t.Errorf("elements %q", elements)
		}
		for _, e := range elements {
			if canonical(e) != e || len(got.spellings(e)) == 0 {
				t.Errorf("%q is not canonical, or has no spelling", e)
			}
			for _, s := range got.spellings(e) {
				if canonical(s) != e {
					t.Errorf("%q is no spelling of %q", s, e)
				}
			}
		}
		if got.has(got.missing()) {
			t.Errorf("%s is called missing", got.missing())
		}
	})
}

// decode reads the results of an answer, as they are read in passing.
func decode(text []byte) (content, error) {
	var list *entryList
	if err := json.Unmarshal(text, &list); err != nil {
		return content{}, err
	}
	return list.content()
}
