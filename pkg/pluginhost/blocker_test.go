package pluginhost

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/schema"
	"github.com/var-project/var/pkg/secret"
)

func TestAPluginDescribesItselfAndChecksSettings(t *testing.T) {
	h := newHost(t, quiet())
	d, err := h.Describe(t.Context(), "odd", "")
	if err != nil {
		t.Fatal(err)
	}
	if d.Name != "odd" || d.Version != "1.2.3" || d.Label != "Odd Client" || len(d.Settings.Fields) != 4 || !slices.Equal(d.Kinds, []entity.Kind{"host", "static"}) {
		t.Errorf("description is %+v", d)
	}
	for mode, want := range map[string]schema.Problems{"": nil, "refused": {{Path: "mode", Message: "is refused"}}} {
		problems, err := h.Check(t.Context(), "odd", "", map[string]any{"mode": mode})
		if diff := cmp.Diff(want, problems); diff != "" || err != nil {
			t.Errorf("problems of %q (-want +got):\n%s%v", mode, diff, err)
		}
	}
	problems, err := h.Check(t.Context(), "odd", "", map[string]any{"count": 11})
	if len(problems) != 1 || problems[0].Path != "count" || err != nil {
		t.Errorf("problems are %v, %v", problems, err)
	}
}

func TestInfoJoinsDescriptionFactsAndConfiguration(t *testing.T) {
	b := open(t, quiet(), "", func(c *Config) { c.Kinds, c.Label = []entity.Kind{entity.KindHost}, "Mine" })
	want := entity.Blocker{
		Name: "edge", Plugin: "odd", Version: "1.2.3", Label: "Mine", Aliases: []string{"strange"}, Kinds: []entity.Kind{entity.KindHost},
	}
	if diff := cmp.Diff(want, b.Info()); diff != "" {
		t.Errorf("info (-want +got):\n%s", diff)
	}
}

func TestOpenTellsWhyNot(t *testing.T) {
	h := newHost(t, quiet())
	key := func(context.Context, []schema.Wanted) (map[string]secret.String, error) {
		return map[string]secret.String{"key": secret.New("hunter2!")}, nil
	}
	for want, c := range map[string]Config{
		"mode: is refused":  {Settings: map[string]any{"mode": "refused"}},
		"is no good":        {Settings: map[string]any{"mode": "unopened"}, Secrets: key},
		"cannot block kind": {Kinds: []entity.Kind{entity.KindAccount}},
		"unknown key":       {Settings: map[string]any{"mod": "x"}},
		"unsupported type":  {Settings: map[string]any{"mode": func() {}}},
		"the store is locked": {Secrets: func(context.Context, []schema.Wanted) (map[string]secret.String, error) {
			return nil, errors.New("the store is locked")
		}},
		"no var-plugin-nowhere ": {Plugin: "nowhere"},
	} {
		if c.Plugin == "" {
			c.Plugin = "odd"
		}
		b, err := h.Open(t.Context(), c)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2!") {
			t.Errorf("got %v, %v; want %q and no secret", b, err, want)
		}
	}
}

func TestAnswersAreInTheOrderOfTheQuestions(t *testing.T) {
	b := open(t, quiet(), "busy")
	ts := targets(2345)
	ts[7].Kind = entity.KindAccount
	outcomes := b.Block(t.Context(), ts)
	for i, o := range outcomes {
		if i == 7 {
			if entity.ClassOf(o.Err) != entity.Unsupported {
				t.Errorf("an account ended with %v, want unsupported", o.Err)
			}
			continue
		}
		if o.Err != nil || !slices.Equal(o.Receipt.Elements, []string{ts[i].ID}) {
			t.Fatalf("outcome %d is %+v", i, o)
		}
	}
	errs := b.Unblock(t.Context(), []entity.Release{{Receipt: entity.Receipt{Elements: []string{"x"}}}, {}})
	if errs[0] != nil || entity.ClassOf(errs[1]) != entity.Permanent {
		t.Errorf("errors are %v", errs)
	}
}

func TestWhatIsNotAnsweredIsUnknown(t *testing.T) {
	b := open(t, quiet(), "short")
	o := b.Block(t.Context(), targets(3))
	if o[0].Err != nil || !o[0].Pending || !slices.Equal(o[0].Receipt.Elements, []string{"0"}) {
		t.Errorf("the first is %+v", o[0])
	}
	errs := b.Unblock(t.Context(), make([]entity.Release, 3))
	if errs[0] != nil {
		t.Errorf("the first release ended with %v", errs[0])
	}
	for _, err := range []error{o[1].Err, o[2].Err, errs[1], errs[2]} {
		if entity.ClassOf(err) != entity.Unknown {
			t.Errorf("without an answer: %v, want unknown", err)
		}
	}
}

