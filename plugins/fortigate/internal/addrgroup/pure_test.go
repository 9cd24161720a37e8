package addrgroup

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
)

var ours = Mark{Owner: "site-a", Blocker: "edge", Class: entity.ClassSource}

func TestAMarkIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Mark{
			Owner:   rapid.String().Draw(t, "owner"),
			Blocker: rapid.StringN(1, -1, -1).Draw(t, "blocker"),
			Class:   entity.ClassDestination,
		}
		got, ok := ParseMark(m.String())
		if !ok || got != m {
			t.Fatalf("%q is read back as %+v, %v; want %+v", m.String(), got, ok, m)
		}
		if strings.ContainsAny(m.String(), `"'<>`) {
			t.Fatalf("FortiOS refuses %q", m.String())
		}
	})
}

func TestACommentOfSomebodyElseIsNoMark(t *testing.T) {
	for _, comment := range []string{"", "var", "var owner=x", "variable owner=x blocker=y", "owner=x blocker=y", "managed by var owner=x blocker=y", "var id=7 x"} {
		if m, ok := ParseMark(comment); ok {
			t.Errorf("%q is taken as the mark %+v", comment, m)
		}
	}
}

func TestNamesFitAndNeverClash(t *testing.T) {
	marks := []Mark{
		ours,
		{"site-b", "edge", entity.ClassSource},
		{"site-a", "dc", entity.ClassSource},
		{"site-a", "edge", entity.ClassDestination},
		{"site-aedge", "", entity.ClassSource},
	}
	long := strings.Repeat("long-label.", 22)
	elements := []string{"10.0.0.1", "2001:db8::1", "2001:db8:ffff:ffff:ffff:ffff:ffff:fff0/127", "a.example", long + "a.example", long + "b.example"}
	seen := map[string]string{}
	for _, m := range marks {
		for _, e := range elements {
			name := m.name(e)
			if other, ok := seen[name]; ok {
				t.Errorf("%+v %s and %s share the name %q", m, e, other, name)
			}
			seen[name] = fmt.Sprintf("%+v %s", m, e)
			if len(name) > maxName || !strings.HasPrefix(name, m.prefix()) {
				t.Errorf("name %q", name)
			}
		}
		for _, base := range []string{"G", "G6", strings.Repeat("g", 79), strings.Repeat("g", 79) + "6", strings.Repeat("ü", 39)} {
			name := shardName(m.shardPrefix(base), 0)
			if other, ok := seen[name]; ok {
				t.Errorf("the shards of %s and %s share the name %q", base, other, name)
			}
			seen[name] = base
			if len(name) > maxName {
				t.Errorf("shard name %q has %d bytes", name, len(name))
			}
		}
	}
}

func TestAnObjectStandsForItsElement(t *testing.T) {
	for _, element := range []string{"10.0.0.1", "10.0.0.0/8", "0.0.0.0/0", "2001:db8::9", "2001:db8::/32", "bad.example.com"} {
		if got := newObject("n", element, "").element(); got != element {
			t.Errorf("%s becomes %q", element, got)
		}
	}
}

