package lab

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPANOSDynamicGroupsMatchTheirFilter(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	l.uid(register(entry("10.0.0.1", "a"), entry("10.0.0.2", "b"), entry("10.0.0.2", "a"), entry("10.0.0.3", "c")))
	for filter, want := range map[string]string{
		"'a'":                  "10.0.0.1 10.0.0.2",
		"'a' and 'b'":          "10.0.0.2",
		"'b' or 'c'":           "10.0.0.2 10.0.0.3",
		"'a' and not 'b'":      "10.0.0.1",
		"('a' or c) and not b": "10.0.0.1 10.0.0.3",
		"'nothing'":            "",
	} {
		args, _ := json.Marshal(map[string]string{"name": "g", "filter": filter})
		l.change("dag", string(args))
		if got := strings.Join(l.held().Groups["g"], " "); got != want {
			t.Errorf("%s matches %q, want %q", filter, got, want)
		}
	}
	l.change("dag", `{"name":"g","filter":"'a' and 'b'"}`)
	n := l.op("<show><object><dynamic-address-group><name>g</name></dynamic-address-group></object></show>")
	want := "<response status=\"success\"><result><dyn-addr-grp><entry><vsys>vsys1</><group-name>g</><filter>'a' and 'b'</>" +
		`<member-list><entry name="10.0.0.2" type="registered-ip"></></></></></></>`
	if diff := cmp.Diff(want, shape(n)); diff != "" {
		t.Error(diff)
	}
	n = l.op("<show><object><dynamic-address-group><name>nope</name></dynamic-address-group></object></show>")
	if len(n.path("result", "dyn-addr-grp").Children) != 0 {
		t.Errorf("a group that is not there: %s", shape(n))
	}
}

func TestPANOSRulesAndGroupsCanBeRead(t *testing.T) {
	l := newPanLab(t, PANOSConfig{VSYS: []string{"vsys1", "vsys2"}})
	l.change("rule", `{"vsys":"vsys2","rule":{"name":"deny hosts","source":["g"],"action":"deny"}}`)
	l.change("rule", `{"vsys":"vsys2","rule":{"name":"deny hosts","source":["g"],"action":"deny","disabled":true}}`)
	l.change("dag", `{"vsys":"vsys2","name":"g","filter":"'t'"}`)
	const base = "/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys2']"
	get := func(path string) *panNode { return l.ok("type", "config", "action", "get", "xpath", base+path) }
	rule := get("/rulebase/security/rules/entry[@name='deny hosts']").path("result", "entry")
	if rule.path("source", "member").text() != "g" || rule.child("action").text() != "deny" || rule.child("disabled").text() != "yes" ||
		rule.path("destination", "member").text() != "any" {
		t.Errorf("rule: %s", shape(rule))
	}
	if got := get("/address-group").path("result", "address-group", "entry", "dynamic", "filter").text(); got != "'t'" {
		t.Errorf("filter %q", got)
	}
	if n := get("/address-group/entry[@name='nope']"); n.attr("status") != "success" || n.attr("code") != "7" {
		t.Errorf("an absent object: %s", shape(n))
	}
	expectCode(t, l.ok("type", "config", "action", "get", "xpath", "/config/shared/unheard-of"), "6")
	expectCode(t, l.ok("type", "config", "action", "set", "xpath", base+"/address-group"), "17")
}

func TestPANOSTellsAboutItself(t *testing.T) {
	l := newPanLab(t, PANOSConfig{Serial: "pano", Version: "10.2.3", Targets: []string{"fw1"}})
	system := l.op(showInfo).path("result", "system")
	if system.child("serial").text() != "pano" || system.child("sw-version").text() != "10.2.3" || system.child("multi-vsys").text() != "off" ||
		system.child("model").text() != "Panorama" {
		t.Errorf("system info: %s", shape(system))
	}
	if got := l.op(showInfo, "target", "fw1").path("result", "system", "serial").text(); got != "fw1" {
		t.Errorf("the managed firewall says it is %q", got)
	}
	if got := l.ok("type", "version").path("result", "sw-version").text(); got != "10.2.3" {
		t.Errorf("version %q", got)
	}
	if n := l.op("<show><devices><connected/></devices></show>"); n.path("result", "devices", "entry", "serial").text() != "fw1" {
		t.Errorf("devices: %s", shape(n))
	}
	const refresh = "<request><system><external-list><refresh><type><ip><name>L</name></ip></type></refresh></external-list></system></request>"
	if n := l.op(refresh); n.attr("status") != "success" {
		t.Errorf("refreshing a list: %s", shape(n))
	}
}

