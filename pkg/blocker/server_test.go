package blocker

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/wire"
	"github.com/var-project/var/pkg/internal/wire/wirepb"
	"github.com/var-project/var/pkg/schema"
	"github.com/var-project/var/pkg/secret"
)

type testSettings struct {
	Size  int           `toml:"size" default:"1" max:"5"`
	Token secret.String `toml:"token"`
}

func (s *testSettings) Validate() []error {
	if s.Size == 4 {
		return []error{&FieldError{Path: "size", Msg: "is unlucky"}}
	}
	return nil
}

func pluginOf(b func(testSettings, Instance) (Blocker, error)) Plugin[testSettings] {
	return Plugin[testSettings]{
		Name: "test", Version: "1", Help: "Tests.", Label: "Test", Kinds: []entity.Kind{entity.KindHost},
		Open: func(_ context.Context, s testSettings, i Instance) (Blocker, error) { return b(s, i) },
	}
}

// serving serves a plugin in this process and gives the host's end.
func serving(t testing.TB, p Plugin[testSettings], logs io.Writer) wirepb.BlockerClient {
	t.Helper()
	redactor := &secret.Redactor{}
	listener := bufconn.Listen(1 << 20)
	g := grpc.NewServer()
	wirepb.RegisterBlockerServer(g, newServer(p.program(), redactor, newLogger(logs, redactor)))
	served := make(chan struct{})
	go func() {
		defer close(served)
		if err := g.Serve(listener); err != nil {
			t.Error(err)
		}
	}()
	conn, err := grpc.NewClient("passthrough:plugin", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = conn.Close()
		g.Stop()
		<-served
	})
	return wirepb.NewBlockerClient(conn)
}

