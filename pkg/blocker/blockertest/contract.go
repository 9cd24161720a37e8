package blockertest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/pluginhost"
)

func (x *exam) description(t *testing.T) {
	ctx := x.context(t)
	d, err := x.host.Describe(ctx, x.plugin, "")
	if err != nil {
		t.Fatalf("the plugin cannot be started: %v", err)
	}
	if d.Version == "" || d.Help == "" {
		t.Error("Version and Help must be set: lists show them")
	}
	if strings.Contains(d.Label, ":") || len(d.Label) == 0 || len(d.Label) > 40 {
		t.Errorf("the label %q stands in tags: 1 to 40 bytes without colon", d.Label)
	}
	helped(t, "", d.Settings.Fields)
	if problems, err := x.host.Check(ctx, x.plugin, "", x.Settings); err != nil || problems != nil {
		t.Errorf("the settings of the exam are refused: %v%v", problems, err)
	}
}

func helped(t *testing.T, path string, fields []pluginhost.Field) {
	t.Helper()
	for _, f := range fields {
		if f.Help == "" {
			t.Errorf("setting %s%s has no help: it is what the operator reads", path, f.Name)
		}
		helped(t, path+f.Name+".", f.Fields)
	}
}

// block: each kind can be blocked, is in force, is listed as what it is, and can be released.
func (x *exam) block(t *testing.T) {
	for _, kind := range x.kinds {
		t.Run(string(kind), func(t *testing.T) {
			b, target := x.open(t), x.Target(kind, 1)
			before, _ := x.held(t, b)
			r := x.mustBlock(t, b, target)
			x.inForce(t, b, r.Elements)
			if b.Info().NoUndo {
				return
			}
			x.mustUnblock(t, b, target, r, "what was blocked")
			x.unchanged(t, b, before, "Block and Unblock together")
		})
	}
}

// idempotence: blocking what is blocked and unblocking what is gone succeeds and changes nothing.
func (x *exam) idempotence(t *testing.T) {
	for _, kind := range x.kinds {
		t.Run(string(kind), func(t *testing.T) {
			b, target := x.open(t), x.Target(kind, 2)
			if b.Info().NoRepeat {
				t.Skip("the plugin says that a block must not be made twice")
			}
			first := x.mustBlock(t, b, target)
			after, _ := x.held(t, b)
			second := x.mustBlock(t, b, target)
			if diff := cmp.Diff(first.Elements, second.Elements); diff != "" {
				t.Errorf("the second Block gave another receipt (-first +second):\n%s", diff)
			}
			x.unchanged(t, b, after, "the second Block")
			undoable(t, b)
			x.mustUnblock(t, b, target, first, "what was blocked twice, once")
			x.gone(t, b, first.Elements)
			after, _ = x.held(t, b)
			x.mustUnblock(t, b, target, first, "what is gone")
			x.unchanged(t, b, after, "the second Unblock")
		})
	}
}

// elements: Elements says what Block does, and does nothing.
func (x *exam) elements(t *testing.T) {
	for _, kind := range x.kinds {
		t.Run(string(kind), func(t *testing.T) {
			b, target := x.open(t), x.Target(kind, 3)
			power(t, b, blocker.PowerElements)
			before, _ := x.held(t, b)
			said, err := b.Elements(x.context(t), []entity.Target{target})
			if err != nil {
				t.Fatalf("Elements: %v", err)
			}
			x.unchanged(t, b, before, "Elements")
			did := x.mustBlock(t, b, target)
			if diff := cmp.Diff(said[0], did.Elements); diff != "" && said[0] != nil {
				t.Errorf("Elements and Block differ (-said +did): grooming would never end\n%s", diff)
			}
		})
	}
}

// partialReceipt: only what the receipt names is taken away; others hold the rest.
func (x *exam) partialReceipt(t *testing.T) {
	b := x.open(t)
	undoable(t, b)
	for _, kind := range x.kinds {
		target := x.Target(kind, 4)
		r := x.mustBlock(t, b, target)
		other := x.mustBlock(t, b, x.Target(kind, 5))
		part := entity.Receipt{Elements: r.Elements[:1]}
		x.mustUnblock(t, b, target, part, "a part")
		x.gone(t, b, part.Elements)
		x.inForce(t, b, append(r.Elements[1:], other.Elements...))
	}
}

// emptyReceipt: the receipt is lost, so it is derived from the target, or refused; never a silent nothing.
func (x *exam) emptyReceipt(t *testing.T) {
	b := x.open(t)
	undoable(t, b)
	for _, kind := range x.kinds {
		t.Run(string(kind), func(t *testing.T) { x.emptyReceiptOf(t, b, x.Target(kind, 6)) })
	}
}

func (x *exam) emptyReceiptOf(t *testing.T, b *pluginhost.Blocker, target entity.Target) {
	t.Helper()
	r := x.mustBlock(t, b, target)
	before, _ := x.held(t, b)
	switch err := x.unblock(t, b, target, entity.Receipt{}); {
	case err == nil:
		x.gone(t, b, r.Elements)
	case entity.ClassOf(err) != entity.Permanent:
		t.Errorf("Unblock with an empty receipt: class %s, want permanent (or do it): %v", entity.ClassOf(err), err)
	default:
		x.unchanged(t, b, before, "a refused Unblock")
	}
}

