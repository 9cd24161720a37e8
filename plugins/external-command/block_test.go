package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
)

func TestArgumentsAndReceipts(t *testing.T) {
	tests := map[string]struct {
		target entity.Target
		args   []string
		calls  []string
		held   []string
	}{
		"host, appended":           {host("10.0.0.1"), []string{"-x"}, []string{"-x|10.0.0.1|"}, []string{"10.0.0.1"}},
		"host, every placeholder":  {host("2001:DB8::1"), []string{"{ip}/{id}", "{name}", "{tags}"}, []string{"2001:db8::1/17|pc-17.example.net|a,b c|"}, []string{"2001:db8::1"}},
		"host, same one twice":     {host("10.0.0.1"), []string{"{ip}{ip}", "x"}, []string{"10.0.0.110.0.0.1|x|"}, []string{"10.0.0.1"}},
		"host, once for each MAC":  {host("10.0.0.1"), []string{"{mac}", "{ip}"}, []string{"00:00:5e:00:53:01|10.0.0.1|", "00:00:5e:00:53:02|10.0.0.1|"}, []string{"00:00:5e:00:53:01", "00:00:5e:00:53:02"}},
		"host, mapped address":     {host("::ffff:10.0.0.1"), []string{"--ip={ip}"}, []string{"--ip=10.0.0.1|"}, []string{"10.0.0.1"}},
		"host, id is of a source":  {host("10.0.0.1"), []string{"{id}"}, []string{"17|"}, []string{"hq/17"}},
		"host, nothing of its own": {host("10.0.0.1"), []string{"{tags}"}, []string{"a,b c|"}, []string{"hq/17"}},
		"account, appended":        {account(), nil, []string{"doej|HR|"}, []string{"doej"}},
		"account, placeholders":    {account(), []string{"{account}", "{upn}", "ctx={context}"}, []string{"jdoe@example.net|john.doe@example.net|ctx=HR|"}, []string{"jdoe@example.net"}},
		"detection, appended":      {detection("192.0.2.1", "evil.example.net"), nil, []string{"192.0.2.1|", "evil.example.net|"}, []string{"192.0.2.1", "evil.example.net"}},
		"detection, per destination": {
			detection("192.0.2.1", "192.0.2.2"),
			[]string{"-d", "{destination}", "{id}"},
			[]string{"-d|192.0.2.1|5|", "-d|192.0.2.2|5|"},
			[]string{"192.0.2.1", "192.0.2.2"},
		},
		"detection, all on standard input": {detection("192.0.2.1", "192.0.2.2"), []string{"{id}", "{ip}"}, []string{"5|10.0.0.9|"}, []string{"192.0.2.1", "192.0.2.2"}},
		"static, appended":                 {static("198.51.100.0/24"), nil, []string{"198.51.100.0/24|"}, []string{"198.51.100.0/24"}},
		"shell is not spoken":              {host("10.0.0.1"), []string{"$(id)", "`id`; rm", "{ip}"}, []string{"$(id)|`id`; rm|10.0.0.1|"}, []string{"10.0.0.1"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			argv, calls, _ := recorder(t, tt.args...)
			c := opened(t, both(tt.target.Kind, argv, nil))
			expected, err := c.Elements(t.Context(), tt.target)
			if err != nil {
				t.Fatal(err)
			}
			r := mustBlock(t, c, tt.target)
			if d := cmp.Diff(tt.calls, calls()); d != "" {
				t.Errorf("calls: got (+), want (-):\n%s", d)
			}
			if d := cmp.Diff(tt.held, r.Elements); d != "" {
				t.Errorf("receipt: got (+), want (-):\n%s", d)
			}
			if d := cmp.Diff(expected, r.Elements); d != "" {
				t.Errorf("Elements (-) said otherwise than the receipt (+):\n%s", d)
			}
		})
	}
}

func TestAccountWithoutContextGetsNoEmptyArgument(t *testing.T) {
	argv, calls, _ := recorder(t)
	target := account()
	target.Account.Context = ""
	mustBlock(t, opened(t, both(entity.KindAccount, argv, nil)), target)
	if got := calls(); !slices.Equal(got, []string{"doej|"}) {
		t.Errorf("calls are %q", got)
	}
}

func TestAccountUnknownToTheDirectoryIsNamedByWhatStandsBeforeTheAt(t *testing.T) {
	argv, calls, _ := recorder(t, "{sam}")
	target := account()
	target.Account.LDAP, target.Account.FakeSAM = entity.LDAP{}, ""
	mustBlock(t, opened(t, both(entity.KindAccount, argv, nil)), target)
	if got := calls(); !slices.Equal(got, []string{"jdoe|"}) {
		t.Errorf("calls are %q", got)
	}
}

