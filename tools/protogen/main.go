// Command protogen turns .proto files into Go, by way of protoc-gen-go and protoc-gen-go-grpc.
//
// It replaces protoc and buf: a protobuf compiler as a library builds in
// seconds, where buf itself takes minutes on a cold machine.
//
//	protogen -C root file.proto ...
//
// Files are named relative to root, which is also where they import each
// other from. Each generated file goes to the directory that its go_package
// names below the module of root.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "protogen:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("protogen", flag.ContinueOnError)
	root := flags.String("C", ".", "root of the module that the files belong to")
	module := flags.String("module", "", "path of that module")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *module == "" || flags.NArg() == 0 {
		return errors.New("usage: protogen -C root -module path files")
	}
	files, err := compile(ctx, *root, flags.Args())
	if err != nil {
		return err
	}
	for _, plugin := range []string{"protoc-gen-go", "protoc-gen-go-grpc"} {
		if err := generate(ctx, *root, plugin, request(files, flags.Args(), *module)); err != nil {
			return fmt.Errorf("%s: %w", plugin, err)
		}
	}
	return nil
}
