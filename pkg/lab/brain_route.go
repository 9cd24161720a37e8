package lab

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// brainPath is the path of a data call, taken apart.
type brainPath struct {
	version apiVersion
	parts   []string
}

var errForeignPath = errors.New("lab: not a path of this brain's API")

// parsePath takes /api/v2.5/hosts/7/ apart. A brain speaks its own version and the older ones of its family.
func (b *Brain) parsePath(path string) (brainPath, error) {
	rest, ok := strings.CutPrefix(path, "/api/v")
	if !ok {
		return brainPath{}, errForeignPath
	}
	parts := strings.Split(strings.TrimSuffix(rest, "/"), "/")
	v, err := parseVersion(parts[0])
	if err != nil || v.major != b.version.major || v.minor > b.version.minor {
		return brainPath{}, errForeignPath
	}
	return brainPath{version: v, parts: parts[1:]}, nil
}

// brainCall is one authorised data call.
type brainCall struct {
	*estate
	quirks  Quirks
	version apiVersion
	method  string
	path    string
	base    string // URL of the API, as embedded URLs show it
	query   url.Values
	ids     []int
	body    []byte
}

// brainRoute is one operation of the API.
type brainRoute struct {
	kind   string
	method string
	path   string // parts; # is an id
	qux    int    // first minor version that has it, or never
	rux    int
	writes bool
	serve  func(b *Brain, c *brainCall) brainAnswer
}

// findRoute also tells whether the path is there for another method.
func findRoute(method string, p brainPath) (route *brainRoute, ids []int, other bool) {
	for i := range brainRoutes {
		r := &brainRoutes[i]
		if !p.version.since(r.qux, r.rux) {
			continue
		}
		found, ok := matchPath(strings.Split(r.path, "/"), p.parts)
		switch {
		case ok && r.method == method:
			return r, found, false
		case ok:
			other = true
		}
	}
	return nil, nil, other
}

func matchPath(pattern, parts []string) ([]int, bool) {
	if len(pattern) != len(parts) {
		return nil, false
	}
	var ids []int
	for i, want := range pattern {
		if want != "#" {
			if want != parts[i] {
				return nil, false
			}
			continue
		}
		id, err := strconv.Atoi(parts[i])
		if err != nil {
			return nil, false
		}
		ids = append(ids, id)
	}
	return ids, true
}

func (b *Brain) route(r *http.Request) brainAnswer {
	path, err := b.parsePath(r.URL.Path)
	if err != nil {
		return notFound()
	}
	route, ids, other := findRoute(r.Method, path)
	switch {
	case route == nil && other:
		return methodNotAllowed(r.Method)
	case route == nil:
		return notFound()
	case b.lacks(route):
		return forbidden()
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return detail(http.StatusBadRequest, "The body could not be read.")
	}
	c := &brainCall{
		version: path.version, method: r.Method, path: strings.Join(path.parts, "/"),
		query: r.URL.Query(), ids: ids, body: body,
	}
	return b.call(route, c, r.Host)
}

func (b *Brain) call(route *brainRoute, c *brainCall, host string) brainAnswer {
	if route.writes {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.estate.edition++
	} else {
		b.mu.RLock()
		defer b.mu.RUnlock()
	}
	c.estate, c.quirks = b.estate, b.quirks
	c.base = linkBase(c.quirks, c.version, host)
	answer := route.serve(b, c)
	if _, is := answer.body.([]byte); !is && answer.body != nil {
		answer.body = appendJSON(nil, answer.body)
	}
	return answer
}

// linkBase is how embedded URLs begin.
func linkBase(q Quirks, v apiVersion, host string) string {
	scheme, version := "https", v.String()
	if q.LinkScheme != "" {
		scheme = q.LinkScheme
	}
	if q.LinkHost != "" {
		host = q.LinkHost
	}
	if q.LinkVersion != "" {
		version = q.LinkVersion
	}
	return scheme + "://" + host + "/api/v" + version
}

func (c *brainCall) link(kind string, id int) string {
	return c.base + "/" + kind + "/" + strconv.Itoa(id)
}
