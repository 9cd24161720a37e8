package vectra

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// entityRow is a host or account as RUX rates it.
type entityRow struct {
	kind    entity.Kind
	id      string
	urgency number
}

// Entities folds the active hosts and accounts of a RUX brain whose urgency is at least
// minUrgency, of these kinds. The id is that of the host or account. No filter for urgency exists: the list
// is sorted by it and left at the first page that ends below.
func (c *Console) Entities(ctx context.Context, kinds []entity.Kind, minUrgency int, fold func(kind entity.Kind, id string, urgency int) error) error {
	for _, kind := range kinds {
		if !c.Urgency() || kind != entity.KindHost && kind != entity.KindAccount {
			return problem(entity.Unsupported, "api %s has no urgency of %ss", c.api.text, kind)
		}
	}
	s := sorted{last: never * never}
	w := walk[entityRow]{c: c, path: c.path("entities"), query: c.ranked(kinds), extra: c.trimmed()}
	w.read = func(r *reader) (entityRow, string, error) { return r.rated(kinds) }
	w.fold = func(rows []entityRow) error {
		for _, e := range rows {
			s.see(e.urgency)
			if !e.urgency.set || e.urgency.n < minUrgency || !slices.Contains(kinds, e.kind) {
				continue
			}
			if err := fold(e.kind, e.id, e.urgency.n); err != nil {
				return err
			}
		}
		return s.enough(minUrgency)
	}
	return w.run(ctx)
}

// ranked asks for the most urgent first.
func (c *Console) ranked(kinds []entity.Kind) url.Values {
	name := "type"
	if !c.api.since(never, 3) {
		name = "entity_type"
	}
	names := make([]string, len(kinds))
	for i, kind := range kinds {
		names[i] = string(kind)
	}
	return url.Values{
		name: {strings.Join(names, ",")}, "state": {"active"}, "ordering": {"-urgency_score"}, "page_size": {strconv.Itoa(pageSize * len(kinds))},
	}
}

func (c *Console) trimmed() url.Values {
	if c.api.since(never, 4) {
		return url.Values{"fields": {"id,type,urgency_score"}}
	}
	return nil
}

// rated reads one row. v3.1 may have the old name of type only; where one kind was asked for, a row without any is of
// it. Urgency may be null, but a row without the key was trimmed too far: nobody would look urgent.
func (r *reader) rated(kinds []entity.Kind) (e entityRow, key string, err error) {
	var id, kind, oldKind text
	told := false
	for key := range r.Keys() {
		switch string(key) {
		case "id":
			id = r.text()
		case "type":
			kind = r.text()
		case "entity_type":
			oldKind = r.text()
		case "urgency_score":
			told, e.urgency = true, r.number()
		}
	}
	id, ok := identifier(id)
	e.id, e.kind = string(id), entity.Kind(r.word(either(kind, oldKind)))
	if e.kind == "" && len(kinds) == 1 {
		e.kind = kinds[0]
	}
	switch {
	case !ok:
		err = errNoID
	case e.kind == "":
		err = fmt.Errorf("entity %s has no type", e.id)
	case !told:
		err = fmt.Errorf("%s %s has no urgency_score", e.kind, e.id)
	}
	if err != nil {
		return e, "", fmt.Errorf("entity of the brain: %w: %w", err, ErrIncomplete)
	}
	return e, e.id + " " + string(e.kind), nil
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
