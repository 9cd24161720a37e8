package stage

import (
	"github.com/var-project/var/pkg/lab"
	"github.com/var-project/var/tools/bench/internal/scenario"
)

// Tags that var gives to addresses.
var panosTags = map[string]string{scenario.Host: "Block_Host", scenario.Detection: "Block_Detection"}

type panos struct {
	*lab.PANOS
	title, kind string
}

func (p *panos) name() string { return p.title }

func (p *panos) hold(elements []string) error {
	for _, ip := range elements {
		if err := change(p, "tag", map[string]any{"ip": ip, "tags": []string{panosTags[p.kind]}}); err != nil {
			return err
		}
	}
	return nil
}

func (p *panos) holds() (int, error) {
	n := 0
	for _, d := range p.Holds().Devices {
		for _, v := range d.VSYS {
			for _, tags := range v.Addresses {
				if _, ok := tags[panosTags[p.kind]]; ok {
					n++
				}
			}
		}
	}
	return n, nil
}
