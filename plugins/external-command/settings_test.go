package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSettingsThatCannotWorkAreAnsweredWithTheKey(t *testing.T) {
	ok := []string{"/bin/true", "{ip}"}
	tests := map[string]struct {
		settings settings
		want     []string
	}{
		"nothing":              {settings{}, []string{"no block command is set: write host_block, account_block, detection_block or static_block"}},
		"not absolute":         {settings{HostBlock: []string{"isolate", "{ip}"}}, []string{"host_block[0]: must be the absolute path of a program; the environment of commands is empty and there is no shell"}},
		"program from a value": {settings{HostBlock: []string{"/opt/{name}"}}, []string{"host_block[0]: must be the absolute path of a program; the environment of commands is empty and there is no shell"}},
		"unknown placeholder":  {settings{HostBlock: []string{"/bin/true", "{ip}", "x{ipp}"}}, []string{"host_block[2]: {ipp} is not known of a host: write one of {ip}, {name}, {mac}, {id}, {tags}"}},
		"other kind's":         {settings{StaticBlock: []string{"/bin/true", "{mac}"}}, []string{"static_block[1]: {mac} is not known of a static: write one of {destination}, {name}, {id}, {tags}"}},
		"value as option":      {settings{HostBlock: []string{"/bin/true", "--{name}"}}, []string{"host_block[1]: a value must not become an option: put the option and its value into arguments of their own"}},
		"release alone":        {settings{HostBlock: ok, HostUnblock: ok, AccountUnblock: []string{"/bin/true"}}, []string{"account_unblock: there is no account_block: nothing would be released"}},
		"undone in part": {
			settings{HostBlock: ok, HostUnblock: ok, StaticBlock: []string{"/bin/true"}},
			[]string{"static_block: cannot be undone without static_unblock, while host_block can: put it into a blocker of its own"},
		},
		"environment": {
			settings{HostBlock: ok, Env: map[string]string{"A B": "x"}, PassEnv: []string{"VAR_PLUGIN", "x=y"}},
			[]string{"env.A B: is not a variable of an environment", "pass_env[0]: VAR_PLUGIN is between var and its plugins", `pass_env[1]: "x=y" is not the name of a variable`},
		},
		"directory": {settings{HostBlock: ok, Directory: "tmp"}, []string{"directory: must be an absolute path"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if tt.settings.Directory == "" {
				tt.settings.Directory = "/"
			}
			var got []string
			for _, err := range tt.settings.Validate() {
				got = append(got, err.Error())
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("got (+), want (-):\n%s", d)
			}
		})
	}
}

func TestProbeFindsProgramsThatCannotBeRun(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good, plain, open := file("good", 0o755), file("plain", 0o644), file("open", 0o777)
	c := opened(t, settings{
		HostBlock: []string{good}, HostUnblock: []string{plain}, AccountBlock: []string{open}, AccountUnblock: []string{filepath.Join(dir, "none")},
	})
	got := map[string]string{}
	for _, check := range c.Probe(t.Context())[0].Checks {
		got[check.Name] = ""
		if check.Err != nil {
			got[check.Name] = check.Err.Error()
		}
	}
	want := map[string]string{
		"host_block": "", "host_unblock": plain + " cannot be run: it is not an executable file",
		"account_block": open + " can be changed by others: chmod go-w it", "account_unblock": filepath.Join(dir, "none") + ": no such file or directory",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("got (+), want (-):\n%s", d)
	}
}
