package journal

import "github.com/var-project/var/pkg/entity"

// quickly reads what is kept of a holding, but for the raw object of its target, or says that it must be read with
// care. Texts and lists are shared with other holdings.
func quickly(p *pool, data []byte, h *entity.Holding) bool {
	q := &quick{text: data, pool: p}
	q.holding(h)
	return !q.odd && q.at == len(data)
}

func (q *quick) holding(h *entity.Holding) {
	q.object(func(name []byte) {
		switch string(name) {
		case "label":
			h.Label = q.shared()
		case "place":
			h.Place = q.shared()
		case "state":
			h.State = entity.State(q.shared())
		case "since":
			h.Since = q.time()
		case "asserted":
			h.Asserted = q.time()
		case "receipt":
			q.receipt(&h.Receipt)
		case "reasons":
			h.Reasons = q.list()
		case "devices":
			h.Devices = q.list()
		case "missing":
			h.Missing = q.list()
		case "problem":
			h.Problem = q.shared()
		case "unable":
			q.slow(&h.Unable)
		case "target":
			q.target(&h.Target, h.Receipt.Elements)
		case "has_raw":
			q.bool()
		default:
			q.odd = true
		}
	})
}

func (q *quick) receipt(r *entity.Receipt) {
	q.object(func(name []byte) {
		switch string(name) {
		case "elements":
			r.Elements = q.own(nil)
		case "until":
			r.Until = q.time()
		case "former":
			r.Former = q.shared()
		case "adopted":
			r.Adopted = q.bool()
		default:
			q.odd = true
		}
	})
}

// target reads a target; its address is often an element.
func (q *quick) target(t *entity.Target, elements []string) {
	q.object(func(name []byte) {
		switch string(name) {
		case "source", "kind", "id":
			q.skip() // the row's key says it
		case "name":
			t.Name = q.string()
		case "score":
			q.score(&t.Score)
		case "tags":
			t.Tags = q.list()
		case "host":
			q.host(made(&t.Host), t.Name, elements)
		case "account":
			q.slow(&t.Account)
		case "detection":
			q.detection(made(&t.Detection), elements)
		case "static":
			q.static(made(&t.Static), elements)
		default:
			q.odd = true
		}
	})
}

// made is what a pointer points to; it is made when there is nothing yet.
func made[T any](p **T) *T {
	if *p == nil {
		*p = new(T)
	}
	return *p
}

func (q *quick) score(s *entity.Score) {
	q.object(func(name []byte) {
		switch string(name) {
		case "threat":
			s.Threat = q.int()
		case "certainty":
			s.Certainty = q.int()
		case "urgency":
			n := q.int()
			s.Urgency = &n
		default:
			q.odd = true
		}
	})
}

func (q *quick) host(h *entity.Host, name string, elements []string) {
	q.object(func(field []byte) {
		switch string(field) {
		case "ip":
			h.IP = q.oneOf(elements...)
		case "full_name":
			h.FullName = q.oneOf(name)
		case "probable_owner":
			h.ProbableOwner = q.shared()
		case "key_asset":
			h.KeyAsset = q.bool()
		case "targets_key_asset":
			h.TargetsKeyAsset = q.bool()
		case "artifacts":
			q.slow(&h.Artifacts)
		case "macs":
			h.MACs = q.own(nil)
		case "groups":
			h.Groups = q.list()
		case "note":
			h.Note = q.string()
		case "last_seen":
			h.LastSeen = q.time()
		default:
			q.odd = true
		}
	})
}

func (q *quick) detection(d *entity.Detection, elements []string) {
	q.object(func(name []byte) {
		switch string(name) {
		case "host_id":
			d.HostID = q.string()
		case "account_id":
			d.AccountID = q.string()
		case "category":
			d.Category = q.shared()
		case "type":
			d.Type = q.shared()
		case "source_ip":
			d.SourceIP = q.string()
		case "state":
			d.State = q.shared()
		case "destinations":
			d.Destinations = q.own(elements)
		case "targets_key_asset":
			d.TargetsKeyAsset = q.bool()
		case "triaged":
			d.Triaged = q.bool()
		case "note":
			d.Note = q.string()
		default:
			q.odd = true
		}
	})
}

func (q *quick) static(s *entity.Static, elements []string) {
	q.object(func(name []byte) {
		if string(name) != "destination" {
			q.odd = true
			return
		}
		s.Destination = q.oneOf(elements...)
	})
}
