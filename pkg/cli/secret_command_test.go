package cli

import (
	"strings"
	"testing"
)

// A key with its certificate has many lines; half of it would be kept as if it were all.
func TestASecretFromStdinIsKeptWholeOrNotAtAll(t *testing.T) {
	s, _ := office(t)
	const name = "brain.hq.token"
	for text, want := range map[string]string{"first\nsecond\n": "first\nsecond", strings.Repeat("x", maxSecret+1): ""} {
		a := s.readable()
		a.In = strings.NewReader(text)
		err := a.setSecret(t.Context(), name)
		got, _, _ := s.readable().secretStore().Get(t.Context(), name)
		if got.Reveal() != want || (err == nil) != (want != "") {
			t.Errorf("of %d bytes %d are kept, %v", len(text), len(got.Reveal()), err)
		}
		_ = s.readable().secretStore().Delete(t.Context(), name)
	}
}
