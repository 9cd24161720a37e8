package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/wire/wirepb"
	"github.com/var-project/var/pkg/schema"
)

var (
	aText  = rapid.StringN(0, 12, -1)
	someOf = rapid.Map(rapid.SliceOfN(aText, 0, 3), none[string])
	aTime  = rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.Bool().Draw(t, "never") {
			return time.Time{}
		}
		return time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "s"), rapid.Int64Range(0, 999999999).Draw(t, "ns")).UTC()
	})
	aRaw  = rapid.SampledFrom([]json.RawMessage{nil, json.RawMessage(`{"id": 1}`)})
	aKind = rapid.SampledFrom(append(entity.Kinds(), "someday"))
)

// none makes an empty slice nil, as it comes out of a message.
func none[T any](all []T) []T {
	if len(all) == 0 {
		return nil
	}
	return all
}

// fill makes a value of a struct whose fields have types that rapid can make by itself.
func fill[T any](t *rapid.T, name string) T { return rapid.Make[T]().Draw(t, name) }

func aTarget(t *rapid.T) entity.Target {
	target := entity.Target{
		Ref:  entity.Ref{Source: aText.Draw(t, "source"), Kind: aKind.Draw(t, "kind"), ID: aText.Draw(t, "id")},
		Name: aText.Draw(t, "name"), Score: fill[entity.Score](t, "score"), Tags: someOf.Draw(t, "tags"),
	}
	target.Score.Unread = false // a matter between the brain and the rules
	switch rapid.IntRange(0, 4).Draw(t, "detail") {
	case 1:
		target.Host = aHost(t)
	case 2:
		target.Account = anAccount(t)
	case 3:
		target.Detection = aDetection(t)
	case 4:
		target.Static = &entity.Static{Destination: aText.Draw(t, "destination")}
	}
	return target
}

func aHost(t *rapid.T) *entity.Host {
	h := &entity.Host{
		IP: aText.Draw(t, "ip"), FullName: aText.Draw(t, "full"), ProbableOwner: aText.Draw(t, "owner"),
		KeyAsset: rapid.Bool().Draw(t, "key"), TargetsKeyAsset: rapid.Bool().Draw(t, "targets"),
		MACs: someOf.Draw(t, "macs"), VMwareName: aText.Draw(t, "vmname"), VMwareUUID: aText.Draw(t, "vmuuid"),
		AWSUUID: aText.Draw(t, "aws"), Groups: someOf.Draw(t, "groups"), Note: aText.Draw(t, "note"),
		LastSeen: aTime.Draw(t, "seen"), Raw: aRaw.Draw(t, "raw"),
	}
	h.Artifacts = none(rapid.SliceOfN(rapid.Make[entity.Artifact](), 0, 2).Draw(t, "artifacts"))
	return h
}

func anAccount(t *rapid.T) *entity.Account {
	return &entity.Account{
		UID: aText.Draw(t, "uid"), DisplayName: aText.Draw(t, "display"), Type: someOf.Draw(t, "type"),
		Severity: aText.Draw(t, "severity"), LDAP: fill[entity.LDAP](t, "ldap"),
		PrivilegeLevel: rapid.Int().Draw(t, "level"), PrivilegeCategory: aText.Draw(t, "category"),
		ProbableHome: aText.Draw(t, "home"), NormalizedName: aText.Draw(t, "normal"), FakeSAM: aText.Draw(t, "sam"),
		Context: aText.Draw(t, "context"), Note: aText.Draw(t, "note"), Raw: aRaw.Draw(t, "raw"),
	}
}

func aDetection(t *rapid.T) *entity.Detection {
	return &entity.Detection{
		HostID: aText.Draw(t, "host"), AccountID: aText.Draw(t, "account"), Category: aText.Draw(t, "category"),
		Type: aText.Draw(t, "type"), SourceIP: aText.Draw(t, "src"), State: aText.Draw(t, "state"),
		Destinations: someOf.Draw(t, "dst"), TargetsKeyAsset: rapid.Bool().Draw(t, "key"),
		Triaged: rapid.Bool().Draw(t, "triaged"), Note: aText.Draw(t, "note"), Raw: aRaw.Draw(t, "raw"),
	}
}

func aReceipt(t *rapid.T) entity.Receipt {
	return entity.Receipt{
		Elements: entity.Union(someOf.Draw(t, "elements")), Until: aTime.Draw(t, "until"),
		Former: aText.Draw(t, "former"), Adopted: rapid.Bool().Draw(t, "adopted"),
	}
}

func anError(t *rapid.T) error {
	one := func() error {
		return &entity.Error{
			Class:  rapid.SampledFrom([]entity.ErrorClass{entity.Transient, entity.Unauthorized, entity.Unknown, "someday"}).Draw(t, "class"),
			Device: aText.Draw(t, "device"), Element: aText.Draw(t, "element"),
			RetryAfter: time.Duration(rapid.Int64Range(0, 1e15).Draw(t, "after")), Err: errors.New(aText.Draw(t, "text")),
		}
	}
	switch rapid.IntRange(0, 2).Draw(t, "how many") {
	case 0:
		return nil
	case 1:
		return one()
	}
	return errors.Join(one(), errors.Join(one(), one()))
}

