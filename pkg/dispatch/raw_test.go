package dispatch_test

import (
	"errors"
	"testing"

	"github.com/var-project/var/pkg/entity"
)

// Planning does without the brain's own objects; a plugin gets what it got when the target was blocked.
func TestAPluginGetsTheRawObjectOfWhatIsHeld(t *testing.T) {
	for action, want := range map[entity.Action]string{
		entity.ActionRelease: `{"id":1}`, entity.ActionRenew: `{"id":1}`, entity.ActionRepair: `{"id":1}`, entity.ActionBlock: `{"id":1}`,
	} {
		s := newScene(t)
		it := held(action, "1", "a")
		s.hold(it)
		kept := s.record.held[key(it.Target.Ref, "edge")]
		kept.Target = kept.Target.WithRaw([]byte(`{"id":1}`))
		s.record.held[key(it.Target.Ref, "edge")] = kept
		if res := s.one(it); res.Err != nil || res.Intent.Target.Raw() != nil {
			t.Errorf("%s: %v, the intent carries %s", action, res.Err, res.Intent.Target.Raw())
		}
		if got := s.edge.raw["1"]; got != want || it.Target.Raw() != nil {
			t.Errorf("%s: the plugin got %q, want %q; the plan holds %q now", action, got, want, it.Target.Raw())
		}
	}
}

// What was said of a former address is not said of another one.
func TestARawObjectOfAnotherAddressIsNotSent(t *testing.T) {
	s := newScene(t)
	it := held(entity.ActionBlock, "1", "a")
	s.hold(it)
	kept := s.record.held[key(it.Target.Ref, "edge")]
	kept.Target = kept.Target.WithRaw([]byte(`{"id":1}`))
	s.record.held[key(it.Target.Ref, "edge")] = kept
	moved := target("1", "elsewhere")
	it.Target = &moved
	if res := s.one(it); res.Err != nil || s.edge.raw["1"] != "" {
		t.Errorf("%v, the plugin got %s", res.Err, s.edge.raw["1"])
	}
}

func TestWithoutTheJournalsAnswerNothingIsBegun(t *testing.T) {
	s := newScene(t)
	s.record.fail["raws"] = errors.New("no answer")
	it := held(entity.ActionRelease, "1", "a")
	s.hold(it)
	if res := s.one(it); res.Err == nil || len(s.record.intents) > 0 {
		t.Errorf("error %v, %d intents", res.Err, len(s.record.intents))
	}
	same(t, "devices", []string{"a"}, s.devices())
}
