package vectra

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

func TestASetKnowsWhatIsInIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOf(rapid.OneOf(
			rapid.Map(rapid.Uint64Range(0, 200), func(n uint64) string { return fmt.Sprint(n) }),
			rapid.SampledFrom([]string{"", "0", "00", "07", "7", "+7", "-7", "7.0", "18446744073709551615", "18446744073709551616", "a", "7 host"}),
		)).Draw(t, "ids")
		var s idSet
		there := map[string]bool{}
		for _, id := range ids {
			if fresh := s.add(id); fresh == there[id] {
				t.Fatalf("%q is new: %v", id, fresh)
			}
			there[id] = true
		}
		if s.n != len(there) {
			t.Fatalf("%d of %d", s.n, len(there))
		}
	})
}

func TestWindowsHoldAllIDsOnOnePageEach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.SliceOfN(rapid.IntRange(1, 20000), 1, 50).Draw(t, "ids")
		ids := make([]string, len(numbers))
		for i, n := range numbers {
			ids[i] = fmt.Sprint(n)
		}
		windows, ok := windowsOf(ids)
		if !ok || len(windows) > len(ids) || len(windows) > 20 {
			t.Fatalf("%v: %v, %v", ids, windows, ok)
		}
		for _, n := range numbers {
			in := 0
			for _, w := range windows {
				if w.least <= n && n <= w.most {
					in++
				}
				if w.most-w.least >= pageSize {
					t.Fatalf("%v is more than a page", w)
				}
			}
			if in != 1 {
				t.Fatalf("%d is in %d of %v", n, in, windows)
			}
		}
	})
}
