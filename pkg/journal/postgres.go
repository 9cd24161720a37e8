package journal

import (
	"context"
	"errors"
)

func openServer(context.Context, string, string, options) (*Journal, error) {
	return nil, errors.New("a journal on PostgreSQL is not yet supported")
}

func lookAtServer(context.Context, string, string, options) (*Journal, error) {
	return nil, errors.New("a journal on PostgreSQL is not yet supported")
}