func TestObjectsOfOthersAreReadByTheirType(t *testing.T) {
	for name, tt := range map[string]struct {
		object object
		want   string
	}{
		"the predecessor's":           {object{Type: "iprange", Start: "10.0.0.1", End: "10.0.0.1"}, "10.0.0.1"},
		"a range of several":          {object{Type: "iprange", Start: "10.0.0.1", End: "10.0.0.9"}, ""},
		"a mask that fills the range": {object{Type: "ipmask", Subnet: "10.0.0.0 255.255.255.0", Start: "10.0.0.0", End: "255.255.255.0"}, "10.0.0.0/24"},
		"a prefix length":             {object{Type: "ipmask", Subnet: "10.0.0.0/24"}, "10.0.0.0/24"},
		"capital letters":             {object{Type: "ipprefix", IP6: "2001:0DB8::0009/128"}, "2001:db8::9"},
		"a domain":                    {object{Type: "fqdn", FQDN: "Bad.Example.COM"}, "bad.example.com"},
		"a wildcard":                  {object{Type: "wildcard", Subnet: "10.0.0.1 255.0.0.255"}, ""},
		"a hole in the mask":          {object{Type: "ipmask", Subnet: "10.0.0.1 255.0.0.255"}, ""},
		"a country":                   {object{Type: "geography"}, ""},
		"nothing":                     {object{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tt.object.element(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzObjectElement(f *testing.F) {
	f.Add("ipmask", "10.0.0.0 255.255.255.0", "")
	f.Add("fqdn", "", "bad.example.com")
	f.Add("ipprefix", "2001:db8::/32", "")
	f.Fuzz(func(t *testing.T, kind, value, fqdn string) {
		o := object{Type: kind, Subnet: value, IP6: value, Start: value, End: value, FQDN: fqdn}
		e := o.element()
		if e == "" {
			return
		}
		if a, err := blocker.Address(e); (err != nil || a != e) && !blocker.IsDomain(e) {
			t.Errorf("%+v stands for %q, which is not canonical", o, e)
		}
		if again := newObject("n", e, "").element(); again != e {
			t.Errorf("%q becomes %q", e, again)
		}
	})
}

// TestAssign states what must hold wherever the shards stand: every name gets a place, no shard goes beyond
// its limit, what acts already is not moved, what is in a shard that does not act stays there, and no shard is made
// while there is much room in others.
func TestAssign(t *testing.T) {
	l := list{family: four, base: "G", mark: ours}
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(2, 8).Draw(t, "limit")
		st := drawState(t, l, limit)
		names := rapid.SliceOfN(rapid.IntRange(0, 40), 0, 40).Draw(t, "names")
		var wanted []string
		for _, n := range names {
			wanted = append(wanted, fmt.Sprintf("n%d", n))
		}
		st.locate(wanted)
		a := l.assign(st, wanted, limit)
		size := map[string]int{}
		for _, g := range st.shards {
			size[g.Name] = len(g.Member)
		}
		for _, s := range a.shards {
			if s.create != (size[s.name] == 0) {
				t.Errorf("shard %s: create is %v", s.name, s.create)
			}
			if s.nest == st.nested[s.name] {
				t.Errorf("shard %s: nest is %v", s.name, s.nest)
			}
			if s.create {
				size[s.name] = 1
			}
		}
		for _, name := range wanted {
			s := a.of[name]
			if (s == nil) != st.enforced(name) {
				t.Fatalf("%s acts: %v, and goes into %v", name, st.enforced(name), s)
			}
			if at := st.places[name]; s != nil && len(at) > 0 && s.name != at[0].Name {
				t.Fatalf("%s is in %s and goes into %s", name, at[0].Name, s.name)
			}
		}
		for name, s := range a.of {
			if len(st.places[name]) > 0 { // it is in its shard already
				continue
			}
			if size[s.name]++; size[s.name] > limit {
				t.Fatalf("shard %s gets %d members, the limit is %d", s.name, size[s.name], limit)
			}
		}
		room, made := 0, 0
		for _, g := range st.shards {
			if st.nested[g.Name] {
				room += limit - size[g.Name]
			}
		}
		for _, s := range a.shards {
			if s.create {
				made++
			}
		}
		if most := 3 * (limit - 1); made > 0 && room >= most {
			t.Fatalf("%d shards are made, and the others have room for %d, %d or more", made, room, most)
		}
	})
}

func drawState(t *rapid.T, l list, limit int) state {
	st := state{base: group{Name: "G", Member: []member{{placeholder}}}, nested: map[string]bool{}}
	prefix := l.mark.shardPrefix("G")
	for n := range rapid.IntRange(0, 4).Draw(t, "shards") {
		g := group{Name: shardName(prefix, n), Comment: l.mark.String(), Member: []member{{placeholder}}}
		for i := range rapid.IntRange(0, limit-1).Draw(t, "members") {
			g.Member = append(g.Member, member{fmt.Sprintf("n%d", n*8+i)})
		}
		st.shards = append(st.shards, g)
		if rapid.Bool().Draw(t, "nested") {
			st.base.Member = append(st.base.Member, member{g.Name})
			st.nested[g.Name] = true
		}
	}
	foreign := group{Name: shardName(Mark{"site-b", "edge", entity.ClassSource}.shardPrefix("G"), 9), Comment: Mark{"site-b", "edge", entity.ClassSource}.String()}
	st.shards = append(st.shards, foreign)
	return st
}

func TestSplitAnswersInTheOrderOfTheInput(t *testing.T) {
	w, err := New(Options{Blocker: "edge", Groups: map[entity.Class]Pair{entity.ClassDestination: {Four: "G"}}})
	if err != nil {
		t.Fatal(err)
	}
	in := []string{"10.0.0.1", "2001:db8::1", "a.example", "2001:db8::2", "10.0.0.2"}
	got := split(w, entity.ClassDestination, in, func(e string) string { return e }, func(l list, some []string) []string {
		var out []string
		for _, e := range some {
			out = append(out, l.base+" "+e)
		}
		return out
	})
	want := []string{"G 10.0.0.1", "G6 2001:db8::1", "G a.example", "G6 2001:db8::2", "G 10.0.0.2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
