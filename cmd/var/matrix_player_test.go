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

func (r row) player() string { return fmt.Sprintf("%s %d", r.kind, player) }

// want has an analyst set or take off the block tag of the player, or the operator the lines of the static list.
func (r row) want(t *testing.T, wanted bool) {
	t.Helper()
	if r.kind == "static" {
		lines := []string{"# nothing"}
		if wanted {
			w := wishes(r.kind, false)
			lines = slices.Concat(w.addresses, w.domains)
		}
		r.write(t, "destinations.txt", strings.Join(lines, "\n")+"\n")
		return
	}
	op := map[bool]string{true: "add_tag", false: "remove_tag"}[wanted]
	r.admin.change(t, brainName, op, map[string]any{"kind": r.kind, "id": player, "tag": blockTags[r.kind]})
}

// move gives the player another address, account name or destination.
func (r row) move(t *testing.T) {
	t.Helper()
	w := wishes(r.kind, true)
	put := func(op string, args map[string]any) {
		args["id"] = player
		r.admin.change(t, brainName, op, args)
	}
	switch r.kind {
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
// one releases it there, once the player is wanted no more.
func (r row) adoption(t *testing.T) {
	if r.kind == "static" {
		r.adoptionOfStatic(t)
		return
	}
	fresh := newRow(t, r.family, r.means, r.kind)
	w := wishes(r.kind, false)
	w.domains = nil // the predecessor blocked none
	elements := r.means.elements(w)
	fresh.means.plant(t, fresh.stage, fresh.kind, elements)
	fresh.want(t, true)
	for _, tag := range fresh.receipt(elements) {
		fresh.admin.change(t, brainName, "add_tag", map[string]any{"kind": fresh.kind, "id": player, "tag": tag})
	}
	fresh.requests(t)
	fresh.pass(t, 0)
	fresh.quiet(t, 2*inventory)
	fresh.expect(t, fresh.holding(elements))
	fresh.want(t, false)
	fresh.pass(t, 0)
	fresh.expect(t, fresh.before, "VAR: Unblocked")
}

// adoptionOfStatic: no tag says that the predecessor's static destinations are its own, so they are blocked
// like any other. What bears no mark of ours stays where a device has room for marks.
func (r row) adoptionOfStatic(t *testing.T) {
	fresh := newRow(t, r.family, r.means, r.kind)
	address := wishes(r.kind, false).addresses[:1]
	fresh.means.plant(t, fresh.stage, fresh.kind, address)
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
