package vectra

import (
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// filter are the parameters that every walk of a query has on this version.
func (c *Console) filter(kind entity.Kind, q entity.Query) url.Values {
	v := url.Values{"page_size": {strconv.Itoa(pageSize)}}
	if q.Active {
		v.Set("state", "active")
	}
	if kind == entity.KindDetection && q.Untriaged {
		v.Set("is_triaged", "false")
	}
	if len(q.Tags) > 0 && !slices.ContainsFunc(q.Tags, func(t string) bool { return strings.Contains(t, ",") }) {
		v.Set("tags", strings.Join(q.Tags, ","))
	}
	// Without it only entities with something active are listed, and what went quiet while it
	// is blocked would look gone.
	if !c.api.rux && kind != entity.KindDetection {
		v.Set("all", "true")
	}
	byName(v, kind, q.Named)
	return v
}

// split makes a walk of each part of a query that the brain cannot be asked for at once.
func (c *Console) split(v url.Values, kind entity.Kind, q entity.Query) []url.Values {
	switch {
	case len(q.IDs) > 0:
		return c.byID(v, kind, q.IDs)
	case kind == entity.KindDetection:
		return byType(v, q)
	}
	return c.byScore(v, q.Floor)
}

// byName asks for a name, or for the host that has an address now.
func byName(v url.Values, kind entity.Kind, name string) {
	a, err := netip.ParseAddr(name)
	switch {
	case name == "":
	case err == nil && kind == entity.KindHost:
		v.Set("last_source", a.Unmap().String())
	default:
		v.Set("name", name)
	}
}

// fewIDs is how many ids are told one by one where that is possible.
const fewIDs = 200

// byID names the ids, or bounds walks by the smallest and largest of those that stand on one page.
func (c *Console) byID(v url.Values, kind entity.Kind, ids []string) []url.Values {
	var named, bounded []url.Values
	for some := range slices.Chunk(ids, fewIDs) {
		named = append(named, with(v, "id", strings.Join(some, ",")))
	}
	windows, ok := windowsOf(ids)
	for _, w := range windows {
		bounded = append(bounded, with(v, "min_id", strconv.Itoa(w.least), "max_id", strconv.Itoa(w.most)))
	}
	switch {
	case kind == entity.KindDetection && c.api.rux && (!ok || len(named) <= len(bounded)):
		return named
	case !ok:
		return []url.Values{v}
	}
	return bounded
}

// window are ids that lie so close together that one page holds all between them.
type window struct{ least, most int }

// windowsOf are the fewest windows that hold all ids: no more than there are ids, nor than the brain has pages. Of ids
// that are no numbers nothing is known.
func windowsOf(ids []string) (windows []window, ok bool) {
	numbers := make([]int, len(ids))
	for i, id := range ids {
		n, err := strconv.Atoi(id)
		if err != nil {
			return nil, false
		}
		numbers[i] = n
	}
	slices.Sort(numbers)
	for _, n := range numbers {
		if last := len(windows) - 1; last >= 0 && n-windows[last].least < pageSize {
			windows[last].most = n
			continue
		}
		windows = append(windows, window{n, n})
	}
	return windows, true
}

// byScore makes one walk for both scores, or one for each when either is enough.
func (c *Console) byScore(v url.Values, f *entity.Floor) []url.Values {
	if f == nil {
		return []url.Values{v}
	}
	threat, certainty := "threat_gte", "certainty_gte"
	if c.api.rux {
		threat, certainty = "t_score_gte", "c_score_gte"
	}
	if !f.Or {
		return []url.Values{with(v, threat, strconv.Itoa(f.Threat), certainty, strconv.Itoa(f.Certainty))}
	}
	return []url.Values{with(v, threat, strconv.Itoa(f.Threat)), with(v, certainty, strconv.Itoa(f.Certainty))}
}

// fewTypes is up to how many detection types one walk each is cheaper than one over all.
const fewTypes = 3

func byType(v url.Values, q entity.Query) []url.Values {
	if len(q.Types) == 0 || len(q.Types) > fewTypes {
		return []url.Values{v}
	}
	var all []url.Values
	for _, t := range slices.Compact(slices.Sorted(slices.Values(q.Types))) {
		all = append(all, with(v, "detection_type", t))
	}
	return all
}

func with(v url.Values, pairs ...string) url.Values {
	v = maps.Clone(v)
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// heavy are the keys of a detection that a lean query does without.
const heavy = "grouped_details,summary,campaign_summaries"

// light are the keys that a lean query needs, for versions that cannot exclude any.
const light = "id,detection,detection_type,detection_category,category,state,tags,triage_rule_id,is_triaged," +
	"filtered_by_ai,filtered_by_user,filtered_by_rule,src_host,src_account,src_ip,threat,certainty"

// extras are parameters that make a walk better, but that a brain may refuse. A tag or an id finds detections that say
// nothing bad, too.
func (c *Console) extras(kind entity.Kind, q entity.Query) url.Values {
	v := url.Values{"ordering": {"id"}}
	if kind != entity.KindDetection {
		return v
	}
	if c.api.since(never, 4) && len(q.Tags)+len(q.IDs) > 0 {
		v.Set("include_info_category", "true")
	}
	switch {
	case !q.Lean:
	case c.api.since(never, 4):
		v.Set("exclude_fields", heavy)
	default:
		v.Set("fields", light)
	}
	return v
}
