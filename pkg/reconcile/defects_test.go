package reconcile_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/protect"
	"github.com/var-project/var/pkg/reconcile"
	"github.com/var-project/var/pkg/registry"
)

// defect is one of the predecessors' that must not come back.
type defect struct {
	id    int
	what  string
	tests []string // that fail when it does
	// later says where it belongs that is not built yet.
	later string
}

// defects are those of the inventory of the predecessors: 1–9 reproduced there, 10–27 seen against
// simulated devices, from 28 on those that it tells in prose, in its order.
var defects = []defect{
	{id: 1, what: "of several elements every second one is released", tests: []string{"TestBUG01EveryElementIsReleasedFromTheTags"}},
	{id: 2, what: "blocking a detection crashes", tests: []string{"TestBUG02DetectionsAreBlockedAndReleased"}},
	{id: 3, what: "a dry run writes the state of the static list", tests: []string{"TestBUG03ReadingTheStaticListChangesNothing", "TestBUG03HostBitsAreWarnedOfAndEverythingIsRefused"}},
	{id: 4, what: "the external command line grows for ever", tests: []string{"TestBUG04TheCommandLineDoesNotGrow"}},
	{id: 5, what: "an element is taken apart into characters", tests: []string{"TestBUG05AnElementIsNeverTakenApart"}},
	{id: 6, what: "a leftover tag crashes a release", tests: []string{"TestBUG06ALeftoverTagCrashesNothingAndStays"}},
	{id: 7, what: "grooming crashes with most clients", tests: []string{"TestBUG07GroomingAsksOnlyForElements"}},
	{id: 8, what: "another release tag than the configured one counts for detections", tests: []string{"TestBUG08TheConfiguredReleaseTagOfDetectionsIsTheOneThatCounts"}},
	{id: 9, what: "a resolver may be blocked", tests: []string{"TestBUG09APublicResolverIsNeverBlocked"}},
	{id: 10, what: "detections of API v3.4 cannot be read", tests: []string{"TestBUG10_ADetectionOfV34IsTheSame"}},
	{id: 11, what: "a plugin calls methods that do not exist", tests: []string{"TestBUG11EveryKindIsBlockedAndReleased"}},
	{id: 12, what: "a loop with token authentication dies", tests: []string{"TestBUG12_TokenAuthenticationServesALongLoop"}},
	{id: 13, what: "a refreshed token is not used", tests: []string{"TestBUG13_TheRefreshedTokenIsUsed"}},
	{id: 14, what: "a brain that answers 429 or 500 ends the pass", tests: []string{"TestBUG14ABrainThatRefusesLosesNothing", "TestBUG14_A429IsWaitedForAtEveryCall", "TestBUG14_ANoteSurvivesTroubleAndIsThereOnce"}},
	{id: 15, what: "one firewall down blocks nobody anywhere", tests: []string{"TestBUG15WhatFailedOnOneBlockerIsTriedAgainThere", "TestBUG15OneFirewallDownDoesNotKeepTheOthersFromBlocking", "TestBUG15DeadFirewallDoesNotStopTheOther"}},
	{id: 16, what: "a refused write counts as a block", tests: []string{"TestBUG16WhatIsDoneInPartIsToldAndRepeated", "TestBUG16ARefusedWriteIsNoBlock"}},
	{id: 17, what: "a refused key, or part of a message, counts as a block", tests: []string{"TestBUG17RefusedKeyOrRightIsNoBlock", "TestBUG17RefusedPartOfAMessageIsNoBlock"}},
	{id: 18, what: "an IPv6 host is tagged and not blocked", tests: []string{"TestBUG18IPv6HostsAreBlocked", "TestBUG18IPv6HostIsBlocked"}},
	{id: 19, what: "a tag that contains the block tag counts", tests: []string{"TestBUG19ATagMustBeTheSame", "TestBUG19ATagThatMerelyContainsOursIsForeign"}},
	{id: 20, what: "a tag like the marker counts", tests: []string{"TestBUG20AMarkerMustBeTheSame", "TestBUG20_ATagMerelyLikeOurMarkerIsNone"}},
	{id: 21, what: "what is released by tag is blocked again", tests: []string{"TestBUG21TheReleaseTagHoldsOverPasses", "TestBUG21TheReleaseTagTakesTheBlockTagOffAndHolds"}},
	{id: 22, what: "the directory context of an account crashes", tests: []string{"TestBUG22_TheDirectoryContextMayBeAnywhereAndInPart"}},
	{id: 23, what: "a new address is not followed", tests: []string{"TestBUG23AMovedHostIsBlockedAnewBeforeItsOldAddressIsFree", "TestBUG23ANewAddressIsTold", "TestBUG23ElementsFollowTheAddress"}},
	{id: 24, what: "a key is made at every start", tests: []string{"TestBUG24KeyIsMadeOnceAndKept", "TestBUG24KeyThatIsGivenIsUsedAndNoneIsMade"}},
	{id: 25, what: "a connection for every request", tests: []string{"TestBUG25ConnectionsAreKept", "TestBUG25_ConnectionsAreKeptAndBounded"}},
	{id: 26, what: "writes do not verify the certificate", tests: []string{"TestBUG26EveryCallVerifiesTheCertificate"}},
	{id: 27, what: "the list server is not there, or not whole", later: "list server"},
	{id: 28, what: "the window lasts 33 hours, and is obeyed the wrong way round", later: "window"},
	{id: 29, what: "a plugin calls methods that do not exist, as told in prose", tests: []string{"TestBUG11EveryKindIsBlockedAndReleased"}},
	{id: 30, what: "a vendor's time-out ends the process", tests: []string{"TestBUG30AVendorsTimeoutEndsNothing"}},
	{id: 31, what: "no paging and no 429 around writes", tests: []string{"TestBUG14_A429IsWaitedForAtEveryCall", "TestBUG14ABrainThatRefusesLosesNothing"}},
	{id: 32, what: "mail of one category only, and repeated", later: "notifications"},
	{id: 33, what: "the second brain of a family is never read", tests: []string{"TestBUG33EachBrainOfAFamilyHasItsPass"}},
	{id: 34, what: "> in the place of ≥", tests: []string{"TestBUG34TheBoundIsIncludedEverywhere"}},
	{id: 35, what: "certificates are not verified by default", tests: []string{"TestBUG35CertificatesAreVerifiedUnlessToldOtherwise"}},
	{id: 36, what: "two brains release each other's addresses", tests: []string{"TestBUG36TwoBrainsShareAnElement", "TestBUG36ASharedElementLeavesWithItsLastHolder"}},
	{id: 37, what: "a list is served while it is being written", later: "list server"},
	{id: 38, what: "rows of old detections stay for ever", later: "list server"},
	{id: 39, what: "anybody may submit", later: "list server"},
	{id: 40, what: "queues without a bound", later: "bridge"},
	{id: 41, what: "a live feed is not connected again", later: "bridge"},
	{id: 42, what: "what failed to transform is passed on as nothing", later: "bridge"},
}

