package predecessor

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/config"
)

func staticImport(t *testing.T, lists map[string]string) *Import {
	t.Helper()
	files := map[string]string{"config.py": "STATIC_BLOCK_DESTINATION_IPS = \"list.txt\"\n"}
	for name, text := range lists {
		files[name] = text
	}
	i, err := Read(folder(t, files), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// listed is what var reads out of the new list.
func listed(t *testing.T, i *Import) []string {
	t.Helper()
	var permit []netip.Prefix
	for _, text := range texts(values(i)["static.permit"]) {
		if p, err := netip.ParsePrefix(text); err == nil {
			permit = append(permit, p)
		} else if a, err := netip.ParseAddr(text); err == nil {
			permit = append(permit, netip.PrefixFrom(a, a.BitLen()))
		}
	}
	list, err := config.ParseStatic(StaticName, i.Static, permit)
	if err != nil {
		t.Fatal(err)
	}
	if len(list.Problems) > 0 {
		t.Errorf("the new list has problems: %v", list.Problems)
	}
	return list.Destinations
}

func texts(v any) []string { all, _ := v.([]string); return all }

// told are the notes that hold a text.
func told(i *Import, text string) (found []string) {
	for _, n := range i.Notes {
		if strings.Contains(n.String(), text) {
			found = append(found, n.String())
		}
	}
	return found
}

func TestStaticListIsWhatThePredecessorBlocks(t *testing.T) {
	i := staticImport(t, map[string]string{"list.txt": strings.Join([]string{
		"# by hand", "198.51.100.7", "185.199.112.7", "185.199.112.7", "185.199.113.0/24", "185.199.114.0/255.255.255.0", "185.199.115.0/0.0.0.255",
		"2a00:1450::1", "10.20.0.0/16", "192.168.1.5\t", "0.0.0.0/0", "::/0", "185.199.116.1/24", "malware.example.org", " 185.199.117.1", "185.199.118.1 # why", "01.2.3.4", "\x1b[31mred", "",
	}, "\n")})
	want := []string{
		"10.20.0.0/16", "185.199.112.7", "185.199.113.0/24", "185.199.114.0/24", "185.199.115.0/24", "192.168.1.5", "198.51.100.7", "2a00:1450::1",
	}
	if diff := cmp.Diff(want, listed(t, i)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"10.20.0.0/16", "192.168.1.5", "198.51.100.7"}, texts(values(i)["static.permit"])); diff != "" {
		t.Errorf("permit: -want +got:\n%s", diff)
	}
	for _, line := range []string{"0.0.0.0/0", "::/0", "185.199.116.1/24", "malware.example.org", " 185.199.117.1", "185.199.118.1 # why", "01.2.3.4", "[31mred"} {
		if len(told(i, line)) != 1 {
			t.Errorf("%q is told %v", line, told(i, line))
		}
	}
	if strings.ContainsRune(string(i.Static), '\x1b') {
		t.Error("the new list steers a terminal")
	}
}

func TestWhatIsBlockedAndNotListedAnyMoreIsKept(t *testing.T) {
	i := staticImport(t, map[string]string{
		"list.txt": "185.199.112.7\n",
		stateName:  "185.199.112.7\n185.199.117.9\n185.199.117.9\n0.0.0.0/0\nnonsense\n",
	})
	if diff := cmp.Diff([]string{"185.199.112.7", "185.199.117.9"}, listed(t, i)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(told(i, "not listed any more: 1;")) != 1 || len(told(i, "take it off the firewalls by hand")) != 1 {
		t.Errorf("told %v", i.Notes)
	}
}

func TestStateWithoutAListIsKept(t *testing.T) {
	i := staticImport(t, map[string]string{stateName: "185.199.117.9\n"})
	if diff := cmp.Diff([]string{"185.199.117.9"}, listed(t, i)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAnEmptyListIsAnEmptyList(t *testing.T) {
	i := staticImport(t, map[string]string{"list.txt": ""})
	if got := values(i)["static.destinations"]; got != StaticName || len(listed(t, i)) != 0 {
		t.Errorf("got %v with %v", got, listed(t, i))
	}
}

func TestWhatIsBlockedIsTakenOver(t *testing.T) {
	i := staticImport(t, map[string]string{
		"list.txt": "185.199.112.7\n185.199.112.8\n185.199.113.0/24\n0.0.0.0/0\n",
		stateName:  "185.199.113.0/255.255.255.0\n185.199.112.7\n185.199.112.7\n0.0.0.0/0\n",
	})
	if got := string(i.TakenOver); got != "185.199.112.7\n185.199.113.0/24\n" || values(i)["static.taken_over"] != TakenOverName {
		t.Errorf("got %q as %v", got, values(i)["static.taken_over"])
	}
	if fresh := staticImport(t, map[string]string{"list.txt": "185.199.112.7\n"}); fresh.TakenOver != nil || values(fresh)["static.taken_over"] != nil {
		t.Error("something is taken over though nothing was blocked")
	}
}

func TestListsThatAreNoListsAreRefused(t *testing.T) {
	for name, text := range map[string]string{"binary": "185.199.112.7\x00\n", "huge": strings.Repeat("185.199.112.7\n", 2_000_000)} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"config.py": "STATIC_BLOCK_DESTINATION_IPS = \"list.txt\"\n", "list.txt": text}
			if _, err := Read(folder(t, files), Options{}); err == nil {
				t.Error("it was imported")
			}
		})
	}
}
