package reconcile_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/var-project/var/pkg/reconcile"
)

// watch plays a story on a vigil with a patience of fifteen minutes, and gives what it told, and when.
func watch(t *testing.T, complete map[string]time.Time, story func(*reconcile.Vigil)) []string {
	t.Helper()
	var told []string
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		v := reconcile.NewVigil(time.Now, func(s reconcile.Silence) {
			line := time.Since(began).String() + " " + s.Source
			switch {
			case s.Over:
				line += " complete again"
			case s.Since.IsZero():
				line += " never"
			default:
				line += " since " + s.Since.Sub(began).String()
			}
			if s.Why != "" {
				line += ": " + s.Why
			}
			told = append(told, line)
		})
		defer v.Close()
		for name, at := range complete {
			if !at.IsZero() {
				complete[name] = began.Add(at.Sub(epoch))
			}
		}
		v.Watch(15*time.Minute, complete)
		story(v)
		synctest.Wait()
	})
	return told
}

func TestASilentSourceIsToldOfOnceAndOnceWhenItIsBack(t *testing.T) {
	const minute = time.Minute
	got := watch(t, map[string]time.Time{"hq": epoch.Add(-time.Hour), "branch": {}}, func(v *reconcile.Vigil) {
		for range 20 { // a pass every five minutes
			v.Saw("branch", time.Now(), "")
			v.Saw("hq", time.Time{}, "401 unauthorized")
			lapse(5 * minute)
		}
		v.Saw("hq", time.Now(), "")
		v.Saw("hq", time.Now(), "")
		v.Saw("branch", time.Now(), "")
		lapse(10 * minute)
		v.Saw("hq", time.Time{}, "page 2: 500")
		v.Saw("branch", time.Now(), "")
		lapse(6 * minute)
	})
	same(t, "told", []string{"15m0s hq since -1h0m0s: 401 unauthorized", "1h40m0s hq complete again", "1h55m0s hq since 1h40m0s: page 2: 500"}, got)
}

// A source that another process reads completely is not silent.
func TestASourceThatAnotherProcessReadsIsNotSilent(t *testing.T) {
	got := watch(t, map[string]time.Time{"hq": {}}, func(v *reconcile.Vigil) {
		last := time.Now()
		for n := range 10 {
			if n == 4 {
				last = time.Now()
			}
			v.Saw("hq", last, "in use by process 7")
			lapse(5 * time.Minute)
		}
	})
	same(t, "told", []string{"15m0s hq since 0s: in use by process 7", "20m0s hq complete again", "35m0s hq since 20m0s: in use by process 7"}, got)
}

// It is told at its moment, also while a pass hangs.
func TestASilenceIsToldWhenItHasLastedNotAfterThePass(t *testing.T) {
	got := watch(t, map[string]time.Time{"hq": {}, "static": {}}, func(*reconcile.Vigil) { lapse(time.Hour) })
	same(t, "told", []string{"15m0s hq never", "15m0s static never"}, got)
}

func TestAReloadKeepsWhatAVigilKnows(t *testing.T) {
	got := watch(t, map[string]time.Time{"hq": {}, "old": {}}, func(v *reconcile.Vigil) {
		lapse(10 * time.Minute)
		v.Watch(15*time.Minute, map[string]time.Time{"hq": {}, "new": {}})
		v.Saw("old", time.Time{}, "nobody asks")
		lapse(20 * time.Minute)
	})
	same(t, "told", []string{"15m0s hq never", "25m0s new never"}, got)
}

func TestAVigilThatIsOverTellsNothing(t *testing.T) {
	got := watch(t, map[string]time.Time{"hq": {}}, func(v *reconcile.Vigil) {
		v.Close()
		lapse(time.Hour)
		v.Saw("hq", time.Time{}, "")
	})
	same(t, "told", []string(nil), got)
}
