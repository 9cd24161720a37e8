package lab

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPANOS11_4_UnregisterFirst(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	l.uid(register(entryFor("ip", "10.2.3.4", "100", "t")))
	l.ahead.Add(50)
	// Written the other way round: if it were carried out so, nothing would be registered at the end.
	n := l.uid(register(entryFor("ip", "10.2.3.4", "100", "t")) + unregister(entry("10.2.3.4", "t")))
	if n.attr("status") != "success" {
		t.Errorf("got %s", shape(n))
	}
	if got := l.held().Addresses["10.2.3.4"]["t"].Remaining; got != 100 {
		t.Errorf("the tag lasts %d s, want 100: unregister and register renew it", got)
	}
}

func TestPANOS11_4_RefusedEntriesAreNamedAndTheOthersApplied(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	l.uid(register(entry("10.2.3.4", "var-block-host")))
	n := l.uid(unregister(entry("10.2.3.9", "var-block-host")) +
		register(entry("10.2.3.4", "var-block-host"), entry("10.2.3.8", "var-block-host")))
	if diff := cmp.Diff(shape(parsed(t, string(sample(t, "panos/uid-partial.xml")))), shape(n)); diff != "" {
		t.Error(diff)
	}
	if l.held().Addresses["10.2.3.8"] == nil {
		t.Error("the entry that was not refused is not applied")
	}
	n = l.uid(unregister(entry("10.2.3.4", "nope")))
	want := `<entry ip="10.2.3.4" message="tag nope does not exist, ignore unreg"></>`
	if !strings.Contains(shape(n), want) {
		t.Errorf("got %s, want %s in it", shape(n), want)
	}
}

func TestPANOS11_4_SecondRegisterSectionIsRefused(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	expectCode(t, l.uid(register(entry("10.2.3.4", "t"))+register(entry("10.2.3.5", "t"))), "18")
	if got := l.held().Addresses; len(got) != 0 {
		t.Errorf("something was registered: %v", got)
	}
}

func TestPANOS11_4_UnregisterWithoutTagTakesAll(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	l.uid(register(entry("10.2.3.4", "ours"), entry("10.2.3.4", "theirs")))
	l.uid(unregister(`<entry ip="10.2.3.4"/>`))
	if got := l.held().Addresses; len(got) != 0 {
		t.Errorf("left: %v", got)
	}
}

func TestPANOS11_4_UsersAreRegisteredTheSameWay(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	user := func(section string) string {
		return "<" + section + "-user>" + entryFor("user", `example\j&doe`, "3600", "acct") + "</" + section + "-user>"
	}
	l.uid(user("register"))
	n := l.uid(user("register"))
	want := `<register-user><entry user="example\\j&doe" message="tag acct already exists, ignore"></></>`
	if !strings.Contains(shape(n), want) {
		t.Errorf("got %s, want %s in it", shape(n), want)
	}
	if n := l.uid(user("unregister") + user("register")); n.attr("status") != "success" {
		t.Errorf("unregister-user does not come first: %s", shape(n))
	}
	l.uid(user("unregister"))
	if n := l.uid(user("unregister")); !strings.Contains(shape(n), "does not exist, ignore unreg") {
		t.Error(shape(n))
	}
}

func TestPANOS11_4_RulesForTags(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	for _, bad := range []string{"it's", "a  b", "a and b", "NOT x", strings.Repeat("t", 128), ""} {
		n := l.uid(register(entry("10.2.3.4", bad)))
		if !strings.Contains(shape(n), "Failed to register 10.2.3.4") {
			t.Errorf("tag %q: %s", bad, shape(n))
		}
	}
	for i := range 33 {
		l.uid(register(entry("10.2.3.4", fmt.Sprintf("t%d", i))))
	}
	if got := len(l.held().Addresses["10.2.3.4"]); got != 32 {
		t.Errorf("%d tags on one address, want 32", got)
	}
}