// The predecessor appended to one list for ever: the second call blocked the first host again.
func TestBUG04TheCommandLineDoesNotGrow(t *testing.T) {
	argv, calls, _ := recorder(t)
	c := opened(t, both(entity.KindHost, argv, argv))
	for range 2 {
		for _, ip := range []string{"10.0.0.1", "10.0.0.2"} {
			r := mustBlock(t, c, host(ip))
			if err := c.Unblock(t.Context(), host(ip), r); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := []string{"10.0.0.1|", "10.0.0.1|", "10.0.0.2|", "10.0.0.2|", "10.0.0.1|", "10.0.0.1|", "10.0.0.2|", "10.0.0.2|"}
	if d := cmp.Diff(want, calls()); d != "" {
		t.Errorf("got (+), want (-):\n%s", d)
	}
}

func TestHostileValuesAreRefusedBeforeAnythingRuns(t *testing.T) {
	named := func(name string) entity.Target {
		h := host("10.0.0.1")
		h.Host.FullName = name
		return h
	}
	tests := map[string]struct {
		target entity.Target
		args   []string
		class  blocker.ErrorClass
		text   string
	}{
		"option":                {named("-rf"), []string{"{name}"}, blocker.Permanent, "read as an option"},
		"long option":           {named("--config=/etc/shadow"), []string{"{name}"}, blocker.Permanent, "read as an option"},
		"option after nothing":  {named("-x"), []string{"{name}", "--", "{ip}"}, blocker.Permanent, "read as an option"},
		"option by empty value": {withoutTags(named("x")), []string{"{tags}-f{name}"}, blocker.Permanent, "read as an option"},
		"line feed":             {named("a\nb"), []string{"x={name}"}, blocker.Permanent, "control characters"},
		"NUL":                   {named("a\x00b"), []string{"x={name}"}, blocker.Permanent, "control characters"},
		"escape":                {named("\x1b[2J"), []string{"--", "{name}"}, blocker.Permanent, "control characters"},
		"broken UTF-8":          {named("a\xff"), []string{"--", "{name}"}, blocker.Permanent, "control characters"},
		"no address":            {host(""), nil, blocker.Absent, "no {ip}"},
		"not an address":        {host("10.0.0.1; reboot"), nil, blocker.Absent, "no {ip}"},
		"no destination":        {detection(), nil, blocker.Absent, "no {destination}"},
		"not a destination":     {detection("$(reboot)"), nil, blocker.Absent, "no {destination}"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			argv, calls, _ := recorder(t, tt.args...)
			r, err := opened(t, both(tt.target.Kind, argv, nil)).Block(t.Context(), tt.target)
			if blocker.ClassOf(err) != tt.class || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("got %v (%s), want %s with %q", err, blocker.ClassOf(err), tt.class, tt.text)
			}
			if !r.Empty() || calls() != nil {
				t.Errorf("receipt %v, calls %q; want nothing done", r, calls())
			}
		})
	}
}

func withoutTags(t entity.Target) entity.Target {
	t.Tags = nil
	return t
}

func TestValueMayBeginWithAHyphenBehindTheEndOfOptions(t *testing.T) {
	argv, calls, _ := recorder(t, "-v", "--", "{name}", "n={name}")
	target := host("10.0.0.1")
	target.Host.FullName = "-rf"
	mustBlock(t, opened(t, both(entity.KindHost, argv, nil)), target)
	if got := calls(); !slices.Equal(got, []string{"-v|--|-rf|n=-rf|"}) {
		t.Errorf("calls are %q", got)
	}
}

func TestCommandReadsTheWholeTarget(t *testing.T) {
	argv, _, inputs := recorder(t, "{id}")
	target := detection("192.0.2.1", "192.0.2.2")
	target.Detection.Raw = []byte(`{"vendor":"raw"}`)
	c := opened(t, both(entity.KindDetection, argv, argv))
	r := mustBlock(t, c, target)
	if err := c.Unblock(t.Context(), target, r); err != nil {
		t.Fatal(err)
	}
	in := inputs()
	want := map[string]any{
		"action": "unblock", "blocker": "script", "source": "hq", "kind": "detection", "id": "5", "name": "TOR Activity",
		"score":        map[string]any{"threat": 0.0, "certainty": 0.0},
		"destinations": []any{"192.0.2.1", "192.0.2.2"},
		"detection": map[string]any{
			"source_ip": "10.0.0.9", "destinations": []any{"192.0.2.1", "192.0.2.2"}, "raw": map[string]any{"vendor": "raw"},
		},
		"receipt": map[string]any{"elements": []any{"192.0.2.1", "192.0.2.2"}},
	}
	if d := cmp.Diff(want, in[1]); d != "" {
		t.Errorf("unblock: got (+), want (-):\n%s", d)
	}
	delete(want, "receipt")
	want["action"] = "block"
	if d := cmp.Diff(want, in[0]); d != "" {
		t.Errorf("block: got (+), want (-):\n%s", d)
	}
}

