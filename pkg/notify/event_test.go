package notify

import (
	"testing"

	"github.com/var-project/var/pkg/entity"
)

func TestClassify(t *testing.T) {
	tests := map[string]struct {
		event entity.Event
		want  meaning
	}{
		"a block":                    {entity.Event{Action: "block", Outcome: entity.OutcomeDone}, meaning{TopicChange, SeverityInfo}},
		"a block that failed":        {entity.Event{Action: "block", Outcome: entity.OutcomeFailed}, meaning{TopicFailure, SeverityError}},
		"a release in part":          {entity.Event{Action: "release", Outcome: entity.OutcomePart}, meaning{TopicFailure, SeverityWarning}},
		"a panic":                    {entity.Event{Action: entity.EventPanic}, meaning{TopicStop, SeverityError}},
		"what a newer version wrote": {entity.Event{Action: "teleport"}, meaning{TopicChange, SeverityInfo}},
		"a failure of a newer action": {
			entity.Event{Action: "teleport", Outcome: entity.OutcomeFailed},
			meaning{TopicFailure, SeverityError},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := Classify(test.event)
			if (meaning{got.Topic, got.Severity}) != test.want {
				t.Errorf("got %s and %s, want %v", got.Topic, got.Severity, test.want)
			}
		})
	}
}

func TestEveryActionOfTheHistoryHasAMeaning(t *testing.T) {
	for _, action := range entity.EventActions() {
		if _, ok := ofAction[action]; !ok {
			t.Errorf("%s: it has none", action)
		}
	}
	if len(ofAction) != len(entity.EventActions()) {
		t.Errorf("got %d meanings, want one for each of %d actions", len(ofAction), len(entity.EventActions()))
	}
}

func TestFilterPasses(t *testing.T) {
	block := Classify(entity.Event{
		Action: "block", Outcome: entity.OutcomeDone, Blocker: "edge", Ref: entity.Ref{Source: "hq", Kind: entity.KindHost, ID: "7"},
	})
	panicked := Classify(entity.Event{Action: entity.EventPanic})
	gate := Classify(entity.Event{Action: entity.EventGate, Ref: entity.Ref{Source: "hq", Kind: entity.KindHost}, Name: "hq"})
	for name, f := range map[string]Filter{
		"of another source": {Sources: []string{"lab"}}, "of another kind": {Kinds: []entity.Kind{entity.KindAccount}},
	} {
		if f.Passes(gate) {
			t.Errorf("a gate passes a filter %s", name)
		}
	}
	if f := (Filter{Sources: []string{"hq"}, Kinds: []entity.Kind{entity.KindHost}, Blockers: []string{"edge"}}); !f.Passes(gate) {
		t.Error("a gate does not pass the filter of its source and kind")
	}
	tests := map[string]struct {
		filter      Filter
		block, stop bool
	}{
		"none lets everything pass":              {Filter{}, true, true},
		"a topic":                                {Filter{Topics: []Topic{TopicStop}}, false, true},
		"two topics":                             {Filter{Topics: []Topic{TopicStop, TopicChange}}, true, true},
		"a severity lets what is above it pass":  {Filter{Severity: SeverityWarning}, false, true},
		"the least severity":                     {Filter{Severity: SeverityInfo}, true, true},
		"a kind does not hide what has none":     {Filter{Kinds: []entity.Kind{entity.KindAccount}}, false, true},
		"a source does not hide what has none":   {Filter{Sources: []string{"lab"}}, false, true},
		"a blocker does not hide what has none":  {Filter{Blockers: []string{"dc"}}, false, true},
		"all that it is about":                   {Filter{Kinds: []entity.Kind{entity.KindHost}, Sources: []string{"hq"}, Blockers: []string{"edge"}}, true, true},
		"a topic and a source, both of it":       {Filter{Topics: []Topic{TopicChange}, Sources: []string{"hq"}}, true, false},
		"a topic of it and a source of another":  {Filter{Topics: []Topic{TopicChange}, Sources: []string{"lab"}}, false, false},
		"a blocker of several, a kind of others": {Filter{Blockers: []string{"dc", "edge"}, Kinds: []entity.Kind{entity.KindStatic}}, false, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := test.filter.Passes(block); got != test.block {
				t.Errorf("a block passes: got %v, want %v", got, test.block)
			}
			if got := test.filter.Passes(panicked); got != test.stop {
				t.Errorf("a panic passes: got %v, want %v", got, test.stop)
			}
		})
	}
}
