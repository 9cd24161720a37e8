package lab

import (
	"encoding/json"
	"runtime"
	"strings"
	"testing"
)

// allocated is how many bytes a call allocates.
func allocated(call func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	call()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestAPageCostsWhatIsOnIt(t *testing.T) {
	cost := func(n int) uint64 {
		b := large(t, n)
		page := func() {
			askFor(t, b, "GET", "hosts?all=true&tags=vectra_host_block&ordering=id&page_size=200&page=2", "")
		}
		page()
		return allocated(page)
	}
	if small, large := cost(500), cost(5000); large > small*3/2 {
		t.Errorf("a page costs %d KiB of 500 hosts, and %d KiB of 5,000", small>>10, large>>10)
	}
}

// Whatever changes the brain, the next list shows it.
func TestAListShowsWhatChanged(t *testing.T) {
	b := large(t, 3)
	listed := func() string {
		return askFor(t, b, "GET", "hosts?all=true&tags=new&ordering=-threat", "").Body.String()
	}
	change := func(op, args string) func() {
		return func() {
			if err := b.Change(op, json.RawMessage(args)); err != nil {
				t.Fatal(err)
			}
		}
	}
	steps := []struct {
		do   func()
		want string
	}{
		{func() {}, `"count":0,`},
		{func() { askFor(t, b, "PATCH", "tagging/host/1", `{"tags":["new"]}`) }, `"count":1,`},
		{func() { askFor(t, b, "POST", "tagging/host", `{"objectIds":[2],"tag":"new"}`) }, `"count":2,`},
		{change("add_tag", `{"kind":"host","id":3,"tag":"new"}`), `"count":3,`},
		{change("remove_tag", `{"kind":"host","id":1,"tag":"new"}`), `"count":2,`},
		{func() { b.PutHosts(Host{Subject: Subject{ID: 9, Tags: []string{"new"}}}) }, `"count":3,`},
		{change("remove", `{"kind":"host","id":9}`), `"count":2,`},
	}
	for i, step := range steps {
		step.do()
		if got := listed(); !strings.Contains(got, step.want) || listed() != got {
			t.Errorf("step %d: %.60s, want %s", i, got, step.want)
		}
	}
}
