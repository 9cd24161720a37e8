package secretstore

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/var-project/var/pkg/secret"
)

// Whoever comes second with another pass phrase is refused, however close behind the first.
func TestTwoFirstWritersMakeAKeyringOfOnePassPhrase(t *testing.T) {
	for range 8 {
		p := newPlace(t)
		other := *p
		other.env = map[string]string{"VAR_KEYRING_PASSPHRASE": "another"}
		names := map[*place]string{p: token, &other: "brain.eu.token"}
		errs := map[*place]error{}
		var mu sync.Mutex
		var writers sync.WaitGroup
		for at, name := range names {
			store := at.store()
			writers.Go(func() {
				_, err := store.Set(t.Context(), name, secret.New("hunter2"))
				mu.Lock()
				defer mu.Unlock()
				errs[at] = err
			})
		}
		writers.Wait()
		kept := 0
		for at, name := range names {
			if errs[at] == nil {
				kept++
				if got, _, err := at.store().Get(t.Context(), name); err != nil || got.Reveal() != "hunter2" {
					t.Fatalf("%s was said to be kept: %v", name, err)
				}
			}
		}
		if kept != 1 {
			t.Fatalf("%d of two pass phrases were taken: %v", kept, errs)
		}
	}
}

func TestAKeyringWithoutItsCanaryKeepsItsPassPhrase(t *testing.T) {
	p := newPlace(t)
	mustSet(t, p.store(), token, "hunter2")
	if err := os.Remove(filepath.Join(p.folder, canary)); err != nil {
		t.Fatal(err)
	}
	p.env["VAR_KEYRING_PASSPHRASE"] = "wrong"
	if _, err := p.store().Set(t.Context(), "brain.eu.token", secret.New("x")); err == nil {
		t.Error("another pass phrase was taken")
	}
	p.env["VAR_KEYRING_PASSPHRASE"] = "open sesame"
	if got, _, err := p.store().Get(t.Context(), token); err != nil || got.Reveal() != "hunter2" {
		t.Errorf("afterwards: %q, %v", got.Reveal(), err)
	}
}
