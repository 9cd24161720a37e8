package blocker

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/wire"
	"github.com/var-project/var/pkg/internal/wire/wirepb"
)

func aThousand() []entity.Target {
	ips := make([]string, wire.MaxBatch)
	for i := range ips {
		ips[i] = fmt.Sprintf("10.0.%d.%d", i>>8, i&0xff)
	}
	return hosts(ips...)
}

// indexes are those of all answers, in order of the items.
func indexes[M interface{ GetIndex() int32 }](first []M, more func(M) []M) []int32 {
	var all []int32
	for _, m := range first {
		all = append(all, m.GetIndex())
		for _, another := range more(m) {
			all = append(all, another.GetIndex())
		}
	}
	slices.Sort(all)
	return all
}

func TestAnswersAreGroupedForAHostThatUnderstandsIt(t *testing.T) {
	c := served(t, Batch(every{memory: memory{}}))
	for grouped, want := range map[bool]int{false: wire.MaxBatch, true: wire.MaxBatch / groupOf} {
		ts := wire.ToTargets(aThousand())
		blocks, err := c.Block(t.Context(), &wirepb.BlockRequest{Targets: ts, Grouped: grouped})
		blocked := collected(t, blocks, err)
		releases := wire.ToReleases(make([]Release, wire.MaxBatch))
		unblocks, err := c.Unblock(t.Context(), &wirepb.UnblockRequest{Releases: releases, Grouped: grouped})
		unblocked := collected(t, unblocks, err)
		elements, err := c.Elements(t.Context(), &wirepb.ElementsRequest{Targets: ts, Grouped: grouped})
		named := collected(t, elements, err)
		if len(blocked) != want || len(unblocked) != want || len(named) != want {
			t.Errorf("grouped %v: %d, %d and %d messages, want %d", grouped, len(blocked), len(unblocked), len(named), want)
		}
		for what, got := range map[string][]int32{
			"block":    indexes(blocked, (*wirepb.BlockResponse).GetMore),
			"unblock":  indexes(unblocked, (*wirepb.UnblockResponse).GetMore),
			"elements": indexes(named, (*wirepb.ElementsResponse).GetMore),
		} {
			for i, index := range got {
				if int(index) != i || len(got) != wire.MaxBatch {
					t.Fatalf("%s, grouped %v: answers are of %v", what, grouped, got)
				}
			}
		}
	}
}

// What is settled must not wait for what is not: should the plugin die meanwhile, the host knows.
func TestAnAnswerDoesNotWaitForAnother(t *testing.T) {
	release := make(chan struct{})
	c := served(t, &one{block: func(_ context.Context, target entity.Target) (Receipt, error) {
		if target.ID != "0" {
			<-release
		}
		return Receipt{}, nil
	}})
	stream, err := c.Block(t.Context(), &wirepb.BlockRequest{Targets: wire.ToTargets(hosts("0", "1", "2")), Grouped: true})
	if err != nil {
		t.Fatal(err)
	}
	if first, err := stream.Recv(); err != nil || first.GetIndex() != 0 || len(first.GetMore()) != 0 {
		t.Errorf("got %v, %v, want the answer about the first", first, err)
	}
	close(release)
	if got := indexes(collected(t, stream, nil), (*wirepb.BlockResponse).GetMore); !slices.Equal(got, []int32{1, 2}) {
		t.Errorf("the others are %v", got)
	}
}

// talkative has much to say of each target.
type talkative struct{ memory }

func (talkative) BlockAll(_ context.Context, ts []entity.Target) []Outcome {
	all := make([]Outcome, len(ts))
	for i := range all {
		all[i].Receipt.Elements = []string{strings.Repeat("x", groupBytes/4)}
	}
	return all
}

func TestGroupsStayWellBelowWhatAMessageMayHold(t *testing.T) {
	c := served(t, Batch(talkative{memory{}}))
	stream, err := c.Block(t.Context(), &wirepb.BlockRequest{Targets: wire.ToTargets(aThousand()[:groupOf]), Grouped: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range collected(t, stream, err) {
		if got := len(m.GetMore()) + 1; got > 4 {
			t.Fatalf("%d long answers in one message", got)
		}
	}
}

func TestAWayThereAndBackCostsFewAllocations(t *testing.T) {
	const most = 24 // of both ends, the transport's among them
	c, batch := instantly(t, 0), aThousand()
	got := testing.AllocsPerRun(3, func() {
		if blockAll(t, c, batch) != len(batch) {
			t.Fatal("targets are missing")
		}
	})
	if got > most*wire.MaxBatch {
		t.Errorf("%v allocations for each target, want at most %d", got/wire.MaxBatch, most)
	}
}
