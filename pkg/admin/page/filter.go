package page

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/view"
)

// filter says which of what is held is shown.
type filter struct {
	Text, Source, Blocker, State string
	Page                         int
	// Sources, Blockers and EachState are what there is to choose from.
	Sources, Blockers []string
	EachState         []entity.State
}

func filterOf(r *http.Request) (f filter, err error) {
	for name, into := range map[string]*string{"text": &f.Text, "source": &f.Source, "blocker": &f.Blocker, "state": &f.State} {
		if *into, err = asked(r, name); err != nil {
			return f, err
		}
	}
	f.Page, err = number(r, "page", 1, mostPages)
	return f, err
}

// On reports that something is left out.
func (f filter) On() bool { return f.Text+f.Source+f.Blocker+f.State != "" }

func (f filter) values() url.Values {
	v := url.Values{}
	for name, text := range map[string]string{"text": f.Text, "source": f.Source, "blocker": f.Blocker, "state": f.State} {
		if text != "" {
			v.Set(name, text)
		}
	}
	return v
}

// choices adds what there is to choose from, and what was chosen although there is none of it now.
func (f filter) choices(s view.Status) filter {
	sources, blockers := map[string]bool{f.Source: true}, map[string]bool{f.Blocker: true}
	for i := range s.Holdings {
		sources[s.Holdings[i].Source], blockers[s.Holdings[i].Blocker] = true, true
	}
	for _, one := range s.Sources {
		sources[one.Source] = true
	}
	for _, one := range s.Devices {
		blockers[one.Blocker] = true
	}
	delete(sources, "")
	delete(blockers, "")
	f.Sources, f.Blockers = slices.Sorted(maps.Keys(sources)), slices.Sorted(maps.Keys(blockers))
	f.EachState = everyState
	return f
}

// leave are the holdings that are asked for.
func (f filter) leave(all []view.Holding) []view.Holding {
	if !f.On() {
		return all
	}
	var left []view.Holding
	text := strings.ToLower(f.Text)
	for i := range all {
		if f.wants(&all[i], text) {
			left = append(left, all[i])
		}
	}
	return left
}

// wants compares with what was chosen; text is in lower case.
func (f filter) wants(h *view.Holding, text string) bool {
	return (f.Source == "" || h.Source == f.Source) && (f.Blocker == "" || h.Blocker == f.Blocker) &&
		(f.State == "" || string(h.State) == f.State) && (text == "" || contains(h, text))
}

// contains looks for a text in lower case in all that is shown of a holding.
func contains(h *view.Holding, text string) bool {
	has := func(s string) bool { return strings.Contains(strings.ToLower(s), text) }
	return has(h.Name) || has(h.Source+"/"+string(h.Kind)+"/"+h.ID) || slices.ContainsFunc(h.Elements, has) ||
		slices.ContainsFunc(h.Reasons, has) || has(h.Problem) || slices.ContainsFunc(h.Devices, has) || slices.ContainsFunc(h.Missing, has)
}

// pager leads from one page of a long table to the others.
type pager struct {
	Page, Last     int
	From, To       int
	Next, Previous string
}

// pageOf is one page of what was found, and the way to the others.
func pageOf[T any](all []T, page int, path string, v url.Values) ([]T, pager) {
	last := max(1, (len(all)+perPage-1)/perPage)
	page = min(page, last)
	from := (page - 1) * perPage
	to := min(from+perPage, len(all))
	p := pager{Page: page, Last: last, From: from + 1, To: to}
	if page > 1 {
		p.Previous = addressOf(path, v, page-1)
	}
	if page < last {
		p.Next = addressOf(path, v, page+1)
	}
	return all[from:to], p
}

func addressOf(path string, v url.Values, page int) string {
	to := url.Values{}
	maps.Copy(to, v)
	to.Set("page", strconv.Itoa(page))
	return path + "?" + to.Encode()
}