var sameErrors = cmp.Comparer(func(a, b error) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return a.Error() == b.Error() && cmp.Equal(facts(a), facts(b))
})

func facts(err error) []string {
	var all []string
	for _, e := range entity.Errors(err) {
		all = append(all, fmt.Sprintf("%s|%s|%s|%s|%s", e.Class, e.Device, e.Element, e.RetryAfter, e))
	}
	return all
}

// crosses marshals and unmarshals, as the transport does.
func crosses[M proto.Message](t *rapid.T, message M) M {
	text, err := proto.Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	again := message.ProtoReflect().New().Interface().(M)
	if err := proto.Unmarshal(text, again); err != nil {
		t.Fatal(err)
	}
	return again
}

func same(t *rapid.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, sameErrors); diff != "" {
		t.Fatalf("changed on the way (-sent +received):\n%s", diff)
	}
}

func TestEverythingComesOutAsItWentIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		target := aTarget(t)
		same(t, target, FromTarget(crosses(t, ToTarget(target))))

		outcome := entity.Outcome{Receipt: aReceipt(t), Pending: rapid.Bool().Draw(t, "pending"), Err: anError(t)}
		same(t, outcome, FromOutcome(crosses(t, ToOutcome(3, outcome))))

		releases := []entity.Release{{Target: target, Receipt: aReceipt(t)}}
		same(t, releases, FromReleases(crosses(t, &wirepb.UnblockRequest{Releases: ToReleases(releases)}).GetReleases()))

		report := entity.DeviceReport{Device: aText.Draw(t, "device"), Checks: []entity.Check{{Name: "a", Err: anError(t)}, {Detail: "d"}}}
		same(t, report, FromReport(crosses(t, ToReport(report))))
	})
}

func TestInventoriesCrossInParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		many := make([]entity.Entry, rapid.SampledFrom([]int{0, 1, 1000, 1001, 2500}).Draw(t, "entries"))
		for i := range many {
			many[i] = entity.Entry{Element: fmt.Sprint(i), Class: entity.ClassSource, Owner: "us", Until: aTime.Draw(t, "until"), Inert: "why"}
		}
		want := []entity.Inventory{
			{Device: "fw1", Entries: none(many), Serial: aText.Draw(t, "serial"), Booted: aTime.Draw(t, "booted")},
			{Device: "fw1", Err: &entity.Error{Class: entity.Transient, Device: "fw1", Err: errors.New("down")}},
		}
		var parts []*wirepb.ListResponse
		for i, one := range want {
			for p := range ToInventory(i, one) {
				if len(p.GetEntries()) > MaxBatch {
					t.Fatalf("a part holds %d entries", len(p.GetEntries()))
				}
				parts = append(parts, crosses(t, p))
			}
		}
		same(t, want, together(parts...))
	})
}

func TestDescriptionsAndFactsComeOutAsTheyWentIn(t *testing.T) {
	d := Description{
		Name: "n", Version: "1", Help: "h", Label: "l", Aliases: []string{"a"}, Kinds: []entity.Kind{"host", "someday"},
		Settings: schema.Description{Fields: []schema.Field{{
			Name: "device", Type: schema.Tables, Help: "h", Required: true, Max: "4", Min: "1",
			Fields: []schema.Field{{Name: "mode", Type: schema.Text, Default: "a", Enum: []string{"a", "b"}, Optional: true, Format: schema.FormatURL, Former: []string{"Old_{url}"}, When: &schema.When{Key: "mode", Values: []string{"a", "b"}}}},
		}}},
	}
	if diff := cmp.Diff(d, FromDescription(ToDescription(d))); diff != "" {
		t.Errorf("description (-sent +received):\n%s", diff)
	}
	o := Opened{Powers: []string{"list"}, Label: "l", Kinds: []entity.Kind{"host"}, Devices: []string{"fw1"}, NoUndo: true, NoRepeat: true, Place: "source = group a"}
	if diff := cmp.Diff(o, FromOpened(ToOpened(o))); diff != "" {
		t.Errorf("facts (-sent +received):\n%s", diff)
	}
	p := schema.Problems{{Path: "a[0].b", Message: "m"}}
	if diff := cmp.Diff(p, FromProblems(ToProblems(p))); diff != "" {
		t.Errorf("problems (-sent +received):\n%s", diff)
	}
}

func TestWholeNumbersInSettingsStayWhole(t *testing.T) {
	text, err := ToValues(map[string]any{"n": int64(9007199254740993), "f": 1.5, "device": []map[string]any{{"name": "fw1"}}})
	if err != nil {
		t.Fatal(err)
	}
	values, err := FromValues(text)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"n": json.Number("9007199254740993"), "f": json.Number("1.5"), "device": []any{map[string]any{"name": "fw1"}}}
	if diff := cmp.Diff(want, values); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	if _, err := FromValues([]byte(`[1]`)); err == nil {
		t.Error("an array became settings")
	}
	if empty, err := ToValues(nil); string(empty) != "{}" || err != nil {
		t.Errorf("no settings became %q, %v", empty, err)
	}
}
