package predecessor

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// program makes a shell script that stands in for the keyring command of Python.
func program(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keyring")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// sample was written by Python's configparser, as keyrings.alt has it write.
const sample = "testdata/keyring/keyring_pass.cfg"

func TestKeyringFindsWhatThePredecessorKept(t *testing.T) {
	command := program(t, `[ "$1 $2 $3" = "get https://brain.example.net Token" ] && echo "of the command" && exit 0; exit 1`)
	for name, c := range map[string]struct {
		keyring           Keyring
		system, key, want string
	}{
		"by its command":          {Keyring{Program: command}, "https://brain.example.net", "Token", "of the command"},
		"nothing by its command":  {Keyring{Program: command}, "Fortinet", "192.0.2.10", ""},
		"in its file":             {Keyring{File: sample}, "https://brain.example.net/", "Client_ID", "a client id"},
		"over lines of its file":  {Keyring{File: sample}, "https://brain.example.net/", "Secret_Key", "sécret=" + strings.Repeat("x", 100)},
		"of another system":       {Keyring{File: sample}, "Fortinet", "192.0.2.10", "tok%en"},
		"not of a like system":    {Keyring{File: sample}, "https://brain.example.net", "Client_ID", ""},
		"not of a like key":       {Keyring{File: sample}, "Fortinet", "192.0.2.1", ""},
		"in its file after all":   {Keyring{Program: command, File: sample}, "Fortinet", "192.0.2.10", "tok%en"},
		"nowhere":                 {Keyring{File: "testdata/keyring/none"}, "Fortinet", "192.0.2.10", ""},
		"never a flag of command": {Keyring{Program: program(t, "echo no")}, "--help", "x", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.keyring.Get(t.Context(), c.system, c.key)
			if err != nil || got.Reveal() != c.want {
				t.Errorf("got %q, %v, want %q", got.Reveal(), err, c.want)
			}
		})
	}
}

func TestKeyringTroublesTellNoSecret(t *testing.T) {
	dir := t.TempDir()
	broken := filepath.Join(dir, "keyring_pass.cfg")
	if err := os.WriteFile(broken, []byte("[Fortinet]\nx = s3cr3t!\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, k := range map[string]Keyring{
		"a file that is broken":    {File: broken},
		"a folder":                 {File: dir},
		"a command that fails":     {Program: program(t, "echo s3cr3t! >&2; exit 3")},
		"a command that cannot be": {Program: filepath.Join(dir, "none")},
		"a command without end":    {Program: program(t, "while :; do echo s3cr3t!; done")},
		"what nobody types":        {Program: program(t, `printf 's3cr3t!\033[31m'`)},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := k.Get(t.Context(), "Fortinet", "x")
			if err == nil || strings.Contains(fmt.Sprintf("%+v", err), "s3cr3t") {
				t.Errorf("got %v, want an error without the secret", err)
			}
		})
	}
}

func TestKeyringIsLookedForBesideThePredecessorFirst(t *testing.T) {
	dir := folder(t, map[string]string{".venv/bin/keyring": "#!/bin/sh\n"})
	found := Options{LookPath: func(string) (string, error) { return "/usr/bin/keyring", nil }}
	env := func(name string) string { return map[string]string{"HOME": "/home/var"}[name] }
	if k := FindKeyring(dir, found, env); k.Program != filepath.Join(dir, ".venv/bin/keyring") || k.File != "/home/var/.local/share/python_keyring/keyring_pass.cfg" {
		t.Errorf("got %+v", k)
	}
	if k := FindKeyring(t.TempDir(), found, env); k.Program != "/usr/bin/keyring" {
		t.Errorf("got %+v", k)
	}
}
