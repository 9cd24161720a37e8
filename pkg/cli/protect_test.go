package cli

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/protect"
)

// guarded is a category of the never-block set that covers one target, which a rule wants blocked.
type guarded struct {
	// lines and machine make the category cover the target; lifted are the lines without it.
	lines, lifted string
	machine       protect.Machine
	// element is what stands on the device when the target is blocked; listed: it is wanted by the static list.
	element string
	listed  bool
	why     string
	code    int
	// only is a brain to which the run is restricted.
	only string
}

func files(of map[string]string) protect.Machine {
	m := fstest.MapFS{}
	for path, text := range of {
		m[path] = &fstest.MapFile{Data: []byte(text)}
	}
	return protect.Machine{Files: m}
}

func environ(of ...string) protect.Machine {
	return protect.Machine{Environ: func() []string { return of }}
}

// resolving is a machine whose name servers know one name.
func resolving(name, address string) protect.Machine {
	return protect.Machine{LookupHost: func(_ context.Context, host string) ([]string, error) {
		if host == name {
			return []string{address}, nil
		}
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}}
}

const (
	gateway4 = "eth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
	gateway6 = "00000000000000000000000000000000 00 00000000000000000000000000000000 00 2a000000000000000000000000000001 00000400 00000001 00000000 00000003 eth0\n"
	far      = "brain.far.api = \"2.5\"\nbrain.far.url = "
	spare    = "blocker.spare.plugin = \"scribe\"\nblocker.spare.label = \"Spare\"\nblocker.spare.enabled = false\n"
)

// host is the lab's host that carries the block tag, tunnel and person the like of it.
const (
	hostElement    = "10.0.0.1"
	tunnelElement  = "d1.example.org"
	accountElement = "account-1"
)

