package addrgroup

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// maxName is the longest name of an object or group in every version (63 in 6.0, 79 in 7.x);
// maxComment is the longest comment. Both count bytes.
const (
	maxName    = 63
	maxComment = 255
)

// Mark says in an object's comment who made it.
type Mark struct {
	Owner, Blocker string
	Class          entity.Class
}

// String is the comment. Owner and blocker are escaped as in a query, since FortiOS refuses quotes
// and angle brackets.
func (m Mark) String() string {
	return fmt.Sprintf("var owner=%s blocker=%s class=%s", url.QueryEscape(m.Owner), url.QueryEscape(m.Blocker), m.Class)
}

// ParseMark reads a comment; false when it is not a mark.
func ParseMark(comment string) (Mark, bool) {
	fields := strings.Fields(comment)
	if len(fields) < 3 || fields[0] != "var" {
		return Mark{}, false
	}
	values := map[string]string{}
	for _, f := range fields[1:] {
		key, escaped, _ := strings.Cut(f, "=")
		if value, err := url.QueryUnescape(escaped); err == nil {
			values[key] = value
		}
	}
	m := Mark{Owner: values["owner"], Blocker: values["blocker"], Class: entity.Class(values["class"])}
	_, owned := values["owner"]
	return m, owned && m.Blocker != ""
}

// prefix begins the names of the mark's address objects. The hash tells apart what must not share
// objects: installations, blockers, classes.
func (m Mark) prefix() string { return anyPrefix + short(m.Owner, m.Blocker, string(m.Class)) + "-" }

// name is the address object of an element: readable where it fits, else cut and told apart by a hash.
func (m Mark) name(element string) string {
	name := m.prefix() + element
	if len(name) <= maxName {
		return name
	}
	hash := "~" + short(element) + short("more", element)
	return name[:maxName-len(hash)] + hash
}

// anyPrefix begins the names of the address objects of every mark.
const anyPrefix = "var-"

// infix is in the names of all shards, whoever made them.
const infix = "-var-"

// shardPrefix begins the names of the mark's shards of a base group. A long name of the base is cut.
func (m Mark) shardPrefix(base string) string {
	suffix := infix + short(m.Owner, m.Blocker, string(m.Class), base) + "-"
	room := maxName - len(suffix) - len("000")
	return strings.ToValidUTF8(base[:min(len(base), room)], "") + suffix
}

// short is eight hex digits that stand for some texts.
func short(texts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(texts, "\x00")))
	return hex.EncodeToString(sum[:4])
}
