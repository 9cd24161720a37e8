package predecessor

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const siblingConfig = "COGNITO_URL = 'https://vectra.local'\nCOGNITO_TOKEN = 's3cr3t'\nFORTI_INFO = [{'IP': '192.0.2.1', 'USER': 'admin', 'PASS': 's3cr3t'}, ]\nSRC_INTERFACE = 'lan'\n"

func TestFlagsOfTheOlderSiblingBecomeRules(t *testing.T) {
	for _, c := range []struct {
		flags, key string
		want       any
	}{
		{"--block_host_tag block_fw", "hosts.block_tag", "block_fw"},
		{"--block_host_tag 'a tag'", "hosts.block_tag", "a tag"},
		{"--block_host_tag=x --block_host_tc 80 90", "hosts.score", score(80, "and", 90)},
		{"--block_host_tc 100 90", "hosts.score", nil},
		{"--block_detection_tag cut", "detections.block_tag", "cut"},
		{"--block_detection_tag cut", "hosts.block_tag", ""},
		{"--block_detection_type \"External Remote Access\"", "detections.types", []string{"External Remote Access"}},
		{"--unblock_host_tag free --block_host_tag b", "hosts.unblock_tag", "free"},
		{"--block_host_tag b", "hosts.unblock_tag", "vectra_host_unblock"},
		{"--unblock_detection_tag off", "detections.unblock_tag", "off"},
		{"--block_host_tag b", "run.explicit_unblock", true},
		{"--block_host_tag b", "accounts.enabled", false},
		{"--block_host_tag b", "blocker.fortinet.settings.internal_group", siblingSources},
		{"--block_host_tag b", "blocker.fortinet.settings.external_group", siblingDestinations},
		{"--block_host_tag b", "brain.vectra.auth", "token"},
	} {
		t.Run(c.flags+" "+c.key, func(t *testing.T) {
			i, err := Read(siblingFolder(t), Options{Flags: c.flags})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, values(i)[c.key]); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if _, problems := documentOf(t, i).Config(); len(problems) > 0 {
				t.Error(problems)
			}
			if strings.Contains(string(documentOf(t, i).Bytes()), "s3cr3t") || len(told(i, "s3cr3t")) > 0 {
				t.Error("a secret is told")
			}
		})
	}
}

func siblingFolder(t *testing.T) string {
	t.Helper()
	return folder(t, map[string]string{"config.py": siblingConfig + "AUTH = None\n"})
}

func TestFlagsThatCannotBeAreRefused(t *testing.T) {
	for _, flags := range []string{
		"", "--block_host_tags x", "--block_host_tc 80", "--block_host_tc 80 --block_host_tag x", "--block_host_tc a b", "--block_host_tc 0 0",
		"block", "--block_host_tag 'open", "--block_host_tag x\\", "--block_host_tag 'VAR x'",
	} {
		if _, err := Read(siblingFolder(t), Options{Flags: flags}); err == nil {
			t.Errorf("%q was imported", flags)
		}
	}
}

func TestFlagsOfThePredecessorItself(t *testing.T) {
	i, err := Read(folder(t, map[string]string{"config.py": ""}), Options{Flags: "--loop --groom --no_store_secrets"})
	if err != nil || values(i)["run.groom"] != true {
		t.Errorf("got %v, %v", values(i)["run.groom"], err)
	}
	if _, err := Read(folder(t, map[string]string{"config.py": ""}), Options{Flags: "--grooom"}); err == nil {
		t.Error("an unknown flag was taken")
	}
}

func TestSplitCutsAsAShellDoes(t *testing.T) {
	for line, want := range map[string][]string{
		"":                      nil,
		"  a  b\t":              {"a", "b"},
		`a "b c" 'd e'`:         {"a", "b c", "d e"},
		`a\ b "c\"d" 'e\f'`:     {"a b", `c"d`, `e\f`},
		`"" ''`:                 {"", ""},
		`--x="y z"$(rm) ` + "`": {"--x=y z$(rm)", "`"},
	} {
		got, err := split(line)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%q: %v\n%s", line, err, diff)
		}
	}
}
