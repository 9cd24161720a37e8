package main

import (
	"fmt"
	"strings"

	"github.com/var-project/var/pkg/metrics"
)

// metricsPage is every metric that a loop exposes, as it is registered.
func metricsPage() string {
	var page strings.Builder
	page.WriteString(note + "# Metrics\n\n" +
		"`/metrics` of the admin listener of `var run --loop` exposes these, and besides them `go_*` and `process_*` of the\n" +
		"Go runtime and the process. [watch.md](../watch.md) says how to use them, and has alerts and a dashboard over them.\n\n" +
		"Labels bear names of the configuration (`source`, `blocker`, `device`, `channel`) or one of a few words, never a target,\n" +
		"an address or the text of an error. What is not configured any more is gone after the reload; counters go on over it. Where\n" +
		"other tools say enforcer, var says blocker, here as everywhere. Times are Unix times in seconds.\n\n" +
		"| metric | type | labels | meaning |\n|---|---|---|---|\n")
	for _, d := range metrics.New(metrics.Build{}).Definitions() {
		fmt.Fprintf(&page, "| `%s` | %s | %s | %s |\n", d.Name, d.Type, quotedLabels(d.Labels), strings.ReplaceAll(d.Help, "|", `\|`))
	}
	return page.String()
}

func quotedLabels(labels []string) string {
	if len(labels) == 0 {
		return ""
	}
	return "`" + strings.Join(labels, "`, `") + "`"
}
