package config

import (
	"strings"
	"testing"
)

func TestAStateIsAFileOrADatabaseThatProvesItself(t *testing.T) {
	const verified = "?sslmode=verify-full"
	tests := map[string]string{
		"sqlite:///var/lib/var/var.db":                                  "",
		"sqlite://var.db":                                               "absolute path",
		"postgres://var@db.example.net/var" + verified:                  "",
		"postgres://var@db.example.net:5433/var" + verified:             "",
		"postgres://var@db.example.net/var?sslmode=disable":             "", // said so
		"postgres://var@db.example.net/var":                             "sslmode=verify-full",
		"postgres://var@127.0.0.1/var":                                  "",
		"postgres://var@[::1]/var":                                      "",
		"postgres:///var?host=/run/postgresql":                          "",
		"postgres://var@db.example.net/" + verified:                     "host and a database",
		"postgres:///var":                                               "host and a database",
		"postgres://var@db.example.net/var" + verified + "#":            "",
		"postgres://var@db.example.net/var" + verified + "#x":           "without #",
		"postgres://db.example.net/hunter2?password=hunter2":            "var secret set state.password",
		"postgres://var:hunter2@db.example.net/var":                     "var secret set state.password",
		"postgres://var:hunter2%zz@db.example.net/var":                  "is not a URL",
		"postgres://db.example.net/var" + verified + "&lease_time=20s":  "",
		"postgres://db.example.net/var" + verified + "&lease_time=20":   "lease_time",
		"postgres://db.example.net/var" + verified + "&lease_time=10ms": "lease_time",
		"mysql://db.example.net/var":                                    `"postgres://"`,
	}
	for state, want := range tests {
		k := &checker{}
		k.state(state)
		switch {
		case want == "" && len(k.wrong) > 0:
			t.Errorf("%s: %v", state, k.wrong)
		case want != "" && (len(k.wrong) != 1 || !strings.Contains(k.wrong[0].Message, want)):
			t.Errorf("%s: got %v, want %q", state, k.wrong, want)
		case want != "" && strings.Contains(k.wrong[0].Message, "hunter2"):
			t.Errorf("%s: the password is told: %v", state, k.wrong)
		}
	}
}