func TestWhatAPluginLacksIsUnsupported(t *testing.T) {
	b := open(t, quiet(), "")
	if _, err := b.List(t.Context()); entity.ClassOf(err) != entity.Unsupported {
		t.Errorf("list: %v", err)
	}
	if elements, err := b.Elements(t.Context(), targets(2)); entity.ClassOf(err) != entity.Unsupported || len(elements) != 2 {
		t.Errorf("elements: %v, %v", elements, err)
	}
	if _, err := b.Enroll(t.Context()); entity.ClassOf(err) != entity.Unsupported {
		t.Errorf("enroll: %v", err)
	}
	if reports, err := b.Probe(t.Context()); reports != nil || err != nil {
		t.Errorf("probe: %v, %v", reports, err)
	}
}

func TestAPluginThatDiesIsStartedAgainAndWhatItTookIsUnknown(t *testing.T) {
	b := open(t, quiet(), "die")
	if o := b.Block(t.Context(), targets(1)); entity.ClassOf(o[0].Err) != entity.Unknown || !strings.Contains(o[0].Err.Error(), "the plugin died") {
		t.Fatalf("the call in flight ended with %v, want unknown", o[0].Err)
	}
	if o := b.Block(t.Context(), targets(1)); o[0].Err != nil {
		t.Errorf("the next call ended with %v", o[0].Err)
	}
}

func TestAPluginThatKeepsDyingIsLeftAlone(t *testing.T) {
	b := open(t, quiet(), "always die")
	b.deaths = deaths{time.Now(), time.Now(), time.Now(), time.Now()}
	if o := b.Block(t.Context(), targets(1)); entity.ClassOf(o[0].Err) != entity.Unknown || !strings.Contains(o[0].Err.Error(), "lost in thought") {
		t.Fatalf("the call in flight ended with %v, want unknown and its last words", o[0].Err)
	}
	o := b.Block(t.Context(), targets(1))
	if entity.ClassOf(o[0].Err) != entity.Permanent || !strings.Contains(o[0].Err.Error(), "died 5 times") {
		t.Errorf("the next call ended with %v, want permanent", o[0].Err)
	}
}

func TestBackoffGrowsAndForgets(t *testing.T) {
	now := time.Unix(1000, 0)
	var d deaths
	for _, want := range []time.Duration{0, 100 * time.Millisecond, 200 * time.Millisecond, 400 * time.Millisecond, 800 * time.Millisecond} {
		if got, ok := d.wait(now); got != want || !ok {
			t.Errorf("after %d deaths wait is %s, %v; want %s", len(d), got, ok, want)
		}
		d.add(now)
	}
	if got, ok := d.wait(now.Add(time.Minute)); ok || got != deathWindow-time.Minute {
		t.Errorf("after %d deaths wait is %s, %v", len(d), got, ok)
	}
	if got, ok := d.wait(now.Add(deathWindow + 1)); got != 0 || !ok || len(d) != 0 {
		t.Errorf("after the window wait is %s, %v", got, ok)
	}
}

func TestAPanicIsAnOutcomeAndNoDeath(t *testing.T) {
	log := newLogged()
	b := open(t, log.logger(), "panic", func(c *Config) {
		c.Secrets = func(context.Context, []schema.Wanted) (map[string]secret.String, error) {
			return map[string]secret.String{"key": secret.New("hunter2!")}, nil
		}
	})
	for range 2 {
		o := b.Block(t.Context(), targets(1))
		if entity.ClassOf(o[0].Err) != entity.Unknown || !strings.Contains(o[0].Err.Error(), "panicked: with [redacted]") {
			t.Errorf("outcome is %v", o[0].Err)
		}
	}
	if errs := b.Unblock(t.Context(), make([]entity.Release, 1)); entity.ClassOf(errs[0]) != entity.Unknown {
		t.Errorf("unblock ended with %v", errs[0])
	}
	b.Close()
	if !strings.Contains(log.text(), "the plugin panicked") || strings.Contains(log.text(), "hunter2!") {
		t.Errorf("log is %s", log.text())
	}
}

