package main_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/lab"
)

// bustle is a world of two brains, the FortiGates and a PAN-OS firewall, with two processes of var, analysts who
// change their minds, and an admin who changes the devices.
type bustle struct {
	*stage
	random *rand.Rand
	// wanted are the hosts that an analyst wants blocked, by brain and id.
	wanted map[string]map[int]bool
	// theirs are the admin's objects in the group of each gate, by name, with their addresses; tagged are the
	// addresses that he registered on the firewall.
	theirs map[string]map[string]string
	tagged map[string]bool
	made   int
}

// branch is the second brain, of another family.
const branchName = "branch"

// thronged are the hosts of each brain that play. The first ones of both have the same addresses.
const thronged = 6

func address(brain string, id int) string {
	if brain == branchName && id > thronged/2 {
		return fmt.Sprintf("10.77.2.%d", id)
	}
	return fmt.Sprintf("10.77.1.%d", id)
}

func newBustle(t *testing.T) *bustle {
	t.Helper()
	b := &bustle{
		stage: newStage(t, families[0], fortigates{"address-group"}, panos{}), random: rand.New(rand.NewPCG(9, 10000)),
		wanted: map[string]map[int]bool{brainName: {}, branchName: {}},
		theirs: map[string]map[string]string{}, tagged: map[string]bool{foreignSource: false},
	}
	for _, end := range gates {
		b.theirs[end] = map[string]string{"office": foreignSource}
	}
	other := families[2].open(b.world)
	b.world.Add(branchName, other)
	for _, name := range []string{"client_id", "client_secret"} {
		secret := map[string]string{"client_id": brainClient, "client_secret": brainSecret}[name]
		b.write(t, "credentials/brain."+branchName+"."+name, secret)
	}
	other.Fill(throng(branchName))
	b.world.End(brainName).Simulator().(*lab.Brain).Fill(throng(brainName))
	b.adjust = func(config string) string {
		return config + fmt.Sprintf("[brain.%s]\nurl = %q\napi = %q\nca_file = \"ca.pem\"\n[gate]\nmax_blocks = 0\nmax_releases = 0\nmax_releases_percent = 0\n",
			branchName, b.world.End(branchName).URL, families[2].version)
	}
	b.configure(t)
	b.pass(t, 0)
	return b
}

func throng(brain string) lab.Estate {
	var e lab.Estate
	for id := 1; id <= thronged; id++ {
		e.Hosts = append(e.Hosts, lab.Host{
			Subject: lab.Subject{ID: id, Threat: 10, Certainty: 10},
			Scored:  lab.Scored{Name: fmt.Sprintf("%s-%d", brain, id), Urgency: 10}, IP: address(brain, id),
		})
	}
	if brain == branchName {
		e.Groups = []lab.Group{
			{ID: 1, Name: "NoBlock", Type: "host", Members: []string{}}, {ID: 2, Name: "NoBlockAccounts", Type: "account", Members: []string{}},
		}
	}
	return e
}

// anything is what one of the others does next.
func (b *bustle) anything(t *testing.T) {
	t.Helper()
	deeds := []func(*testing.T){b.mind, b.mind, b.mind, b.adminAdds, b.adminRemoves, b.adminInterferes, b.adminTags, b.adminUntagsOurs}
	deeds[b.random.IntN(len(deeds))](t)
}

// mind has an analyst of one brain change his mind about one host.
func (b *bustle) mind(t *testing.T) {
	brain, id := []string{brainName, branchName}[b.random.IntN(2)], 1+b.random.IntN(thronged)
	wanted := !b.wanted[brain][id]
	b.wanted[brain][id] = wanted
	op := map[bool]string{true: "add_tag", false: "remove_tag"}[wanted]
	b.admin.change(t, brain, op, map[string]any{"kind": "host", "id": id, "tag": blockTags["host"]})
}

func (b *bustle) gate() string { return gates[b.random.IntN(len(gates))] }

// someAddress may be one that var blocks too: the admin has an object of his own for it.
func (b *bustle) someAddress() string {
	if b.random.IntN(2) == 0 {
		return address(brainName, 1+b.random.IntN(thronged))
	}
	return fmt.Sprintf("10.88.0.%d", 1+b.random.IntN(200))
}

func (b *bustle) adminAdds(t *testing.T) {
	b.made++
	end, name, ip := b.gate(), fmt.Sprintf("admin-%d", b.made), b.someAddress()
	if len(b.theirs[end]) > 30 {
		b.adminRemoves(t)
		return
	}
	b.admin.change(t, end, "create", map[string]any{"table": "firewall/address", "object": map[string]any{"name": name, "subnet": ip + "/32"}})
	b.admin.change(t, end, "add-members", map[string]any{"group": "Internal-Block", "members": []string{name}})
	b.theirs[end][name] = ip
}

func (b *bustle) adminRemoves(t *testing.T) {
	end := b.gate()
	for name := range b.theirs[end] {
		if name != "office" {
			b.admin.change(t, end, "remove-members", map[string]any{"group": "Internal-Block", "members": []string{name}})
			delete(b.theirs[end], name)
			return
		}
	}
}

