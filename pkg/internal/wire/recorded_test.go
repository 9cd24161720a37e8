package wire

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/wire/wirepb"
	"github.com/var-project/var/pkg/schema"
)

var record = flag.Bool("record", false, "record testdata anew; only for a new protocol number")

func golden(t *testing.T, name string, now []byte) []byte {
	t.Helper()
	path := filepath.Join("testdata", fmt.Sprintf("protocol%d", Protocol), name)
	if *record {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, now, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func bytesOf(t *testing.T, m proto.Message) []byte {
	t.Helper()
	text, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// The files in testdata are what the first plugin of protocol 1 sent. It must still be understood.
func TestAPluginThatWasRecordedIsStillUnderstood(t *testing.T) {
	outcome := entity.Outcome{
		Receipt: entity.Receipt{Elements: []string{"192.0.2.1"}, Until: time.Unix(1790000000, 0).UTC(), Former: "was open", Adopted: true},
		Pending: true,
		Err:     &entity.Error{Class: entity.Transient, Device: "fw2", Element: "192.0.2.1", RetryAfter: time.Minute, Err: fmt.Errorf("busy")},
	}
	description := Description{
		Name: "old", Version: "1.0", Help: "An old plugin.", Label: "Old", Aliases: []string{"ancient"},
		Kinds: []entity.Kind{entity.KindHost}, Settings: schema.Description{Fields: []schema.Field{{
			Name: "device", Type: schema.Tables, Required: true, Fields: []schema.Field{{Name: "token", Type: schema.Secret, Optional: true}},
		}}},
	}
	opened := Opened{Powers: []string{"list"}, Label: "Old", Kinds: []entity.Kind{entity.KindHost}, Devices: []string{"fw1"}, NoUndo: true}
	inventory := []entity.Inventory{{Device: "fw1", Entries: []entity.Entry{{Element: "192.0.2.1", Class: entity.ClassSource, Owner: "us", Inert: "no policy"}}}}

	var block wirepb.BlockResponse
	var describe wirepb.DescribeResponse
	var open wirepb.OpenResponse
	var list wirepb.ListResponse
	for name, m := range map[string]struct{ now, old proto.Message }{
		"block": {ToOutcome(7, outcome), &block}, "describe": {ToDescription(description), &describe},
		"open": {ToOpened(opened), &open}, "list": {slices.Collect(ToInventory(0, inventory[0]))[0], &list},
	} {
		if err := proto.Unmarshal(golden(t, name+".bin", bytesOf(t, m.now)), m.old); err != nil {
			t.Fatal(err)
		}
	}
	for name, pair := range map[string][2]any{
		"index": {int32(7), block.GetIndex()}, "outcome": {outcome, FromOutcome(&block)},
		"description": {description, FromDescription(&describe)}, "opened": {opened, FromOpened(&open)},
		"inventory": {inventory, together(&list)},
	} {
		if diff := cmp.Diff(pair[0], pair[1], sameErrors); diff != "" {
			t.Errorf("%s (-recorded +understood):\n%s", name, diff)
		}
	}
}

// Numbers and types of fields are the promise; a field may be added, none may change or go.
func TestNoFieldOfTheRecordedProtocolChanged(t *testing.T) {
	now := protodesc.ToFileDescriptorProto(wirepb.File_pkg_internal_wire_wirepb_blocker_proto)
	var old descriptorpb.FileDescriptorProto
	if err := proto.Unmarshal(golden(t, "descriptor.bin", bytesOf(t, now)), &old); err != nil {
		t.Fatal(err)
	}
	for _, m := range old.GetMessageType() {
		have := wirepb.File_pkg_internal_wire_wirepb_blocker_proto.Messages().ByName(protoreflect.Name(m.GetName()))
		if have == nil {
			t.Errorf("message %s is gone", m.GetName())
			continue
		}
		for _, f := range m.GetField() {
			got := have.Fields().ByNumber(protoreflect.FieldNumber(f.GetNumber()))
			if got == nil || string(got.Name()) != f.GetName() || int32(got.Kind()) != int32(f.GetType()) ||
				got.IsList() != (f.GetLabel() == descriptorpb.FieldDescriptorProto_LABEL_REPEATED && !got.IsMap()) {
				t.Errorf("%s.%s (%d) changed", m.GetName(), f.GetName(), f.GetNumber())
			}
		}
	}
	service := wirepb.File_pkg_internal_wire_wirepb_blocker_proto.Services().ByName("Blocker")
	for _, method := range old.GetService()[0].GetMethod() {
		if service.Methods().ByName(protoreflect.Name(method.GetName())) == nil {
			t.Errorf("call %s is gone", method.GetName())
		}
	}
}
