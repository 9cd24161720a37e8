package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/blocker/blockertest"
	"github.com/var-project/var/pkg/entity"
)

func TestMain(m *testing.M) { blockertest.Main(m, plugin()) }

// desk is a place with two devices.
type desk struct {
	t     *testing.T
	files []string
}

func newDesk(t *testing.T) *desk {
	dir := t.TempDir()
	d := &desk{t, []string{filepath.Join(dir, "a.json"), filepath.Join(dir, "b.json")}}
	for _, f := range d.files {
		d.write(f, page{Token: "open sesame"})
	}
	return d
}

func (d *desk) write(file string, p page) {
	d.t.Helper()
	text, err := p.text()
	if err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) read(file string) page {
	d.t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		d.t.Fatal(err)
	}
	var p page
	if err := json.Unmarshal(text, &p); err != nil {
		d.t.Fatal(err)
	}
	return p
}

func (d *desk) fail(way string, files ...string) func() func() {
	set := func(way string) {
		for _, f := range files {
			p := d.read(f)
			p.Fail = way
			d.write(f, p)
		}
	}
	return func() func() {
		set(way)
		return func() { set("") }
	}
}

func (d *desk) held() map[string][]string {
	all := map[string][]string{}
	for _, f := range d.files {
		all[f] = nil
		for _, e := range d.read(f).Entries {
			if e.Owner == "exam" {
				all[f] = append(all[f], e.Element)
			}
		}
	}
	return all
}

func (d *desk) foreign() func() error {
	theirs := []entry{
		{Element: blockertest.Target("host", 17).Host.IP, Class: "source"},
		{Element: "192.0.2.1", Class: "source", mark: mark{"other", "edge"}},
		{Element: blockertest.Target("host", 17).Host.IP, Class: "source", mark: mark{"exam", "other"}},
	}
	p := d.read(d.files[0])
	for _, e := range theirs {
		p.put(e)
	}
	d.write(d.files[0], p)
	return func() error {
		p := d.read(d.files[0])
		for _, e := range theirs {
			if _, found := p.place(e); !found {
				return &blocker.Error{Class: blocker.Permanent, Element: e.Element}
			}
		}
		return nil
	}
}

func TestContract(t *testing.T) {
	for _, elements := range []string{"address", "uuid"} {
		t.Run(elements, func(t *testing.T) {
			d := newDesk(t)
			blockertest.Run(t, plugin(), blockertest.Config{
				Settings: map[string]any{"elements": elements, "expire": "1h", "device": []map[string]any{
					{"name": "a", "file": d.files[0]}, {"name": "b", "file": d.files[1]},
				}},
				Secrets: map[string]string{"device.a.token": "open sesame", "device.b.token": "open sesame"},
				Held:    d.held,
				Break:   d.fail("down", d.files[1]),
				Slow:    d.fail("slow", d.files...),
				Deny:    d.fail("unauthorized", d.files...),
				Foreign: d.foreign,
			})
		})
	}
}

func opened(t *testing.T, s settings) *example {
	t.Helper()
	e := &example{settings: s, mark: mark{"us", "edge"}, now: func() time.Time { return time.Unix(1000, 0) }}
	for i := range s.Devices {
		e.devices = append(e.devices, &s.Devices[i])
	}
	return e
}

func host(ip string) entity.Target {
	return entity.Target{Ref: entity.Ref{Source: "hq", Kind: entity.KindHost, ID: "7"}, Host: &entity.Host{IP: ip}}
}

func TestEachWayOfFailingLooksAsItShould(t *testing.T) {
	for way, want := range map[string]struct {
		class   blocker.ErrorClass
		pending bool
		stored  int
	}{
		"":             {"", false, 1},
		"down":         {blocker.Transient, false, 0},
		"unauthorized": {blocker.Unauthorized, false, 0},
		"full":         {blocker.Capacity, false, 0},
		"queue":        {"", true, 1},
		"inert":        {"", false, 1},
		"ignore":       {"", false, 0},
	} {
		t.Run(way, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "a.json")
			e := opened(t, settings{Devices: []device{{ID: "a", File: file, Fail: way}}})
			o := e.BlockAll(t.Context(), []entity.Target{host("192.0.2.1")})[0]
			if blocker.ClassOf(o.Err) != want.class || o.Pending != want.pending {
				t.Errorf("outcome is %+v, want class %q, pending %v", o, want.class, want.pending)
			}
			text, _ := os.ReadFile(file)
			p, err := parse(text)
			if err != nil || len(p.Entries) != want.stored || p.Fail != "" {
				t.Errorf("the file holds %s, want %d entries and no fail", text, want.stored)
			}
		})
	}
}

func TestAnInertDeviceIsFoundOut(t *testing.T) {
	e := opened(t, settings{Devices: []device{{ID: "a", File: filepath.Join(t.TempDir(), "a.json"), Fail: "inert"}}})
	e.BlockAll(t.Context(), []entity.Target{host("192.0.2.1")})
	lists, _ := e.List(t.Context())
	if len(lists[0].Entries) != 1 || lists[0].Entries[0].Inert == "" {
		t.Errorf("list is %+v", lists)
	}
	if checks := e.Probe(t.Context())[0].Checks; checks[len(checks)-1].Err == nil {
		t.Errorf("probe finds no fault: %+v", checks)
	}
}

