package cli

import (
	"fmt"
	"testing"
	"time"
)

func guardKeys() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"never_block.targets":          testNeverBlock("10.0.0.1", `never_block.targets = ["10.0.0.1"]`, ""),
		"never_block.public_resolvers": testNeverBlock("1.1.1.1", "", "never_block.public_resolvers = false"),
		"never_block.min_prefix_ipv4":  testNeverBlock("185.199.0.0/16", "never_block.min_prefix_ipv4 = 17", "never_block.min_prefix_ipv4 = 16"),
		"never_block.min_prefix_ipv6":  testNeverBlock("2a00::/32", "never_block.min_prefix_ipv6 = 33", "never_block.min_prefix_ipv6 = 32"),
		"hosts.spare_key_assets":       testSpareKeyAssets,
		"hosts.spare_unseen":           testSpareUnseen,
	}
}

// testNeverBlock wants that a host or a line of the static list is not blocked with one line, and is with the other.
func testNeverBlock(element, without, with string) func(*testing.T) {
	return func(t *testing.T) {
		s := newStage(t)
		list := fmt.Sprintf("\nstatic.destinations = %q", s.write("list.txt", element+"\n"))
		if element == hostElement {
			list = ""
		}
		s.want(ExitDone, without+list, "run")
		s.holds(element, false)
		s.want(ExitDone, with+list, "run")
		s.holds(element, true)
	}
}

func testSpareKeyAssets(t *testing.T) {
	s := newStage(t)
	s.change("put_host", `{"id":1,"key_asset":true}`)
	s.want(ExitDone, "", "run")
	s.holds(hostElement, true)
	s.want(ExitDone, "hosts.spare_key_assets = true", "run")
	s.holds(hostElement, false)
}

// testSpareUnseen has a host that nobody saw for two days: it is not blocked, but stays blocked.
func testSpareUnseen(t *testing.T) {
	s := newStage(t)
	before := time.Now().Add(-48 * time.Hour).Format(time.RFC3339)
	s.change("put_host", fmt.Sprintf(`{"id":1,"last_seen":%q}`, before))
	s.want(ExitDone, `hosts.spare_unseen = "47h"`, "run")
	s.holds(hostElement, false)
	s.want(ExitDone, `hosts.spare_unseen = "49h"`, "run")
	s.holds(hostElement, true)
	s.want(ExitDone, `hosts.spare_unseen = "47h"`, "run")
	s.holds(hostElement, true)
}

func (s *stage) change(operation, text string) {
	s.t.Helper()
	if err := s.brain.Change(operation, []byte(text)); err != nil {
		s.t.Fatal(err)
	}
}