// orphan: of the target only the kind is known; the receipt is enough.
func (x *exam) orphan(t *testing.T) {
	b := x.open(t)
	undoable(t, b)
	for _, kind := range x.kinds {
		t.Run(string(kind), func(t *testing.T) {
			r := x.mustBlock(t, b, x.Target(kind, 7))
			x.mustUnblock(t, b, entity.Target{Ref: entity.Ref{Kind: kind}}, r, "an orphan, of which only kind and receipt are known")
			x.gone(t, b, r.Elements)
		})
	}
}

// restart: another process of the plugin can undo the block.
func (x *exam) restart(t *testing.T) {
	first := x.open(t)
	undoable(t, first)
	target := x.Target(x.kind(t), 8)
	r := x.mustBlock(t, first, target)
	first.Close()
	second := x.open(t)
	x.mustUnblock(t, second, target, r, "in another process")
	x.gone(t, second, r.Elements)
}

// thousand: a full batch, answered in order.
func (x *exam) thousand(t *testing.T) {
	const many = 1000
	b, kind := x.open(t), x.kind(t)
	before, _ := x.held(t, b)
	targets := make([]entity.Target, many)
	for i := range targets {
		targets[i] = x.Target(kind, 100+i)
	}
	outcomes := b.Block(x.context(t), targets)
	releases := make([]entity.Release, many)
	var elements []string
	for i, o := range outcomes {
		x.log.note(o.Err)
		if o.Err != nil {
			t.Fatalf("target %d of %d: %v", i, many, o.Err)
		}
		releases[i] = entity.Release{Target: targets[i], Receipt: o.Receipt}
		elements = append(elements, o.Receipt.Elements...)
	}
	x.ordered(t, targets, outcomes)
	x.inForce(t, b, elements[:1])
	undoable(t, b)
	for i, err := range b.Unblock(x.context(t), releases) {
		if x.log.note(err); err != nil {
			t.Fatalf("release %d of %d: %v", i, many, err)
		}
	}
	x.unchanged(t, b, before, "blocking and releasing a thousand")
}

// ordered compares a few answers with those that the targets get alone.
func (x *exam) ordered(t *testing.T, targets []entity.Target, outcomes []entity.Outcome) {
	t.Helper()
	b := x.open(t)
	if b.Info().NoRepeat {
		return
	}
	for _, i := range []int{0, 1, len(targets) / 2, len(targets) - 1} {
		alone := b.Block(x.context(t), targets[i:i+1])[0]
		if !slices.Equal(alone.Receipt.Elements, outcomes[i].Receipt.Elements) {
			t.Errorf("the answer at %d is %q, but its target alone gets %q: outcomes must be in the order of the input",
				i, outcomes[i].Receipt.Elements, alone.Receipt.Elements)
		}
	}
}

// ipv6: the canonical form, or unsupported.
func (x *exam) ipv6(t *testing.T) {
	b := x.open(t)
	for _, kind := range x.kinds {
		target, want := x.Target(kind, 9), "2001:db8::beef"
		switch {
		case target.Host != nil:
			target.Host.IP = "2001:0DB8:0:0:0:0:0:BEEF"
		case target.Detection != nil:
			target.Detection.Destinations = []string{"2001:0DB8::BEEF"}
		case target.Static != nil:
			target.Static.Destination = "2001:0DB8::BEEF"
		default:
			continue
		}
		o := x.tryBlock(t, b, target)
		switch {
		case o.Err != nil && !entity.OnlySoft(o.Err):
			t.Errorf("%s with an IPv6 address: %v (what a device cannot do is class unsupported)", kind, o.Err)
		case slices.ContainsFunc(o.Receipt.Elements, func(e string) bool { return strings.Contains(strings.ToLower(e), "0db8:") }):
			t.Errorf("%s: the elements %q are not canonical, want %q (use blocker.Address)", kind, o.Receipt.Elements, want)
		}
	}
}

// longNames: a name can hold anything.
func (x *exam) longNames(t *testing.T) {
	b := x.open(t)
	for _, kind := range x.kinds {
		target := x.Target(kind, 10)
		target.Name = strings.Repeat("Ünïcode, \"quoted\" <&> 'name' ", 20)
		target.Tags = []string{strings.Repeat("t", 300), "-rf", "a,b"}
		if o := x.tryBlock(t, b, target); o.Err != nil && !entity.OnlySoft(o.Err) {
			t.Errorf("%s with a long name: %v", kind, o.Err)
		}
	}
}

// bareTargets: a target of which little is known gets an answer, not a panic.
func (x *exam) bareTargets(t *testing.T) {
	b := x.open(t)
	for _, kind := range x.kinds {
		bare := entity.Target{Ref: entity.Ref{Source: "exam", Kind: kind, ID: "1"}}
		o := x.tryBlock(t, b, bare)
		switch {
		case o.Err != nil && entity.ClassOf(o.Err) == entity.Unknown:
			t.Errorf("%s without details: %v", kind, o.Err)
		case o.Err == nil && len(o.Receipt.Elements) == 0:
			t.Errorf("%s without details: confirmed, but the receipt is empty; say %s", kind, fmt.Sprint(blocker.Unsupported, " or ", blocker.Absent))
		}
	}
}
