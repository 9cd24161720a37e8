package vectra

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"

	"github.com/var-project/var/pkg/entity"
)

// entityPage is smaller than other pages: usually few entities are urgent.
const entityPage = 200

// entityWire is a host or account as RUX rates it. v3.1 may have the old name of type only.
type entityWire struct {
	ID      text
	Type    text
	OldType text            `json:"entity_type"`
	Urgency json.RawMessage `json:"urgency_score"`
}

// Entities folds the active hosts or accounts of a RUX brain whose urgency is at least
// minUrgency. The id is that of the host or account. No filter for urgency exists: the list
// is sorted by it and left at the first page that ends below.
func (c *Console) Entities(ctx context.Context, kind entity.Kind, minUrgency int, fold func(id string, urgency int) error) error {
	if !c.Urgency() || kind != entity.KindHost && kind != entity.KindAccount {
		return problem(entity.Unsupported, "api %s has no urgency of %ss", c.api.text, kind)
	}
	s := sorted{last: never * never}
	w := walk{c: c, path: c.path("entities"), query: c.ranked(kind), extra: c.trimmed(), fold: func(rows []json.RawMessage) error {
		for _, row := range rows {
			id, urgency, err := rated(row, kind)
			if err != nil {
				return problem(entity.Transient, "entity of the brain: %w: %w", err, ErrIncomplete)
			}
			if s.see(urgency); id == "" || !urgency.set || urgency.n < minUrgency {
				continue
			}
			if err := fold(id, urgency.n); err != nil {
				return err
			}
		}
		return s.enough(minUrgency)
	}}
	return w.run(ctx)
}

// ranked asks for the most urgent first.
func (c *Console) ranked(kind entity.Kind) url.Values {
	name := "type"
	if !c.api.since(never, 3) {
		name = "entity_type"
	}
	return url.Values{
		name: {string(kind)}, "state": {"active"}, "ordering": {"-urgency_score"}, "page_size": {strconv.Itoa(entityPage)},
	}
}

func (c *Console) trimmed() url.Values {
	if c.api.since(never, 4) {
		return url.Values{"fields": {"id,type,urgency_score"}}
	}
	return nil
}

// rated reads one row; the id is empty when the row is of another kind. Urgency may be null,
// but a row without the key was trimmed too far: nobody would look urgent.
func rated(row json.RawMessage, kind entity.Kind) (string, number, error) {
	var e entityWire
	if err := unmarshal(row, &e); err != nil {
		return "", number{}, err
	}
	id, ok := identifier(e.ID)
	if !ok {
		return "", number{}, errNoID
	}
	if e.Urgency == nil {
		return "", number{}, fmt.Errorf("%s %s has no urgency_score", kind, id)
	}
	var urgency number
	_ = urgency.UnmarshalJSON(e.Urgency)
	for _, t := range []text{e.Type, e.OldType} {
		if t != "" && string(t) != string(kind) {
			return "", urgency, nil
		}
	}
	return id, urgency, nil
}

// sorted watches whether rows really come in falling order: only then does a low one end
// the list.
type sorted struct {
	last   int
	broken bool
}

func (s *sorted) see(n number) {
	if !n.set {
		return
	}
	s.broken = s.broken || n.n > s.last
	s.last = n.n
}

func (s *sorted) enough(floor int) error {
	if !s.broken && s.last < floor {
		return errStop
	}
	return nil
}