func TestPANOSUserMappingsAndGroups(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	l.uid(`<login><entry name="example\jdoe" ip="10.0.0.1" timeout="20"/></login>`)
	n := l.op("<show><user><ip-user-mapping><all/></ip-user-mapping></user></show>")
	if got := n.path("result", "entry", "user").text(); got != `example\jdoe` {
		t.Errorf("mapping: %s", shape(n))
	}
	if n := l.uid(`<logout><entry name="example\other" ip="10.0.0.1"/></logout>`); !strings.Contains(shape(n), "Delete mapping failed") {
		t.Errorf("logging out who is not there: %s", shape(n))
	}
	l.change("dug", `{"name":"blocked","filter":"'acct'"}`)
	l.uid("<register-user>" + entryFor("user", `example\jdoe`, "", "acct") + "</register-user>" +
		`<groups><entry name="set"><members><entry name="a"/></members></entry></groups>`)
	if got := l.op("<show><user><group><name>blocked</name></group></user></show>").child("result").text(); !strings.Contains(got, `[1     ] example\jdoe`) {
		t.Errorf("group: %q", got)
	}
	list := l.op("<show><user><group><list/></group></user></show>").child("result").text()
	if !strings.HasPrefix(list, "blocked\nset") || !strings.Contains(list, "Total: 2") {
		t.Errorf("groups: %q", list)
	}
	if diff := cmp.Diff([]string{`example\jdoe`}, l.held().UserGroup["blocked"]); diff != "" {
		t.Error(diff)
	}
}

func TestPANOSClearWipesWhatOthersRegistered(t *testing.T) {
	for name, clear := range map[string]func(l *panLab){
		"op":          func(l *panLab) { l.op("<clear><registered-ip><all/></registered-ip></clear>") },
		"uid-message": func(l *panLab) { l.uid("<clear><registered-ip><all/></registered-ip></clear>") },
	} {
		t.Run(name, func(t *testing.T) {
			l := newPanLab(t, PANOSConfig{})
			l.change("tag", `{"ip":"10.0.0.1","tags":["theirs"]}`)
			l.change("tag", `{"user":"u","tags":["theirs"]}`)
			clear(l)
			if got := l.held(); len(got.Addresses) != 0 || len(got.Users) != 1 {
				t.Errorf("left: %v", got)
			}
		})
	}
}

func TestPANOSKeyDiesWhenItIsChanged(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	l.change("set-key", `{"admin":"admin","key":"new/+="}`)
	if status, _ := l.post("type", "op", "cmd", showInfo); status != 403 {
		t.Errorf("the old key: HTTP %d", status)
	}
	l.key = ""
	l.op(showInfo, "key", "new/+=")
}

func TestPANOSChangeRefusesWhatMakesNoSense(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	if err := l.Change("explode", nil); !errors.Is(err, errUnknownOp) {
		t.Errorf("got %v", err)
	}
	for op, args := range map[string]string{
		"tag": `{"tags":["t"]}`, "untag": `{"ip":"10.0.0.1"}`, "dag": `{}`, "rule": `{}`, "set-key": `{"admin":"nobody"}`,
		"reboot": `{"target":"nope"}`, "fill": `{"vsys":"nope"}`, "advance": `{"seconds":"x"}`,
	} {
		if err := l.Change(op, json.RawMessage(args)); err == nil {
			t.Errorf("%s %s is taken", op, args)
		}
	}
}

// Whatever arrives as a command, what another tool registered is still there, and the answer is XML.
func FuzzPANOSCommandKeepsForeignTags(f *testing.F) {
	f.Add("<uid-message><type>update</type><payload><register><entry ip='10.2.3.4'><tag><member>t</member></tag></entry></register></payload></uid-message>")
	f.Add("<uid-message><type>update</type><payload><unregister><entry ip='::1'/></unregister></payload></uid-message>")
	f.Add("<a><b>")
	f.Fuzz(func(t *testing.T, command string) {
		if strings.Contains(command, "clear") || strings.Contains(command, "10.9.9.9") || strings.Contains(command, "&#") {
			t.Skip("may say so")
		}
		p := NewPANOS(PANOSConfig{})
		if err := p.Change("tag", json.RawMessage(`{"ip":"10.9.9.9","tags":["theirs"]}`)); err != nil {
			t.Fatal(err)
		}
		q := &panRequest{form: url.Values{}, command: command}
		a := p.userID(PANOSAdmin{}, q)
		if _, err := parsePanXML(a.body); err != nil {
			t.Errorf("the answer is no XML: %v in %s", err, a.body)
		}
		if _, ok := p.Holds().Devices[p.cfg.Serial].VSYS["vsys1"].Addresses["10.9.9.9"]["theirs"]; !ok {
			t.Errorf("%q took away another tool's tag", command)
		}
	})
}