func TestCommandThatDoesNotReadItsInputSucceeds(t *testing.T) {
	target := host("10.0.0.1")
	target.Host.Raw = []byte(`"` + strings.Repeat("x", 1<<20) + `"`)
	mustBlock(t, opened(t, both(entity.KindHost, script(t, "exec <&-; exit 0"), nil)), target)
}

func TestPrintedReceiptIsTheReceipt(t *testing.T) {
	tests := map[string]struct {
		print string
		want  entity.Receipt
	}{
		"object":              {`{"elements": ["case-2", "case-1"], "former": "vlan 7"}`, entity.Receipt{Elements: []string{"case-1", "case-2"}, Former: "vlan 7"}},
		"array":               {"\n [\"case-1\"] \n", entity.Receipt{Elements: []string{"case-1"}}},
		"former alone":        {`{"former": "vlan 7"}`, entity.Receipt{Elements: []string{"10.0.0.1"}, Former: "vlan 7"}},
		"other JSON":          {`{"status": "ok"}`, entity.Receipt{Elements: []string{"10.0.0.1"}}},
		"no elements named":   {`{"elements": []}`, entity.Receipt{Elements: []string{"10.0.0.1"}}},
		"text":                {`{done}`, entity.Receipt{Elements: []string{"10.0.0.1"}}},
		"number":              {`17`, entity.Receipt{Elements: []string{"10.0.0.1"}}},
		"nothing":             {``, entity.Receipt{Elements: []string{"10.0.0.1"}}},
		"text without an end": {strings.Repeat("x", 2*maxStdout), entity.Receipt{Elements: []string{"10.0.0.1"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := mustBlock(t, opened(t, both(entity.KindHost, script(t, "cat <<'END'\n"+tt.print+"\nEND"), nil)), host("10.0.0.1"))
			if d := cmp.Diff(tt.want, r); d != "" {
				t.Errorf("got (+), want (-):\n%s", d)
			}
		})
	}
}

func TestReceiptThatCannotBeRecordedIsAnErrorAndNothingIsForgotten(t *testing.T) {
	tests := map[string]string{
		"comma":          `["a,b"]`,
		"empty element":  `[""]`,
		"long element":   `["` + strings.Repeat("x", maxElement+1) + `"]`,
		"not ASCII":      `["é"]`,
		"numbers":        `[1]`,
		"wrong type":     `{"elements": "x"}`,
		"long former":    `{"former": "` + strings.Repeat("x", maxFormer+1) + `"}`,
		"beyond a limit": `["` + strings.Repeat("x", maxStdout) + `"]`,
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := opened(t, both(entity.KindHost, script(t, "cat <<'END'\n"+text+"\nEND"), nil)).Block(t.Context(), host("10.0.0.1"))
			if blocker.ClassOf(err) != blocker.Permanent || !slices.Equal(r.Elements, []string{"10.0.0.1"}) {
				t.Errorf("got %v, %v; want the address and a permanent error", r, err)
			}
		})
	}
}

func TestElementsAreUnknownWhereCommandsPrintThem(t *testing.T) {
	s := both(entity.KindHost, script(t, `echo '["case-1"]'`), nil)
	s.PrintsReceipt = true
	c := opened(t, s)
	got, err := c.Elements(t.Context(), host("10.0.0.1"))
	if err != nil || got != nil {
		t.Errorf("got %q, %v; want nothing known", got, err)
	}
}

func TestOneOfSeveralDestinationsFails(t *testing.T) {
	argv := script(t, `test "$1" != 192.0.2.2 || { echo no room >&2; exit 75; }`, "{destination}")
	r, err := opened(t, both(entity.KindDetection, argv, nil)).Block(t.Context(), detection("192.0.2.1", "192.0.2.2", "192.0.2.3"))
	if d := cmp.Diff([]string{"192.0.2.1", "192.0.2.2", "192.0.2.3"}, r.Elements); d != "" {
		t.Errorf("receipt: got (+), want (-):\n%s", d)
	}
	failed := entity.Errors(err)
	if len(failed) != 1 || failed[0].Element != "192.0.2.2" || failed[0].Class != blocker.Transient {
		t.Errorf("errors are %+v, want a transient one for 192.0.2.2", failed)
	}
}

