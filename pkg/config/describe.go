package config

import (
	"slices"

	"github.com/var-project/var/pkg/schema"
)

// The names of a brain's secrets, below "brain.<name>.".
const (
	secretToken        = "token"
	secretClientID     = "client_id"
	secretClientSecret = "client_secret"
)

// description is what the file may hold. The secrets of a brain are in it so that one that
// was written into the file is answered with where it belongs.
func description() schema.Description {
	d, _ := schema.Of[Config]() // an error is a mistake in our own tags, which a test looks for
	at := slices.IndexFunc(d.Fields, func(f schema.Field) bool { return f.Name == "brain" })
	for _, name := range []string{secretToken, secretClientID, secretClientSecret} {
		d.Fields[at].Fields = append(d.Fields[at].Fields, schema.Field{Name: name, Type: schema.Secret, Optional: true})
	}
	return d
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
