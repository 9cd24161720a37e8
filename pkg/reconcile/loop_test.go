package reconcile_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/var-project/var/pkg/reconcile"
	"github.com/var-project/var/pkg/schedule"
)

// course is what happens in a loop, as "0s pass", in the order in which it does; passes take no time unless told.
type course struct {
	pace schedule.Pace
	// takes is how long the first passes take.
	takes          []time.Duration
	again, changed chan struct{}
	reload         func(*course)
	fail           error
	stop           context.CancelFunc

	began  time.Time
	passes int
	lines  []string
}

func newCourse(interval time.Duration, takes ...time.Duration) *course {
	return &course{
		pace: schedule.Pace{Interval: interval}, takes: append(takes, 0), reload: func(*course) {},
	}
}

func (c *course) note(what string) { c.lines = append(c.lines, time.Since(c.began).String()+" "+what) }

// at has something happen after a time.
func (c *course) at(d time.Duration, do func()) { time.AfterFunc(d, do) }

// ask is a signal: it does not wait for anybody.
func ask(c chan<- struct{}) func() {
	return func() {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

func (c *course) pass(ctx context.Context) error {
	c.note("pass")
	if took := c.takes[min(c.passes, len(c.takes)-1)]; took > 0 {
		lapse(took)
		c.note("done")
	}
	c.passes++
	return c.fail
}

// run goes on for a while in a world of its own, in which plan says what happens when.
func (c *course) run(t *testing.T, long time.Duration, plan func()) (err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), long)
		defer stop()
		c.began, c.stop = time.Now(), stop
		c.again, c.changed = make(chan struct{}, 1), make(chan struct{}, 1)
		plan()
		l := reconcile.Loop{
			Pass: c.pass, Wait: func(started, now time.Time) time.Duration { return c.pace.Wait(started, now) }, Now: time.Now,
			Pause: pause, Again: c.again, Changed: c.changed, Reload: func(context.Context) { c.note("reload"); c.reload(c) },
		}
		err = l.Run(ctx)
		c.note("end")
	})
	return err
}

// lapse lets time pass in a world of its own.
func lapse(d time.Duration) { <-time.After(d) }

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func TestTheCourseOfALoop(t *testing.T) {
	const minute = time.Minute
	for name, tt := range map[string]struct {
		course *course
		plan   func(*course)
		want   []string
	}{
		"the interval counts from the start of a pass": {
			course: newCourse(5*minute, 2*minute, minute, minute),
			want:   []string{"0s pass", "2m0s done", "5m0s pass", "6m0s done", "10m0s pass", "11m0s done", "11m59s end"},
		},
		"a pass that takes longer is followed at once, by one": {
			course: newCourse(2*minute, 7*minute),
			want:   []string{"0s pass", "7m0s done", "7m0s pass", "9m0s pass", "11m0s pass", "11m59s end"},
		},
		"a pass is asked for in a pause, and the interval counts from it": {
			course: newCourse(5 * minute),
			plan:   func(c *course) { c.at(3*minute, ask(c.again)) },
			want:   []string{"0s pass", "3m0s pass", "8m0s pass", "11m59s end"},
		},
		"passes that are asked for during one come after it, as one": {
			course: newCourse(5*minute, 2*minute),
			plan:   func(c *course) { c.at(minute, ask(c.again)); c.at(minute, ask(c.again)) },
			want:   []string{"0s pass", "2m0s done", "2m0s pass", "7m0s pass", "11m59s end"},
		},
		"one that is asked for during a long pass is the one that follows": {
			course: newCourse(2*minute, 7*minute),
			plan:   func(c *course) { c.at(minute, ask(c.again)) },
			want:   []string{"0s pass", "7m0s done", "7m0s pass", "9m0s pass", "11m0s pass", "11m59s end"},
		},
		"a reload waits for the pass, and makes none itself": {
			course: newCourse(5*minute, 2*minute),
			plan:   func(c *course) { c.at(minute, ask(c.changed)); c.at(7*minute, ask(c.changed)) },
			want:   []string{"0s pass", "2m0s done", "2m0s reload", "5m0s pass", "7m0s reload", "10m0s pass", "11m59s end"},
		},
		"a reload comes before the pass that is due": {
			course: newCourse(minute, 3*minute, 10*minute),
			plan:   func(c *course) { c.at(minute, ask(c.changed)); c.at(2*minute, ask(c.again)) },
			want:   []string{"0s pass", "3m0s done", "3m0s reload", "3m0s pass", "13m0s done", "13m0s end"},
		},
		"a shorter interval counts from the last pass": {
			course: newCourse(8 * minute),
			plan: func(c *course) {
				c.reload = func(c *course) { c.pace.Interval = 2 * minute }
				c.at(5*minute, ask(c.changed))
			},
			want: []string{"0s pass", "5m0s reload", "5m0s pass", "7m0s pass", "9m0s pass", "11m0s pass", "11m59s end"},
		},
		"told to end in a pause it ends": {
			course: newCourse(5 * minute),
			plan:   func(c *course) { c.at(minute, func() { c.stop() }) },
			want:   []string{"0s pass", "1m0s end"},
		},
		"told to end in a pass it waits for that, and for nothing that was asked for meanwhile": {
			course: newCourse(5*minute, 3*minute),
			plan: func(c *course) {
				c.at(minute, ask(c.again))
				c.at(minute, ask(c.changed))
				c.at(2*minute, func() { c.stop() })
			},
			want: []string{"0s pass", "3m0s done", "3m0s end"},
		},
		"told to end during a reload it makes no further pass": {
			course: newCourse(5 * minute),
			plan: func(c *course) {
				c.reload = func(c *course) { c.stop(); lapse(10 * minute) }
				c.at(minute, ask(c.changed))
			},
			want: []string{"0s pass", "1m0s reload", "11m0s end"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.plan == nil {
				tt.plan = func(*course) {}
			}
			if err := tt.course.run(t, 12*minute-time.Second, func() { tt.plan(tt.course) }); err != nil {
				t.Errorf("the loop ended with %v", err)
			}
			same(t, "course", tt.want, tt.course.lines)
		})
	}
}

func TestAPassThatFailsEndsTheLoop(t *testing.T) {
	c := newCourse(time.Minute)
	c.fail = errors.New("no room to print on")
	if err := c.run(t, time.Hour, func() {}); !errors.Is(err, c.fail) {
		t.Errorf("the loop ended with %v", err)
	}
	same(t, "course", []string{"0s pass", "0s end"}, c.lines)
}

func TestJitterMovesPassesApart(t *testing.T) {
	chance := []float64{0, 0.5, 0.75, 1}
	c := newCourse(100 * time.Second)
	c.pace.Jitter, c.pace.Random = 10, func() (f float64) { f, chance = chance[0], append(chance[1:], chance[0]); return f }
	if err := c.run(t, 500*time.Second, func() {}); err != nil {
		t.Error(err)
	}
	same(t, "course", []string{"0s pass", "1m30s pass", "3m10s pass", "4m55s pass", "6m45s pass", "8m15s pass", "8m20s end"}, c.lines)
}