var testFunc = regexp.MustCompile(`(?m)^func (Test\w+)\(`)

// testsInTree are the names of all test functions below the module's root.
func testsInTree(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // what a test of another package had there for a moment
		case err != nil:
			return err
		case d.IsDir() && path != "../.." && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		for _, m := range testFunc.FindAllSubmatch(text, -1) {
			names[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestEachDefectOfThePredecessorsHasItsTest(t *testing.T) {
	there := testsInTree(t)
	for i, d := range defects {
		if d.id != i+1 {
			t.Fatalf("defect %d stands in row %d", d.id, i+1)
		}
		if (len(d.tests) > 0) == (d.later != "") {
			t.Errorf("BUG-%d (%s) needs tests, or where it belongs", d.id, d.what)
		}
		for _, name := range d.tests {
			if !there[name] {
				t.Errorf("BUG-%d (%s): there is no %s", d.id, d.what, name)
			}
		}
	}
}

// A test that bears the number of a defect stands in the table.
func TestEachTestOfADefectIsInTheTable(t *testing.T) {
	number := regexp.MustCompile(`^TestBUG_?(\d+)`)
	for name := range testsInTree(t) {
		m := number.FindStringSubmatch(name)
		if m == nil {
			continue
		}
		id, err := strconv.Atoi(m[1])
		if err != nil || id < 1 || id > len(defects) || !slices.Contains(defects[id-1].tests, name) {
			t.Errorf("%s is not in the table of defects", name)
		}
	}
}

// BUG-9: 8.8.8.8 is a public address, and so it was blocked. A plan that was made before it was protected does not
// pass the door either.
func TestBUG09APublicResolverIsNeverBlocked(t *testing.T) {
	for name, whole := range map[string]bool{"by the plan": true, "at the door": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.protect = protect.New(protect.PublicResolvers(), protect.Options{})
			w.unplanned = !whole
			w.brain.detection("3", []string{"8.8.8.8"}, "block")
			w.brain.detection("4", []string{"185.199.108.153"}, "block")
			if r := w.run().Pass(t.Context(), reconcile.Source{Name: entity.SourceStatic, Observe: staticLine("8.8.8.8")}, reconcile.Options{}); r.Failed() {
				t.Error(troubles(r))
			}
			w.good()
			same(t, "edge", []string{"185.199.108.153"}, w.on("edge"))
		})
	}
}

// BUG-30: only one kind of error was caught; a time-out ended the brain's process, and nobody started it again.
func TestBUG30AVendorsTimeoutEndsNothing(t *testing.T) {
	w := newWorld(t)
	w.brain.host("7", "10.0.0.7", "block")
	w.devices["edge"].fail["10.0.0.7"] = context.DeadlineExceeded // no class, no device: whatever a vendor throws
	r := w.pass()
	if !r.Failed() || r.Fatal != nil || r.Err != nil {
		t.Errorf("the pass says %s", troubles(r))
	}
	same(t, "dc", []string{"10.0.0.7"}, w.on("dc"))
	clear(w.devices["edge"].fail)
	w.good()
	same(t, "edge", []string{"10.0.0.7"}, w.on("edge"))
}

// BUG-33: with two brains of one family the second was never read. One dispatcher serves both here, at the same time.
func TestBUG33EachBrainOfAFamilyHasItsPass(t *testing.T) {
	w := newWorld(t)
	r := w.run()
	var wg sync.WaitGroup
	reports := make([]reconcile.Report, 2)
	for i, name := range []string{"hq", "branch"} {
		wg.Go(func() {
			reports[i] = r.Pass(t.Context(), reconcile.Source{Name: name, Observe: oneHost(name, "10.0.0."+strconv.Itoa(i+1))}, reconcile.Options{})
		})
	}
	wg.Wait()
	if err := errors.Join(reports[0].Fatal, reports[1].Fatal, reports[0].Err, reports[1].Err); err != nil {
		t.Fatal(err)
	}
	same(t, "edge", []string{"10.0.0.1", "10.0.0.2"}, w.on("edge"))
}

// oneHost is a brain that wants one host blocked.
func oneHost(source, ip string) func(context.Context, []entity.Ref) plan.Observation {
	return func(context.Context, []entity.Ref) plan.Observation {
		t := entity.Target{Ref: entity.Ref{Source: source, Kind: entity.KindHost, ID: "1"}, Host: &entity.Host{IP: ip}}
		return plan.Observation{
			Source: source, Read: []entity.Kind{entity.KindHost},
			Seen: []plan.Seen{{Target: t, Matches: []plan.Reason{{Rule: plan.RuleTag, Detail: registry.Marker(t.Kind)}}}},
		}
	}
}
