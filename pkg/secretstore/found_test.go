package secretstore

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/var-project/var/pkg/secret"
)

// What comes to light in any way is kept out of the log.
func TestWhoHidesSecretsHearsOfEach(t *testing.T) {
	p := newPlace(t)
	p.env[Variable("a.environment")] = "from environment"
	p.env[Variable("a.file")+"_FILE"] = write(t, filepath.Join(t.TempDir(), "secret"), "from file\n", 0o600)
	p.env["Former_Token"] = "from former"
	heard := map[string]bool{}
	s := New(Options{
		LookupEnv: func(name string) (string, bool) { v, ok := p.env[name]; return v, ok },
		Folder:    p.folder, Found: func(s secret.String) { heard[s.Reveal()] = true },
	})
	mustSet(t, s, "a.set", "set")
	s = s.With(map[string]secret.String{"a.given": secret.New("given")})
	for _, name := range []string{"a.environment", "a.file", "a.former", "a.given", "a.set"} {
		if _, _, err := s.Get(context.Background(), name, "Former_Token"); err != nil {
			t.Error(err)
		}
	}
	want := []string{"from environment", "from file", "from former", "given", "open sesame", "set"}
	if got := slices.Sorted(maps.Keys(heard)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	clear(heard)
	mustSet(t, s, "a.new", "typed")
	if !heard["typed"] {
		t.Errorf("set: got %v", heard)
	}
}
