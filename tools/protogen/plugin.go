package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/pluginpb"
)

// generate runs one plugin, at the version that root's go.mod pins, and
// writes the files that it answers with.
func generate(ctx context.Context, root, plugin string, req *pluginpb.CodeGeneratorRequest) error {
	resp, err := ask(ctx, root, plugin, req)
	if err != nil {
		return err
	}
	for _, f := range resp.GetFile() {
		if err := write(root, f.GetName(), f.GetContent()); err != nil {
			return err
		}
	}
	return nil
}

func ask(ctx context.Context, root, plugin string, req *pluginpb.CodeGeneratorRequest) (*pluginpb.CodeGeneratorResponse, error) {
	in, err := proto.Marshal(req)
	if err != nil {
		return nil, fmt.Errorf("encode the request: %w", err)
	}
	cmd := exec.CommandContext(ctx, "go", "tool", plugin)
	cmd.Dir = root
	cmd.Stdin = bytes.NewReader(in)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("run it: %w", err)
	}
	resp := new(pluginpb.CodeGeneratorResponse)
	if err := proto.Unmarshal(out, resp); err != nil {
		return nil, fmt.Errorf("decode the answer: %w", err)
	}
	if resp.GetError() != "" {
		return nil, errors.New(resp.GetError())
	}
	return resp, nil
}

func write(root, name, content string) error {
	if !filepath.IsLocal(name) {
		return fmt.Errorf("%s lies outside the module", name)
	}
	path := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(content), 0o644)
}
