package main

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestThePageOfMetricsIsThatOfTheProgram(t *testing.T) {
	page, err := os.ReadFile("../../docs/reference/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(metricsPage(), string(page)); diff != "" {
		t.Errorf("make generate writes it anew (-want +got):\n%s", diff)
	}
}
