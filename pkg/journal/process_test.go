package journal_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/journal/journaltest"
)

// roles are what this test program does as another process.
var roles = map[string]func(context.Context, *journal.Journal) error{
	"hold": func(ctx context.Context, j *journal.Journal) error {
		_, err := j.Acquire(ctx, "blocker:edge", 0)
		return err
	},
	// churn opens, writes and closes until the process is killed.
	"churn": func(ctx context.Context, j *journal.Journal) error {
		fmt.Fprintln(os.Stdout, "ready")
		for n := 0; ; n++ {
			if err := j.Adopt(ctx, []entity.Holding{holding(host("hq", fmt.Sprint(n)), "edge", "shared", fmt.Sprint(n))}); err != nil {
				return err
			}
			if err := j.Close(); err != nil {
				return err
			}
			var err error
			if j, err = journal.Open(ctx, os.Getenv("JOURNAL_TEST_URL"), ""); err != nil {
				return err
			}
		}
	},
	// write commits intents one after the other until the process is killed.
	"write": func(ctx context.Context, j *journal.Journal) error {
		fmt.Fprintln(os.Stdout, "ready")
		for n := 0; ; n++ {
			in := []entity.Intent{intent(entity.ActionBlock, host("hq", fmt.Sprint(n)), "edge")}
			if err := j.Begin(ctx, in); err != nil {
				return err
			}
			h := holding(in[0].Target, "edge", fmt.Sprint(n))
			if err := j.Settle(ctx, []entity.Settlement{{Intent: in[0], Holding: &h, Done: entity.ActionBlock}}); err != nil {
				return err
			}
			if err := j.Recorded(ctx, []int64{in[0].ID}, nil); err != nil {
				return err
			}
		}
	},
}

// play is the other process: it says "ready" and stays until its input ends.
func play(role string) int {
	ctx := context.Background()
	j, err := journal.Open(ctx, os.Getenv("JOURNAL_TEST_URL"), "", journal.Password(journaltest.Password), journal.LeaseTime(processLease))
	if err == nil {
		err = roles[role](ctx, j)
	}
	if err != nil {
		fmt.Fprintln(os.Stdout, "failed:", err)
		return 1
	}
	fmt.Fprintln(os.Stdout, "ready")
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}

// processLease is how long a lease of the other process lasts: longer than a machine takes to renew it, however loaded,
// and shorter than a test waits for its end.
const processLease = long / 2

// process runs this test program in a role and waits until it is ready. kill ends it as a crash would.
func (p place) process(t *testing.T, role string) (kill func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "JOURNAL_TEST_ROLE="+role, "JOURNAL_TEST_URL="+p.url)
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	kill = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	t.Cleanup(kill)
	t.Cleanup(func() { _ = in.Close() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || strings.TrimSpace(line) != "ready" {
		t.Fatalf("the other process says %q: %v", line, err)
	}
	return kill
}
