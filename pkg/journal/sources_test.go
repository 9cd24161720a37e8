package journal_test

import (
	"maps"
	"testing"
)

func TestSourcesAreKnownOverRestarts(t *testing.T) {
	path := file(t)
	j := open(t, path)
	for _, name := range []string{"hq", "cloud", "hq"} {
		must(t, j.Know(t.Context(), name))
	}
	must(t, j.Close())
	known, err := open(t, path).Known(t.Context())
	must(t, err)
	if want := map[string]bool{"hq": true, "cloud": true}; !maps.Equal(known, want) {
		t.Errorf("known %v, want %v", known, want)
	}
}
