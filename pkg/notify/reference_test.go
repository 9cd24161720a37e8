package notify

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/entity"
)

// The reference page says of each action and outcome what the code says.
func TestTheReferenceOfEventsIsTrue(t *testing.T) {
	text, err := os.ReadFile("../../docs/reference/events.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for line := range strings.Lines(string(text)) {
		if cells := strings.Split(line, " | "); strings.HasPrefix(line, "| `") && len(cells) == 4 {
			rows = append(rows, strings.Join(cells[:3], " | "))
		}
	}
	var want []string
	for _, o := range []string{
		entity.OutcomeDone, entity.OutcomePending, entity.OutcomePart, entity.OutcomeUnsupported, entity.OutcomeUnknown, entity.OutcomeFailed,
	} {
		want = append(want, rowOf(o, Classify(entity.Event{Action: string(entity.ActionBlock), Outcome: o})))
	}
	for _, a := range entity.EventActions() {
		want = append(want, rowOf(a, Classify(entity.Event{Action: a})))
	}
	if got, want := strings.Join(rows, "\n"), strings.Join(want, "\n"); got != want {
		t.Errorf("docs/reference/events.md has\n%s\nwant\n%s", got, want)
	}
}

func rowOf(name string, e Event) string {
	return fmt.Sprintf("| `%s` | %s | %s", name, e.Topic, e.Severity)
}