func categories() map[string]guarded {
	eth0 := protect.Interface{Name: "eth0", Addresses: []netip.Addr{netip.MustParseAddr(hostElement)}}
	never := func(text string) string { return fmt.Sprintf("never_block.targets = [%q]\n", text) }
	return map[string]guarded{
		"own address": {
			machine: protect.Machine{Interfaces: func() ([]protect.Interface, error) { return []protect.Interface{eth0}, nil }},
			element: hostElement, why: "own address 10.0.0.1 of eth0",
		},
		"default gateway": {
			machine: files(map[string]string{"proc/net/route": gateway4}), element: hostElement, why: "default gateway 10.0.0.1 of eth0",
		},
		"default gateway of IPv6": {
			machine: files(map[string]string{"proc/net/ipv6_route": gateway6}), element: "2a00::1", listed: true,
			why: "default gateway 2a00::1 of eth0",
		},
		"a network with the default gateway": {
			machine: files(map[string]string{"proc/net/ipv6_route": gateway6}), element: "2a00::/32", listed: true,
			why: "2a00::/32: default gateway 2a00::1 of eth0",
		},
		"name server": {
			machine: files(map[string]string{"etc/resolv.conf": "nameserver 10.0.0.1\n"}), element: hostElement,
			why: "name server 10.0.0.1 of /etc/resolv.conf",
		},
		"name server behind the local one": {
			machine: files(map[string]string{"run/systemd/resolve/resolv.conf": "nameserver 10.0.0.1\n"}), element: hostElement,
			why: "name server 10.0.0.1 of /run/systemd/resolve/resolv.conf",
		},
		"SSH session": {
			machine: environ("SSH_CONNECTION=10.0.0.1 50000 10.0.0.2 22"), element: hostElement, why: "SSH session from 10.0.0.1",
		},
		"SSH session above sudo": {
			machine: files(map[string]string{"proc/self/status": "PPid:\t7\n", "proc/7/environ": "SSH_CONNECTION=10.0.0.1 1 10.0.0.2 22\x00"}),
			element: hostElement, why: "SSH session from 10.0.0.1",
		},
		"proxy": {
			machine: environ("HTTPS_PROXY=http://10.0.0.1:3128", "NO_PROXY=*"), element: hostElement, why: "proxy of HTTPS_PROXY 10.0.0.1",
		},
		"brain": {
			lines: far + `"https://far.example.net"`, lifted: far + `"https://other.example.net"`, only: "hq",
			machine: resolving("far.example.net", hostElement), element: hostElement, why: "brain far far.example.net (10.0.0.1)",
		},
		"proxy of a brain": {
			lines: far + "\"https://192.0.2.1\"\nbrain.far.proxy = \"http://10.0.0.1:3128\"", lifted: far + `"https://192.0.2.1"`, only: "hq",
			element: hostElement, why: "proxy of brain far 10.0.0.1",
		},
		"device of a blocker": {
			lines: `blocker.desk.settings.desk = "https://fw1.example.net:8443"`, machine: resolving("fw1.example.net", hostElement),
			element: hostElement, why: "desk of blocker desk fw1.example.net (10.0.0.1)",
		},
		"device of a blocker that is switched off": {
			lines: spare + `blocker.spare.settings.desk = "https://10.0.0.1"`, lifted: spare, element: hostElement, why: "desk of blocker spare 10.0.0.1",
		},
		"device of a blocker whose plugin is missing": {
			lines:  "blocker.lost.plugin = \"nobody\"\nblocker.lost.settings.device = [{name = \"fw1\", url = \"https://10.0.0.1\"}]",
			lifted: `blocker.lost.plugin = "nobody"`, code: ExitPartial, element: hostElement, why: "device fw1 of blocker lost 10.0.0.1",
		},
		"configured address": {lines: never(hostElement), element: hostElement, why: "never_block 10.0.0.1"},
		"configured network": {lines: never("10.0.0.0/29"), element: hostElement, why: "10.0.0.1: never_block 10.0.0.0/29"},
		"configured host":    {lines: never("host-1.example.net"), element: hostElement, why: "never_block host-1.example.net"},
		"address of a configured host": {
			lines: never("dc01.example.net"), machine: resolving("dc01.example.net", hostElement), element: hostElement,
			why: "never_block dc01.example.net (10.0.0.1)",
		},
		"configured domain": {lines: never("example.org"), element: tunnelElement, why: "d1.example.org: never_block example.org"},
		"configured account": {
			lines: accounts + never(`EXAMPLE\account-1`), lifted: accounts, element: accountElement, why: `never_block EXAMPLE\account-1`,
		},
		"public resolver": {
			lifted: "never_block.public_resolvers = false", element: "9.9.9.9", listed: true, why: "public resolver of Quad9 9.9.9.9",
		},
		"short prefix": {
			lines: "never_block.min_prefix_ipv4 = 24", element: "185.199.0.0/16", listed: true, why: "185.199.0.0/16: a network of more than a /24",
		},
		"short prefix of IPv6": {
			lines: "never_block.min_prefix_ipv6 = 48", element: "2a00::/32", listed: true, why: "2a00::/32: a network of more than a /48",
		},
	}
}

// accounts has the scribe take accounts.
const accounts = "blocker.desk.settings.accounts = true\n"

// wanting adds to lines what lets a rule want the target.
func (g guarded) wanting(s *stage, lines string) string {
	if !g.listed {
		return lines
	}
	list := s.write("list.txt", g.element+"\n")
	return fmt.Sprintf("%s\nstatic.destinations = %q\nstatic.permit = [\"127.0.0.0/8\", \"169.254.0.0/16\", \"224.0.0.0/8\", \"0.0.0.0/8\", \"255.0.0.0/8\", \"fe80::/16\", \"ff02::/16\", \"::/48\"]", lines, list)
}

func (g guarded) args(command ...string) []string {
	if g.only != "" {
		return append(command, "--brain", g.only)
	}
	return command
}

