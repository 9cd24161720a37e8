package vectra

import (
	"testing"

	"github.com/var-project/var/pkg/entity"
)

func BenchmarkDecodeHost(b *testing.B)      { benchDecode(b, entity.KindHost) }
func BenchmarkDecodeAccount(b *testing.B)   { benchDecode(b, entity.KindAccount) }
func BenchmarkDecodeDetection(b *testing.B) { benchDecode(b, entity.KindDetection) }

func benchDecode(b *testing.B, kind entity.Kind) {
	body := samplePage(kind, 1000)
	l := sampleLister(kind, entity.Query{})
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if err := l.page(body); err != nil {
			b.Fatal(err)
		}
	}
}

// sampleWalk reads pages without asking anybody for them.
type sampleWalk struct {
	*walk[object]
	n int
}

func sampleLister(kind entity.Kind, q entity.Query) *sampleWalk {
	c := &Console{name: "hq", api: version{text: "2.5", minor: 5}}
	s := &sampleWalk{}
	l := lister{c: c, kind: kind, q: q, wanted: matcher(q), fold: func(entity.Finding) error { s.n++; return nil }}
	s.walk = l.walk(nil)
	s.reader = newReader(nil)
	return s
}

func (s *sampleWalk) page(body []byte) error {
	s.seen = idSet{}
	if err := s.at.scan(s.reader, body, s.read); err != nil {
		return err
	}
	return s.take()
}
