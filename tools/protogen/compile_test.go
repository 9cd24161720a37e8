package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/types/descriptorpb"
)

func TestRequestListsImportsFirstAndKeepsComments(t *testing.T) {
	root := t.TempDir()
	put(t, root, "a/base.proto", `syntax = "proto3"; package a; message Base {}`)
	put(t, root, "a/top.proto", `syntax = "proto3"; package a;
		import "a/base.proto";
		import "google/protobuf/duration.proto";
		// Top says something.
		message Top { Base base = 1; google.protobuf.Duration wait = 2; }`)

	files, err := compile(t.Context(), root, []string{"a/top.proto"})
	if err != nil {
		t.Fatal(err)
	}
	req := request(files, []string{"a/top.proto"}, "example.com/m")

	var order []string
	for _, f := range req.GetProtoFile() {
		order = append(order, f.GetName())
	}
	want := "a/base.proto google/protobuf/duration.proto a/top.proto"
	if got := strings.Join(order, " "); got != want {
		t.Errorf("order of files: got %q, want %q", got, want)
	}
	if top := req.GetProtoFile()[len(order)-1]; !hasComment(top, "Top says something.") {
		t.Error("the comment on a message is lost, and with it the doc comment in Go")
	}
}

func TestMistakeIsReportedWithItsPlace(t *testing.T) {
	root := t.TempDir()
	put(t, root, "a.proto", "syntax = \"proto3\";\nmessage A { Missing m = 1; }")
	_, err := compile(t.Context(), root, []string{"a.proto"})
	if err == nil || !strings.Contains(err.Error(), "a.proto:2:13") {
		t.Errorf("got %v, want an error at a.proto:2:13", err)
	}
}

func TestGeneratedFileStaysInsideTheModule(t *testing.T) {
	root := filepath.Join(t.TempDir(), "module")
	if err := write(root, "../escaped.go", "x"); err == nil {
		t.Error("a file beside the module was written")
	}
	if _, err := os.Stat(filepath.Join(root, "../escaped.go")); !os.IsNotExist(err) {
		t.Errorf("escaped.go: got %v, want that it does not exist", err)
	}
}

func hasComment(f *descriptorpb.FileDescriptorProto, text string) bool {
	for _, l := range f.GetSourceCodeInfo().GetLocation() {
		if strings.Contains(l.GetLeadingComments(), text) {
			return true
		}
	}
	return false
}

func put(t *testing.T, root, name, text string) {
	t.Helper()
	path := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