func TestDeadlinesCross(t *testing.T) {
	for _, mode := range []string{"hang", "deaf"} {
		b := open(t, quiet(), mode)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		o := b.Block(ctx, targets(3))
		cancel()
		for _, one := range o {
			if entity.ClassOf(one.Err) != entity.Unknown {
				t.Errorf("%s: outcome is %v, want unknown", mode, one.Err)
			}
		}
		if d, err := b.current.describe(t.Context()); err != nil || d.Name != "odd" {
			t.Errorf("%s: the plugin was ended although it lives: %v", mode, err)
		}
		// A deaf plugin's call does not end; its process has to.
		b.current.process.end()
	}
}

func TestSecretsAreReadAgainOnceAfterUnauthorized(t *testing.T) {
	for _, tt := range []struct {
		keys  []string
		want  entity.ErrorClass
		reads int
	}{
		{[]string{"stale key", "fresh key"}, "", 2},
		{[]string{"stale key", "stale key", "fresh key"}, entity.Unauthorized, 2},
		{[]string{"locked out", "fresh key"}, entity.Unauthorized, 1},
	} {
		reads := 0
		b := open(t, quiet(), "key", func(c *Config) {
			c.Secrets = func(context.Context, []schema.Wanted) (map[string]secret.String, error) {
				reads++
				return map[string]secret.String{"key": secret.New(tt.keys[reads-1])}, nil
			}
		})
		o := b.Block(t.Context(), targets(1))
		if entity.ClassOf(o[0].Err) != tt.want || reads != tt.reads {
			t.Errorf("%v: ended with %v after %d readings, want %q after %d", tt.keys, o[0].Err, reads, tt.want, tt.reads)
		}
		if !slices.Contains(o[0].Receipt.Elements, "first") {
			t.Errorf("%v: what the first call left behind is lost: %v", tt.keys, o[0].Receipt)
		}
		if o[0].Err != nil && strings.Contains(o[0].Err.Error(), "stale key") {
			t.Errorf("the error shows the key: %v", o[0].Err)
		}
		if b.Block(t.Context(), targets(1)); reads != tt.reads {
			t.Errorf("%v: secrets were read again without need: %d times", tt.keys, reads)
		}
	}
}

func TestLogLinesArriveWithLevelAndAttributes(t *testing.T) {
	log := newLogged()
	b := open(t, log.logger(), "log", func(c *Config) {
		c.Secrets = func(context.Context, []schema.Wanted) (map[string]secret.String, error) {
			return map[string]secret.String{"key": secret.New("hunter2!")}, nil
		}
	})
	b.Block(t.Context(), targets(1))
	b.Close()
	for _, want := range []string{
		`level=WARN msg=hello blocker=edge secret=[redacted] n=7 g.key=[redacted]`,
		`level=DEBUG msg=quiet blocker=edge`,
	} {
		if !strings.Contains(log.text(), want) {
			t.Errorf("log lacks %s:\n%s", want, log.text())
		}
	}
	if strings.Contains(log.text(), "hunter2!") {
		t.Error("the log shows a secret")
	}
}

func TestThePluginSeesOnlyProxiesAndWhatIsConfigured(t *testing.T) {
	t.Setenv("TEST_PRIVATE", "private")
	t.Setenv("HTTPS_PROXY", "http://proxy.example:3128")
	b := open(t, quiet(), "env", func(c *Config) { c.Env = map[string]string{"LANG": "C"} })
	env := strings.Join(b.Block(t.Context(), targets(1))[0].Receipt.Elements, "\n")
	if strings.Contains(env, "TEST_PRIVATE") || !strings.Contains(env, "HTTPS_PROXY=http://proxy.example:3128") || !strings.Contains(env, "LANG=C") {
		t.Errorf("environment is %s", env)
	}
}

func TestAClosedBlockerSaysSo(t *testing.T) {
	b := open(t, quiet(), "")
	b.Close()
	if o := b.Block(t.Context(), targets(1)); entity.ClassOf(o[0].Err) != entity.Permanent {
		t.Errorf("outcome is %v", o[0].Err)
	}
	b.host.Close()
	if _, err := b.host.Open(t.Context(), Config{Plugin: "odd"}); err == nil {
		t.Error("a closed host opens")
	}
}

func TestLaunchEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := newHost(t, quiet()).Describe(ctx, "odd", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}
