package lab

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// brainOps are the changes that the admin API and concurrent faults can apply. A put changes only the keys that
// are given when the id is there already.
var brainOps = map[string]func(b *Brain, args json.RawMessage) error{
	"put_host":       putHost,
	"put_account":    putAccount,
	"put_detection":  putDetection,
	"put_group":      putGroup,
	"remove":         removeRow,
	"add_tag":        func(b *Brain, args json.RawMessage) error { return changeTag(b, args, true) },
	"remove_tag":     func(b *Brain, args json.RawMessage) error { return changeTag(b, args, false) },
	"join":           func(b *Brain, args json.RawMessage) error { return changeMember(b, args, true) },
	"leave":          func(b *Brain, args json.RawMessage) error { return changeMember(b, args, false) },
	"quirks":         setQuirks,
	"rights":         setRights,
	"expire_tokens":  func(b *Brain, _ json.RawMessage) error { b.door.forget(false); return nil },
	"revoke_refresh": func(b *Brain, _ json.RawMessage) error { b.door.forget(true); return nil },
}

func decodeArgs(args json.RawMessage, into any) error {
	d := json.NewDecoder(bytes.NewReader(args))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("args: %w", err)
	}
	return nil
}

func idOf(args json.RawMessage) int {
	var in struct {
		ID int `json:"id"`
	}
	if json.Unmarshal(args, &in) != nil {
		return 0
	}
	return in.ID
}

func putHost(b *Brain, args json.RawMessage) error {
	h, _ := b.Host(idOf(args))
	h.Modified = time.Time{} // it is written to now
	if err := decodeArgs(args, &h); err != nil {
		return err
	}
	b.PutHosts(h)
	return nil
}

func putAccount(b *Brain, args json.RawMessage) error {
	a, _ := b.Account(idOf(args))
	a.Modified = time.Time{} // it is written to now
	if err := decodeArgs(args, &a); err != nil {
		return err
	}
	b.PutAccounts(a)
	return nil
}

func putDetection(b *Brain, args json.RawMessage) error {
	d, _ := b.Detection(idOf(args))
	d.Modified = time.Time{} // it is written to now
	if err := decodeArgs(args, &d); err != nil {
		return err
	}
	b.PutDetections(d)
	return nil
}

func putGroup(b *Brain, args json.RawMessage) error {
	b.mu.RLock()
	g := Group{}
	if there := b.estate.groups.byID[idOf(args)]; there != nil {
		g = there.clone()
	}
	b.mu.RUnlock()
	g.Modified = time.Time{} // it is written to now
	if err := decodeArgs(args, &g); err != nil {
		return err
	}
	b.PutGroups(g)
	return nil
}

// pick names one row: kind is host, account, detection or group.
type pick struct {
	Kind string `json:"kind"`
	ID   int    `json:"id"`
	Tag  string `json:"tag"`
}

func removeRow(b *Brain, args json.RawMessage) error {
	var in pick
	if err := decodeArgs(args, &in); err != nil {
		return err
	}
	gone := false
	b.write(func(e *estate) {
		switch in.Kind {
		case "host":
			gone = e.hosts.drop(in.ID)
		case "account":
			gone = e.accounts.drop(in.ID)
		case "detection":
			gone = e.detections.drop(in.ID)
		case "group":
			gone = e.groups.drop(in.ID)
		}
	})
	if !gone {
		return fmt.Errorf("there is no %s %d", in.Kind, in.ID)
	}
	return nil
}

func changeTag(b *Brain, args json.RawMessage, add bool) error {
	var in pick
	if err := decodeArgs(args, &in); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.estate.subject(in.Kind, in.ID)
	if s == nil || in.Tag == "" {
		return fmt.Errorf("there is no %s %d, or no tag", in.Kind, in.ID)
	}
	s.setTag(in.Tag, add)
	s.Modified = b.now()
	b.estate.edition++
	return nil
}

// changeMember takes {"group": name, "type": type, "member": as in Group.Members}.
func changeMember(b *Brain, args json.RawMessage, join bool) error {
	var in struct{ Group, Type, Member string }
	if err := decodeArgs(args, &in); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, g := range b.estate.groups.rows {
		if g.Name != in.Group || g.Type != in.Type {
			continue
		}
		g.Members = slices.DeleteFunc(g.Members, func(m string) bool { return m == in.Member })
		if join {
			g.Members = append(g.Members, in.Member)
		}
		b.reindexNow()
		return nil
	}
	return fmt.Errorf("there is no %s group %q", in.Type, in.Group)
}

func setQuirks(b *Brain, args json.RawMessage) error {
	var q Quirks
	if err := decodeArgs(args, &q); err != nil {
		return err
	}
	b.SetQuirks(q)
	return nil
}
