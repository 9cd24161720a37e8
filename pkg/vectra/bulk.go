package vectra

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/var-project/var/pkg/entity"
)

// bulkIDs is how many entities one bulk call names.
const bulkIDs = 1000

// stroke is one bulk call to come: one tag, added to or removed from many entities.
type stroke struct {
	method string
	kind   entity.Kind
	tag    string
	// edits are the indices of the edits that it serves.
	edits []int
}

// editBulk adds and removes single tags without touching others: no update of an analyst is
// lost. The n-th tags of all edits come before the next ones, so that each entity gets its
// tags in the order of its edit; an edit that failed gets no more.
func (c *Console) editBulk(ctx context.Context, edits []entity.TagEdit, errs []error) {
	for _, adding := range []bool{true, false} {
		for rank := 0; ; rank++ {
			strokes := strokesOf(edits, errs, adding, rank)
			if strokes == nil {
				break
			}
			g := c.group()
			for _, s := range strokes {
				g.Go(func() error { c.strike(ctx, s, edits, errs); return nil })
			}
			_ = g.Wait()
		}
	}
}

// strokesOf groups the tags of one rank; nil when no edit has so many.
func strokesOf(edits []entity.TagEdit, errs []error, adding bool, rank int) []stroke {
	type key struct {
		kind entity.Kind
		tag  string
	}
	at := map[key]int{}
	var strokes []stroke
	for i, e := range edits {
		method, tags := http.MethodPost, e.Add
		if !adding {
			method, tags = http.MethodDelete, e.Remove
		}
		if errs[i] != nil || rank >= len(tags) {
			continue
		}
		k := key{e.Ref.Kind, tags[rank]}
		n, ok := at[k]
		if !ok || len(strokes[n].edits) == bulkIDs {
			n = len(strokes)
			at[k] = n
			strokes = append(strokes, stroke{method: method, kind: k.kind, tag: k.tag})
		}
		strokes[n].edits = append(strokes[n].edits, i)
	}
	return strokes
}

// strike makes one bulk call. Where the brain has none, or one of the entities spoils it, each
// is written by itself, so that each has its own outcome. An edit is in one stroke at a time,
// so its error has one writer.
func (c *Console) strike(ctx context.Context, s stroke, edits []entity.TagEdit, errs []error) {
	if _, none := c.noBulk.Load(s.kind); none {
		c.single(ctx, s, edits, errs)
		return
	}
	err := c.bulk(ctx, s, edits)
	if hasStatus(err, http.StatusMethodNotAllowed) {
		c.noBulk.Store(s.kind, true)
	}
	if hasStatus(err, http.StatusBadRequest, http.StatusNotFound, http.StatusMethodNotAllowed,
		http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity) {
		c.log.InfoContext(ctx, "brain refuses a bulk call for tags", "entities", len(s.edits), "error", err)
		c.single(ctx, s, edits, errs)
		return
	}
	for _, i := range s.edits {
		errs[i] = err
	}
}

func (c *Console) bulk(ctx context.Context, s stroke, edits []entity.TagEdit) error {
	body, err := json.Marshal(struct {
		IDs []json.RawMessage `json:"objectIds"`
		Tag string            `json:"tag"`
	}{objectIDs(s, edits), s.tag})
	if err != nil {
		return err
	}
	k := put(s.method, c.path("tagging/"+string(s.kind)), nil, body)
	a, err := c.do(ctx, k)
	if err != nil {
		return err
	}
	if !isObject(a.body) { // the shape of a success is not documented
		return nil
	}
	_, err = c.judged(k, a)
	return err
}

// objectIDs are numbers where they look like numbers.
func objectIDs(s stroke, edits []entity.TagEdit) []json.RawMessage {
	ids := make([]json.RawMessage, 0, len(s.edits))
	for _, i := range s.edits {
		id := json.RawMessage(edits[i].Ref.ID)
		if !json.Valid(id) {
			id, _ = json.Marshal(edits[i].Ref.ID)
		}
		ids = append(ids, id)
	}
	return ids
}

func (c *Console) single(ctx context.Context, s stroke, edits []entity.TagEdit, errs []error) {
	g := c.group()
	for _, i := range s.edits {
		e := entity.TagEdit{Ref: edits[i].Ref, Add: []string{s.tag}}
		if s.method == http.MethodDelete {
			e.Add, e.Remove = nil, e.Add
		}
		g.Go(func() error { errs[i] = c.editOne(ctx, e); return nil })
	}
	_ = g.Wait()
}
