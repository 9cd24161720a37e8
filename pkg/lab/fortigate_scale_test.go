package lab

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// ask makes one call of the API with the right token.
func (f *FortiGate) ask(t testing.TB, method, path, body string) fortiAnswerBody {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer t")
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	var got fortiAnswerBody
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.Status != "success" {
		t.Fatalf("%s %s: %v %+v", method, path, err, got)
	}
	return got
}

type fortiAnswerBody struct {
	Status   string                  `json:"status"`
	Revision string                  `json:"revision"`
	Results  []struct{ Name string } `json:"results"`
}

// largeFortiGate has many objects, and a group of some of them.
func largeFortiGate(t testing.TB, objects, members int) *FortiGate {
	t.Helper()
	f := NewFortiGate(FortiGateConfig{Token: "t"})
	names := make([]string, members)
	for i := range names {
		names[i] = fmt.Sprintf("x-%05d", i)
	}
	group, err := json.Marshal(map[string]any{"group": "G", "members": names})
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range [][2]string{
		{"fill", fmt.Sprintf(`{"count":%d,"prefix":"x-"}`, objects)},
		{"create", `{"table":"firewall/addrgrp","object":{"name":"G","member":[{"name":"none"}]}}`},
		{"add-members", string(group)},
	} {
		if err := f.Change(op[0], json.RawMessage(op[1])); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

func TestWhatIsReadAgainIsWhatThereIs(t *testing.T) {
	f := largeFortiGate(t, 50, 20)
	const list = "/api/v2/cmdb/firewall/address?filter=name=@x-&start=10&count=5"
	names := func() (all []string) {
		for _, r := range f.ask(t, "GET", list, "").Results {
			all = append(all, r.Name)
		}
		return all
	}
	before := names()
	if again := names(); !slices.Equal(before, again) {
		t.Errorf("got %q, then %q", before, again)
	}
	f.ask(t, "DELETE", "/api/v2/cmdb/firewall/address/x-00030", "")
	if got := names(); !slices.Equal(before, got) {
		t.Errorf("after one behind them is gone %q, want %q", got, before)
	}
	f.ask(t, "POST", "/api/v2/cmdb/firewall/address", `{"name":"x-new","subnet":"10.9.9.9/32"}`)
	rows := f.ask(t, "GET", "/api/v2/cmdb/firewall/address?filter=name=@x-", "").Results
	if len(rows) != 50 || rows[49].Name != "x-new" {
		t.Errorf("%d rows, and the last is %v; want 50 with the new one last", len(rows), rows[len(rows)-1])
	}
}

func TestARevisionStandsForTheContent(t *testing.T) {
	f := largeFortiGate(t, 50, 20)
	const members = "/api/v2/cmdb/firewall/addrgrp/G/member"
	revision := func() string { return f.ask(t, "GET", "/api/v2/cmdb/firewall/addrgrp", "").Revision }
	before := revision()
	f.ask(t, "POST", members, `{"name":"x-00040"}`)
	with := revision()
	f.ask(t, "DELETE", members+"/x-00040", "")
	if with == before || revision() != before {
		t.Errorf("%s, with a member more %s, without %s", before, with, revision())
	}
	f.ask(t, "DELETE", members+"/x-00001", "")
	f.ask(t, "POST", members, `{"name":"x-00040"}`)
	if got := revision(); got == with || got == before {
		t.Errorf("one member in the place of another: %s", got)
	}
	f.ask(t, "DELETE", "/api/v2/cmdb/firewall/address/x-00001", "") // in use no more
}

// The cost of one call must not grow with what the device holds.
func TestACallCostsNoMoreWhereThereIsMore(t *testing.T) {
	allocated := func(objects, members int, call func(f *FortiGate)) float64 {
		f := largeFortiGate(t, objects, members)
		call(f)
		return testing.AllocsPerRun(5, func() { call(f) })
	}
	for name, call := range map[string]func(*FortiGate){
		"a page": func(f *FortiGate) { f.ask(t, "GET", "/api/v2/cmdb/firewall/address?start=100&count=50", "") },
		"a filter": func(f *FortiGate) {
			f.ask(t, "GET", "/api/v2/cmdb/firewall/address?filter=name=@x-&start=9&count=50", "")
		},
		"a member": func(f *FortiGate) {
			f.ask(t, "POST", "/api/v2/cmdb/firewall/addrgrp/G/member", `{"name":"all"}`)
			f.ask(t, "DELETE", "/api/v2/cmdb/firewall/addrgrp/G/member/all", "")
		},
	} {
		if little, much := allocated(200, 20, call), allocated(5000, 2000, call); much > 1.2*little {
			t.Errorf("%s: %.0f allocations where there is little, %.0f where there is much", name, little, much)
		}
	}
}

func BenchmarkFortiGatePage(b *testing.B) {
	for _, n := range []int{1000, 100_000} {
		f := largeFortiGate(b, n, 10)
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f.ask(b, "GET", "/api/v2/cmdb/firewall/address?filter=name=@x-&start=0&count=1000", "")
			}
		})
	}
}

func BenchmarkFortiGateMember(b *testing.B) {
	for _, n := range []int{100, 5000} {
		f := largeFortiGate(b, 5000, n)
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f.ask(b, "POST", "/api/v2/cmdb/firewall/addrgrp/G/member", `{"name":"all"}`)
				f.ask(b, "DELETE", "/api/v2/cmdb/firewall/addrgrp/G/member/all", "")
			}
		})
	}
}
