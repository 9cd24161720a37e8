package panos

import (
	"fmt"
	"strings"
	"testing"
)

// fullPage is an answer with as many entries as are asked for at once.
func fullPage() []byte {
	var b strings.Builder
	b.WriteString(`<response status="success"><result>`)
	for i := range pageSize {
		fmt.Fprintf(&b, `<entry ip="10.1.%d.%d" from_agent="0" persistent="1"><tag><member>Block_Host</member></tag></entry>`, i>>8, i&255)
	}
	fmt.Fprintf(&b, `<count>%d</count></result></response>`, pageSize)
	return []byte(b.String())
}

func BenchmarkDecodePage(b *testing.B) {
	body := fullPage()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if a, err := decode(body); err != nil || len(a.Result.Entries) != pageSize {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	m := Message{}
	for i := range 1000 {
		m.Register = append(m.Register, Entry{Name: fmt.Sprintf("10.1.%d.%d", i>>8, i&255), Tag: "Block_Host"})
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.Encode(); err != nil {
			b.Fatal(err)
		}
	}
}
