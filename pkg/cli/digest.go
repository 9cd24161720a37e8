package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
)

// selectionDigests tell, kind by kind, the settings that decide who is blocked and released from any others:
// after a change of them a pass that would release too much is only planned.
func selectionDigests(c *config.Config) map[entity.Kind]string {
	ending := []any{c.Run.ExplicitUnblock}
	return map[entity.Kind]string{
		entity.KindHost:      digest(c.Hosts, ending),
		entity.KindAccount:   digest(c.Accounts, ending),
		entity.KindDetection: digest(c.Detections, c.Hosts.NoBlockGroup, c.Accounts.NoBlockGroup, ending),
		entity.KindStatic:    digest(c.Static, ending),
	}
}

// digest is the same for the same values, in this version of the program.
func digest(values ...any) string {
	text, _ := json.Marshal(values) // settings have no value that JSON cannot tell
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