// Each category guards what it stands for, and says so; without it the target is blocked.
func TestEachCategoryOfNeverBlock(t *testing.T) {
	all := categories()
	for _, name := range some(slices.Sorted(maps.Keys(all))) {
		t.Run(name, func(t *testing.T) {
			s, g := newStage(t), all[name]
			s.machine = g.machine
			s.want(g.code, g.wanting(s, g.lines), g.args("run", "--output", "json")...)
			s.holds(g.element, false)
			if !strings.Contains(s.out.String(), jsonText(g.why)) {
				t.Errorf("nothing says %q:\n%s", g.why, &s.out)
			}
			s.machine = protect.Machine{}
			s.want(g.code, g.wanting(s, g.lifted), g.args("run")...)
			s.holds(g.element, true)
		})
	}
}

func jsonText(text string) string { return fmt.Sprintf("%q", text) }

// lacking is a never-block set without what stands there for one reason.
type lacking struct {
	plan.Protector
	reason string
}

func (l lacking) Covers(t entity.Target, elements []string) (string, bool) {
	why, covered := l.Protector.Covers(t, elements)
	return why, covered && !strings.Contains(why, l.reason)
}

// What is compiled in cannot be configured away: the test takes it out of the set.
func TestWhatIsCompiledInIsNeverBlocked(t *testing.T) {
	reasons := map[string]string{
		"127.0.0.53": "loopback", "169.254.169.254": "link-local", "224.0.0.251": "multicast", "0.0.0.0": "unspecified",
		"255.255.255.255": "broadcast", "::1": "loopback", "fe80::1": "link-local", "ff02::fb": "multicast", "::": "unspecified",
	}
	for _, element := range some(slices.Sorted(maps.Keys(reasons))) {
		t.Run(element, func(t *testing.T) {
			s := newStage(t)
			lines := guarded{element: element, listed: true}.wanting(s, "")
			s.want(ExitDone, lines, "run")
			s.holds(element, false)
			sys := s.opened(lines)
			sys.guard.set = lacking{sys.guard.now(), reasons[element]}
			sys.pass(t.Context(), false)
			s.holds(element, true)
		})
	}
}

// opened is what a run with these lines would make its passes with.
func (s *stage) opened(lines string) *system {
	s.t.Helper()
	a := s.app()
	a.config, a.pluginDir = s.write("config.toml", s.base(lines)), s.path("plugins")
	sys, err := a.open(s.t.Context(), scope{only: entity.Kinds()})
	if err != nil {
		s.t.Fatalf("%v\n%s", err, &s.err)
	}
	s.t.Cleanup(func() {
		if err := sys.close(); err != nil {
			s.t.Error(err)
		}
	})
	return sys
}

// The test needs no server: nothing but the guard is told that the state is kept on one.
func TestTheDatabaseOfTheStateIsNeverBlocked(t *testing.T) {
	s := newStage(t)
	s.machine = resolving("db.example.net", hostElement)
	sys := s.opened("")
	file := sys.cfg.State
	for state, blocked := range map[string]bool{"postgres://var@db.example.net:5432/var": false, file: true} {
		sys.cfg.State = state
		sys.guard.refresh(t.Context())
		sys.pass(t.Context(), false)
		s.holds(hostElement, blocked)
	}
}

// Nothing stands in the way of a release by never-block.
func TestWhatBecomesProtectedIsReleased(t *testing.T) {
	never := "never_block.targets = [\"10.0.0.1\"]\n"
	tests := map[string]struct {
		lines string
		code  int
	}{
		"at once":                    {never, ExitDone},
		"with explicit unblock":      {never + "run.explicit_unblock = true", ExitDone},
		"with a kind that is frozen": {never + "hosts.no_block_group = \"Nobody\"", ExitPartial},
		"with a brain that is down":  {never + "brain.hq.url = \"https://127.0.0.1:1\"\nbrain.hq.timeout = \"1s\"", ExitPartial},
		"with a kind not looked at":  {never + "hosts.enabled = false", ExitDone},
	}
	for _, name := range some(slices.Sorted(maps.Keys(tests))) {
		t.Run(name, func(t *testing.T) {
			s, tt := newStage(t), tests[name]
			s.want(ExitDone, "", "run")
			s.holds(hostElement, true)
			s.want(tt.code, tt.lines, "run")
			s.holds(hostElement, false)
			s.want(ExitDone, never, "run")
			if tags := s.brain.Tags("host", tagged); !slices.Equal(tags, []string{"vectra_host_block"}) {
				t.Errorf("once all is well again the tags are %q", tags)
			}
		})
	}
}

