package lab

import (
	"slices"
	"strings"
)

// Search answers rows of the detail shape; these keys are not in its index.
var unsearched = []string{"url", "host_url", "detection_set"}

func searchHosts(_ *Brain, c *brainCall) brainAnswer {
	return search(c, "host", c.hosts.rows, func(h *Host) jsonObject {
		out := showHostDetail(c, h)
		if h.LDAP != nil {
			out = slices.DeleteFunc(out, func(m jsonMember) bool { return m.key == "ldap" })
			out = append(out, jsonMember{"ldap", h.LDAP})
		}
		return append(out, jsonMember{"_doc_modified_ts", h.Modified.UTC().Format("2006-01-02T15:04:05.000000")})
	})
}

// searchAccounts shows account_type as text, unlike the list.
func searchAccounts(_ *Brain, c *brainCall) brainAnswer {
	return search(c, "account", c.accounts.rows, func(a *Account) jsonObject {
		out := showAccountDetail(c, a)
		for i := range out {
			if kinds, ok := out[i].value.([]string); ok && out[i].key == "account_type" {
				out[i].value = strings.Join(kinds, ",")
			}
		}
		return out
	})
}

// searchDetections leaves out triaged detections, which the list has.
func searchDetections(_ *Brain, c *brainCall) brainAnswer {
	rows := slices.DeleteFunc(slices.Clone(c.detections.rows), (*Detection).Triaged)
	return search(c, "detection", rows, func(d *Detection) jsonObject { return showDetectionDetail(c, d) })
}

func search[T any](c *brainCall, prefix string, rows []*T, show func(*T) jsonObject) brainAnswer {
	query, err := parseSearch(prefix, c.query.Get("query_string"))
	if err != nil {
		return badValue("query_string")
	}
	w, refusal := windowOf(c)
	if refusal != nil {
		return *refusal
	}
	var found []jsonObject
	for _, row := range rows {
		if o := show(row); query.meets(o) {
			found = append(found, o)
		}
	}
	start, end := w.bounds(len(found))
	if w.page > 1 && start >= len(found) {
		return invalidPage(c, w.page)
	}
	shown := make([]jsonObject, 0, end-start)
	for _, o := range found[start:end] {
		shown = append(shown, o.only(func(key string) bool { return !slices.Contains(unsearched, key) }))
	}
	return paged(c, w, len(found), shown)
}

// parseTerm reads one condition: a comparison written before the value, or a value.
func parseTerm(prefix, field, value string) searchTerm {
	t := searchTerm{path: strings.Split(strings.TrimPrefix(field, prefix+"."), "."), op: "="}
	for _, op := range []string{">=", "<=", ">", "<"} {
		if rest, ok := strings.CutPrefix(value, op); ok {
			t.op, value = op, rest
			break
		}
	}
	t.value = value
	return t
}
