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

// filters are the parameters of the walks that a query needs on this version.
func (c *Console) filters(kind entity.Kind, q entity.Query) []url.Values {
	v := url.Values{"page_size": {strconv.Itoa(pageSize)}}
	if q.Active {
		v.Set("state", "active")
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
	c.byID(v, kind, q.IDs)
	if kind == entity.KindDetection {
		return c.byType(v, q)
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

// byID names the ids, or bounds a walk by the smallest and largest of them.
func (c *Console) byID(v url.Values, kind entity.Kind, ids []string) {
	if kind == entity.KindDetection && c.api.rux && len(ids) > 0 && len(ids) <= fewIDs {
		v.Set("id", strings.Join(ids, ","))
		return
	}
	var numbers []int
	for _, id := range ids {
		n, err := strconv.Atoi(id)
		if err != nil {
			return
		}
		numbers = append(numbers, n)
	}
	if len(numbers) > 0 {
		v.Set("min_id", strconv.Itoa(slices.Min(numbers)))
		v.Set("max_id", strconv.Itoa(slices.Max(numbers)))
	}
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

func (c *Console) byType(v url.Values, q entity.Query) []url.Values {
	if q.Untriaged {
		v.Set("is_triaged", "false")
	}
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

// extras are parameters that make a walk better, but that a brain may refuse.
func (c *Console) extras(kind entity.Kind, q entity.Query) url.Values {
	v := url.Values{"ordering": {"id"}}
	switch {
	case kind != entity.KindDetection || !q.Lean:
	case c.api.since(never, 4):
		v.Set("exclude_fields", heavy)
	default:
		v.Set("fields", light)
	}
	return v
}
