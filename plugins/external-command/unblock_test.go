package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
)

func TestReleaseNeedsOnlyTargetAndReceipt(t *testing.T) {
	orphan := func(kind entity.Kind) entity.Target { return entity.Target{Ref: entity.Ref{Kind: kind}} }
	receipt := func(elements ...string) entity.Receipt { return entity.Receipt{Elements: elements} }
	tests := map[string]struct {
		target  entity.Target
		receipt entity.Receipt
		args    []string
		calls   []string
	}{
		"as blocked":                     {host("10.0.0.1"), receipt("10.0.0.1"), nil, []string{"10.0.0.1|"}},
		"the address was another":        {host("10.0.0.2"), receipt("10.0.0.1"), []string{"{ip}"}, []string{"10.0.0.1|"}},
		"two addresses":                  {host("10.0.0.2"), receipt("10.0.0.1", "10.0.0.2"), []string{"{ip}"}, []string{"10.0.0.1|", "10.0.0.2|"}},
		"lost receipt":                   {host("10.0.0.1"), receipt(), nil, []string{"10.0.0.1|"}},
		"receipt of the command's own":   {host("10.0.0.1"), receipt("case-1"), nil, []string{"10.0.0.1|"}},
		"orphaned host":                  {orphan(entity.KindHost), receipt("10.0.0.1"), nil, []string{"10.0.0.1|"}},
		"orphaned host by name":          {orphan(entity.KindHost), receipt("pc-17"), []string{"{name}"}, []string{"pc-17|"}},
		"orphaned account":               {orphan(entity.KindAccount), receipt("doej"), nil, []string{"doej|"}},
		"the name was another":           {account(), receipt("doej-old"), []string{"{sam}"}, []string{"doej-old|"}},
		"two names":                      {account(), receipt("doej", "doej-old"), []string{"{sam}"}, []string{"doej|", "doej-old|"}},
		"orphan by id":                   {orphan(entity.KindHost), receipt("hq/17"), []string{"{id}"}, []string{"17|"}},
		"account":                        {account(), receipt("doej"), nil, []string{"doej|HR|"}},
		"part of the MACs":               {host("10.0.0.1"), receipt("00:00:5e:00:53:02"), []string{"{mac}"}, []string{"00:00:5e:00:53:02|"}},
		"part of the destinations":       {detection("192.0.2.1", "192.0.2.2"), receipt("192.0.2.2"), nil, []string{"192.0.2.2|"}},
		"destinations changed meanwhile": {detection("192.0.2.3"), receipt("192.0.2.1", "evil.example.net"), []string{"-d", "{destination}"}, []string{"-d|192.0.2.1|", "-d|evil.example.net|"}},
		"orphaned network":               {orphan(entity.KindStatic), receipt("198.51.100.0/24"), nil, []string{"198.51.100.0/24|"}},
		"by id":                          {host("10.0.0.1"), receipt("hq/17"), []string{"{id}"}, []string{"17|"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			argv, calls, _ := recorder(t, tt.args...)
			c := opened(t, both(tt.target.Kind, []string{"/bin/true"}, argv))
			if err := c.Unblock(t.Context(), tt.target, tt.receipt); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.calls, calls()); d != "" {
				t.Errorf("got (+), want (-):\n%s", d)
			}
		})
	}
}

func TestNamesOfPrintedReceiptsAreNoValues(t *testing.T) {
	argv, calls, _ := recorder(t, "{sam}")
	s := both(entity.KindAccount, []string{"/bin/true"}, argv)
	s.PrintsReceipt = true
	if err := opened(t, s).Unblock(t.Context(), account(), entity.Receipt{Elements: []string{"case-17"}}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"doej|"}, calls()); d != "" {
		t.Errorf("got (+), want (-):\n%s", d)
	}
}

func TestPartIsReleasedOnStandardInputToo(t *testing.T) {
	argv, _, inputs := recorder(t, "{id}")
	c := opened(t, both(entity.KindDetection, []string{"/bin/true"}, argv))
	if err := c.Unblock(t.Context(), detection("192.0.2.1", "192.0.2.2"), entity.Receipt{Elements: []string{"192.0.2.2"}}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]any{"192.0.2.2"}, inputs()[0]["destinations"]); d != "" {
		t.Errorf("got (+), want (-):\n%s", d)
	}
}

func TestReleaseThatCannotBeDerivedIsPermanent(t *testing.T) {
	argv, calls, _ := recorder(t)
	c := opened(t, both(entity.KindHost, []string{"/bin/true"}, argv))
	err := c.Unblock(t.Context(), entity.Target{Ref: entity.Ref{Kind: entity.KindHost}}, entity.Receipt{})
	if blocker.ClassOf(err) != blocker.Permanent || !strings.Contains(err.Error(), "no {ip}") || calls() != nil {
		t.Errorf("got %v, calls %q", err, calls())
	}
}

func TestReleasingWhatIsGoneSucceeds(t *testing.T) {
	for _, code := range []string{"67", "68"} {
		c := opened(t, both(entity.KindHost, []string{"/bin/true"}, script(t, "exit "+code)))
		if err := c.Unblock(t.Context(), host("10.0.0.1"), entity.Receipt{Elements: []string{"10.0.0.1"}}); err != nil {
			t.Errorf("code %s: got %v", code, err)
		}
	}
	c := opened(t, both(entity.KindHost, []string{"/bin/true"}, script(t, "exit 1")))
	if err := c.Unblock(t.Context(), host("10.0.0.1"), entity.Receipt{}); blocker.ClassOf(err) != blocker.Permanent {
		t.Errorf("code 1: got %v", err)
	}
}

func TestReleaseMayNotBecomeAnOptionEither(t *testing.T) {
	argv, calls, _ := recorder(t, "{name}")
	c := opened(t, both(entity.KindHost, []string{"/bin/true"}, argv))
	err := c.Unblock(t.Context(), entity.Target{Ref: entity.Ref{Kind: entity.KindHost}}, entity.Receipt{Elements: []string{"-rf"}})
	if blocker.ClassOf(err) != blocker.Permanent || calls() != nil {
		t.Errorf("got %v, calls %q", err, calls())
	}
}

func TestBlocksAreReleasedByAnotherProcess(t *testing.T) {
	argv, calls, inputs := recorder(t)
	s := both(entity.KindDetection, script(t, `echo "[\"rule-$1\"]"`, "{destination}"), argv)
	receipt := mustBlock(t, opened(t, s), detection("192.0.2.1"))
	if err := opened(t, s).Unblock(t.Context(), detection("192.0.2.1"), receipt); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"192.0.2.1|"}, calls()); d != "" {
		t.Errorf("got (+), want (-):\n%s", d)
	}
	if d := cmp.Diff(map[string]any{"elements": []any{"rule-192.0.2.1"}}, inputs()[0]["receipt"]); d != "" {
		t.Errorf("receipt: got (+), want (-):\n%s", d)
	}
}