func TestEnrolmentFetchesWhatIsMissing(t *testing.T) {
	d := newDesk(t)
	e := opened(t, settings{Devices: []device{{ID: "a", File: d.files[0]}, {ID: "b", File: filepath.Join(t.TempDir(), "none.json")}}})
	if o := e.BlockAll(t.Context(), []entity.Target{host("192.0.2.1")})[0]; blocker.ClassOf(o.Err) != blocker.Unauthorized {
		t.Fatalf("without token: %v", o.Err)
	}
	tokens, err := e.Enroll(t.Context())
	if token := tokens["device.a.token"]; err != nil || len(tokens) != 1 || token.Reveal() != "open sesame" {
		t.Fatalf("enrolled %d, %v", len(tokens), err)
	}
	if o := e.BlockAll(t.Context(), []entity.Target{host("192.0.2.1")})[0]; o.Err != nil {
		t.Errorf("with token: %v", o.Err)
	}
}

func TestExpiredBlocksAreNotListed(t *testing.T) {
	e := opened(t, settings{Expire: time.Minute, Devices: []device{{ID: "a", File: filepath.Join(t.TempDir(), "a.json")}}})
	o := e.BlockAll(t.Context(), []entity.Target{host("192.0.2.1")})[0]
	if want := time.Unix(1060, 0).UTC(); !o.Receipt.Until.Equal(want) {
		t.Errorf("until %s, want %s", o.Receipt.Until, want)
	}
	e.now = func() time.Time { return time.Unix(1061, 0) }
	if lists, _ := e.List(t.Context()); len(lists[0].Entries) != 0 {
		t.Errorf("list is %+v", lists)
	}
}

// VAR-71: the elements of the predecessor's test client are UUIDs.
func TestUUIDElementsLookLikeThePredecessors(t *testing.T) {
	e := opened(t, settings{Elements: "uuid"})
	first, second := e.elements(host("192.0.2.1")), e.elements(host("192.0.2.2"))
	if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(first[0]) {
		t.Errorf("element is %q", first)
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("one target has two (-first +second):\n%s", diff)
	}
}

func TestWhatWasAdoptedIsTakenAlthoughItBearsNoMark(t *testing.T) {
	p := page{Entries: []entry{{Element: "192.0.2.1", Class: "source"}}}
	ours := entry{Element: "192.0.2.1", Class: "source", mark: mark{"us", "edge"}}
	if p.take(ours, false); len(p.Entries) != 1 {
		t.Error("a foreign entry was taken")
	}
	if p.take(ours, true); len(p.Entries) != 0 {
		t.Error("an adopted entry was left")
	}
}

func TestOnlyWhatThisBlockerTakesOffIsCalledOurs(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.json")
	if err := os.WriteFile(file, []byte(`{"serial":"A1","booted":"2026-11-21T12:00:00Z","entries":[{"element":"192.0.2.1","class":"source"},
		{"element":"192.0.2.1","class":"source","owner":"us","blocker":"edge"},{"element":"192.0.2.1","class":"source","owner":"us","blocker":"other"},
		{"element":"192.0.2.1","class":"source","owner":"them","blocker":"edge"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	e := opened(t, settings{Devices: []device{{ID: "a", File: file}}})
	e.mark = mark{"us", "edge"}
	lists, err := e.List(t.Context())
	if err != nil || len(lists) != 1 || lists[0].Serial != "A1" || lists[0].Booted.Hour() != 12 {
		t.Fatalf("lists are %+v, %v", lists, err)
	}
	var owners []string
	for _, en := range lists[0].Entries {
		owners = append(owners, en.Owner)
	}
	if diff := cmp.Diff([]string{"foreign:unmarked", "us", "foreign:us/other", "them"}, owners); diff != "" {
		t.Error(diff)
	}
}

func TestAForeignFileIsLeftAlone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.json")
	for _, text := range []string{`{"other":1}`, `[]`, "no JSON"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		e := opened(t, settings{Devices: []device{{ID: "a", File: file}}})
		o := e.BlockAll(t.Context(), []entity.Target{host("192.0.2.1")})[0]
		if now, _ := os.ReadFile(file); blocker.ClassOf(o.Err) != blocker.Permanent || string(now) != text {
			t.Errorf("%s became %s, %v", text, now, o.Err)
		}
	}
}

func TestOneFileForTwoDevicesIsRefused(t *testing.T) {
	errs := settings{Devices: []device{{ID: "a", File: "x/a.json"}, {ID: "b", File: "x/./a.json"}}}.Validate()
	if len(errs) != 1 || errs[0].Error() != "device[1].file: is the file of device a" {
		t.Errorf("errors are %v", errs)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"entries":[{"element":"192.0.2.1","class":"source","owner":"us","until":"2026-11-21T00:00:00Z"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := parse(text)
		if err != nil {
			return
		}
		again, err := p.text()
		if err != nil {
			t.Fatal(err)
		}
		q, err := parse(again)
		if diff := cmp.Diff(p, q, cmp.AllowUnexported(entry{})); diff != "" || err != nil {
			t.Errorf("changed (-read +written):\n%s%v", diff, err)
		}
	})
}

func TestTheReferenceIsCurrent(t *testing.T) {
	guide, err := os.ReadFile("../../docs/plugins/example.md")
	if err != nil {
		t.Fatal(err)
	}
	table, err := blocker.Reference[settings]()
	if err != nil || !strings.Contains(string(guide), table) {
		t.Errorf("docs/plugins/example.md lacks the table:\n%s", table)
	}
}