// adminInterferes takes one of var's own members out of the group.
func (b *bustle) adminInterferes(t *testing.T) {
	end := b.gate()
	for _, name := range b.members(t, end) {
		if strings.HasPrefix(name, "var-") {
			b.attempt(end, "remove-members", fmt.Sprintf(`{"group": "Internal-Block", "members": [%q]}`, name))
			return
		}
	}
}

func (b *bustle) members(t *testing.T, end string) []string {
	t.Helper()
	var v gateView
	b.admin.state(t, end, &v)
	return v.VDOMs["root"].Groups["Internal-Block"]
}

func (b *bustle) adminTags(t *testing.T) {
	ip := fmt.Sprintf("10.99.0.%d", 1+b.random.IntN(20))
	op := map[bool]string{true: "untag", false: "tag"}[b.tagged[ip]]
	b.admin.change(t, "pa1", op, map[string]any{"ip": ip, "tags": []string{"Block_Host"}})
	b.tagged[ip] = !b.tagged[ip]
}

func (b *bustle) adminUntagsOurs(*testing.T) {
	ip := address([]string{brainName, branchName}[b.random.IntN(2)], 1+b.random.IntN(thronged))
	b.attempt("pa1", "untag", fmt.Sprintf(`{"ip": %q, "tags": ["Block_Host"]}`, ip))
}

// attempt is a change that var may be faster with.
func (b *bustle) attempt(end, op, args string) {
	changer := b.world.End(end).Simulator().(interface {
		Change(op string, args json.RawMessage) error
	})
	_ = changer.Change(op, json.RawMessage(args)) // nothing was there to change
}

// ours are the addresses that are to be blocked, whichever brain wants them.
func (b *bustle) ours() map[string]bool {
	all := map[string]bool{}
	for brain, hosts := range b.wanted {
		for id, wanted := range hosts {
			if wanted {
				all[address(brain, id)] = true
			}
		}
	}
	return all
}

// quiet compares the devices with what everybody wants of them, once nobody changes anything any more.
func (b *bustle) quiet(t *testing.T) {
	t.Helper()
	for range 3 { // what was in use, or was changed while a pass looked, is left for the next
		b.run(t, "run")
	}
	last := b.pass(t, 0)
	force := b.inForce(t)
	for _, end := range gates {
		want := b.ours()
		for name, ip := range b.theirs[end] {
			want[ip] = true
			if !slices.Contains(b.members(t, end), name) {
				t.Errorf("%s: the admin's member %s is lost", end, name)
			}
		}
		b.same(t, end+" source", want, force[end+" source"], last)
		b.objects(t, end)
	}
	want := b.ours()
	for ip, tagged := range b.tagged {
		if tagged {
			want[ip] = true
		}
	}
	b.same(t, "pa1 Hosts", want, force["pa1 Hosts"], last)
	held, open := b.status(t)
	if n := len(held); open > 0 || n > 4*thronged {
		t.Errorf("%d held, %d open", n, open)
	}
}

func (b *bustle) same(t *testing.T, place string, want map[string]bool, got []string, last ended) {
	t.Helper()
	is := map[string]bool{}
	for _, ip := range got {
		is[ip] = true
	}
	if !maps.Equal(want, is) {
		t.Errorf("%s holds %v, want %v; the last pass said %s", place, slices.Sorted(maps.Keys(is)), slices.Sorted(maps.Keys(want)), last)
	}
}

// objects: each object of ours is the one of an address that is wanted.
func (b *bustle) objects(t *testing.T, end string) {
	t.Helper()
	var v gateView
	b.admin.state(t, end, &v)
	n := 0
	for name := range v.VDOMs["root"].Addresses {
		if strings.HasPrefix(name, "var-") {
			n++
		}
	}
	if n != len(b.ours()) {
		t.Errorf("%s has %d objects of ours for %d addresses", end, n, len(b.ours()))
	}
}

// deeds is how much happens in between.
func deeds() (rounds, each int) {
	if os.Getenv("VAR_TEST_ALL") != "" {
		return 50, 200
	}
	return 1, 100
}

// TestTwoProcessesAndAThirdAdmin: two brains, two processes and one that comes now and then, all on the same devices,
// which an admin changes at random: no foreign member is lost, and nothing of ours stays without a holder.
func TestTwoProcessesAndAThirdAdmin(t *testing.T) {
	t.Parallel()
	b := newBustle(t)
	rounds, each := deeds()
	for round := range rounds {
		loops := []*process{b.start(t, "run", "--loop"), b.start(t, "run", "--loop", "--brain", branchName)}
		for n := range each {
			b.anything(t)
			if n%25 == 24 { // a pass of its own, that may find others at work
				if e := b.run(t, "run"); e.code != 0 && e.code != 4 && e.code != 5 {
					t.Errorf("round %d: %s", round, e)
				}
			}
		}
		for i, loop := range loops {
			signal := []os.Signal{os.Interrupt, os.Kill}[i*(round%2)]
			if e := loop.end(t, signal); signal == os.Interrupt && e.code != 0 {
				t.Errorf("round %d: a loop was interrupted: %s", round, e)
			}
		}
		b.quiet(t)
	}
	t.Logf("%d operations", rounds*each)
}