// A gateway that changes while the program runs is protected in the next pass.
func TestTheMachineIsLookedAtBeforeEachPass(t *testing.T) {
	s := newStage(t)
	routes := fstest.MapFS{}
	s.machine = protect.Machine{Files: routes}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	a, held := s.app(), []bool{}
	a.Pause = func(ctx context.Context, _ time.Duration) error {
		if held = append(held, s.book().Held[hostElement]); len(held) == 2 {
			stop()
		}
		routes["proc/net/route"] = &fstest.MapFile{Data: []byte(gateway4)}
		return ctx.Err()
	}
	path := s.write("config.toml", s.base(""))
	if code := a.Run(ctx, []string{"--config", path, "--plugin-dir", s.path("plugins"), "run", "--loop"}); code != ExitDone {
		t.Fatalf("the loop ended with %d\n%s", code, &s.err)
	}
	if want := []bool{true, false}; !slices.Equal(held, want) {
		t.Errorf("after each pass it is blocked: %v, want %v", held, want)
	}
}

// The journal keeps the last answer for the next process; a run that only shows writes none.
func TestANameKeepsItsLastAnswerFromRunToRun(t *testing.T) {
	s := newStage(t)
	lines := "never_block.targets = [\"dc01.example.net\"]"
	s.machine = resolving("dc01.example.net", hostElement)
	s.want(ExitDone, lines, "run")
	s.machine = resolving("dc01.example.net", "10.0.0.99")
	s.want(ExitDone, lines, "plan")
	if !strings.Contains(s.out.String(), "block") || strings.Contains(s.err.String(), "never-block") {
		t.Errorf("the plan does not go by the name's new address:\n%s%s", &s.out, &s.err)
	}
	s.machine = protect.Machine{}
	s.want(ExitDone, lines, "run")
	s.holds(hostElement, false)
}

func TestAHostThatCannotBeFoundIsTold(t *testing.T) {
	s := newStage(t)
	s.want(ExitDone, `blocker.desk.settings.desk = "https://fw1.example.net"`, "run")
	if !strings.Contains(s.err.String(), "desk of blocker desk fw1.example.net: only the name is protected") {
		t.Errorf("told is:\n%s", &s.err)
	}
}

func TestHostsThatMustStayReachable(t *testing.T) {
	tests := map[string][]string{
		"sqlite:///var/lib/var/var.db":                        nil,
		"postgres://var@db.example.net/var?sslmode=disable":   {"db.example.net"},
		"postgres://one:5432,[2001:db8::1]:5433,10.0.0.9/var": {"one", "2001:db8::1", "10.0.0.9"},
		"postgresql://[2001:db8::1]/var":                      {"[2001:db8::1]"},
	}
	for state, want := range tests {
		var got []string
		g := &guard{cfg: &config.Config{State: state}}
		for _, h := range g.hosts() {
			got = append(got, h.Host)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", state, got, want)
		}
	}
}

// The program itself looks at the machine that it runs on.
func TestTheProgramKnowsItsMachine(t *testing.T) {
	m := newApp().Machine
	if m.Interfaces == nil || m.Files == nil || m.Environ == nil || m.LookupHost == nil {
		t.Errorf("it looks at %+v only", m)
	}
}
