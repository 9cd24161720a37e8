package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
	"github.com/var-project/var/pkg/secret"
)

// misfortune is what may happen to one request, the class it has, and whether it leaves it open
// what the device did.
type misfortune struct {
	fault lab.Fault
	class blocker.ErrorClass
	open  bool
}

func misfortunes() map[string]misfortune {
	status := func(n int, body string) lab.Fault {
		return lab.Fault{What: lab.AnswerStatus, Status: n, Body: body}
	}
	return map[string]misfortune{
		"401":          {status(401, ""), blocker.Unauthorized, false},
		"403":          {status(403, `<response status = 'error' code = '403'><result><msg>Invalid Credential</msg></result></response>`), blocker.Unauthorized, false},
		"role":         {status(200, `<response status="error" code="16"><msg><line>no right</line></msg></response>`), blocker.Unauthorized, false},
		"429":          {lab.Fault{What: lab.AnswerStatus, Status: 429, RetryAfter: "0"}, blocker.Transient, false},
		"500":          {status(500, ""), blocker.Transient, true},
		"internal":     {status(200, `<response status="error" code="11"/>`), blocker.Transient, true},
		"reset":        {lab.Fault{What: lab.Reset}, blocker.Transient, true},
		"truncated":    {lab.Fault{What: lab.Truncate}, blocker.Transient, true},
		"page":         {lab.Fault{What: lab.HTML}, blocker.Transient, true},
		"drop after":   {lab.Fault{What: lab.DropAfter}, blocker.Transient, true},
		"caller waits": {lab.Fault{What: lab.Hang}, blocker.Transient, true},
	}
}

func eachMisfortune(t *testing.T, test func(t *testing.T, m misfortune)) {
	t.Helper()
	for name, m := range misfortunes() {
		t.Run(name, func(t *testing.T) { test(t, m) })
	}
}

// fragments tell a request of the kind by what its form holds.
var fragments = map[string]string{
	"show registered-ip": "<registered-ip>", "show registered-user": "<registered-user>", "show system": "<system>",
	"register": "<register>", "unregister": "<unregister", "keygen": "type=keygen",
}

// strike has the misfortune befall requests of a kind to the first firewall, until it is lifted.
func (e *estate) strike(b *paloalto, m misfortune, kind string) (lift func()) {
	m.fault.Match = kind
	if kind == "register" {
		m.fault.Skip = 1 // "show registered-ip", which counts, comes first
	}
	e.fault(0, m.fault)
	client := b.firewalls[0].api.HTTP
	patient := client.Transport
	if m.fault.What == lab.Hang {
		client.Transport = impatient{patient, fragments[kind]}
	}
	return func() {
		e.fault(0)
		client.Transport = patient
	}
}

// impatient gives up requests with the fragment as soon as they have left.
type impatient struct {
	http.RoundTripper
	fragment string
}

func (i impatient) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := r.GetBody()
	if err != nil {
		return nil, err
	}
	form, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	text, err := url.QueryUnescape(string(form))
	if err != nil || !strings.Contains(text, i.fragment) {
		return i.RoundTripper.RoundTrip(r)
	}
	ctx, giveUp := context.WithCancelCause(r.Context())
	defer giveUp(nil)
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest: func(httptrace.WroteRequestInfo) { giveUp(context.DeadlineExceeded) },
	})
	return i.RoundTripper.RoundTrip(r.WithContext(ctx))
}

// covered fails when the firewall holds one of our addresses that the receipt does not name.
func covered(t *testing.T, e *estate, o blocker.Outcome) {
	t.Helper()
	for _, pair := range e.holds(0) {
		name, tag, _ := strings.Cut(pair, " ")
		if tag != "theirs" && !slices.Contains(o.Receipt.Elements, name) {
			t.Errorf("the firewall holds %s, the receipt names %v", pair, o.Receipt.Elements)
		}
	}
}

