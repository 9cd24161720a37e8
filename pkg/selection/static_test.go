package selection_test

import (
	"context"
	"errors"
	"iter"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/selection"
)

type ctxt = context.Context

func keys[K comparable, V any](m map[K]V) iter.Seq[K] { return maps.Keys(m) }

func line(id string) entity.Ref {
	return entity.Ref{Source: entity.SourceStatic, Kind: entity.KindStatic, ID: id}
}

// VAR-26: a line is wanted; what is held and has no line is not.
func TestStaticLinesAreWanted(t *testing.T) {
	obs := selection.Static([]string{"1.1.1.1", "9.9.9.0/24", "1.1.1.1"}, nil, []entity.Ref{line("1.1.1.1"), line("8.8.8.8"), line("8.8.8.8")})
	want := []string{"static 1.1.1.1: static list", "static 9.9.9.0/24: static list", "static 8.8.8.8"}
	if diff := cmp.Diff(want, story(obs)); diff != "" {
		t.Error(diff)
	}
	if obs.Seen[2].Target.Static.Destination != "8.8.8.8" || obs.Source != entity.SourceStatic || !obs.Whole(entity.KindStatic) {
		t.Errorf("got %+v", obs)
	}
}

func TestAnUnreadableListIsNotAnEmptyOne(t *testing.T) {
	unreadable := selection.Static(nil, errors.New("permission denied"), []entity.Ref{line("1.1.1.1")})
	if unreadable.Frozen[entity.KindStatic] != "permission denied" || len(unreadable.Seen) > 0 {
		t.Errorf("got %+v", unreadable)
	}
	empty := selection.Static(nil, nil, []entity.Ref{line("1.1.1.1")})
	want := []plan.Seen{{Target: selection.StaticTarget("1.1.1.1")}}
	if diff := cmp.Diff(want, empty.Seen); diff != "" || len(empty.Frozen) > 0 {
		t.Error(diff)
	}
}
