package cli

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
)

func records() ([]entity.Holding, []entity.Order) {
	twin := host("1", "ws-1", "10.0.0.1")
	account := entity.Target{Ref: entity.Ref{Source: "hq", Kind: entity.KindAccount, ID: "1"}, Name: "jdoe@example.net"}
	account.Account = &entity.Account{UID: "EXAMPLE\\jdoe", FakeSAM: "jdoe"}
	tunnel := entity.Target{Ref: entity.Ref{Source: "hq", Kind: entity.KindDetection, ID: "7"}, Name: "Hidden Tunnel"}
	tunnel.Detection = &entity.Detection{Destinations: []string{"c2.example.org", "2606:4700::7"}}
	network := handTarget(entity.KindStatic, "185.199.0.0/16")
	network.Static = &entity.Static{Destination: network.ID}
	spared := host("9", "ws-9", "10.0.0.9")
	held := []entity.Holding{
		{Target: twin, Blocker: "edge", Receipt: entity.Receipt{Elements: []string{"10.0.0.1"}}},
		{Target: twin, Blocker: "agents", Receipt: entity.Receipt{Elements: []string{"agent-4711"}}},
		{Target: account, Blocker: "edge", Receipt: entity.Receipt{Elements: []string{"jdoe"}}},
		{Target: tunnel, Blocker: "edge", Receipt: entity.Receipt{Elements: []string{"2606:4700::7", "c2.example.org"}}},
		{Target: network, Blocker: "edge", Receipt: entity.Receipt{Elements: []string{network.ID}}},
	}
	return held, []entity.Order{{Target: spared, Verb: entity.VerbSpare}}
}

func TestATextMeansWhatItNames(t *testing.T) {
	tests := map[string][]string{
		"WS-1":                       {"hq/host/1"},
		"10.0.0.1":                   {"hq/host/1"},
		"::ffff:10.0.0.1":            {"hq/host/1"},
		"AGENT-4711":                 {"hq/host/1"},
		"1":                          {"hq/account/1", "hq/host/1"},
		"host/1":                     {"hq/host/1"},
		"hq/account/1":               {"hq/account/1"},
		"branch/account/1":           nil,
		"jdoe":                       {"hq/account/1"},
		`example\JDOE`:               {"hq/account/1"},
		"2606:4700:0:0::7":           {"hq/detection/7"},
		"C2.example.org":             {"hq/detection/7"},
		"example.org":                nil,
		"ws-9":                       {"hq/host/9"},
		"10.0.0.9":                   {"hq/host/9"},
		"185.199.0.0/16":             {"hand/static/185.199.0.0/16"},
		"hand/static/185.199.0.0/16": {"hand/static/185.199.0.0/16"},
		"":                           nil,
		"ws":                         nil,
	}
	held, orders := records()
	for text, want := range tests {
		var got []string
		for _, f := range recorded(text, held, orders) {
			got = append(got, f.target.Ref.String())
		}
		slices.Sort(got)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q (-want +got):\n%s", text, d)
		}
	}
}

func TestWhatIsFoundComesWithEverythingRecorded(t *testing.T) {
	held, orders := records()
	f := recorded("agent-4711", held, orders)
	if len(f) != 1 || len(f[0].held) != 2 || f[0].order != nil {
		t.Errorf("found %+v, want both holdings of one host", f)
	}
	if f := recorded("ws-9", held, orders); len(f) != 1 || f[0].order == nil {
		t.Errorf("found %+v, want the order", f)
	}
}

func TestOptionsNarrowWhatIsMeant(t *testing.T) {
	held, orders := records()
	for want, o := range map[string]releaseOptions{
		"hq/host/1":                  {blocker: "agents"},
		"hand/static/185.199.0.0/16": {source: "hand"},
		"hq/host/9":                  {undo: true},
	} {
		if f := among(everyone(held, orders), o); len(f) != 1 || f[0].target.Ref.String() != want {
			t.Errorf("%+v leaves %v, want %s", o, f, want)
		}
	}
}

func TestNumbersArePicked(t *testing.T) {
	for answer, want := range map[string][]int{"1": {0}, "3, 1": {2, 0}, "1 2 3": {0, 1, 2}, "ALL": {0, 1, 2}} {
		if got, err := picked(answer, 3); err != nil || !slices.Equal(got, want) {
			t.Errorf("picked(%q) = %v, %v, want %v", answer, got, err, want)
		}
	}
	for _, answer := range []string{"", "0", "4", "-1", "two", "1 x"} {
		if got, err := picked(answer, 3); err == nil {
			t.Errorf("picked(%q) = %v, want an error", answer, got)
		}
	}
}
