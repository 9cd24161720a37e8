package pluginhost

import (
	"testing"

	"github.com/var-project/var/pkg/internal/wire"
)

// BenchmarkBlock is a batch on its way to a plugin process and back; what the plugin's side costs is not counted.
func BenchmarkBlock(b *testing.B) {
	p, batch := open(b, quiet(), "plain"), targets(wire.MaxBatch)
	b.ReportAllocs()
	for b.Loop() {
		if outcomes := p.Block(b.Context(), batch); outcomes[0].Err != nil {
			b.Fatal(outcomes[0].Err)
		}
	}
}

// BenchmarkStart is what a plugin costs before it does anything, and at its end.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		open(b, quiet(), "plain").Close()
	}
}
