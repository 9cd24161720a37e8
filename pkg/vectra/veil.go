package vectra

import (
	"slices"
	"strings"
	"sync"
)

// veil takes credentials out of what a brain says, should it repeat them.
type veil struct {
	mu      sync.Mutex
	secrets []string
}

// veiled bounds the secrets that are remembered: a refreshed token replaces the oldest.
const veiled = 16

func (v *veil) hide(secrets ...string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, s := range secrets {
		if s != "" && !slices.Contains(v.secrets, s) {
			v.secrets = append(v.secrets, s)
		}
	}
	v.secrets = v.secrets[max(0, len(v.secrets)-veiled):]
}

func (v *veil) over(text string) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, s := range v.secrets {
		text = strings.ReplaceAll(text, s, "[redacted]")
	}
	return text
}
