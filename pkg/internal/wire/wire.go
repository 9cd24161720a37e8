// Package wire is what crosses between var and a plugin: the handshake, the
// generated messages, and conversions in pairs. Both ends use it and nobody
// else sees it.
package wire

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/var-project/var/pkg/internal/wire/wirepb"
)

const (
	// Protocol is the newest number that both ends of this tree speak.
	Protocol = 1
	// MaxBatch is how many items one message may hold.
	MaxBatch = 1000
	// MaxMessage bounds a message in bytes. A batch is cut well below it.
	MaxMessage = 64 << 20
	// Name is what the one service is called in a plugin's set.
	Name = "blocker"
)

// Handshake keeps a program that is no plugin of var from being taken for one, and a plugin from
// being run by hand.
func Handshake() plugin.HandshakeConfig {
	return plugin.HandshakeConfig{
		MagicCookieKey:   "VAR_PLUGIN_COOKIE",
		MagicCookieValue: "b5b1f3c0a24d4cfd8e6ac7b4ac2d56f1",
	}
}

// Versions are the protocol numbers that are spoken, each with its set. server is nil on var's side.
func Versions(server wirepb.BlockerServer) map[int]plugin.PluginSet {
	return map[int]plugin.PluginSet{Protocol: {Name: &service{server: server}}}
}

type service struct {
	plugin.NetRPCUnsupportedPlugin
	server wirepb.BlockerServer
}

// GRPCServer registers the plugin's side.
func (s *service) GRPCServer(_ *plugin.GRPCBroker, r *grpc.Server) error {
	wirepb.RegisterBlockerServer(r, s.server)
	return nil
}

// GRPCClient gives var's side.
func (s *service) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return wirepb.NewBlockerClient(conn), nil
}

// text makes s fit for a message, which holds UTF-8 only: what a device answers may be anything,
// and one bad byte would cost the whole answer.
func text(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

func texts(all []string) []string {
	if len(all) == 0 {
		return nil
	}
	if !slices.ContainsFunc(all, func(s string) bool { return !utf8.ValidString(s) }) {
		return all
	}
	clean := make([]string, len(all))
	for i, s := range all {
		clean[i] = text(s)
	}
	return clean
}

// strung converts open texts such as kinds.
func strung[To, From ~string](all []From) []To {
	if len(all) == 0 {
		return nil
	}
	out := make([]To, len(all))
	for i, s := range all {
		out[i] = To(text(string(s)))
	}
	return out
}

func toTime(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

func fromTime(t *timestamppb.Timestamp) time.Time {
	if t == nil || !t.IsValid() {
		return time.Time{}
	}
	return t.AsTime()
}

func each[A, B any](all []A, convert func(A) B) []B {
	if len(all) == 0 {
		return nil
	}
	out := make([]B, len(all))
	for i, a := range all {
		out[i] = convert(a)
	}
	return out
}
