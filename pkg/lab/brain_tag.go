package lab

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
)

// tagged gives what a tagging call is about. The status says why there is nothing.
func (c *brainCall) taggedSubject(kind string) (*Subject, *brainAnswer) {
	if kind == "entity" {
		e, refusal := findEntity(c)
		if e != nil {
			return e.Subject, nil
		}
		if refusal.status == http.StatusBadRequest {
			return nil, refusal
		}
	} else if s := c.subject(kind, c.ids[0]); s != nil {
		return s, nil
	}
	return nil, &brainAnswer{http.StatusNotFound, jsonObject{
		{"status", "failure"}, {"message", "Could not find requested object"},
	}}
}

// getTags shows the id as text, unlike patchTags: both are as observed.
func getTags(kind string) func(*Brain, *brainCall) brainAnswer {
	return func(_ *Brain, c *brainCall) brainAnswer {
		s, refusal := c.taggedSubject(kind)
		if refusal != nil {
			return *refusal
		}
		return brainAnswer{http.StatusOK, jsonObject{
			{"status", "success"}, {"tag_id", strconv.Itoa(s.ID)}, {"tags", list(s.Tags)},
		}}
	}
}

// patchTags replaces the whole list.
func patchTags(kind string) func(*Brain, *brainCall) brainAnswer {
	return func(b *Brain, c *brainCall) brainAnswer {
		s, refusal := c.taggedSubject(kind)
		if refusal != nil {
			return *refusal
		}
		var in struct {
			Tags *[]string `json:"tags"`
		}
		if json.Unmarshal(c.body, &in) != nil || in.Tags == nil {
			return badValue("tags")
		}
		if bad := c.refusedTags(*in.Tags); len(bad) > 0 {
			return invalidTags(bad)
		}
		s.Tags, s.Modified = unique(*in.Tags), b.now()
		return brainAnswer{http.StatusOK, jsonObject{{"status", "success"}, {"tag_id", s.ID}, {"tags", s.Tags}}}
	}
}

func (c *brainCall) refusedTags(tags []string) []string {
	var bad []string
	for _, tag := range tags {
		if slices.Contains(c.quirks.InvalidTags, tag) {
			bad = append(bad, tag)
		}
	}
	return bad
}

func invalidTags(bad []string) brainAnswer {
	return brainAnswer{http.StatusOK, jsonObject{
		{"status", "failure"}, {"message", "Invalid tags"}, {"invalid_tags", bad},
	}}
}

func unique(tags []string) []string {
	out := []string{}
	for _, tag := range tags {
		if !slices.Contains(out, tag) {
			out = append(out, tag)
		}
	}
	return out
}

// bulkTag adds one tag to many objects, or takes it off them, and touches no other tag.
func bulkTag(kind string, add bool) func(*Brain, *brainCall) brainAnswer {
	return func(b *Brain, c *brainCall) brainAnswer {
		var in struct {
			IDs []int  `json:"objectIds"`
			Tag string `json:"tag"`
		}
		switch {
		case c.quirks.NoBulkTags:
			return notFound()
		case json.Unmarshal(c.body, &in) != nil || in.Tag == "":
			return badValue("tag")
		case add && len(c.refusedTags([]string{in.Tag})) > 0:
			return invalidTags([]string{in.Tag})
		}
		return c.bulk(b, kind, in.IDs, in.Tag, add)
	}
}

func (c *brainCall) bulk(b *Brain, kind string, ids []int, tag string, add bool) brainAnswer {
	for _, id := range ids {
		if c.subject(kind, id) == nil {
			return brainAnswer{http.StatusNotFound, jsonObject{
				{"status", "failure"}, {"message", "Could not find requested object"},
			}}
		}
	}
	for _, id := range ids {
		s := c.subject(kind, id)
		s.setTag(tag, add)
		s.Modified = b.now()
	}
	return brainAnswer{http.StatusOK, jsonObject{{"status", "success"}, {"tag", tag}, {"objectIds", ids}}}
}

func (s *Subject) setTag(tag string, on bool) {
	switch {
	case !on:
		s.Tags = slices.DeleteFunc(s.Tags, func(t string) bool { return t == tag })
	case !slices.Contains(s.Tags, tag):
		s.Tags = append(s.Tags, tag)
	}
}