func TestFaultWhileBlocking(t *testing.T) {
	for _, kind := range []string{"show registered-ip", "register", "show system"} {
		t.Run(kind, func(t *testing.T) {
			eachMisfortune(t, func(t *testing.T, m misfortune) {
				e := newEstate(t, lab.PANOSConfig{}, lab.PANOSConfig{})
				e.change(0, "tag", map[string]any{"ip": "10.2.3.4", "tags": []string{"theirs"}})
				b := e.open(nil)
				target := static("198.51.100.0/24")
				lift := e.strike(b, m, kind)
				out := b.BlockAll(t.Context(), []entity.Target{target})[0]
				if got := blocker.ClassOf(out.Err); got != m.class || !strings.HasPrefix(out.Err.Error(), "fw1: ") {
					t.Errorf("%v: class %s, want %s of fw1", out.Err, got, m.class)
				}
				covered(t, e, out)
				if diff := cmp.Diff([]string{"198.51.100.0/24 Block_Detection"}, e.holds(1)); diff != "" {
					t.Errorf("the other firewall (-want +got)\n%s", diff)
				}
				lift()
				rs := e.mustBlock(b, target)
				e.mustUnblock(b, rs...)
				if diff := cmp.Diff([]string{"10.2.3.4 theirs"}, e.holds(0)); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

func TestReceiptNamesWhatMayBeThereAndNothingElse(t *testing.T) {
	eachMisfortune(t, func(t *testing.T, m misfortune) {
		e := newEstate(t, lab.PANOSConfig{})
		b := e.open(nil)
		defer e.strike(b, m, "register")()
		out := b.BlockAll(t.Context(), hosts(1))[0]
		if named := !out.Receipt.Empty(); named != m.open {
			t.Errorf("receipt %v after %v; want it to name the address: %v", out.Receipt, out.Err, m.open)
		}
	})
}

func TestFaultWhileReleasing(t *testing.T) {
	eachMisfortune(t, func(t *testing.T, m misfortune) {
		e := newEstate(t, lab.PANOSConfig{}, lab.PANOSConfig{})
		b := e.open(nil)
		rs := e.mustBlock(b, host("10.2.3.4"), account("jdoe@example.net"))
		lift := e.strike(b, m, "unregister")
		for i, err := range b.UnblockAll(t.Context(), rs) {
			if got := blocker.ClassOf(err); got != m.class {
				t.Errorf("release %d: %v: class %s, want %s", i, err, got, m.class)
			}
		}
		if got := e.holds(1); got != nil {
			t.Errorf("the other firewall still holds %v", got)
		}
		lift()
		e.mustUnblock(b, rs...)
		if got := e.holds(0); got != nil {
			t.Errorf("still holds %v", got)
		}
	})
}

func TestFaultWhileListingIsAnErrorAndNeverAnEmptyList(t *testing.T) {
	for _, kind := range []string{"show registered-ip", "show registered-user", "show system"} {
		t.Run(kind, func(t *testing.T) {
			eachMisfortune(t, func(t *testing.T, m misfortune) {
				e := newEstate(t, lab.PANOSConfig{}, lab.PANOSConfig{})
				b := e.open(nil)
				e.mustBlock(b, host("10.2.3.4"))
				defer e.strike(b, m, kind)()
				inventories, err := b.List(t.Context())
				if err != nil || len(inventories) != 2 {
					t.Fatalf("%v, %v", inventories, err)
				}
				if got := blocker.ClassOf(inventories[0].Err); got != m.class || inventories[0].Entries != nil {
					t.Errorf("%+v: class %s, want %s and no entries", inventories[0], got, m.class)
				}
				if len(inventories[1].Entries) != 1 || inventories[1].Err != nil {
					t.Errorf("the other firewall: %+v", inventories[1])
				}
			})
		})
	}
}

func TestFaultInTheMiddleOfAListIsAnErrorAndNeverHalfAList(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	b := e.open(func(s *settings) { s.Capacity = 2000 })
	e.mustBlock(b, hosts(600)...)
	e.fault(0, lab.Fault{Match: "show registered-ip", Skip: 1, What: lab.Reset})
	inventories, _ := b.List(t.Context())
	if inventories[0].Err == nil || inventories[0].Entries != nil {
		t.Errorf("%d entries, %v; want an error", len(inventories[0].Entries), inventories[0].Err)
	}
}

func TestBUG15DeadFirewallDoesNotStopTheOther(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{}, lab.PANOSConfig{})
	b := e.open(nil)
	e.ends[0].Down(true)
	for i, o := range b.BlockAll(t.Context(), hosts(5)) {
		if o.Receipt.Empty() || blocker.ClassOf(o.Err) != blocker.Transient {
			t.Errorf("host %d: %+v, want a block in part", i, o)
		}
	}
	if got := len(e.holds(1)); got != 5 {
		t.Errorf("the living firewall holds %d, want 5", got)
	}
	e.ends[0].Down(false)
	e.mustBlock(b, hosts(5)...)
	if diff := cmp.Diff(e.holds(1), e.holds(0)); diff != "" {
		t.Error(diff)
	}
}

func TestBUG17RefusedKeyOrRightIsNoBlock(t *testing.T) {
	for op, args := range map[string]map[string]any{
		"set-key":    {"admin": "admin", "key": "another"},
		"set-rights": {"admin": "admin", "no_user_id": true},
	} {
		t.Run(op, func(t *testing.T) {
			e := newEstate(t, lab.PANOSConfig{})
			b := e.open(func(s *settings) { s.Timeout = time.Hour })
			e.change(0, op, args)
			out := b.BlockAll(t.Context(), hosts(1))[0]
			if !out.Receipt.Empty() || !out.Receipt.Until.IsZero() || blocker.ClassOf(out.Err) != blocker.Unauthorized {
				t.Errorf("%+v, want unauthorized and nothing there", out)
			}
		})
	}
}

func TestBUG17RefusedPartOfAMessageIsNoBlock(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	b := e.open(nil)
	e.fault(0, lab.Fault{Match: "register", Skip: 1, Times: 1, What: lab.AnswerStatus, Status: 200, Body: `<response status="error"><msg><line><uid-response><version>2.0</version><payload><register>
<entry ip="172.16.0.0" message="Failed to register 172.16.0.0"/>
<entry ip="172.16.0.1" message="something new"/>
<entry ip="172.16.0.2" message="tag Block_Host already exists, ignore"/>
</register></payload></uid-response></line></msg></response>`})
	outcomes := b.BlockAll(t.Context(), hosts(4))
	type judged struct {
		Class blocker.ErrorClass
		There bool
	}
	want := []judged{{blocker.Capacity, false}, {blocker.Permanent, true}, {"", true}, {"", true}}
	for i, o := range outcomes {
		if got := (judged{blocker.ClassOf(o.Err), !o.Receipt.Empty()}); got != want[i] {
			t.Errorf("host %d: %+v, want %+v", i, o, want[i])
		}
	}
}

func TestRemarkIsUnderstoodHoweverTheDeviceWritesTheName(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	b := e.open(nil)
	e.fault(0, lab.Fault{Match: "register", Skip: 1, Times: 1, What: lab.AnswerStatus, Status: 200, Body: `<response status="error"><msg><line><uid-response><payload><register>
<entry ip="2001:DB8:0:0::7" message="Failed to register"/></register></payload></uid-response></line></msg></response>`})
	outcomes := b.BlockAll(t.Context(), []entity.Target{host("2001:db8::7"), host("10.2.3.4")})
	if blocker.ClassOf(outcomes[0].Err) != blocker.Capacity || outcomes[1].Err != nil {
		t.Errorf("%+v, want the first alone refused", outcomes)
	}
}

func TestRemarkOnSomethingThatWasNotAskedPutsTheMessageInDoubt(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	b := e.open(nil)
	e.fault(0, lab.Fault{Match: "register", Skip: 1, Times: 1, What: lab.AnswerStatus, Status: 200, Body: `<response status="error"><msg><line><uid-response><payload><register>
<entry ip="9.9.9.9" message="Failed to register"/></register></payload></uid-response></line></msg></response>`})
	for i, o := range b.BlockAll(t.Context(), hosts(2)) {
		if o.Err == nil || o.Receipt.Empty() {
			t.Errorf("host %d: %+v, want an error and a receipt", i, o)
		}
	}
}

func TestRefusedReleaseIsAnError(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	b := e.open(nil)
	rs := e.mustBlock(b, hosts(2)...)
	e.fault(0, lab.Fault{Match: "unregister", Times: 1, What: lab.AnswerStatus, Status: 200, Body: `<response status="error"><msg><line><uid-response><payload><unregister>
<entry ip="172.16.0.0" message="tag Block_Host does not exist, ignore unreg"/>
<entry ip="172.16.0.1" message="table is locked"/></unregister></payload></uid-response></line></msg></response>`})
	errs := b.UnblockAll(t.Context(), rs)
	if errs[0] != nil || errs[1] == nil || !strings.Contains(errs[1].Error(), "table is locked") {
		t.Errorf("got %v, want the second one refused with the device's words", errs)
	}
}

func TestRenewalThatKeptTheOldTimeoutIsAnError(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	b := e.open(func(s *settings) { s.Timeout = time.Hour })
	e.fault(0, lab.Fault{Match: "register+unregister", Times: 1, What: lab.AnswerStatus, Status: 200, Body: `<response status="error"><msg><line><uid-response><payload><register>
<entry ip="172.16.0.0" message="tag Block_Host already exists, ignore"/></register></payload></uid-response></line></msg></response>`})
	out := b.BlockAll(t.Context(), hosts(1))[0]
	if out.Receipt.Empty() || blocker.ClassOf(out.Err) != blocker.Transient {
		t.Errorf("%+v, want a receipt and a transient error", out)
	}
}

func TestPassivePeerAndSixthCallAreTriedAgain(t *testing.T) {
	for name, set := range map[string]map[string]any{
		"passive peer": {"passive": true},
		"sixth call":   {"concurrent": 0},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEstate(t, lab.PANOSConfig{})
			b := e.open(nil)
			e.change(0, "set", set)
			out := b.BlockAll(t.Context(), hosts(1))[0]
			if blocker.ClassOf(out.Err) != blocker.Transient || e.holds(0) != nil {
				t.Errorf("%+v, want a transient error", out)
			}
			e.change(0, "set", map[string]any{"passive": false, "concurrent": 5})
			e.mustBlock(b, hosts(1)...)
		})
	}
}

func TestDeviceThatFailedIsNotAskedForTheRestOfTheBatch(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	b := e.open(func(s *settings) { s.Batch = 10 })
	e.fault(0, lab.Fault{Match: "register", Skip: 1, What: lab.DropAfter}) // the show that counts comes first
	outcomes := b.BlockAll(t.Context(), hosts(50))
	for i, o := range outcomes {
		if named := !o.Receipt.Empty(); o.Err == nil || named != (i < 10) {
			t.Errorf("host %d: %+v, want an error, and a receipt for the first ten", i, o)
		}
	}
	if got := e.ends[0].Requests()["register"]; got != 1 {
		t.Errorf("%d messages, want one", got)
	}
}

func TestDeviceGetsAtMostTwoRequestsAtATime(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{Admins: []lab.PANOSAdmin{{Name: "admin", Password: "a"}, {Name: "second", Password: "b"}}})
	e.ends[0].Delay(2 * time.Millisecond)
	b := e.open(func(s *settings) {
		second := s.Devices[0]
		second.Name, second.Vsys = "other", "" // another name for the same address shares the limit
		second.Target, second.APIKey = e.serial(), secret.New(e.sims[0].Key("second"))
		s.Devices = append(s.Devices, second)
	})
	var wg sync.WaitGroup
	for _, target := range hosts(20) {
		wg.Go(func() {
			if out := b.BlockAll(t.Context(), []entity.Target{target})[0]; out.Err != nil {
				t.Error(out.Err)
			}
		})
	}
	wg.Wait()
	if got := e.ends[0].InFlightMax(); got > maxParallel {
		t.Errorf("%d requests in flight, want at most %d", got, maxParallel)
	}
}

// serial is the first firewall's.
func (e *estate) serial() string {
	for serial := range e.sims[0].Holds().Devices {
		return serial
	}
	return ""
}

func TestCancelledCallSaysSoAndSendsNothing(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	b := e.open(nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	out := b.BlockAll(ctx, hosts(1))[0]
	err := b.UnblockAll(ctx, []blocker.Release{{Target: host("10.2.3.4")}})[0]
	if out.Err == nil || !out.Receipt.Empty() || err == nil || e.requests(0) != 0 {
		t.Errorf("%+v, %v after %d requests", out, err, e.requests(0))
	}
}

func TestManyErrorsOfOneMessageAreOneSentence(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	b := e.open(nil)
	e.fault(0, lab.Fault{What: lab.AnswerStatus, Status: 500})
	var many []string
	for i := range 20 {
		many = append(many, fmt.Sprintf("198.51.100.%d", i))
	}
	out := b.BlockAll(t.Context(), []entity.Target{detection(many...)})[0]
	if n := len(entity.Errors(out.Err)); n != 1 {
		t.Errorf("%d errors, want one: %v", n, out.Err)
	}
}