func opening(t testing.TB, c wirepb.BlockerClient) *wirepb.OpenResponse {
	t.Helper()
	res, err := c.Open(t.Context(), &wirepb.OpenRequest{
		Settings: []byte(`{"size":2}`), Secrets: map[string]string{"token": "open sesame"}, Name: "edge", Owner: "us", Rate: 2.5,
	})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func served(t testing.TB, b Blocker) wirepb.BlockerClient {
	t.Helper()
	c := serving(t, pluginOf(func(testSettings, Instance) (Blocker, error) { return b, nil }), io.Discard)
	if res := opening(t, c); res.GetError() != nil {
		t.Fatal(res.GetError())
	}
	return c
}

func collected[M any](t *testing.T, stream grpc.ServerStreamingClient[M], err error) []*M {
	t.Helper()
	var all []*M
	for {
		if err != nil {
			t.Fatal(err)
		}
		m, end := stream.Recv()
		if errors.Is(end, io.EOF) {
			return all
		}
		all, err = append(all, m), end
	}
}

// one is a plain Blocker that does what its functions do.
type one struct {
	block   func(context.Context, entity.Target) (Receipt, error)
	unblock func(context.Context, entity.Target, Receipt) error
}

func (o *one) Block(ctx context.Context, t entity.Target) (Receipt, error) { return o.block(ctx, t) }

func (o *one) Unblock(ctx context.Context, t entity.Target, r Receipt) error {
	return o.unblock(ctx, t, r)
}

// every has every power.
type every struct {
	memory
	trouble bool
}

func (e every) fail() error {
	if e.trouble {
		panic("open sesame!")
	}
	return nil
}

func (e every) Elements(context.Context, entity.Target) ([]string, error) {
	return []string{"b", "a"}, e.fail()
}

func (e every) List(context.Context) ([]Inventory, error) {
	return []Inventory{{Device: "fw1", Entries: []Entry{{Element: "a"}}, Err: errors.New("half of open sesame")}}, e.fail()
}

func (e every) Probe(context.Context) []DeviceReport {
	_ = e.fail()
	return []DeviceReport{{Device: "fw1", Checks: []Check{{Name: "login", Detail: "with open sesame"}}}}
}

func (e every) Enroll(context.Context) (map[string]secret.String, error) {
	return map[string]secret.String{"token": secret.New("new sesame")}, e.fail()
}

func (e every) Facts() Facts {
	return Facts{Label: "L", Kinds: []entity.Kind{entity.KindHost, "someday"}, Devices: []string{"fw1"}, NoUndo: true, NoRepeat: true, Place: "source = shelf"}
}

func TestPowersAreFoundAndFactsTold(t *testing.T) {
	c := serving(t, pluginOf(func(testSettings, Instance) (Blocker, error) { return Batch(every{memory: memory{}}), nil }), io.Discard)
	got := wire.FromOpened(opening(t, c))
	want := wire.Opened{
		Powers: []string{PowerBatch, PowerElements, PowerList, PowerProbe, PowerEnroll},
		Label:  "L", Kinds: []entity.Kind{entity.KindHost, "someday"}, Devices: []string{"fw1"}, NoUndo: true, NoRepeat: true,
		Place: "source = shelf",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("opened (-want +got):\n%s", diff)
	}
	if res, err := c.Open(t.Context(), &wirepb.OpenRequest{}); status.Code(err) != codes.FailedPrecondition {
		t.Errorf("opened twice: %v, %v", res, err)
	}
}

func TestTheInstanceIsWhatTheHostTold(t *testing.T) {
	var got Instance
	c := serving(t, pluginOf(func(s testSettings, i Instance) (Blocker, error) {
		if s.Size != 2 || s.Token.Reveal() != "open sesame" {
			t.Errorf("settings are %+v", s)
		}
		got = i
		return &one{}, nil
	}), io.Discard)
	opening(t, c)
	if got.Name != "edge" || got.Owner != "us" || got.Parallel != 1 || got.Rate != 2.5 || !slices.Equal(got.Kinds, []entity.Kind{entity.KindHost}) || got.Log == nil {
		t.Errorf("instance is %+v", got)
	}
}

func TestOpeningFailsWithAReason(t *testing.T) {
	tests := map[string]struct {
		open    func(testSettings, Instance) (Blocker, error)
		request *wirepb.OpenRequest
	}{
		"size: must be at most 5":            {nil, &wirepb.OpenRequest{Settings: []byte(`{"size":6}`)}},
		"size: is unlucky":                   {nil, &wirepb.OpenRequest{Settings: []byte(`{"size":4}`)}},
		"secrets are not set: token":         {nil, &wirepb.OpenRequest{}},
		"neither a blocker nor an error":     {func(testSettings, Instance) (Blocker, error) { return nil, nil }, nil}, //nolint:nilnil // the mistake under test
		"the plugin panicked: at [redacted]": {func(s testSettings, _ Instance) (Blocker, error) { panic("at " + s.Token.Reveal()) }, nil},
		"the gate asks for another token than [redacted]": {func(s testSettings, _ Instance) (Blocker, error) {
			return nil, errors.New("the gate asks for another token than " + s.Token.Reveal())
		}, nil},
	}
	for want, tt := range tests {
		if tt.request == nil {
			tt.request = &wirepb.OpenRequest{Secrets: map[string]string{"token": "open sesame"}}
		}
		c := serving(t, pluginOf(tt.open), io.Discard)
		res, err := c.Open(t.Context(), tt.request)
		if err != nil || !strings.Contains(res.GetError().GetMessage(), want) {
			t.Errorf("got %v, %v; want %q", res, err, want)
		}
		stream, err := c.Block(t.Context(), &wirepb.BlockRequest{})
		if err == nil {
			_, err = stream.Recv()
		}
		if status.Code(err) != codes.FailedPrecondition {
			t.Errorf("a call before Open: %v", err)
		}
	}
	c := serving(t, pluginOf(nil), io.Discard)
	if _, err := c.Open(t.Context(), &wirepb.OpenRequest{Settings: []byte(`[`)}); status.Code(err) != codes.InvalidArgument {
		t.Errorf("settings that are no JSON: %v", err)
	}
}

func TestCheckAndDescribe(t *testing.T) {
	c := serving(t, pluginOf(nil), io.Discard)
	d, err := c.Describe(t.Context(), &wirepb.DescribeRequest{})
	if err != nil || d.GetName() != "test" || len(d.GetSettings()) != 2 {
		t.Errorf("description is %v, %v", d, err)
	}
	for settings, want := range map[string]schema.Problems{
		`{}`: nil, `{"size":4}`: {{Path: "size", Message: "is unlucky"}}, `{"size":6}`: {{Path: "size", Message: "must be at most 5"}},
	} {
		res, err := c.Check(t.Context(), &wirepb.CheckRequest{Settings: []byte(settings)})
		if diff := cmp.Diff(want, wire.FromProblems(res.GetProblems())); diff != "" || err != nil {
			t.Errorf("%s: problems (-want +got):\n%s%v", settings, diff, err)
		}
	}
	if _, err := c.Check(t.Context(), &wirepb.CheckRequest{Settings: []byte(`7`)}); status.Code(err) != codes.InvalidArgument {
		t.Errorf("settings that are no table: %v", err)
	}
}

func TestPlainBlockersAreCalledAtOnceWithinTheirBound(t *testing.T) {
	var running, most atomic.Int32
	c := serving(t, pluginOf(func(testSettings, Instance) (Blocker, error) {
		return &one{block: func(_ context.Context, target entity.Target) (Receipt, error) {
			n := running.Add(1)
			defer running.Add(-1)
			for {
				m := most.Load()
				if n <= m || most.CompareAndSwap(m, n) {
					break
				}
			}
			if target.ID == "3" {
				panic("three")
			}
			return Receipt{Elements: []string{target.ID}, Former: strings.Repeat("x", len(target.ID)*600)}, nil
		}}, nil
	}), io.Discard)
	if _, err := c.Open(t.Context(), &wirepb.OpenRequest{Parallel: 3, Secrets: map[string]string{"token": "open sesame"}}); err != nil {
		t.Fatal(err)
	}
	ts := hosts("0", "1", "2", "3", "4", "55")
	ts = append(ts, entity.Target{Ref: entity.Ref{Kind: entity.KindAccount, ID: "6"}})
	stream, err := c.Block(t.Context(), &wirepb.BlockRequest{Targets: wire.ToTargets(ts)})
	classes := map[int32]ErrorClass{}
	for _, m := range collected(t, stream, err) {
		o := wire.FromOutcome(m)
		classes[m.GetIndex()] = ClassOf(o.Err)
		if o.Err == nil && (o.Receipt.Elements[0] != ts[m.GetIndex()].ID || len(o.Receipt.Former) != 600) {
			t.Errorf("outcome %d is %+v", m.GetIndex(), o)
		}
	}
	want := map[int32]ErrorClass{0: "", 1: "", 2: "", 3: entity.Unknown, 4: "", 5: Permanent, 6: Unsupported}
	if diff := cmp.Diff(want, classes); diff != "" {
		t.Errorf("classes (-want +got):\n%s", diff)
	}
	if most.Load() > 3 {
		t.Errorf("%d calls at once, want at most 3", most.Load())
	}
}

func TestUnblockAnswersEach(t *testing.T) {
	c := served(t, &one{unblock: func(_ context.Context, target entity.Target, r Receipt) error {
		switch target.ID {
		case "1":
			return &Error{Class: Transient, Device: "fw open sesame", Element: r.Elements[0], Err: errors.New("token open sesame")}
		case "2":
			panic("two")
		}
		return nil
	}})
	releases := []Release{{}, {Receipt: Receipt{Elements: []string{"e"}}}, {}}
	for i, target := range hosts("0", "1", "2") {
		releases[i].Target = target
	}
	stream, err := c.Unblock(t.Context(), &wirepb.UnblockRequest{Releases: wire.ToReleases(releases)})
	got := map[int32]string{}
	for _, m := range collected(t, stream, err) {
		if e := wire.FromError(m.GetError()); e != nil {
			got[m.GetIndex()] = e.Error()
		}
	}
	want := map[int32]string{1: "fw [redacted]: e: token [redacted]", 2: "the plugin panicked: two"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

type broken struct{}

func (broken) BlockAll(context.Context, []entity.Target) []Outcome { panic("all") }

func (broken) UnblockAll(context.Context, []Release) []error { return []error{nil} }

func TestABatchThatPanicsOrFallsShortLeavesTheRestUnanswered(t *testing.T) {
	c := served(t, Batch(broken{}))
	stream, err := c.Block(t.Context(), &wirepb.BlockRequest{Targets: wire.ToTargets(hosts("0"))})
	if err == nil {
		_, err = stream.Recv()
	}
	if err == nil || !strings.Contains(err.Error(), "the plugin panicked: all") {
		t.Errorf("error is %v", err)
	}
	short, err := c.Unblock(t.Context(), &wirepb.UnblockRequest{Releases: make([]*wirepb.Release, 3)})
	if got := collected(t, short, err); len(got) != 1 {
		t.Errorf("%d answers, want 1", len(got))
	}
	none, err := c.Block(t.Context(), &wirepb.BlockRequest{})
	if got := collected(t, none, err); len(got) != 0 {
		t.Errorf("%d answers to nothing", len(got))
	}
}

func TestBatchesAreBounded(t *testing.T) {
	c := served(t, Batch(memory{}))
	stream, err := c.Block(t.Context(), &wirepb.BlockRequest{Targets: make([]*wirepb.Target, wire.MaxBatch+1)})
	if err == nil {
		_, err = stream.Recv()
	}
	if status.Code(err) != codes.InvalidArgument {
		t.Errorf("error is %v", err)
	}
}

func TestEveryPowerAnswersAndHidesSecrets(t *testing.T) {
	c := served(t, Batch(every{memory: memory{}}))
	elements, err := c.Elements(t.Context(), &wirepb.ElementsRequest{Targets: wire.ToTargets(hosts("0"))})
	if got := collected(t, elements, err); !slices.Equal(got[0].GetElements(), []string{"a", "b"}) {
		t.Errorf("elements are %v", got)
	}
	list, err := c.List(t.Context(), &wirepb.ListRequest{})
	if got := inventories(collected(t, list, err)); len(got) != 1 || got[0].Err.Error() != "half of [redacted]" {
		t.Errorf("list is %v", got)
	}
	probe, err := c.Probe(t.Context(), &wirepb.ProbeRequest{})
	if got := collected(t, probe, err); got[0].GetFindings()[0].GetDetail() != "with [redacted]" {
		t.Errorf("probe is %v", got)
	}
	if got, err := c.Enroll(t.Context(), &wirepb.EnrollRequest{}); err != nil || got.GetSecrets()["token"] != "new sesame" {
		t.Errorf("enrolled %v, %v", got, err)
	}
}

func TestPanicsInPowersAreErrorsOfClassUnknown(t *testing.T) {
	c := served(t, Batch(every{memory{}, true}))
	elements, err := c.Elements(t.Context(), &wirepb.ElementsRequest{Targets: wire.ToTargets(hosts("0"))})
	errs := []*wirepb.Error{collected(t, elements, err)[0].GetError()}
	list, err := c.List(t.Context(), &wirepb.ListRequest{})
	errs = append(errs, collected(t, list, err)[0].GetError())
	probe, err := c.Probe(t.Context(), &wirepb.ProbeRequest{})
	errs = append(errs, collected(t, probe, err)[0].GetFindings()[0].GetError())
	enrolled, err := c.Enroll(t.Context(), &wirepb.EnrollRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range append(errs, enrolled.GetError()) {
		if e.GetClass() != string(entity.Unknown) || e.GetMessage() != "the plugin panicked: [redacted]!" {
			t.Errorf("answer %d is %v", i, e)
		}
	}
}

func TestWhatIsLackingIsUnsupported(t *testing.T) {
	c := served(t, &one{})
	list, err := c.List(t.Context(), &wirepb.ListRequest{})
	if got := collected(t, list, err); got[0].GetError().GetClass() != string(Unsupported) || got[0].GetDevice() != "" {
		t.Errorf("list is %v", got)
	}
	probe, err := c.Probe(t.Context(), &wirepb.ProbeRequest{})
	if got := collected(t, probe, err); len(got) != 0 {
		t.Errorf("probe is %v", got)
	}
	if got, err := c.Enroll(t.Context(), &wirepb.EnrollRequest{}); err != nil || got.GetError().GetClass() != string(Unsupported) {
		t.Errorf("enroll is %v, %v", got, err)
	}
}

func inventories(parts []*wirepb.ListResponse) []entity.Inventory {
	var all wire.Inventories
	for _, p := range parts {
		all.Add(p)
	}
	return all.All()
}
