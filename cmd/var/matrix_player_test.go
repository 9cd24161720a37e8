package main_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

var blockTags = map[string]string{"host": "vectra_host_block", "account": "vectra_account_block", "detection": "block"}

var markers = map[string]string{
	"host": "VAR Host Blocked", "account": "VAR Account Blocked", "detection": "VAR Detection Blocked",
}

// playing is the player of a kind.
func playing(kind string) string { return fmt.Sprintf("%s %d", kind, player) }

// want has an analyst set or take off the block tag of each player, and the operator the lines of the static list.
func (r row) want(t *testing.T, wanted bool) {
	t.Helper()
	for _, kind := range r.kinds {
		r.wantOne(t, kind, wanted)
	}
}

func (r row) wantOne(t *testing.T, kind string, wanted bool) {
	t.Helper()
	if kind == "static" {
		lines := []string{"# nothing"}
		if wanted {
			w := wishes(kind, false)
			lines = slices.Concat(w.addresses, w.domains)
		}
		r.write(t, "destinations.txt", strings.Join(lines, "\n")+"\n")
		return
	}
	op := map[bool]string{true: "add_tag", false: "remove_tag"}[wanted]
	r.admin.change(t, brainName, op, map[string]any{"kind": kind, "id": player, "tag": blockTags[kind]})
}

// move gives each player another address, account name or destination.
func (r row) move(t *testing.T) {
	t.Helper()
	for _, kind := range r.kinds {
		r.moveOne(t, wishes(kind, true))
	}
}

func (r row) moveOne(t *testing.T, w wish) {
	t.Helper()
	put := func(op string, args map[string]any) {
		args["id"] = player
		r.admin.change(t, brainName, op, args)
	}
	switch w.kind {
	case "host":
		put("put_host", map[string]any{"ip": w.addresses[0]})
	case "account":
		put("put_account", map[string]any{"ldap": map[string]any{"sAMAccountName": w.sam}})
	case "detection":
		put("put_detection", map[string]any{
			"summary": map[string]any{"dst_ips": w.addresses},
			"grouped_details": []map[string]any{{
				"external_target": map[string]any{"ip": w.addresses[0], "name": w.domains[0]},
				"dst_ips":         w.addresses, "target_domains": w.domains,
			}},
		})
	default:
		r.write(t, "destinations.txt", strings.Join(append(w.addresses, w.domains...), "\n")+"\n")
	}
}

// adoption: the world is as the predecessor left it. The first pass holds it without a write to anybody; the next
// one releases it there, once the players are wanted no more.
func (r row) adoption(t *testing.T) {
	tagged := slices.DeleteFunc(slices.Clone(r.kinds), func(kind string) bool { return kind == "static" })
	if len(tagged) < len(r.kinds) {
		r.adoptionOfStatic(t)
	}
	if len(tagged) == 0 {
		return
	}
	fresh := newRow(t, r.family, r.means, tagged...)
	for _, kind := range tagged {
		fresh.means.plant(t, fresh.stage, kind, fresh.predecessors(kind))
	}
	fresh.want(t, true)
	for _, kind := range tagged {
		for _, tag := range fresh.receipt(kind, fresh.predecessors(kind)) {
			fresh.admin.change(t, brainName, "add_tag", map[string]any{"kind": kind, "id": player, "tag": tag})
		}
	}
	fresh.requests(t)
	fresh.pass(t, 0)
	fresh.quiet(t, 2*inventory)
	fresh.expect(t, fresh.holding(fresh.predecessors))
	fresh.want(t, false)
	fresh.pass(t, 0)
	fresh.expect(t, fresh.before, "VAR: Unblocked")
}

// predecessors are the elements of a player that the predecessor blocked: no domains.
func (r row) predecessors(kind string) []string {
	w := wishes(kind, false)
	w.domains = nil
	return r.means.elements(w)
}

// adoptionOfStatic: no tag says that the predecessor's static destinations are its own, so they are blocked
// like any other. What bears no mark of ours stays where a device has room for marks.
func (r row) adoptionOfStatic(t *testing.T) {
	fresh := newRow(t, r.family, r.means, "static")
	address := wishes("static", false).addresses[:1]
	fresh.means.plant(t, fresh.stage, "static", address)
	left := fresh.before
	if r.means == (fortigates{"address-group"}) {
		left = fresh.reality(t)
	}
	fresh.want(t, true)
	fresh.pass(t, 0)
	fresh.want(t, false)
	fresh.pass(t, 0)
	fresh.expect(t, left)
}