func TestOnlyOneFormerStateIsKept(t *testing.T) {
	argv := script(t, `echo "{\"former\": \"of $1\"}"`, "{destination}")
	r, err := opened(t, both(entity.KindDetection, argv, nil)).Block(t.Context(), detection("192.0.2.1", "192.0.2.2"))
	if r.Former != "of 192.0.2.1" || blocker.ClassOf(err) != blocker.Permanent {
		t.Errorf("got %q, %v; want the first and an error", r.Former, err)
	}
}

func TestExitCodesHaveClasses(t *testing.T) {
	tests := []struct {
		code  int
		class blocker.ErrorClass
		left  bool
	}{
		{1, blocker.Permanent, true},
		{2, blocker.Permanent, true},
		{64, blocker.Permanent, false},
		{67, blocker.Absent, false},
		{68, blocker.Absent, false},
		{69, blocker.Transient, false},
		{75, blocker.Transient, true},
		{77, blocker.Unauthorized, false},
		{78, blocker.Permanent, false},
		{127, blocker.Permanent, true},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.code), func(t *testing.T) {
			c := opened(t, both(entity.KindHost, script(t, fmt.Sprintf("echo went wrong >&2; exit %d", tt.code)), nil))
			r, err := c.Block(t.Context(), host("10.0.0.1"))
			if blocker.ClassOf(err) != tt.class || !strings.Contains(err.Error(), fmt.Sprintf("code %d: went wrong", tt.code)) {
				t.Errorf("got %v (%s), want %s", err, blocker.ClassOf(err), tt.class)
			}
			if r.Empty() == tt.left {
				t.Errorf("receipt is %v", r)
			}
		})
	}
}

func TestFailedCommandIsBelievedAboutWhatItLeft(t *testing.T) {
	tests := map[string][]string{`{"elements": []}`: nil, `["fw1"]`: {"fw1"}}
	for text, want := range tests {
		r, err := opened(t, both(entity.KindHost, script(t, "echo '"+text+"'; exit 1"), nil)).Block(t.Context(), host("10.0.0.1"))
		if err == nil || !slices.Equal(r.Elements, want) {
			t.Errorf("%s: got %q, %v; want %q and an error", text, r.Elements, err, want)
		}
	}
}

func TestProgramThatIsNotThereIsAPermanentErrorThatNamesIt(t *testing.T) {
	r, err := opened(t, both(entity.KindHost, []string{"/nonexistent/isolate"}, nil)).Block(t.Context(), host("10.0.0.1"))
	if blocker.ClassOf(err) != blocker.Permanent || !strings.Contains(err.Error(), "/nonexistent/isolate was not started: no such file") || !r.Empty() {
		t.Errorf("got %v, %v", r, err)
	}
}

func TestKindWithoutCommandIsUnsupported(t *testing.T) {
	c := opened(t, both(entity.KindHost, []string{"/bin/true"}, nil))
	if _, err := c.Block(t.Context(), account()); blocker.ClassOf(err) != blocker.Unsupported {
		t.Errorf("block: got %v", err)
	}
	if err := c.Unblock(t.Context(), host("10.0.0.1"), entity.Receipt{}); blocker.ClassOf(err) != blocker.Unsupported {
		t.Errorf("unblock: got %v", err)
	}
}

func TestFactsFollowTheCommands(t *testing.T) {
	yes := []string{"/bin/true"}
	got := opened(t, settings{HostBlock: yes, HostUnblock: yes, StaticBlock: yes, StaticUnblock: yes}).Facts()
	if !slices.Equal(got.Kinds, []entity.Kind{entity.KindHost, entity.KindStatic}) || got.NoUndo {
		t.Errorf("got %+v", got)
	}
	if got := opened(t, settings{HostBlock: yes}).Facts(); !got.NoUndo {
		t.Errorf("without an unblock command got %+v", got)
	}
}

func TestCancelledCallerBeginsNothing(t *testing.T) {
	argv, calls, _ := recorder(t, "{destination}")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("the pass is over"))
	r, err := opened(t, both(entity.KindDetection, argv, nil)).Block(ctx, detection("192.0.2.1", "192.0.2.2"))
	if !r.Empty() || calls() != nil || blocker.ClassOf(err) != blocker.Transient || !strings.Contains(err.Error(), "the pass is over") {
		t.Errorf("got %v, %v, calls %q", r, err, calls())
	}
}
