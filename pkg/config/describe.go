package config

import (
	"slices"
	"sync"

	"github.com/var-project/var/pkg/schema"
)

// The names of a brain's secrets, below "brain.<name>.".
const (
	secretToken        = "token"
	secretClientID     = "client_id"
	secretClientSecret = "client_secret"
)

// description is what the file may hold. The secrets of brains and channels are in it so that one that
// was written into the file is answered with where it belongs. It is made once and changed by nobody.
var description = sync.OnceValue(func() schema.Description {
	d, _ := schema.Of[Config]() // an error is a mistake in our own tags, which a test looks for
	hide(d.Fields, []string{"brain"}, secretToken, secretClientID, secretClientSecret)
	hide(d.Fields, []string{"notify", "mail"}, "password")
	hide(d.Fields, []string{"notify", "webhook"}, "token")
	return d
})

// hide puts secrets of these names into the table at a path.
func hide(fields []schema.Field, path []string, names ...string) {
	at := slices.IndexFunc(fields, func(f schema.Field) bool { return f.Name == path[0] })
	if len(path) > 1 {
		hide(fields[at].Fields, path[1:], names...)
		return
	}
	for _, name := range names {
		fields[at].Fields = append(fields[at].Fields, schema.Field{Name: name, Type: schema.Secret, Optional: true})
	}
}

// Describe gives every key of the file with its help, default and bounds, for the reference.
func Describe() (schema.Description, error) { return schema.Of[Config]() }

// Secrets are the names of the secrets that the brain of this name logs in with.
func (b Brain) Secrets(name string) []string {
	keys := []string{secretClientID, secretClientSecret}
	if b.Auth == authToken {
		keys = []string{secretToken}
	}
	for i, key := range keys {
		keys[i] = "brain." + name + "." + key
	}
	return keys
}
